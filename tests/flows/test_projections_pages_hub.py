"""What the Hub reads of an incident beside its timeline: what waits, who is told, how it would be decided."""

from typing import Any

import pytest

from services.projections.pages.hub import LESS, MORE, OTHER_GROUND, OTHER_SECTIONS, SAME, WHERE_ELSE, differs
from tests.inbox_builders import OneDesk, Person, a_case, a_row, visit

HUB = Person(agency="police", role="lead")
RAISED = a_row(ground="own", event_type="VpaRaised", expects=None)
TOLD: dict[str, object] = {"outcome": "permit", "ground": "consent", "sections": ["victim"]}
NOT_TOLD: dict[str, object] = {"outcome": "deny", "ground": None, "sections": []}


@pytest.mark.parametrize(
    ("now", "stands", "said"),
    [
        (TOLD, TOLD, SAME),
        (NOT_TOLD, NOT_TOLD, SAME),
        (NOT_TOLD, {}, SAME),
        (TOLD, NOT_TOLD, MORE),
        (TOLD, {}, MORE),
        (NOT_TOLD, TOLD, LESS),
        ({**TOLD, "ground": "high-risk"}, TOLD, OTHER_GROUND),
        ({**TOLD, "sections": []}, TOLD, OTHER_SECTIONS),
    ],
)
def test_what_differs_is_said_in_words(now: dict[str, object], stands: dict[str, object], said: str) -> None:
    assert differs(now, stands) == said


def page(review: dict[str, Any] | None, *shares: dict[str, Any]) -> str:
    """Return the page of an incident as the Hub reads it, on 9 September at 10am."""
    account = {"review": review, "sharing": list(shares), "openings": [], "routing": []}
    return visit(OneDesk([a_case(RAISED)], who=HUB, account=account), "/incidents/alias").text


def test_a_vpa_that_waits_for_its_review_is_expected_with_its_time_and_the_way_to_it() -> None:
    found = page({"review_by": "2024-09-09T12:30:00Z", "overdue": False})

    assert "Review this VPA." in found
    assert "It is due by 9 September 2024 at 1:30pm." in found
    assert 'href="/incidents/alias/review/release-1">Review it' in found
    assert "Nothing is expected of you now." not in found


@pytest.mark.parametrize(
    "review",
    [
        {"review_by": "2024-09-09T09:30:00Z", "overdue": True},
        {"review_by": "2024-09-09T08:59:00Z", "overdue": False},
    ],
)
def test_danger_that_waited_longer_than_it_may_is_overdue_by_either_clock(review: dict[str, Any]) -> None:
    assert "Overdue.</strong>" in page(review)


def test_a_vpa_that_may_wait_for_its_review_is_expected_all_the_same() -> None:
    found = page({"review_by": None, "overdue": False})

    assert "Review this VPA." in found
    assert "It has no set time." in found
    assert "Nothing is expected of you now." not in found


def test_what_was_reviewed_is_not_expected() -> None:
    found = page(None)

    assert "Review this VPA." not in found
    assert "Nothing is expected of you now." in found


def test_a_row_of_the_hubs_inbox_says_that_a_vpa_waits_for_its_review() -> None:
    raised, reviewed = (
        visit(OneDesk([a_case(*rows)], who=HUB), "/inbox").text
        for rows in ([RAISED], [RAISED, a_row(2, ground="own", expects=None)])
    )

    assert "It waits for the Hub's review." in raised
    assert "Nothing is expected of you now." not in raised
    assert "Nothing is expected of you now." in reviewed


def test_a_question_where_else_somebody_stands_is_told_as_one_that_opened_nothing() -> None:
    asked = {"at": "2024-09-02T07:15:00Z", "person": "p-hub-1", "agency": "police", "purpose": "To see"}
    rows = [{**asked, "sections": []}, {**asked, "sections": ["victim"]}]
    account = {"review": None, "sharing": [], "openings": rows, "routing": []}

    found = visit(OneDesk([a_case(RAISED)], who=HUB, account=account), "/incidents/alias").text

    table = found.partition('id="opened"')[2]
    assert table.count(WHERE_ELSE) == 1
    assert "Adult victim" in table


def test_who_may_see_what_says_since_when_and_of_each_recipient_why() -> None:
    own = {"recipient": "police", "outcome": "permit", "ground": "own", "sections": ["victim"]}

    found = page(None, {**own, "since": "2024-09-02T07:15:00Z"}).partition('id="who"')[2]

    assert "2 September 2024 at 8:15am" in found
    assert "It published it" in found
    assert "Your agency published it" not in found


def test_who_reviews_a_vpa_reads_where_nobody_need_be_asked_for_consent() -> None:
    desk = OneDesk([a_case(RAISED)], who=HUB, opens={"victim": {"given_name": "Quenivaldra"}})

    found = visit(desk, "/incidents/alias/review/release-1", purpose="Secondary assessment").text

    assert "At high risk, or with safeguarding for a child, nobody need be asked" in found
