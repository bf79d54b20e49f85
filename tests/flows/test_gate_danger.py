"""Danger that nobody has reviewed: a clock runs, and what it releases is provisional (design 5)."""

from datetime import timedelta

from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    START,
    STRICT,
    Story,
    a_form,
    an_event,
    answer,
    case,
    consent,
    grades,
    policy_adopted,
    sent,
)

HOURS_4 = START + timedelta(hours=4)
HIGH = grades(Risk.HIGH)


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
