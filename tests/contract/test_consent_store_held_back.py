"""Danger that somebody is owed who takes no part just now is listed, as it stands (design 5)."""

from datetime import timedelta
from typing import Any

import pytest

from services.consent.state.heard import Heard
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import VictimAge
from tests.gate_builders import START, a_form, an_event, grades, internal
from tests.office_builders import AUDITOR, HUB, LEAD, PRACTITIONER, Office, settled

HIGH, MEDIUM, STANDARD = grades(Risk.HIGH), grades(Risk.MEDIUM), grades(Risk.STANDARD)


def about(event_type: EventType, recipient: str, **more: Any) -> Heard:
    return an_event(event_type, publisher="partnership", named=(recipient,), **more)


def suspended(recipient: str) -> Heard:
    return about(EventType.RECIPIENT_SUSPENDED, recipient)


def rows(office: Office, who: tuple[str, str] = HUB, query: str = "") -> list[dict[str, Any]]:
    found = office.ask(who, f"/v1/ledger/held-back{query}")
    assert found.status_code == 200, found.text
    return list(found.json()["rows"])


def test_a_high_risk_form_that_its_suspended_recipient_is_owed_is_listed_with_since_when(
    office: Office,
) -> None:
    form = a_form(of=HIGH)
    settled(office, suspended("dafsu"), form)

    (row,) = rows(office)

    assert (row["event_id"], row["recipient"], row["reason"], row["risk"]) == (
        form.event_id,
        "dafsu",
        "restricted",
        "high",
    )
    assert row["since"].startswith("2024-09-02T22:02")


def test_an_agreement_that_ended_holds_danger_back_too(office: Office) -> None:
    signed = about(EventType.AGREEMENT_SIGNED, "dafsu", agreement="isa-1")
    ended = about(EventType.AGREEMENT_ENDED, "dafsu", agreement="isa-1")
    settled(office, signed, ended, a_form(of=HIGH))

    assert [row["reason"] for row in rows(office)] == ["ended"]


def test_what_says_no_danger_and_what_everybody_owed_it_hears_of_are_not_listed(office: Office) -> None:
    below = a_form(of=MEDIUM, consent={"cedah": "given"})
    settled(office, suspended("cedah"), below, a_form(of=HIGH, incident="two", victim="two"))

    assert rows(office) == []


def test_a_raised_form_is_listed_once_its_review_is_overdue(office: Office) -> None:
    raised = a_form(EventType.VPA_RAISED, of=HIGH)
    settled(office, suspended("dafsu"), raised)
    before = rows(office)
    later = an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(hours=6))
    settled(office, later)

    assert before == []
    assert [row["event_id"] for row in rows(office)] == [raised.event_id]


def test_a_high_risk_referral_is_listed_as_a_form_is(office: Office) -> None:
    referral = an_event(
        EventType.REFERRAL_RECEIVED,
        publisher="cedah",
        incident=internal("two"),
        victim=internal("two"),
        grades=HIGH,
    )
    settled(office, suspended("dafsu"), referral)

    assert [(row["event_type"], row["recipient"]) for row in rows(office)] == [("ReferralReceived", "dafsu")]


def test_an_adult_victim_under_sixteen_is_danger_to_a_child_whatever_the_grade(office: Office) -> None:
    form = a_form(of=STANDARD, victim_age=VictimAge.UNDER_16)
    settled(office, suspended("checs"), form)

    assert [(row["event_id"], row["recipient"]) for row in rows(office)] == [(form.event_id, "checs")]


def test_a_downgrade_takes_it_off_the_list(office: Office) -> None:
    settled(office, suspended("dafsu"), a_form(of=HIGH), a_form(of=STANDARD))

    assert rows(office) == []


def test_who_takes_part_again_leaves_nothing_here(office: Office) -> None:
    settled(office, suspended("dafsu"), a_form(of=HIGH), about(EventType.RECIPIENT_RESUMED, "dafsu"))

    assert rows(office) == []


def test_days_choose_the_rows_by_since_when(office: Office) -> None:
    later = a_form(of=HIGH, incident="two", victim="two", recorded_at=START + timedelta(days=3))
    settled(office, suspended("dafsu"), a_form(of=grades(Risk.HIGH, ChildrenLevel.NONE)), later)

    assert len(rows(office)) == 2
    assert [row["event_id"] for row in rows(office, AUDITOR, "?from=2024-09-05")] == [later.event_id]
    assert rows(office, query="?order=newest") == rows(office)[::-1]


@pytest.mark.parametrize("who", [LEAD, PRACTITIONER])
def test_it_is_absent_for_everybody_else(office: Office, who: tuple[str, str]) -> None:
    assert office.ask(who, "/v1/ledger/held-back").status_code == 404
