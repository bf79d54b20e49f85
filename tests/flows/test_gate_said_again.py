"""Once an event is taken back, what is left says again who harms whom: that, and no more (decision 0039)."""

from dataclasses import replace
from typing import Any

from services.consent.state.heard import Heard
from services.consent.state.links import as_one
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.risk import Risk
from services.vocabulary.sides import Roles
from tests.gate_builders import START, Story, a_form, an_event, grades, internal, retraction, sent_of
from tests.gate_history import DAY

NEW = ReleaseKind.NEW
HIGH, MEDIUM = grades(Risk.HIGH), grades(Risk.MEDIUM)
RAISED, REVIEWED = EventType.VPA_RAISED, EventType.VPA_REVIEWED


def reported(victim: str, by: str, incident: str, **more: Any) -> Heard:
    """Return what a partner reports of an incident: who is harmed at high risk, and by whom."""
    given = {"publisher": "cedah", "incident": internal(incident), "grades": HIGH, **more}
    return an_event(EventType.REFERRAL_RECEIVED, victim=internal(victim), causing_harm=internal(by), **given)


def reversed_in(incident: str) -> Heard:
    return an_event(EventType.ROLES_REVIEWED, incident=internal(incident), roles=Roles.REVERSED)


def form(event_type: EventType, by: str | None = None, **more: Any) -> Heard:
    """Return a form about Ada, who is harmed by somebody, or by nobody it names."""
    given = {"of": HIGH, "incident": "one", "victim": "ada", **more}
    return a_form(event_type, causing_harm=internal(by) if by is not None else None, **given)


def harm(story: Story, victim: str, by: str) -> bool:
    """Say whether somebody is known to harm a victim."""
    known = as_one(story.fold.world.person, internal(victim)).harmed_by
    return internal(by) in {each.by for each in known}


def test_a_report_the_hub_found_wrong_is_not_told_because_another_is_taken_back() -> None:
    story, wrong, other = Story(), reported("ada", "ben", "one"), reported("ada", "ben", "three")
    story.tell(wrong, reversed_in("one"), reported("ben", "ada", "two"), reversed_in("two"), other)

    decision = story.tell(retraction(other))

    assert sent_of(decision, wrong.event_id) == {}
    assert story.fold.world.incident(internal("one")).found_wrong == (wrong.event_id,)


def test_all_that_was_raised_says_again_what_a_review_that_is_taken_back_said_otherwise() -> None:
    story, review = Story(), form(REVIEWED, "dan")
    story.tell(form(RAISED, "ben"), form(RAISED, "cy", of=MEDIUM), review, retraction(review))

    assert [harm(story, "ada", each) for each in ("ben", "cy", "dan")] == [True, True, False]


def test_what_a_review_said_otherwise_that_stands_is_not_said_again() -> None:
    story, review, later = Story(), form(REVIEWED, "dan"), form(REVIEWED, "ben")
    story.tell(form(RAISED, "cy"), review, later, retraction(later))

    assert [harm(story, "ada", each) for each in ("ben", "cy", "dan")] == [False, False, True]


def test_a_raised_form_that_turned_round_a_lie_is_known_though_danger_was_raised_again_since() -> None:
    story, lie = Story(), reported("ben", "ada", "two")
    story.tell(lie, form(RAISED, "ben"), form(RAISED), retraction(lie))

    assert harm(story, "ada", "ben")


def test_a_counter_allegation_that_is_taken_back_from_the_hub_goes_to_nobody_when_its_hours_are_over() -> (
    None
):
    story, counter = Story(), reported("ben", "ada", "two", publisher="mycwa")
    story.tell(reported("ada", "ben", "one"), counter, retraction(counter, "police"))

    decision = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + DAY))

    assert sent_of(decision, counter.event_id) == {}


def test_danger_that_is_reported_after_what_the_hub_found_wrong_waits_its_hours_and_no_longer() -> None:
    story, counter = Story(), reported("ben", "ada", "one", publisher="mycwa")
    wrong = an_event(EventType.ROLES_REVIEWED, incident=counter.incident, roles=Roles.REVERSED)
    danger = replace(reported("ben", "ada", "one"), causing_harm=None)
    story.tell(reported("ada", "ben", "one"), counter, wrong, danger)

    decision = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + DAY))

    assert sent_of(decision, danger.event_id)["dafsu"] is NEW
    assert "dafsu" not in sent_of(decision, counter.event_id)


def test_danger_that_somebody_else_reports_after_it_waits_its_hours_and_no_longer() -> None:
    story, counter = Story(), reported("ben", "ada", "two", publisher="mycwa")
    danger = replace(reported("ben", "ada", "two"), causing_harm=None)
    story.tell(reported("ada", "ben", "one"), counter, retraction(counter, "police"), danger)

    decision = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + DAY))

    assert sent_of(decision, danger.event_id)["dafsu"] is NEW
