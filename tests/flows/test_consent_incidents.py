"""One incident for the Hub: who was told, who opened it, and how its form would be decided now."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.consent.state.heard import Heard
from services.consent.worker.witness import Witness
from services.eventlog.aliases import alias
from services.eventlog.topics import DECISIONS, LOG
from services.vocabulary.events import EventType
from services.vocabulary.placement import Placement
from services.vocabulary.risk import Risk
from services.vocabulary.times import parse_time
from tests.gate_builders import (
    ALIAS_KEY,
    HILLSIDE,
    RIVERSIDE,
    START,
    STRICT,
    a_child,
    a_form,
    an_event,
    consent,
    grades,
    internal,
    linked,
    override,
    policy_adopted,
)
from tests.office_builders import HUB, LEAD, PRACTITIONER, RESPONDER, Office

GIVEN = {"cedah": "given"}
OF_DAFSU = {"publisher": "dafsu", "incident": internal("incident"), "victim": internal("victim")}
SCHOOL, OTHER_SCHOOL = f"school:{HILLSIDE}", f"school:{RIVERSIDE}"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(f"sqlite:///{tmp_path}/office.db", tmp_path)


def settled(office: Office, *events: Heard) -> Office:
    office.bench.publish(*events)
    office.bench.settle()
    return office


def path(who: tuple[str, str] = HUB) -> str:
    return f"/v1/incidents/{alias(ALIAS_KEY, internal('incident'), 'incident', who[0])}/account"


def account(office: Office) -> dict[str, Any]:
    found = office.ask(HUB, path())
    assert found.status_code == 200, found.text
    told: dict[str, Any] = found.json()
    return told


def routed(office: Office) -> Mapping[str, Any]:
    return {row["recipient"]: row for row in account(office)["routing"]}


def stands(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the answer now, and the one that stands."""
    return row["outcome"], row["stands"]["outcome"]


def test_decided_now_it_is_as_it_stands_where_nothing_changed(office: Office) -> None:
    settled(office, a_form(of=grades(Risk.MEDIUM), consent=GIVEN))

    rows = routed(office)

    assert {outcome for row in rows.values() for outcome in [stands(row)]} == {
        ("permit", "permit"),
        ("deny", "deny"),
    }
    assert (rows["cedah"]["ground"], rows["cedah"]["stands"]["ground"]) == ("consent", "consent")


def test_a_policy_that_was_adopted_since_decides_otherwise_and_the_record_stands(office: Office) -> None:
    settled(office, a_form(of=grades(Risk.HIGH)))
    stricter = STRICT.read_text("utf-8").replace('risk = ["high"]', 'risk = ["medium"]')

    settled(office, policy_adopted(stricter))

    assert stands(routed(office)["dafsu"]) == ("deny", "permit")


def test_an_adoption_is_seen_by_whoever_asked_before_it(office: Office) -> None:
    settled(office, a_form(of=grades(Risk.HIGH)))
    before = stands(routed(office)["dafsu"])

    settled(office, policy_adopted(STRICT.read_text("utf-8").replace('risk = ["high"]', 'risk = ["medium"]')))

    assert (before, stands(routed(office)["dafsu"])) == (("permit", "permit"), ("deny", "permit"))


def test_a_school_that_is_told_of_its_pupil_would_be_told_now(office: Office) -> None:
    settled(office, a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))

    row = routed(office)[SCHOOL]

    assert stands(row) == ("permit", "permit")
    assert (row["ground"], row["rule"]) == (row["stands"]["ground"], "school-encompass")
    assert row["sections"] == row["stands"]["sections"] == ["children[0]"]


def test_pupils_told_of_by_several_forms_stand_as_the_latest_form_names_them(office: Office) -> None:
    one, two = a_child("one"), a_child("two")
    settled(office, a_form(EventType.VPA_RAISED, pupils=[one]), a_form(pupils=[two, one]))

    row = routed(office)[SCHOOL]

    assert row["sections"] == row["stands"]["sections"] == ["children[0]", "children[1]"]


def test_a_school_told_of_a_pupil_whom_the_review_places_elsewhere_would_not_be_told_now(
    office: Office,
) -> None:
    settled(
        office,
        a_form(EventType.VPA_RAISED, pupils=[a_child("one")]),
        a_form(pupils=[a_child("one", RIVERSIDE)]),
    )

    rows = routed(office)

    assert stands(rows[SCHOOL]) == ("deny", "permit")
    assert stands(rows[OTHER_SCHOOL]) == ("permit", "permit")


def test_a_review_that_leaves_the_children_out_is_no_word_on_the_school(office: Office) -> None:
    settled(office, a_form(EventType.VPA_RAISED, pupils=[a_child("one")]), a_form())

    assert SCHOOL not in routed(office)


def test_the_education_officer_would_be_told_of_a_child_without_a_school(office: Office) -> None:
    settled(office, a_form(EventType.VPA_RAISED, pupils=[a_child("one", None, Placement.HOME_EDUCATED)]))

    rows = routed(office)

    assert stands(rows["education"]) == ("permit", "permit")
    assert not [name for name in rows if name.startswith("school:")]


def test_a_school_that_was_suspended_since_would_not_be_told_and_the_officer_would(office: Office) -> None:
    gone = an_event(EventType.RECIPIENT_SUSPENDED, publisher="partnership", recipient=SCHOOL)
    settled(office, a_form(EventType.VPA_RAISED, pupils=[a_child("one")]), gone)

    rows = routed(office)

    assert stands(rows[SCHOOL]) == ("deny", "permit")
    assert stands(rows["education"]) == ("permit", "deny")


def test_a_child_found_to_be_who_causes_the_harm_is_for_the_officer_and_not_for_their_school(
    office: Office,
) -> None:
    form = a_form(EventType.VPA_RAISED, pupils=[a_child("one")], causing_harm=internal("causing harm"))
    settled(office, form, linked("one", "causing harm"))

    rows = routed(office)

    assert stands(rows[SCHOOL]) == ("deny", "permit")
    assert stands(rows["education"]) == ("permit", "deny")


def test_it_writes_nothing(office: Office) -> None:
    settled(office, a_form(of=grades(Risk.MEDIUM)), override("cedah"))
    before = [office.bench.log.reader({}).end(topic) for topic in (LOG, DECISIONS, "to.cedah")]

    routed(office)
    office.bench.settle()

    assert [office.bench.log.reader({}).end(topic) for topic in (LOG, DECISIONS, "to.cedah")] == before


def test_a_form_that_waits_for_its_review_would_be_told_to_nobody(office: Office) -> None:
    settled(office, a_form(EventType.VPA_RAISED, grades(Risk.HIGH)))

    rows = routed(office)

    assert {row["outcome"] for row in rows.values()} <= {"deny"}


@pytest.mark.parametrize("who", [LEAD, PRACTITIONER, RESPONDER])
def test_it_is_absent_for_whoever_does_not_see_all(office: Office, who: tuple[str, str]) -> None:
    settled(office, a_form(of=grades(Risk.MEDIUM), consent=GIVEN))

    theirs = office.ask(who, path(who))
    unknown = office.ask(HUB, "/v1/incidents/nothing/account")

    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert theirs.json() == unknown.json()


def test_an_incident_that_is_restricted_to_others_is_absent(office: Office) -> None:
    closed = an_event(EventType.ACCESS_RESTRICTED, incident=internal("incident"), people=("p-hub-2",))
    settled(office, a_form(of=grades(Risk.MEDIUM)), closed)

    assert office.ask(HUB, path()).status_code == 404
    assert office.ask(("police", "p-hub-2"), path()).status_code == 200


def test_who_may_see_what_is_told_beside_it_as_it_stands(office: Office) -> None:
    settled(office, a_form(of=grades(Risk.MEDIUM), consent=GIVEN))

    told = {row["recipient"] for row in account(office)["sharing"] if row["outcome"] == "permit"}

    assert told == {"police", "partnership", "cedah"}


def test_since_when_somebody_is_told_is_when_they_first_were(office: Office) -> None:
    later, news = START + timedelta(hours=1), START + timedelta(hours=2)
    settled(
        office,
        a_form(of=grades(Risk.MEDIUM)),
        consent(GIVEN, recorded_at=later),
        consent({"adult-social-care": "given"}, recorded_at=news),
    )

    since = {row["recipient"]: parse_time(row["since"]) for row in account(office)["sharing"]}

    assert later <= since["cedah"] < news
    assert since["police"] < later


def test_who_is_told_no_more_is_said_to_be_so_since_that_ended(office: Office) -> None:
    taken_back = consent({"cedah": "withdrawn"}, recorded_at=START + timedelta(hours=1))
    settled(office, a_form(of=grades(Risk.MEDIUM), consent=GIVEN), taken_back)

    (row,) = [row for row in account(office)["sharing"] if row["recipient"] == "cedah"]

    assert (row["outcome"], parse_time(row["since"]) >= START + timedelta(hours=1)) == ("deny", True)


def test_danger_that_waits_for_its_review_says_until_when_it_may(office: Office) -> None:
    settled(office, a_form(EventType.VPA_RAISED, grades(Risk.HIGH)))
    before = account(office)["review"]
    settled(office, an_event(EventType.TIME_PASSED, recorded_at=START + timedelta(hours=5)))

    after = account(office)["review"]

    assert START + timedelta(hours=4) <= parse_time(before["review_by"]) < START + timedelta(hours=5)
    assert (before["overdue"], after["overdue"]) == (False, True)


def test_what_may_wait_for_its_review_says_that_it_waits(office: Office) -> None:
    settled(office, a_form(EventType.VPA_RAISED, grades(Risk.STANDARD)))

    assert account(office)["review"] == {"review_by": None, "overdue": False}


def test_what_was_reviewed_waits_for_nothing(office: Office) -> None:
    settled(office, a_form(EventType.VPA_RAISED, grades(Risk.HIGH)), a_form(of=grades(Risk.HIGH)))

    assert account(office)["review"] is None


def test_who_opened_it_is_told_with_what_for_and_nothing_of_another_incident(office: Office) -> None:
    other = a_form(of=grades(Risk.MEDIUM), consent=GIVEN, incident="other")
    settled(office, a_form(of=grades(Risk.MEDIUM), consent=GIVEN), other)
    for release, purpose in zip(office.bench.output().releases["cedah"], ("Call", "Another"), strict=True):
        office.ask(PRACTITIONER, "/v1/open", {"release_id": release.release_id, "purpose": purpose})
    witness = Witness(office.openings, office.bench.log.reader)
    while witness.step(0.0):
        pass

    (row,) = account(office)["openings"]

    assert (row["person"], row["purpose"], row["refused"]) == (PRACTITIONER[1], "Call", False)


def test_a_consent_that_is_withdrawn_is_withdrawn_now_too(office: Office) -> None:
    taken_back = consent({"cedah": "withdrawn"}, recorded_at=START + timedelta(hours=1))
    settled(office, a_form(of=grades(Risk.MEDIUM), consent=GIVEN), taken_back)

    row = routed(office)["cedah"]

    assert stands(row) == ("deny", "deny")
    assert row["reason"] == "withdrawn"


def test_who_was_told_of_the_adult_victim_is_asked_by_what_no_row_of_an_inbox_says(office: Office) -> None:
    settled(office, a_form(of=grades(Risk.HIGH)), an_event(EventType.MARAC_REFERRED, **OF_DAFSU))
    rows = office.bench.output().releases["police"]

    person = account(office)["person"]

    assert person not in {row.person for row in rows}
    assert [row.person is None for row in rows] == [True, False]
    told = office.ask(HUB, f"/v1/ledger/told?person={person}").json()["rows"]
    assert "dafsu" in {row["recipient"] for row in told}
