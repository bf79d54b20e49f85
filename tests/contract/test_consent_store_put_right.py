"""What was put right, or taken back, is listed with everyone who had been sent it (decision 0039)."""

from pathlib import Path
from typing import Any

import pytest

from services.consent.state.heard import Heard
from services.eventlog.aliases import alias
from services.vocabulary.events import EventType
from services.vocabulary.risk import Risk
from tests.gate_builders import ALIAS_KEY, HILLSIDE, a_child, a_form, grades, internal, retraction
from tests.office_builders import HUB, LEAD, Office, hear_openings, opened, rows

HIGH, MEDIUM = grades(Risk.HIGH), grades(Risk.MEDIUM)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Office:
    return Office(database_url, tmp_path)


def told(office: Office, *events: Heard) -> None:
    office.bench.publish(*events)
    office.bench.settle()


def said(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["event_type"], row["recipient"], row["told"]


def test_everyone_who_had_been_sent_what_is_taken_back_is_listed_and_was_told(office: Office) -> None:
    form = a_form(of=HIGH)
    told(office, form, retraction(form))

    (row,) = rows(office, "put-right")

    assert (row["corrects"], *said(row)) == (form.event_id, "EventRetracted", "dafsu", "recalled")
    assert row["told_at"] == row["decided_at"]


def test_what_nobody_had_been_sent_is_listed_once(office: Office) -> None:
    form = a_form(of=MEDIUM)
    told(office, form, retraction(form))

    assert [said(row) for row in rows(office, "put-right")] == [("EventRetracted", None, None)]


def test_a_correction_stands_in_the_same_list(office: Office) -> None:
    form = a_form(of=HIGH)
    told(office, form, a_form(EventType.VPA_CORRECTED, HIGH, corrects=form.event_id))

    assert [said(row) for row in rows(office, "put-right")] == [("VpaCorrected", "dafsu", "corrected")]


def test_who_opened_it_before_it_was_taken_back_is_named(office: Office) -> None:
    form = a_form(of=MEDIUM, consent={"cedah": "given"})
    told(office, form)
    (release,) = office.bench.output().releases["cedah"]
    opened(office, LEAD, release.release_id)
    told(office, retraction(form))

    (row,) = rows(office, "put-right")

    assert [each["by"] for each in row["opened"]] == [LEAD[1]]


def test_who_only_asked_where_else_somebody_stands_did_not_open_it(office: Office) -> None:
    form = a_form(of=MEDIUM, consent={"cedah": "given"})
    told(office, form)
    (release,) = office.bench.output().releases["cedah"]
    question = {"release_id": release.release_id, "section": "victim", "purpose": "Safety planning"}
    assert office.ask(LEAD, "/v1/timeline", question).status_code == 200
    hear_openings(office)
    told(office, retraction(form))

    (row,) = rows(office, "put-right")

    assert row["opened"] == []


def test_a_form_that_is_taken_back_is_not_among_those_that_went_nowhere(office: Office) -> None:
    form = a_form(of=MEDIUM)
    told(office, form, retraction(form))

    assert rows(office, "not-shared") == []
    assert rows(office, "withheld") == []


def test_a_raised_form_waits_for_the_hub_again_once_its_review_is_taken_back(office: Office) -> None:
    raised, reviewed = a_form(EventType.VPA_RAISED, HIGH), a_form(of=MEDIUM)
    told(office, raised, reviewed, retraction(reviewed))

    assert [row["event_id"] for row in rows(office, "waiting", HUB)] == [raised.event_id]


def explained(office: Office, event: Heard, to: str) -> dict[str, Any]:
    found = office.ask(HUB, f"/v1/events/{event.event_id}/explanation?to={to}").json()
    (row,) = found["decisions"]
    assert isinstance(row, dict)
    return row


def test_why_somebody_may_not_see_it_any_more_is_said_in_words(office: Office) -> None:
    form = a_form(of=HIGH)
    told(office, form, retraction(form))

    row = explained(office, form, "dafsu")

    assert (row["outcome"], row["rule"], row["reason"]) == ("deny", "taken-back", "not-owed")
    assert "its publisher took it back" in row["text"]


def test_a_school_that_was_told_by_it_is_told_no_more(office: Office) -> None:
    form = a_form(EventType.VPA_RAISED, pupils=[a_child("ana")])
    told(office, form, retraction(form))

    assert explained(office, form, f"school:{HILLSIDE}")["rule"] == "taken-back"


def test_what_was_taken_back_cannot_be_opened_any_more(office: Office) -> None:
    form = a_form(of=MEDIUM, consent={"cedah": "given"})
    told(office, form)
    (release,) = office.bench.output().releases["cedah"]
    told(office, retraction(form))

    assert opened(office, LEAD, release.release_id) == 404


def test_the_hub_sees_of_the_incident_that_the_school_is_told_no_more(office: Office) -> None:
    form = a_form(EventType.VPA_RAISED, pupils=[a_child("ana")])
    told(office, form, retraction(form))

    name = alias(ALIAS_KEY, internal("incident"), "incident", "police")
    found = office.ask(HUB, f"/v1/incidents/{name}/sharing").json()

    assert {row["recipient"]: row["outcome"] for row in found["sharing"]}[f"school:{HILLSIDE}"] == "deny"
