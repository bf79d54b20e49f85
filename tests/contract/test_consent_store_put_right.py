"""What was put right, or taken back, is listed with everyone who had been sent it (decision 0039)."""

from datetime import timedelta
from typing import Any

import pytest

from services.consent.flow.release import ASK_BACK
from services.consent.state.heard import Heard
from services.eventlog.aliases import alias
from services.eventlog.topics import LOG
from services.vocabulary.events import EventType
from services.vocabulary.placement import Placement
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
    override,
    retraction,
    sealed,
)
from tests.office_builders import HUB, LEAD, PRACTITIONER, Office, hear_openings, opened, rows, settled

HIGH, MEDIUM = grades(Risk.HIGH), grades(Risk.MEDIUM)


def said(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["event_type"], row["recipient"], row["told"]


def test_everyone_who_had_been_sent_what_is_taken_back_is_listed_and_was_told(office: Office) -> None:
    form = a_form(of=HIGH)
    settled(office, form, retraction(form))

    (row,) = rows(office, "put-right")

    assert (row["corrects"], *said(row)) == (form.event_id, "EventRetracted", "dafsu", "recalled")
    assert row["told_at"] == row["decided_at"]


def test_what_nobody_had_been_sent_is_listed_once(office: Office) -> None:
    form = a_form(of=MEDIUM)
    settled(office, form, retraction(form))

    assert [said(row) for row in rows(office, "put-right")] == [("EventRetracted", None, None)]


def test_a_correction_stands_in_the_same_list(office: Office) -> None:
    form = a_form(of=HIGH)
    settled(office, form, a_form(EventType.VPA_CORRECTED, HIGH, corrects=form.event_id))

    assert [said(row) for row in rows(office, "put-right")] == [("VpaCorrected", "dafsu", "corrected")]


def test_who_opened_it_before_it_was_taken_back_is_named(office: Office) -> None:
    form = a_form(of=MEDIUM, consent={"cedah": "given"})
    settled(office, form)
    (release,) = office.bench.output().releases["cedah"]
    opened(office, LEAD, release.release_id)
    settled(office, retraction(form))

    (row,) = rows(office, "put-right")

    assert [each["by"] for each in row["opened"]] == [LEAD[1]]


def test_who_only_asked_where_else_somebody_stands_did_not_open_it(office: Office) -> None:
    form = a_form(of=MEDIUM, consent={"cedah": "given"})
    settled(office, form)
    (release,) = office.bench.output().releases["cedah"]
    question = {"release_id": release.release_id, "section": "victim", "purpose": "Safety planning"}
    assert office.ask(LEAD, "/v1/timeline", question).status_code == 200
    hear_openings(office)
    settled(office, retraction(form))

    (row,) = rows(office, "put-right")

    assert row["opened"] == []


def test_a_form_that_is_taken_back_is_not_among_those_that_went_nowhere(office: Office) -> None:
    form = a_form(of=MEDIUM)
    settled(office, form, retraction(form))

    assert rows(office, "not-shared") == []
    assert rows(office, "withheld") == []


def test_a_raised_form_waits_for_the_hub_again_once_its_review_is_taken_back(office: Office) -> None:
    raised, reviewed = a_form(EventType.VPA_RAISED, HIGH), a_form(of=MEDIUM)
    settled(office, raised, reviewed, retraction(reviewed))

    assert [row["event_id"] for row in rows(office, "waiting", HUB)] == [raised.event_id]


def explained(office: Office, event: Heard, to: str) -> dict[str, Any]:
    found = office.ask(HUB, f"/v1/events/{event.event_id}/explanation?to={to}").json()
    (row,) = found["decisions"]
    assert isinstance(row, dict)
    return row


def test_why_somebody_may_not_see_it_any_more_is_said_in_words(office: Office) -> None:
    form = a_form(of=HIGH)
    settled(office, form, retraction(form))

    row = explained(office, form, "dafsu")

    assert (row["outcome"], row["rule"], row["reason"]) == ("deny", "taken-back", "not-owed")
    assert "its publisher took it back" in row["text"]


def test_a_school_that_was_told_by_it_is_told_no_more(office: Office) -> None:
    form = a_form(EventType.VPA_RAISED, pupils=[a_child("ana")])
    settled(office, form, retraction(form))

    assert explained(office, form, f"school:{HILLSIDE}")["rule"] == "taken-back"


def test_what_was_taken_back_cannot_be_opened_any_more(office: Office) -> None:
    form = a_form(of=MEDIUM, consent={"cedah": "given"})
    settled(office, form)
    (release,) = office.bench.output().releases["cedah"]
    settled(office, retraction(form))

    assert opened(office, LEAD, release.release_id) == 404


def test_the_hub_sees_of_the_incident_that_the_school_is_told_no_more(office: Office) -> None:
    form = a_form(EventType.VPA_RAISED, pupils=[a_child("ana")])
    settled(office, form, retraction(form))

    name = alias(ALIAS_KEY, internal("incident"), "incident", "police")
    found = office.ask(HUB, f"/v1/incidents/{name}/sharing").json()

    assert {row["recipient"]: row["outcome"] for row in found["sharing"]}[f"school:{HILLSIDE}"] == "deny"


def test_whoever_was_sent_it_twice_stands_once_with_everybody_who_opened_either(office: Office) -> None:
    form = a_form(of=MEDIUM, consent={"cedah": "given"})
    settled(office, form)
    opened(office, PRACTITIONER, office.bench.output().releases["cedah"][0].release_id)
    settled(office, consent(withdraws=True), override("cedah"))
    opened(office, LEAD, office.bench.output().releases["cedah"][-1].release_id)
    settled(office, retraction(form))

    (row,) = rows(office, "put-right")

    assert [each["by"] for each in row["opened"]] == [PRACTITIONER[1], LEAD[1]]
    assert (row["recipient"], row["told"]) == ("cedah", "recalled")


def confirmed(office: Office) -> list[tuple[Any, ...]]:
    found = rows(office, "put-right")
    return [
        (row["recipient"], row["asked_back"], row["outcome"], row["answered_at"] is not None) for row in found
    ]


def test_when_somebody_confirmed_that_their_copy_is_destroyed_stands_with_what_was_taken_back(
    office: Office,
) -> None:
    taken_back(office, of=HIGH)
    before = confirmed(office)
    settled(office, answer_to(office, "dafsu"))

    assert before == [("dafsu", True, None, False)]
    assert confirmed(office) == [("dafsu", True, "done", True)]


def test_that_it_was_not_possible_is_no_confirmation_until_it_is_said_to_be_done(office: Office) -> None:
    taken_back(office, of=HIGH)
    could_not = sealed(answer_to(office, "dafsu"), outcome="not_possible")
    office.bench.log.writer().append(LOG, [could_not])
    office.bench.settle()
    at_first = confirmed(office)
    settled(office, answer_to(office, "dafsu"))

    assert at_first == [("dafsu", True, "not_possible", True)]
    assert confirmed(office) == [("dafsu", True, "done", True)]


def test_whoever_got_a_correction_in_its_place_is_asked_nothing_back(office: Office) -> None:
    form = a_form(of=HIGH)
    settled(office, form, a_form(EventType.VPA_CORRECTED, HIGH, corrects=form.event_id))

    assert confirmed(office) == [("dafsu", False, None, False)]


def test_what_came_of_a_later_form_that_was_held_in_the_place_of_the_original_is_listed_too(
    office: Office,
) -> None:
    form = a_form(of=HIGH)
    settled(office, form, a_form(of=HIGH), a_form(EventType.VPA_CORRECTED, MEDIUM, corrects=form.event_id))
    settled(office, answer_to(office, "dafsu"))

    assert asked_back(office) == []
    assert confirmed(office) == [("dafsu", True, "done", True)]


def test_of_two_copies_that_are_asked_back_at_once_it_is_said_what_came_of_the_original(
    office: Office,
) -> None:
    first = a_form(EventType.VPA_RAISED, pupils=[a_child("ana", None, Placement.HOME_EDUCATED)])
    second = a_form(pupils=[a_child("one", None, Placement.HOME_EDUCATED)])
    settled(office, first, second, a_form(EventType.VPA_CORRECTED, corrects=first.event_id))
    at_first = confirmed(office)
    settled(office, answer_to(office, "education", of=first))

    assert at_first == [("education", True, None, False)]
    assert confirmed(office) == [("education", True, "done", True)]
    assert asked_back(office) == [("education", second.event_id, False)]


@pytest.mark.parametrize("order", ["as-listed", "newest"])
def test_the_list_goes_on_page_by_page_with_everyone_who_had_been_sent_it(office: Office, order: str) -> None:
    forms = [a_form(of=HIGH, incident=name, consent={"cedah": "given"}) for name in ("one", "two")]
    settled(office, *forms, *map(retraction, forms))
    whole = [(row["corrects"], row["recipient"]) for row in rows(office, "put-right", order=order)]

    paged, after = [], ""
    while True:
        query = f"/v1/ledger/put-right?limit=1&order={order}" + (f"&after={after}" if after else "")
        page = office.ask(HUB, query).json()
        paged += [(row["corrects"], row["recipient"]) for row in page["rows"]]
        after = page["next"]
        if not page["more"]:
            break

    assert paged == whole
    assert len(whole) == len(set(whole)) >= 2


def asked_back(office: Office) -> list[tuple[str, str, bool]]:
    """Return who is listed as owing an answer to a recall, of which event, and whether it is overdue."""
    found = rows(office, "unanswered")
    counted = office.ask(HUB, "/v1/ledger/summary").json()["not_answered"]
    assert {row["recipient"] for row in found} == set(counted)
    return [
        (row["recipient"], row["event_id"], row["overdue"]) for row in found if row["expects"] == ASK_BACK
    ]


def days_pass(office: Office, days: int) -> None:
    settled(
        office, an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(days=days))
    )


def taken_back(office: Office, **sent: Any) -> Heard:
    """Return a form that somebody had been sent, and that its publisher took back."""
    form = a_form(**sent)
    settled(office, form, retraction(form))
    return form


def answer_to(office: Office, recipient: str, of: Heard | None = None, **more: Any) -> Heard:
    """Return that a recipient says what came of what it was asked back, under a reference of its own.

    `of`: what was, where that is more than one thing.
    """
    every = [each for each in office.bench.output().releases[recipient] if each.expects == ASK_BACK]
    (recall,) = [each for each in every if of is None or each.event_id == of.event_id]
    return an_event(EventType.EXPECTATION_MET, publisher=recipient, answers=recall.release_id, **more)


def test_who_was_asked_for_their_copy_back_and_has_not_confirmed_is_listed_and_counted(
    office: Office,
) -> None:
    form = taken_back(office, of=HIGH)
    at_first = asked_back(office)
    days_pass(office, 3)

    assert at_first == [("dafsu", form.event_id, False)]
    assert asked_back(office) == [("dafsu", form.event_id, True)]


def test_who_confirmed_it_is_listed_no_more(office: Office) -> None:
    taken_back(office, of=HIGH)
    settled(office, answer_to(office, "dafsu"))

    assert asked_back(office) == []


def test_whatever_else_a_recipient_publishes_of_the_incident_confirms_nothing(office: Office) -> None:
    form = taken_back(office, of=HIGH)
    settled(office, an_event(EventType.CONTACT_ATTEMPTED, publisher="dafsu", incident=form.incident))

    assert asked_back(office) == [("dafsu", form.event_id, False)]


def test_nobody_confirms_for_another(office: Office) -> None:
    form = taken_back(office, of=HIGH)
    (_, recall) = office.bench.output().releases["dafsu"]
    settled(office, an_event(EventType.EXPECTATION_MET, publisher="cedah", answers=recall.release_id))

    assert asked_back(office) == [("dafsu", form.event_id, False)]


def test_a_recall_of_what_was_no_mistake_asks_nothing_back(office: Office) -> None:
    settled(office, a_form(of=MEDIUM, consent={"cedah": "given"}), consent(withdraws=True))

    assert office.bench.output().releases["cedah"][-1].kind == "recalled"
    assert asked_back(office) == []


def test_a_school_confirms_by_telephone_and_stands_among_those_who_were_told(office: Office) -> None:
    taken_back(office, event_type=EventType.VPA_RAISED, pupils=[a_child("ana")])

    assert [row["recipient"] for row in rows(office, "put-right")] == [f"school:{HILLSIDE}"]
    assert asked_back(office) == []


def test_whoever_is_told_of_it_again_has_nothing_to_give_back(office: Office) -> None:
    form = a_form(of=HIGH)
    lower = a_form(EventType.VPA_CORRECTED, MEDIUM, corrects=form.event_id)
    settled(office, form, lower)
    asked = asked_back(office)
    settled(office, retraction(lower))

    assert asked == [("dafsu", form.event_id, False)]
    assert office.bench.output().releases["dafsu"][-1].kind == "new"
    assert asked_back(office) == []


def test_who_confirmed_that_one_copy_is_gone_has_not_said_so_of_one_that_was_sent_later(
    office: Office,
) -> None:
    form = a_form(of=HIGH)
    lower = a_form(EventType.VPA_CORRECTED, MEDIUM, corrects=form.event_id)
    settled(office, form, lower)
    settled(office, answer_to(office, "dafsu"))
    settled(office, retraction(lower), retraction(form))

    assert asked_back(office) == [("dafsu", form.event_id, False)]
    (last,) = [
        row
        for row in rows(office, "put-right")
        if row["recipient"] == "dafsu" and row["asked_back"] and row["answered_at"] is None
    ]
    assert last["outcome"] is None


def test_no_other_form_that_is_sent_later_answers_for_a_copy(office: Office) -> None:
    form = taken_back(office, of=HIGH)
    settled(office, a_form(of=HIGH), a_form(of=HIGH))

    assert [each.kind for each in office.bench.output().releases["dafsu"]][2:] == ["new", "changed"]
    assert asked_back(office) == [("dafsu", form.event_id, False)]


def test_of_a_copy_that_was_asked_back_before_another_was_it_is_still_to_be_said_what_came(
    office: Office,
) -> None:
    first, second = (taken_back(office, of=HIGH) for _ in range(2))

    assert asked_back(office) == [("dafsu", first.event_id, False), ("dafsu", second.event_id, False)]


def test_no_form_that_is_left_answers_for_the_copy_of_what_was_taken_back(office: Office) -> None:
    left, wrong = a_form(of=HIGH), a_form(of=HIGH)
    settled(office, left, wrong, retraction(wrong), a_form(of=HIGH))
    at_first = asked_back(office)
    settled(office, answer_to(office, "dafsu"))

    assert at_first == [("dafsu", wrong.event_id, False)]
    assert asked_back(office) == []


def test_a_recall_that_asks_nothing_back_ends_no_asking(office: Office) -> None:
    form = taken_back(office, of=MEDIUM, consent={"cedah": "given"})
    settled(office, a_form(of=MEDIUM, consent={"cedah": "given"}), consent(withdraws=True))

    assert office.bench.output().releases["cedah"][-1].expects is None
    assert asked_back(office) == [("cedah", form.event_id, False)]


def test_who_is_asked_for_two_copies_at_once_is_listed_with_each(office: Office) -> None:
    first = a_form(EventType.VPA_RAISED, pupils=[a_child("ana", None, Placement.HOME_EDUCATED)])
    second = a_form(pupils=[a_child("one", None, Placement.HOME_EDUCATED)])
    settled(office, first, second, a_form(EventType.VPA_CORRECTED, corrects=second.event_id))

    assert sorted(asked_back(office)) == [("education", each.event_id, False) for each in (first, second)]
