"""Explanations over HTTP: in plain English, to who may know, and the same absence to everybody else."""

from datetime import timedelta

import pytest

from services.consent.state.heard import Heard
from services.eventlog.aliases import alias
from services.eventlog.ids import event_id
from services.eventlog.topics import LOG
from services.vocabulary.events import EventType
from services.vocabulary.risk import Risk
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
    sealed,
)
from tests.office_builders import HUB, ID_KEY, LEAD, PRACTITIONER, RESPONDER, Office


def test_the_hub_is_told_of_every_decision_with_its_rule_paragraph_and_policy(office: Office) -> None:
    form = a_form(of=grades(Risk.MEDIUM), consent={"cedah": "refused"})
    office.bench.publish(form)
    office.bench.settle()

    told = office.decisions(HUB, form.event_id)

    assert len(told) == 18
    text = told["cedah"]["text"]
    assert "owed the form, but nothing gives a lawful ground" in text
    assert "NA 4.11" in text
    assert "Consent was refused on 2 September 2024" in text
    assert "policy strict, version 6" in text
    assert "It would be told if" in text
    assert "consented" in text


def test_an_answer_given_again_is_the_one_that_is_explained(office: Office) -> None:
    form, late = a_form(of=grades(Risk.MEDIUM)), consent({"cedah": "given"})
    office.bench.publish(form, late)
    office.bench.settle()

    told = office.decisions(HUB, form.event_id)["cedah"]

    assert (told["outcome"], told["ground"], told["cause"]) == ("permit", "consent", late.event_id)
    assert "Consent was given on 2 September 2024" in told["text"]
    assert "It ends when consent ends" in told["text"]


def test_an_event_is_found_by_its_publishers_own_id(office: Office) -> None:
    office.bench.publish(a_form(of=grades(Risk.HIGH), event_id=event_id(ID_KEY, "police", "VPA 17/2024")))
    office.bench.settle()

    found = office.ask(HUB, "/v1/events/VPA%2017%2F2024/explanation")

    assert found.json()["event_id"] == event_id(ID_KEY, "police", "VPA 17/2024")
    assert found.json()["incident"] == alias(ALIAS_KEY, internal("incident"), "incident", "police")


def sign(office: Office, version: str, ends_on: str) -> None:
    """Sign a version of an agreement between DAFSU and police, a minute after whatever came before."""
    at = START + timedelta(minutes=office.bench.log.reader({}).end(LOG))
    event = an_event(
        EventType.AGREEMENT_SIGNED,
        publisher="partnership",
        agreement="ISA-7",
        named=("dafsu", "police"),
        recorded_at=at,
    )
    office.bench.log.writer().append(LOG, [sealed(event, version=version, ends_on=ends_on)])


def agreements_told(office: Office, form: Heard) -> list[str]:
    """Return what the answer for DAFSU says of agreements."""
    office.bench.settle()
    text = office.decisions(HUB, form.event_id, "dafsu")["dafsu"]["text"]
    return [each for each in text.split(". ") if "agreement" in each]


def test_an_explanation_names_the_version_of_the_agreement_that_was_in_force_at_the_decision(
    office: Office,
) -> None:
    before, after = a_form(of=grades(Risk.HIGH)), a_form(of=grades(Risk.HIGH), incident="later")
    sign(office, "3", "2024-09-30")
    office.bench.publish(before)
    sign(office, "4", "2025-09-30")
    office.bench.publish(after)

    named = "The information sharing agreement ISA-7, version"
    assert agreements_told(office, before) == [
        f"{named} 3, was in force for it, to end on 1 October 2024 at 00:00"
    ]
    assert agreements_told(office, after) == [
        f"{named} 4, was in force for it, to end on 1 October 2025 at 00:00"
    ]


def test_an_explanation_of_what_an_agreement_stopped_names_the_version_that_had_ended(
    office: Office,
) -> None:
    ended = an_event(
        EventType.AGREEMENT_ENDED, publisher="partnership", agreement="ISA-7", named=("dafsu", "police")
    )
    form = a_form(of=grades(Risk.HIGH))
    sign(office, "3", "2024-09-30")
    office.bench.publish(ended, form)

    (rule, named) = agreements_told(office, form)[:2]

    assert "every information sharing agreement that names it has ended" in rule
    assert named.startswith("The information sharing agreement ISA-7, version 3, had ended for it on 2 Sep")


def test_an_agreement_that_the_gate_could_not_read_is_left_out(office: Office) -> None:
    form = a_form(of=grades(Risk.HIGH))
    sign(office, "3", "9999-12-31")
    office.bench.publish(form)

    assert agreements_told(office, form) == []


def test_a_lead_is_told_of_denials_about_its_own_agency_and_a_practitioner_of_permits_alone(
    office: Office,
) -> None:
    form = a_form(of=grades(Risk.MEDIUM))
    office.bench.publish(form)
    office.bench.settle()
    path = f"/v1/events/{form.event_id}/explanation"

    assert set(office.decisions(LEAD, form.event_id)) == {"cedah"}
    assert office.ask(PRACTITIONER, path).status_code == 404
    office.bench.publish(consent({"cedah": "given"}))
    office.bench.settle()
    assert set(office.decisions(PRACTITIONER, form.event_id)) == {"cedah"}


def test_nobody_is_told_about_another_recipient_and_absent_looks_the_same(office: Office) -> None:
    form = a_form(of=grades(Risk.HIGH))
    office.bench.publish(form)
    office.bench.settle()

    answers = [
        office.ask(LEAD, f"/v1/events/{form.event_id}/explanation?to=dafsu"),
        office.ask(LEAD, "/v1/events/never-happened/explanation"),
        office.ask(RESPONDER, f"/v1/events/{form.event_id}/explanation"),
        office.ask(LEAD, "/v1/ledger/summary"),
        office.ask(LEAD, "/v1/incidents/nothing/sharing"),
        office.ask(LEAD, "/v1/open", {"release_id": "f" * 32, "purpose": "x", "sections": ["victim"]}),
        office.ask(LEAD, "/v1/open", {"release_id": "what?", "purpose": "x"}),
    ]

    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1


def test_a_school_the_event_does_not_name_is_one_of_all_the_others(office: Office) -> None:
    form = a_form(EventType.VPA_RAISED, pupils=[a_child("one")])
    office.bench.publish(form)
    office.bench.settle()

    assert set(office.decisions(HUB, form.event_id, f"school:{HILLSIDE}")) == {f"school:{HILLSIDE}"}
    assert set(office.decisions(HUB, form.event_id, "school:900103")) == {"school:*"}
    nowhere = office.ask(HUB, f"/v1/events/{form.event_id}/explanation?to=school:999999")
    assert nowhere.status_code == 404


def test_the_hub_sees_who_may_see_what_of_an_incident_now(office: Office) -> None:
    office.bench.publish(
        a_form(EventType.VPA_RAISED, pupils=[a_child("one")]),
        a_form(of=grades(Risk.MEDIUM), pupils=[a_child("one")]),
        consent({"cedah": "given"}),
    )
    office.bench.settle()
    name = alias(ALIAS_KEY, internal("incident"), "incident", "police")

    sharing = office.ask(HUB, f"/v1/incidents/{name}/sharing").json()["sharing"]

    told = {row["recipient"] for row in sharing if row["outcome"] == "permit"}
    assert told == {"police", "partnership", "cedah", f"school:{HILLSIDE}"}


def test_the_policy_in_force_is_shown_whole(office: Office) -> None:
    before = office.ask(HUB, "/v1/policy")
    office.bench.settle()
    after = office.ask(HUB, "/v1/policy")

    assert before.status_code == 404
    assert (after.json()["name"], after.json()["version"]) == ("strict", 6)
    assert "[[rule]]" in after.json()["text"]


def test_a_policy_that_was_adopted_is_shown_by_its_hash_or_the_start_of_it(office: Office) -> None:
    office.bench.settle()
    policy = office.ask(HUB, "/v1/policy").json()

    assert office.ask(HUB, f"/v1/policy?hash={policy['hash'][:12]}").json() == policy
    assert office.ask(HUB, "/v1/policy?hash=abcdefabcdef").status_code == 404
    assert office.ask(HUB, "/v1/policy?hash=%25").status_code == 422


def test_opening_wants_a_named_person_and_a_purpose(office: Office) -> None:
    body = {"release_id": "f" * 32, "purpose": "Safety planning"}

    assert office.ask(("cedah", None), "/v1/open", body).status_code == 403
    wrong = ({"purpose": "a\0b"}, {"purpose": " "}, {"more": 1}, {"sections": [1]}, {"release_id": 7})
    for broken in (*wrong, {"purpose": None}):
        assert office.ask(LEAD, "/v1/open", {**body, **broken}).status_code == 422


def test_every_kind_of_answer_reads_as_sentences(office: Office) -> None:
    forms = [
        a_form(EventType.VPA_RAISED, pupils=[a_child("one")]),
        a_form(of=grades(Risk.HIGH), pupils=[a_child("one")], consent={"cheshire-cares": "given"}),
        a_form(of=grades(Risk.MEDIUM)),
    ]
    office.bench.publish(*forms)
    office.bench.settle()

    for form in forms:
        for row in office.decisions(HUB, form.event_id).values():
            assert row["text"].endswith(".")
            assert "None" not in row["text"]
            assert "  " not in row["text"]


def test_a_lead_who_was_denied_alone_is_given_no_name_for_the_incident(office: Office) -> None:
    denied, permitted = a_form(of=grades(Risk.HIGH)), a_form(of=grades(Risk.MEDIUM), incident="another")
    consented = consent({"cedah": "given"}, incident="another")
    office.bench.publish(denied, permitted, consented)
    office.bench.settle()

    named = [
        office.ask(LEAD, f"/v1/events/{form.event_id}/explanation").json()["incident"]
        for form in (denied, permitted)
    ]

    assert named == [None, alias(ALIAS_KEY, internal("another"), "incident", "cedah")]


def test_that_it_was_decided_not_to_share_is_told_to_the_hub_alone(office: Office) -> None:
    form = a_form(of=grades(Risk.MEDIUM), consent={"cedah": "given"})
    decided = an_event(
        EventType.DECIDED_NOT_TO_SHARE, incident=form.incident, recipient="cedah", confirmed_by="p-second-2"
    )
    office.bench.publish(decided, form)
    office.bench.settle()

    text = office.decisions(HUB, form.event_id)["cedah"]["text"]

    assert "it was decided not to share it with this recipient" in text
    assert f"(event {decided.event_id})" in text
    theirs = office.decisions(LEAD, form.event_id)["cedah"]
    assert (theirs["rule"], theirs["reason"]) == ("not-owed", "not-owed")
    assert "decided" not in theirs["text"].replace("It was decided on", "")


def test_what_was_recalled_is_explained_as_ended_by_what_recalled_it(office: Office) -> None:
    high, medium = a_form(of=grades(Risk.HIGH)), a_form(of=grades(Risk.MEDIUM))
    office.bench.publish(high, medium)
    office.bench.settle()

    told = office.decisions(HUB, high.event_id)["dafsu"]

    assert (told["outcome"], told["reason"], told["cause"]) == ("deny", "not-owed", medium.event_id)
    assert told["sections"] == []


def test_what_a_correction_has_taken_the_place_of_is_explained_as_put_right(office: Office) -> None:
    raised = a_form(EventType.VPA_RAISED, pupils=[a_child("one"), a_child("two")])
    corrected = a_form(EventType.VPA_CORRECTED, pupils=[a_child("one")])
    office.bench.publish(raised, corrected)
    office.bench.settle()

    before = office.decisions(HUB, raised.event_id)[f"school:{HILLSIDE}"]
    now = office.decisions(HUB, corrected.event_id)[f"school:{HILLSIDE}"]

    assert (before["outcome"], before["cause"]) == ("deny", corrected.event_id)
    assert "A correction has taken its place." in before["text"]
    assert (now["outcome"], now["sections"]) == ("permit", ["children[0]"])


def test_what_cannot_be_an_id_is_absent_on_either_database(office: Office) -> None:
    office.bench.settle()

    asked = [
        office.ask(HUB, "/v1/events/a%00b/explanation"),
        office.ask(LEAD, "/v1/open", {"release_id": "a\x00b", "purpose": "x"}),
    ]

    assert [each.status_code for each in asked] == [404, 404]


@pytest.mark.parametrize(
    ("days", "status"),
    [("to=9999-12-31", 200), ("from=0001-01-01", 200), ("from=2024-09-02&to=2024-09-01", 422)],
)
def test_days_that_end_the_calendar_are_days_and_days_in_the_wrong_order_are_none(
    office: Office, days: str, status: int
) -> None:
    assert office.ask(HUB, f"/v1/ledger/summary?{days}").status_code == status
