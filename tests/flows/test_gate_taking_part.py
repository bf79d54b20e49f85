"""Agreements and suspensions: who is stopped is told nothing new, and loses nothing (design 5)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.consent.flow.decision import Decision
from services.consent.state.heard import Heard
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult
from tests.gate_builders import (
    HILLSIDE,
    START,
    Story,
    a_child,
    a_form,
    an_event,
    answer,
    consent,
    grades,
    permitted,
    sent_of,
)

NEW, CHANGED, RECALLED = ReleaseKind.NEW, ReleaseKind.CHANGED, ReleaseKind.RECALLED
HIGH = grades(Risk.HIGH)


def about(event_type: EventType, *named: str, **more: Any) -> Heard:
    """Return an event of the partnership about these recipients."""
    return an_event(event_type, publisher="partnership", named=named, **more)


def suspended(*named: str) -> Heard:
    return about(EventType.RECIPIENT_SUSPENDED, *named)


def resumed(*named: str) -> Heard:
    return about(EventType.RECIPIENT_RESUMED, *named)


def signed(*between: str, **more: Any) -> Heard:
    return about(EventType.AGREEMENT_SIGNED, *between, agreement="isa-1", **more)


def time_passes(story: Story, to: datetime = START) -> Decision:
    return story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=to))


def test_who_is_suspended_is_owed_it_still_and_told_nothing() -> None:
    story = Story()
    story.tell(suspended("dafsu"))

    decision = story.tell(a_form(of=HIGH))

    said = answer(decision, "dafsu")
    assert (said.outcome, said.owed, said.rule, said.reason) == (
        Outcome.DENY,
        True,
        "suspended",
        "restricted",
    )


def test_nothing_that_came_meanwhile_is_lost_on_resume() -> None:
    story, first, second = Story(), a_form(of=HIGH), a_form(of=HIGH, incident="two", victim="two")
    story.tell(suspended("dafsu"), first, second, resumed("dafsu"))

    decision = time_passes(story)

    assert sent_of(decision, first.event_id) == {"dafsu": NEW}
    assert sent_of(decision, second.event_id) == {"dafsu": NEW}


def test_what_was_held_before_is_brought_up_to_date_on_resume() -> None:
    story, later = Story(), a_form(of=HIGH)
    story.tell(a_form(of=HIGH), suspended("dafsu"), later, resumed("dafsu"))

    assert sent_of(time_passes(story), later.event_id) == {"dafsu": CHANGED}


def test_a_withdrawal_reaches_whoever_is_suspended() -> None:
    story, form = Story(), a_form(of=grades(Risk.MEDIUM), consent={"cedah": "given"})
    story.tell(form, suspended("cedah"))

    decision = story.tell(consent(withdraws=True))

    assert sent_of(decision, form.event_id) == {"cedah": RECALLED}


def test_nobody_else_notices_a_suspension() -> None:
    story = Story()
    story.tell(suspended("cedah"))

    assert "dafsu" in permitted(story.tell(a_form(of=HIGH)))


def test_the_children_of_a_suspended_school_go_to_the_officer() -> None:
    story = Story()
    story.tell(suspended(f"school:{HILLSIDE}"))

    decision = story.tell(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))

    assert answer(decision, f"school:{HILLSIDE}").reason == "restricted"
    assert answer(decision, "education").ground == "childs-welfare"


def test_an_agreement_that_ended_stops_the_flow_and_says_so() -> None:
    story = Story()
    story.tell(signed("dafsu", "police"), about(EventType.AGREEMENT_ENDED, "dafsu", agreement="isa-1"))

    decision = story.tell(a_form(of=HIGH))

    assert (answer(decision, "dafsu").rule, answer(decision, "dafsu").reason) == ("agreement-ended", "ended")


def test_an_agreement_ends_on_its_day_and_what_waited_follows_when_it_is_signed_again() -> None:
    story, form = Story(), a_form(of=HIGH, recorded_at=START + timedelta(days=2))
    story.tell(signed("dafsu", expires_at=START + timedelta(days=1)))

    before = story.tell(a_form(of=HIGH, incident="two", victim="two"))
    after = story.tell(form)
    story.tell(signed("dafsu", recorded_at=START + timedelta(days=3)))
    again = story.tell(
        an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(days=3, minutes=1))
    )

    assert "dafsu" in permitted(before)
    assert answer(after, "dafsu").rule == "agreement-ended"
    assert sent_of(again, form.event_id) == {"dafsu": NEW}


def test_whom_no_agreement_names_is_bound_by_none() -> None:
    story = Story()
    story.tell(signed("cedah", expires_at=START))

    assert "dafsu" in permitted(story.tell(a_form(of=HIGH)))


def test_who_is_suspended_and_may_see_less_holds_nothing_until_it_is_resumed() -> None:
    of = grades(Risk.STANDARD, adults=[VulnerableAdult.PERSON_CAUSING_HARM], concern=True)
    story, form = Story(), a_form(of=of, consent={"adult-social-care": "given"})
    story.tell(form, suspended("adult-social-care"))

    withdrawn = story.tell(consent(withdraws=True))
    story.tell(resumed("adult-social-care"))

    assert sent_of(withdrawn, form.event_id) == {"adult-social-care": RECALLED}
    assert sent_of(time_passes(story), form.event_id) == {"adult-social-care": NEW}


def test_a_correction_takes_back_what_a_suspended_recipient_holds() -> None:
    story, form = Story(), a_form(of=HIGH)
    story.tell(form, suspended("dafsu"))

    decision = story.tell(a_form(EventType.VPA_CORRECTED, HIGH))

    (recall,) = [emit for emit in decision.emits if emit.recipient == "dafsu"]
    assert (recall.kind, recall.event_id, recall.reason) == (RECALLED, form.event_id, "restricted")
    assert recall.expects is not None


def test_whom_an_agreement_names_no_more_it_still_binds_until_it_is_signed_again_with_them() -> None:
    story, form = Story(), a_form(of=HIGH, recorded_at=START + timedelta(days=2))
    story.tell(signed("dafsu", "cedah", expires_at=START + timedelta(days=1)), form)

    without = story.tell(
        signed("cedah", recorded_at=START + timedelta(days=3)),
        a_form(of=HIGH, incident="two", recorded_at=START + timedelta(days=3)),
    )
    story.tell(signed("cedah", "dafsu", recorded_at=START + timedelta(days=4)))
    later = story.tell(
        an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(days=4, minutes=1))
    )

    assert answer(without, "dafsu").rule == "agreement-ended"
    assert sent_of(later, form.event_id) == {"dafsu": NEW}


def test_who_resume_at_one_moment_are_all_told_what_waited() -> None:
    story, form = Story(), a_form(of=grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING))
    at = START + timedelta(days=1)
    story.tell(suspended("dafsu"), suspended("checs"), form)

    told = [
        story.tell(replace(resumed("dafsu"), recorded_at=at)),
        story.tell(replace(resumed("checs"), recorded_at=at)),
        story.tell(
            an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=at + timedelta(minutes=1))
        ),
    ]

    sent = {to: kind for each in told for to, kind in sent_of(each, form.event_id).items()}
    assert sent == {"dafsu": NEW, "checs": NEW}
