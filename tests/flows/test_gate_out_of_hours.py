"""Danger out of hours: the emergency duty team hears of what the Hub has not reviewed in time (design 5)."""

from datetime import datetime

import pytest

from services.consent.flow.decision import Decision
from services.vocabulary.calendar import LONDON
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import STRICT, Story, a_form, an_event, consent, grades, policy_adopted, sent
from tests.joining_builders import joined

NEW, CHANGED, RECALLED = ReleaseKind.NEW, ReleaseKind.CHANGED, ReleaseKind.RECALLED
TEAM = "emergency-duty-team"
HIGH = grades(Risk.HIGH)
SAFEGUARDING = grades(Risk.MEDIUM, ChildrenLevel.SAFEGUARDING)


def london(text: str) -> datetime:
    """Return a moment by the clocks of London; 2 September 2024 was a Monday."""
    return datetime.fromisoformat(f"2024-{text}").replace(tzinfo=LONDON)


def a_story() -> Story:
    """Return a story that the emergency duty team joined in good time."""
    story = Story(by_event=(TEAM,))
    story.tell(joined(TEAM, recorded_at=london("09-02T06:00")))
    return story


def time_passes(story: Story, to: str) -> Decision:
    return story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=london(to)))


def a_night(form: str = "09-02T20:00", until: str = "09-03T00:00") -> Story:
    """Return a story in which a high risk was raised at night and nobody reviewed it for four hours."""
    story = a_story()
    story.tell(a_form(EventType.VPA_RAISED, HIGH, recorded_at=london(form)))
    time_passes(story, until)
    return story


def test_out_of_hours_overdue_high_risk_reaches_the_team_beside_dafsu() -> None:
    told = a_night().told[-1].decision

    (release,) = [emit for emit in told.emits if emit.recipient == TEAM]
    assert sent(told) == {"dafsu": NEW, TEAM: NEW}
    assert (release.rule, release.ground) == (f"{TEAM}-high-risk", "high-risk")


def test_out_of_hours_overdue_safeguarding_reaches_the_team_beside_checs() -> None:
    story = a_story()
    story.tell(a_form(EventType.VPA_RAISED, SAFEGUARDING, recorded_at=london("09-02T20:00")))

    decision = time_passes(story, "09-03T00:00")

    (release,) = [emit for emit in decision.emits if emit.recipient == TEAM]
    assert sent(decision) == {"checs": NEW, TEAM: NEW}
    assert (release.rule, release.ground) == (f"{TEAM}-safeguarding", "child-safeguarding")


def test_in_hours_nothing_goes_to_it() -> None:
    told = a_night(form="09-02T08:00", until="09-02T12:00").told[-1].decision

    assert sent(told) == {"dafsu": NEW}


def test_danger_still_not_reviewed_when_offices_close_goes_to_it_then() -> None:
    story = a_night(form="09-02T08:00", until="09-02T12:00")

    decided = [time_passes(story, at) for at in ("09-02T16:45", "09-02T17:00", "09-02T17:15")]

    assert [sent(each) for each in decided] == [{}, {TEAM: NEW}, {}]


def test_what_was_reviewed_before_offices_close_does_not() -> None:
    story = a_night(form="09-02T08:00", until="09-02T12:00")
    story.tell(a_form(of=HIGH, recorded_at=london("09-02T15:00")))

    assert sent(time_passes(story, "09-02T17:00")) == {}


@pytest.mark.parametrize("day", ["09-07", "12-25"])
def test_at_the_weekend_and_on_a_bank_holiday_it_goes_at_noon(day: str) -> None:
    told = a_night(form=f"{day}T08:00", until=f"{day}T12:00").told[-1].decision

    assert sent(told) == {"dafsu": NEW, TEAM: NEW}


def test_when_offices_open_it_keeps_what_it_holds_whatever_news_comes() -> None:
    story = a_night()

    morning = time_passes(story, "09-03T09:00")
    news = story.tell(consent({"cedah": "given"}, recorded_at=london("09-03T10:00")))

    assert (sent(morning), sent(news)) == ({}, {})
    assert [each.outcome for each in news.again[0].answers if each.recipient == TEAM] == ["permit"]


def test_the_review_takes_the_place_of_what_it_was_told_provisionally() -> None:
    story = a_night()

    review = story.tell(a_form(of=HIGH, recorded_at=london("09-03T02:00")))

    (recall,) = [emit for emit in review.emits if emit.recipient == TEAM]
    assert sent(review) == {"dafsu": CHANGED, TEAM: RECALLED}
    assert (recall.reason, recall.expects) == ("not-owed", None)


def test_who_has_not_joined_is_told_of_no_danger() -> None:
    story = Story(by_event=(TEAM,))
    story.tell(a_form(EventType.VPA_RAISED, HIGH, recorded_at=london("09-02T20:00")))

    assert sent(time_passes(story, "09-03T00:00")) == {"dafsu": NEW}


def test_a_policy_that_opens_offices_later_is_out_of_hours_for_longer() -> None:
    story = a_story()
    later = STRICT.read_text().replace("opens = 08:30:00", "opens = 10:00:00")
    story.tell(
        policy_adopted(later, recorded_at=london("09-02T07:00")),
        a_form(EventType.VPA_RAISED, HIGH, recorded_at=london("09-03T05:00")),
    )

    assert sent(time_passes(story, "09-03T09:30")) == {"dafsu": NEW, TEAM: NEW}


def test_a_form_raised_again_follows_to_whoever_holds_the_first() -> None:
    story, again = a_night(), a_form(EventType.VPA_RAISED, HIGH, recorded_at=london("09-03T06:00"))
    story.tell(again)

    decision = time_passes(story, "09-03T10:00")

    assert sent(decision) == {"dafsu": CHANGED, TEAM: CHANGED}
    assert {emit.event_id for emit in decision.emits if emit.recipient == TEAM} == {again.event_id}
