"""The ledger's lists: what went nowhere, was withheld, overridden or opened, and who was told of a person."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.consent.state.heard import Heard
from services.consent.store.ledger import Ledger
from services.consent.worker.witness import Witness
from services.eventlog.aliases import alias
from services.eventlog.keys import name_token
from services.eventlog.records import Record
from services.eventlog.topics import LOG, OPENINGS
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_name
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Roles
from tests.gate_builders import (
    ALIAS_KEY,
    HILLSIDE,
    START,
    a_child,
    a_form,
    an_event,
    consent,
    grades,
    internal,
    override,
    own_override,
)
from tests.office_builders import (
    AUDITOR,
    HUB,
    LEAD,
    MATCH_KEY,
    OFFICE,
    PRACTITIONER,
    RESPONDER,
    Office,
    opened,
    rows,
)
from tests.page_builders import an_opening

STANDARD, MEDIUM, HIGH = grades(Risk.STANDARD), grades(Risk.MEDIUM), grades(Risk.HIGH)
HARMS = internal("causing harm")


def test_each_vpa_that_reached_nobody_is_listed_those_below_the_threshold_among_them(office: Office) -> None:
    below = grades(Risk.STANDARD, ChildrenLevel.BELOW_THRESHOLD)
    nowhere, small = a_form(of=STANDARD, incident="one"), a_form(of=below, incident="two")
    office.bench.publish(nowhere, small, a_form(of=grades(Risk.HIGH), incident="three"))
    office.bench.settle()

    found = {row["event_id"]: row["below_threshold"] for row in rows(office, "not-shared")}

    assert found == {nowhere.event_id: False, small.event_id: True}


def test_what_is_owed_and_withheld_is_listed_by_recipient_until_consent_comes(office: Office) -> None:
    form = a_form(of=MEDIUM)
    office.bench.publish(form)
    office.bench.settle()
    before = rows(office, "withheld")
    office.bench.publish(consent({"cedah": "given"}))
    office.bench.settle()

    assert [(row["event_id"], row["recipient"], row["reason"]) for row in before] == [
        (form.event_id, "cedah", "no-ground")
    ]
    assert rows(office, "withheld") == []


def test_overrides_and_decisions_not_to_share_are_listed(office: Office) -> None:
    made = [override(recipient) for recipient in ("cedah", "family-help", "adult-social-care")]
    against = an_event(
        EventType.DECIDED_NOT_TO_SHARE,
        incident=internal("incident"),
        recipient="dafsu",
        confirmed_by="p-second-2",
    )
    office.bench.publish(a_form(of=MEDIUM), *made, against)
    office.bench.settle()

    every = rows(office, "overridden")

    assert [row["recipient"] for row in every] == ["cedah", "family-help", "adult-social-care", "dafsu"]
    assert every[-1]["event_type"] == "DecidedNotToShare"


def test_an_override_of_an_agency_for_itself_is_listed_and_drawn_with_who_made_it(office: Office) -> None:
    office.bench.publish(a_form(of=MEDIUM), override("family-help"), own_override("family-help"))
    office.bench.settle()

    sampled = office.ask(HUB, "/v1/ledger/overridden?sample=2").json()["rows"]

    assert [row["publisher"] for row in rows(office, "overridden")] == ["police", "family-help"]
    assert {(row["publisher"], row["recipient"]) for row in sampled} == {
        ("police", "family-help"),
        ("family-help", "family-help"),
    }


def a_sample(office: Office, **query: Any) -> tuple[list[str], str]:
    """Return which overrides a sample of three holds, and the seed it was drawn by."""
    asked = "&".join(f"{key}={value}" for key, value in {"sample": 3, **query}.items())
    found = office.ask(HUB, f"/v1/ledger/overridden?{asked}").json()
    return [row["event_id"] for row in found["rows"]], found["seed"]


@pytest.fixture
def overridden(office: Office) -> Office:
    """A keyring with twenty overrides."""
    office.bench.publish(a_form(of=MEDIUM), *(override("cedah") for _ in range(20)))
    office.bench.settle()
    return office


def test_the_same_days_give_another_sample_each_time_it_is_drawn(overridden: Office) -> None:
    samples = [a_sample(overridden) for _ in range(5)]

    assert {len(found) for found, _ in samples} == {3}
    assert len({seed for _, seed in samples}) == 5
    assert len({tuple(found) for found, _ in samples}) > 1


def test_a_sample_is_drawn_again_by_its_seed(overridden: Office) -> None:
    found, seed = a_sample(overridden)

    assert a_sample(overridden, seed=seed) == (found, seed)


def test_every_override_may_be_drawn(overridden: Office) -> None:
    drawn = {each for number in range(60) for each in a_sample(overridden, seed=f"s{number}")[0]}

    assert drawn == {row["event_id"] for row in rows(overridden, "overridden")}


@pytest.mark.parametrize("seed", ["", "x" * 65, "a b"])
def test_what_is_no_seed_is_refused(office: Office, seed: str) -> None:
    assert office.ask(HUB, f"/v1/ledger/overridden?sample=2&seed={seed}").status_code == 422


def test_where_nothing_was_drawn_no_seed_is_said(office: Office) -> None:
    assert "seed" not in office.ask(HUB, "/v1/ledger/overridden").json()
    assert "seed" not in office.ask(HUB, "/v1/ledger/withheld?sample=2").json()


def test_days_choose_the_rows(office: Office) -> None:
    office.bench.publish(a_form(of=STANDARD, incident="one", recorded_at=START + timedelta(days=3)))
    office.bench.publish(a_form(of=STANDARD, incident="two", recorded_at=START + timedelta(days=9)))
    office.bench.settle()

    assert len(rows(office, "not-shared")) == 2
    assert len(rows(office, "not-shared", to="2024-09-06")) == 1
    backwards = office.ask(HUB, "/v1/ledger/not-shared?from=2024-09-02&to=2024-09-01")
    assert (backwards.status_code, backwards.json()["title"]) == (422, "no such days")


def test_who_opened_what_for_what_purpose_is_listed_for_the_hub_and_for_the_agencys_own_lead(
    office: Office,
) -> None:
    office.bench.publish(a_form(of=MEDIUM, consent={"cedah": "given"}))
    office.bench.settle()
    release = office.bench.output().releases["cedah"][0].release_id

    assert opened(office, PRACTITIONER, release) == 200
    assert opened(office, HUB, release) == 404

    by_cedah = [(row["person"], row["purpose"], row["refused"]) for row in rows(office, "openings", LEAD)]
    everybody = [(row["person"], row["refused"]) for row in rows(office, "openings", HUB)]
    assert by_cedah == [("p-cedah-2", "Safety planning", False)]
    assert everybody == [("p-hub-1", True), ("p-cedah-2", False)]


def test_everything_told_of_a_person_and_who_opened_it_is_one_question(office: Office) -> None:
    first = a_form(of=grades(Risk.HIGH), incident="one")
    second = a_form(of=MEDIUM, incident="two", consent={"cedah": "given"})
    office.bench.publish(
        first, second, a_form(of=grades(Risk.HIGH), incident="three", victim="somebody else")
    )
    office.bench.settle()
    release = office.bench.output().releases["cedah"][0].release_id
    opened(office, PRACTITIONER, release)

    told = rows(office, "told", AUDITOR, person=alias(ALIAS_KEY, internal("victim"), "person", "partnership"))

    assert [(row["recipient"], row["event_id"]) for row in told] == [
        ("dafsu", first.event_id),
        ("cedah", second.event_id),
    ]
    assert [len(row["opened"]) for row in told] == [0, 1]
    assert told[1]["opened"][0]["by"] == "p-cedah-2"


@pytest.fixture
def family(office: Office) -> Office:
    """A form with two children and somebody causing harm, and another of one of the three each."""
    forms = [
        a_form(
            of=HIGH,
            incident="one",
            event_id="one",
            pupils=[a_child("ann"), a_child("ben")],
            causing_harm=HARMS,
        ),
        a_form(of=HIGH, incident="two", event_id="two", victim="other", pupils=[a_child("ben")]),
        a_form(of=HIGH, incident="three", event_id="three", victim="third", causing_harm=HARMS),
        a_form(of=HIGH, incident="four", event_id="four", victim="fourth"),
    ]
    office.bench.publish(*forms)
    office.bench.settle()
    return office


@pytest.mark.parametrize(
    ("role", "events"),
    [
        ("victim", {"one"}),
        ("children[0]", {"one"}),
        ("children[1]", {"one", "two"}),
        ("person_causing_harm", {"one", "three"}),
    ],
)
@pytest.mark.parametrize("who", [HUB, AUDITOR])
def test_a_child_and_a_person_causing_harm_are_asked_about_by_an_event_that_names_them(
    family: Office, who: tuple[str, str], role: str, events: set[str]
) -> None:
    told = rows(family, "told", who, event="one", role=role)

    assert {row["event_id"] for row in told if row["recipient"] == "dafsu"} == events


def test_a_child_is_counted_as_the_hubs_own_release_counts_them(office: Office) -> None:
    form = a_form(of=HIGH, pupils=[a_child("ann"), a_child("ben")])
    turned = replace(form, sections=form.sections[::-1])
    bens = a_form(of=HIGH, incident="two", victim="two", pupils=[a_child("ben")])
    office.bench.publish(turned, bens)
    office.bench.settle()
    release = Ledger(office.bench.engine).release(office.bench.output().releases["police"][0].release_id)
    assert release is not None
    (ben,) = [child.leaf for child in form.children if child.person == internal("ben")]
    (number,) = [name for name, leaf in release.sections.items() if leaf == ben]

    told = rows(office, "told", event=form.event_id, role=number)

    assert {row["event_id"] for row in told} == {form.event_id, bens.event_id}


@pytest.mark.parametrize(
    ("event", "role"),
    [
        ("one", "children[2]"),
        ("four", "person_causing_harm"),
        ("one", "narrative"),
        ("one", "children[-1]"),
        ("nothing-like-it", "victim"),
        ("unreadable-9", "victim"),
    ],
)
def test_an_event_that_names_nobody_in_that_role_looks_like_one_there_is_not(
    family: Office, event: str, role: str
) -> None:
    family.bench.log.writer().append(LOG, [Record(key=b"x", value=b"noise")])
    family.bench.settle()

    assert family.ask(HUB, f"/v1/ledger/told?event={event}&role={role}").status_code == 404


def test_nobody_is_found_through_an_event_that_is_closed_to_who_asks(family: Office) -> None:
    restricted = an_event(EventType.ACCESS_RESTRICTED, incident=internal("one"), people=("p-hub-2",))
    family.bench.publish(restricted)
    family.bench.settle()

    assert family.ask(HUB, "/v1/ledger/told?event=one&role=children[1]").status_code == 404
    assert rows(family, "told", ("police", "p-hub-2"), event="one", role="children[1]") != []


@pytest.mark.parametrize("who", [LEAD, PRACTITIONER, RESPONDER])
def test_nobody_else_finds_anybody_through_an_event(family: Office, who: tuple[str, str]) -> None:
    assert family.ask(who, "/v1/ledger/told?event=one&role=victim").status_code == 404


def test_who_asked_for_what_is_about_themselves_is_told_to_a_lead_outside_their_line(office: Office) -> None:
    office.bench.publish(a_form(of=grades(Risk.HIGH)))
    office.bench.settle()
    born = date(1988, 2, 3)
    mark = match_on_name("Verimberlyn", "Keenquillerton", born)
    assert mark is not None
    office.keys.add_tokens({internal("victim"): [name_token(MATCH_KEY, mark)]})
    office.changed["p-hub-2"] = {"name": "Verimberlyn Keenquillerton", "date_of_birth": born}
    release = office.bench.output().releases["police"][0]

    assert opened(office, ("police", "p-hub-2"), release.release_id) == 404

    assert office.ask(("police", "p-hub-2"), f"/v1/events/{release.event_id}/explanation").status_code == 404
    for outside in (AUDITOR, OFFICE):
        assert [row["person"] for row in rows(office, "parties", outside)] == ["p-hub-2"]
    assert rows(office, "parties", HUB) == []

    named = an_event(EventType.ACCESS_RESTRICTED, incident=internal("incident"), people=("p-hub-1",))
    office.bench.publish(named)
    office.bench.settle()
    assert [row["person"] for row in rows(office, "parties", OFFICE)] == ["p-hub-2"]


def test_that_one_of_the_office_asked_for_what_is_about_themselves_is_not_told_to_its_lead(
    office: Office,
) -> None:
    of_the_office = an_opening(agency="partnership", person="p-partnership-2", party=True)
    elsewhere = an_opening(
        offset=1, opening_id="1" * 32, agency="cedah", person="p-cedah-2", refused=True, party=True
    )
    office.openings.keep(0, 2, [of_the_office, elsewhere])

    assert [row["person"] for row in rows(office, "parties", OFFICE)] == ["p-cedah-2"]
    assert [row["person"] for row in rows(office, "parties")] == ["p-cedah-2", "p-partnership-2"]


def test_no_list_shows_anybody_what_is_closed_to_them(office: Office) -> None:
    form = a_form(of=MEDIUM)
    office.bench.publish(form, override("family-help"))
    office.bench.settle()
    born = date(1988, 2, 3)
    mark = match_on_name("Verimberlyn", "Keenquillerton", born)
    assert mark is not None
    office.keys.add_tokens({internal("victim"): [name_token(MATCH_KEY, mark)]})
    office.changed["p-hub-2"] = {"name": "Verimberlyn Keenquillerton", "date_of_birth": born}
    party = ("police", "p-hub-2")
    opened(office, HUB, office.bench.output().releases["police"][0].release_id)

    for name in ("not-shared", "withheld", "overridden", "openings", "parties"):
        assert rows(office, name, party) == []
    about = alias(ALIAS_KEY, internal("victim"), "person", "police")
    assert rows(office, "told", party, person=about) == []
    assert [len(rows(office, name)) for name in ("withheld", "overridden", "openings")] == [1, 1, 1]


def test_an_agencys_lead_sees_of_anothers_release_no_more_than_whoever_asked(office: Office) -> None:
    office.bench.publish(a_form(of=grades(Risk.HIGH)))
    office.bench.settle()
    theirs = office.bench.output().releases["dafsu"][0].release_id

    opened(office, LEAD, theirs)
    opened(office, LEAD, "f" * 32)

    (unknown, others) = rows(office, "openings", LEAD)
    assert (
        (others["event_id"], others["recipient"])
        == (unknown["event_id"], unknown["recipient"])
        == (None, None)
    )
    assert "party" not in others


@pytest.mark.parametrize("who", [LEAD, PRACTITIONER, RESPONDER])
def test_the_lists_are_absent_for_everybody_else(office: Office, who: tuple[str, str | None]) -> None:
    for name in ("not-shared", "withheld", "overridden", "parties", "told"):
        assert office.ask(who, f"/v1/ledger/{name}").status_code == 404


def test_an_alias_that_is_not_the_callers_own_finds_nobody(office: Office) -> None:
    theirs = alias(ALIAS_KEY, internal("victim"), "person", "dafsu")

    assert office.ask(HUB, f"/v1/ledger/told?person={theirs}").status_code == 404
    assert office.ask(HUB, "/v1/ledger/told").status_code == 404


def test_a_second_witness_keeps_nothing_twice_and_what_is_no_opening_is_passed_over(office: Office) -> None:
    office.bench.publish(a_form(of=grades(Risk.HIGH)))
    office.bench.settle()
    first, second = (Witness(office.openings, office.bench.log.reader) for _ in range(2))
    opening = {"release_id": "f" * 32, "purpose": "Safety planning"}
    office.ask(HUB, "/v1/open", opening)
    office.bench.log.writer().append(OPENINGS, [Record(key=b"noise", value=b"no opening")])

    assert first.step(0.0) == 2
    assert second.step(0.0) == 2
    assert second.position == first.position == 2
    assert len(rows(office, "openings")) == 1


def test_a_restricted_incident_is_in_nobodys_lists_and_explained_to_nobody_but_whom_the_hub_named(
    office: Office,
) -> None:
    form = a_form(of=STANDARD)
    named = an_event(EventType.ACCESS_RESTRICTED, incident=internal("incident"), people=("p-hub-2",))
    office.bench.publish(form, named)
    office.bench.settle()

    listed = {
        who: len(rows(office, "not-shared", (agency, who)))
        for agency, who in (HUB, ("police", "p-hub-2"), AUDITOR)
    }
    explained = {
        who: office.ask((agency, who), f"/v1/events/{form.event_id}/explanation").status_code
        for agency, who in (HUB, ("police", "p-hub-2"), AUDITOR)
    }

    assert listed == {"p-hub-1": 0, "p-hub-2": 1, "p-partnership-2": 1}
    assert explained == {"p-hub-1": 404, "p-hub-2": 200, "p-partnership-2": 200}


def test_reports_that_turn_the_roles_round_are_listed_with_how_far_the_hub_is_with_them(
    office: Office,
) -> None:
    first = a_form(of=MEDIUM, incident="one", victim="victim", causing_harm=internal("causing harm"))
    counter = an_event(
        EventType.REFERRAL_RECEIVED,
        publisher="cedah",
        incident=internal("two"),
        victim=internal("causing harm"),
        causing_harm=internal("victim"),
    )
    office.bench.publish(first, counter)
    office.bench.settle()
    listed = rows(office, "roles")
    for roles in (Roles.BOTH, Roles.REVERSED):
        office.bench.publish(an_event(EventType.ROLES_REVIEWED, incident=internal("two"), roles=roles))
        office.bench.settle()
        listed += rows(office, "roles")

    assert {(row["event_id"], row["publisher"]) for row in listed} == {(counter.event_id, "cedah")}
    assert [row["looked"] for row in listed] == ["waits", "found_right", "found_wrong"]


def test_what_waits_for_the_hubs_review_is_listed_by_when_its_time_ends(office: Office) -> None:
    quiet = a_form(EventType.VPA_RAISED, STANDARD, incident="one")
    danger = a_form(EventType.VPA_RAISED, grades(Risk.HIGH), incident="two")
    sooner = a_form(EventType.VPA_RAISED, grades(Risk.HIGH), incident="three")
    done = a_form(of=MEDIUM, incident="four")
    office.bench.publish(quiet, sooner, danger, done)
    office.bench.settle()
    before = rows(office, "waiting")
    office.bench.publish(an_event(EventType.TIME_PASSED, recorded_at=START + timedelta(hours=4, minutes=2)))
    office.bench.settle()

    assert [row["event_id"] for row in before] == [sooner.event_id, danger.event_id, quiet.event_id]
    assert [row["review_by"] is None for row in before] == [False, False, True]
    assert [row["overdue"] for row in rows(office, "waiting")] == [True, False, False]


def test_danger_raised_after_a_review_waits_for_another_and_the_review_stays_in_the_ledger(
    office: Office,
) -> None:
    later = START + timedelta(hours=1)
    raised = a_form(EventType.VPA_RAISED, grades(Risk.HIGH), recorded_at=later)
    office.bench.publish(a_form(of=grades(Risk.STANDARD)), raised)
    office.bench.settle()
    (waiting,), (nobody,) = rows(office, "waiting"), rows(office, "not-shared")
    office.bench.publish(an_event(EventType.TIME_PASSED, recorded_at=later + timedelta(hours=4)))
    office.bench.settle()
    told = rows(office, "not-shared")
    office.bench.publish(a_form(of=grades(Risk.HIGH), recorded_at=later + timedelta(hours=5)))
    office.bench.settle()

    assert (waiting["event_id"], waiting["risk"], nobody["risk"]) == (raised.event_id, "high", "standard")
    assert (told, rows(office, "waiting")) == ([], [])


def test_an_agency_knows_what_anybody_in_it_has_opened_and_nothing_of_another(office: Office) -> None:
    office.bench.publish(a_form(of=MEDIUM, consent={"cedah": "given"}))
    office.bench.settle()
    release_id = office.bench.output().releases["cedah"][0].release_id
    body = {"releases": [release_id, "unknown"]}
    before = office.ask(LEAD, "/v1/opened", body).json()

    opened(office, PRACTITIONER, release_id)

    assert before == {"opened": []}
    assert office.ask(LEAD, "/v1/opened", body).json() == {"opened": [release_id]}
    assert office.ask(HUB, "/v1/opened", body).json() == {"opened": []}


@pytest.mark.parametrize("who", [RESPONDER, ("cedah", None)])
def test_what_was_opened_is_no_question_for_who_reads_no_inbox(
    office: Office, who: tuple[str, str | None]
) -> None:
    assert office.ask(who, "/v1/opened", {"releases": []}).status_code == 404


def test_where_a_question_is_wrong_is_said_as_a_json_pointer(office: Office) -> None:
    answer = office.ask(LEAD, "/v1/opened", {"releases": [], "a/~b": 1})

    assert [reason["pointer"] for reason in answer.json()["reasons"]] == ["/a~1~0b"]


@pytest.mark.parametrize("release", ["", "\0", "f" * 31 + "\0", "\U0001d669", "F" * 32])
def test_of_what_is_no_release_id_nobody_opened_anything(office: Office, release: str) -> None:
    answer = office.ask(LEAD, "/v1/opened", {"releases": [release]})

    assert (answer.status_code, answer.json()) == (200, {"opened": []})


def told_dafsu(office: Office, *then: Any) -> None:
    """Tell DAFSU of a high risk, then let things happen, and two weeks pass."""
    office.bench.publish(a_form(of=grades(Risk.HIGH)), *then)
    later = START + timedelta(days=14)
    office.bench.publish(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=later))
    office.bench.settle()


def test_what_was_expected_and_nobody_answered_is_listed_and_counted(office: Office) -> None:
    told_dafsu(office)

    found = {row["recipient"]: row["overdue"] for row in rows(office, "unanswered")}
    counted = office.ask(HUB, "/v1/ledger/summary").json()["not_answered"]

    assert found["dafsu"] is True
    assert counted["dafsu"] == {"unanswered": 1, "overdue": 1}


def test_whatever_a_recipient_publishes_of_the_incident_answers_and_what_others_publish_does_not(
    office: Office,
) -> None:
    told_dafsu(
        office, an_event(EventType.CONTACT_ATTEMPTED, publisher="cedah", incident=internal("incident"))
    )
    others = {row["recipient"] for row in rows(office, "unanswered")}
    contact = an_event(
        EventType.CONTACT_ATTEMPTED,
        publisher="dafsu",
        incident=internal("incident"),
        recorded_at=START + timedelta(days=15),
    )
    office.bench.publish(contact)
    office.bench.settle()

    assert "dafsu" in others
    assert "dafsu" not in {row["recipient"] for row in rows(office, "unanswered")}


def test_what_a_first_responder_publishes_answers_nothing_that_the_hub_is_to_review(office: Office) -> None:
    found = an_event(
        EventType.DASH_REDONE,
        publisher="cheshire-cares",
        incident=internal("incident"),
        grades=grades(Risk.HIGH),
    )
    office.bench.publish(a_form(), found)
    office.bench.settle()
    later = START + timedelta(days=1)

    assert unanswered_by(office, "police", consent({"cedah": "given"}, recorded_at=later))
    assert unanswered_by(office, "police", a_form(EventType.VPA_RAISED, recorded_at=later))
    assert not unanswered_by(office, "police", a_form(of=grades(Risk.HIGH), recorded_at=later))


def test_a_school_answers_by_what_it_acknowledges_and_by_nothing_else_that_is_said_of_its_message(
    office: Office,
) -> None:
    school = f"school:{HILLSIDE}"
    office.bench.publish(a_form(pupils=[a_child("one")]))
    office.bench.settle()

    def still_to_answer_after(event_type: EventType) -> bool:
        of = {"incident": internal("incident"), "recipient": school, "publisher": "notify"}
        said = an_event(event_type, recorded_at=START + timedelta(days=1), **of)
        return unanswered_by(office, school, said)

    assert still_to_answer_after(EventType.SCHOOL_NOTIFICATION_OPENED)
    assert not still_to_answer_after(EventType.SCHOOL_NOTIFICATION_ACKNOWLEDGED)


def met(office: Office, publisher: str, release_id: str) -> Heard:
    """Return that an agency did what a release expects, under a reference of its own."""
    return an_event(
        EventType.EXPECTATION_MET,
        publisher=publisher,
        incident=internal("own reference"),
        answers=release_id,
        recorded_at=START + timedelta(days=15),
    )


def unanswered_by(office: Office, recipient: str, then: Heard) -> bool:
    """Say whether a recipient is among those who have not answered, once something has come."""
    office.bench.publish(then)
    office.bench.settle()
    counted = office.ask(HUB, "/v1/ledger/summary").json()["not_answered"]
    listed = recipient in {row["recipient"] for row in rows(office, "unanswered")}
    assert (recipient in counted) == listed
    return listed


def test_an_outcome_that_names_the_release_answers_it_under_whatever_reference(office: Office) -> None:
    told_dafsu(office)
    release = office.bench.output().releases["dafsu"][0].release_id

    assert not unanswered_by(office, "dafsu", met(office, "dafsu", release))


def test_it_answers_a_later_release_of_the_same_event_that_expects_the_same(office: Office) -> None:
    form = a_form(of=grades(Risk.HIGH), consent={"dafsu": "given"})
    office.bench.publish(form)
    office.bench.settle()
    release = office.bench.output().releases["dafsu"][0].release_id
    office.bench.publish(consent(withdraws=True), override("dafsu"))
    office.bench.settle()

    assert not unanswered_by(office, "dafsu", met(office, "dafsu", release))


def test_nobody_answers_what_another_was_told_and_a_later_event_waits_for_its_own_answer(
    office: Office,
) -> None:
    told_dafsu(office)
    first = office.bench.output().releases["dafsu"][0].release_id

    assert unanswered_by(office, "dafsu", met(office, "cedah", first))
    office.bench.publish(met(office, "dafsu", first))
    assert unanswered_by(
        office, "dafsu", a_form(of=grades(Risk.HIGH), recorded_at=START + timedelta(days=16))
    )


@pytest.mark.parametrize("release", ["", "f" * 32, "no release of ours" * 20])
def test_an_outcome_of_what_is_no_release_answers_nothing_and_stops_nobody(
    office: Office, release: str
) -> None:
    told_dafsu(office)

    assert unanswered_by(office, "dafsu", met(office, "dafsu", release))


def test_what_is_not_due_yet_is_not_overdue(office: Office) -> None:
    office.bench.publish(a_form(of=grades(Risk.HIGH)))
    office.bench.settle()

    assert {row["overdue"] for row in rows(office, "unanswered")} == {False}
