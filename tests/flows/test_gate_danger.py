"""Danger that nobody has reviewed: a clock runs, and what it releases is provisional (design 5)."""

from datetime import datetime, timedelta

import pytest

from services.consent.flow.decision import Decision
from services.consent.state.heard import Grades
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    START,
    STRICT,
    Story,
    a_form,
    again,
    an_event,
    answer,
    case,
    consent,
    grades,
    policy_adopted,
    sent,
)

HOURS_4 = START + timedelta(hours=4)
HIGH, MEDIUM = grades(Risk.HIGH), grades(Risk.MEDIUM)


def raised_and_overdue() -> Story:
    """Return a story in which a high risk was raised and four hours went by."""
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, HIGH))
    story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=HOURS_4))
    return story


def test_high_risk_that_waited_four_hours_is_released_provisionally_and_alarms() -> None:
    told = raised_and_overdue().told[-1]

    assert sent(told.decision) == {"dafsu": ReleaseKind.NEW}
    assert told.overdue == (told.decision.again[0].event_id,)
    assert [emit.rule for emit in told.decision.emits if emit.recipient == "dafsu"] == ["dafsu-unreviewed"]


def test_an_event_that_cannot_be_read_does_not_swallow_what_it_makes_due() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, HIGH))

    decision = story.tell(an_event(EventType.VPA_REVIEWED, readable=False, recorded_at=HOURS_4))

    assert sent(decision) == {"dafsu": ReleaseKind.NEW}
    assert answer(decision, "dafsu").reason == "unclassified"


def test_a_policy_that_gives_the_hub_longer_moves_the_clock_and_does_not_stop_it() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, HIGH))
    longer = STRICT.read_text().replace("review_within_hours = 4", "review_within_hours = 6")
    story.tell(policy_adopted(text=longer))

    times = [HOURS_4, HOURS_4 + timedelta(hours=2)]
    told = [
        story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=each)) for each in times
    ]

    assert [sent(decision) for decision in told] == [{}, {"dafsu": ReleaseKind.NEW}]


def test_a_dash_not_completed_alarms_and_releases_nothing_for_want_of_a_ground() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, grades(Risk.NOT_COMPLETED)))

    decision = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=HOURS_4))

    assert story.told[-1].overdue != ()
    assert sent(decision) == {}


def test_a_review_in_time_stops_the_clock() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, HIGH), a_form(of=grades(Risk.MEDIUM)))

    decision = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=HOURS_4))

    assert story.told[-1].overdue == ()
    assert sent(decision) == {}


def test_standard_risk_waits_for_its_review_however_long() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, grades(Risk.STANDARD)))

    decision = story.tell(
        an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(days=9))
    )

    assert (sent(decision), decision.again) == ({}, ())


def test_the_review_that_confirms_it_changes_what_was_provisional() -> None:
    decision = raised_and_overdue().tell(a_form(of=HIGH))

    assert sent(decision) == {"dafsu": ReleaseKind.CHANGED}
    assert answer(decision, "dafsu").rule == "dafsu-high-risk"


def test_the_review_that_finds_less_takes_it_back_unless_a_case_was_opened() -> None:
    without = raised_and_overdue().tell(a_form(of=grades(Risk.MEDIUM)))
    story = raised_and_overdue()
    story.tell(case(EventType.CASE_OPENED, "dafsu"))
    with_case = story.tell(a_form(of=grades(Risk.MEDIUM)))

    assert sent(without) == {"dafsu": ReleaseKind.RECALLED}
    assert sent(with_case) == {"dafsu": ReleaseKind.CHANGED}


def test_a_withdrawal_does_not_touch_what_is_provisional() -> None:
    story = raised_and_overdue()

    decision = story.tell(consent(withdraws=True))

    assert sent(decision) == {}
    assert {a.recipient for a in decision.again[0].answers if a.outcome is Outcome.PERMIT} == {"dafsu"}


def test_safeguarding_goes_to_checs_and_a_new_initial_form_starts_its_own_clock() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, grades(Risk.STANDARD, ChildrenLevel.NONE)))
    story.tell(
        a_form(
            EventType.VPA_RAISED,
            grades(Risk.STANDARD, ChildrenLevel.SAFEGUARDING),
            recorded_at=START + timedelta(hours=2),
        )
    )

    early = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=HOURS_4))
    due = story.tell(
        an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(hours=6))
    )

    assert (sent(early), sent(due)) == ({}, {"checs": ReleaseKind.NEW})


def at(hours: float) -> datetime:
    """Return so many hours after the story began."""
    return START + timedelta(hours=hours)


def time_passes(story: Story, hours: float) -> Decision:
    return story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=at(hours)))


def raised_after_a_review(of: Grades, hours: float = 1) -> Story:
    """Return a story in which CEDAH holds a review at medium risk, and something is raised after it."""
    story = Story()
    story.tell(
        a_form(of=MEDIUM, consent={"cedah": "given"}), a_form(EventType.VPA_RAISED, of, recorded_at=at(hours))
    )
    return story


def test_danger_raised_after_a_review_runs_a_clock_of_its_own_and_leaves_what_others_hold() -> None:
    story = raised_after_a_review(grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING))

    early, due, later = time_passes(story, 4), time_passes(story, 5), time_passes(story, 6)

    assert [sent(each) for each in (early, due, later)] == [
        {},
        {"dafsu": ReleaseKind.NEW, "checs": ReleaseKind.NEW},
        {},
    ]
    assert {"dafsu-unreviewed", "checs-unreviewed"} <= {emit.rule for emit in due.emits}


def test_the_review_of_danger_raised_after_a_review_ends_it() -> None:
    story = raised_after_a_review(HIGH)
    time_passes(story, 5)

    decision = story.tell(a_form(of=MEDIUM, recorded_at=at(6)))

    assert sent(decision) == {"dafsu": ReleaseKind.RECALLED, "cedah": ReleaseKind.CHANGED}
    assert sent(time_passes(story, 12)) == {}


def test_news_of_the_review_takes_nothing_from_whom_danger_was_told() -> None:
    story = raised_after_a_review(HIGH)
    time_passes(story, 5)

    decision = story.tell(consent(withdraws=True, recorded_at=at(6)))

    assert sent(decision) == {"cedah": ReleaseKind.RECALLED}


def test_a_form_that_comes_late_and_happened_before_the_review_runs_no_clock() -> None:
    story = Story()
    late = a_form(EventType.VPA_RAISED, HIGH, occurred_at=START - timedelta(hours=2), recorded_at=at(1))
    story.tell(a_form(of=MEDIUM, consent={"cedah": "given"}), late)

    assert sent(time_passes(story, 9)) == {}


def test_what_is_raised_again_without_danger_stops_no_clock() -> None:
    story = Story()
    danger = a_form(EventType.VPA_RAISED, HIGH)
    story.tell(danger, a_form(EventType.VPA_RAISED, grades(Risk.STANDARD), recorded_at=at(1)))

    decision = time_passes(story, 4)

    assert {(emit.recipient, emit.event_id) for emit in decision.emits if emit.recipient == "dafsu"} == {
        ("dafsu", danger.event_id)
    }


def test_danger_raised_again_has_waited_since_it_was_raised_first_and_none_of_it_is_forgotten() -> None:
    story = Story()
    again = a_form(EventType.VPA_RAISED, HIGH, recorded_at=at(3))
    story.tell(a_form(EventType.VPA_RAISED, grades(Risk.MEDIUM, ChildrenLevel.SAFEGUARDING)), again)

    decision = time_passes(story, 4)

    assert sent(decision) == {"dafsu": ReleaseKind.NEW, "checs": ReleaseKind.NEW}
    assert {emit.event_id for emit in decision.emits if emit.recipient == "checs"} == {again.event_id}


def test_a_review_that_leaves_the_risk_open_stops_no_clock() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, HIGH), a_form(of=grades(Risk.NOT_COMPLETED), recorded_at=at(1)))

    assert sent(time_passes(story, 4)) == {"dafsu": ReleaseKind.NEW}


def test_a_review_that_leaves_the_risk_open_takes_nothing_back_that_danger_gave() -> None:
    story = raised_and_overdue()

    decision = story.tell(a_form(of=grades(Risk.NOT_COMPLETED), recorded_at=at(5)))

    assert sent(decision) == {}
    assert (answer(decision, "dafsu").outcome, again(decision, "dafsu").outcome) == (
        Outcome.DENY,
        Outcome.PERMIT,
    )


def test_a_correction_that_leaves_the_risk_open_takes_back_what_danger_gave() -> None:
    story = raised_and_overdue()
    (raised,) = [told.heard for told in story.told if told.heard.type == EventType.VPA_RAISED]

    decision = story.tell(
        a_form(
            EventType.VPA_CORRECTED, grades(Risk.NOT_COMPLETED), corrects=raised.event_id, recorded_at=at(5)
        )
    )

    assert sent(decision) == {"dafsu": ReleaseKind.RECALLED}


@pytest.mark.parametrize("of", [MEDIUM, grades(Risk.STANDARD)])
def test_what_is_raised_after_a_review_without_danger_waits_for_nobody(of: Grades) -> None:
    story = raised_after_a_review(of)

    assert sent(time_passes(story, 9)) == {}
