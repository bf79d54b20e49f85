"""A decision not to share, although it is owed: recorded as carefully as an override, and it holds."""

from datetime import timedelta
from typing import Any

from services.consent.state.heard import Heard
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.placement import Placement
from services.vocabulary.risk import Risk
from tests.gate_builders import (
    HILLSIDE,
    RIVERSIDE,
    START,
    Story,
    a_child,
    a_form,
    again,
    an_event,
    answer,
    consent,
    grades,
    internal,
    override,
    sent,
    sent_of,
)

NEW, RECALLED, CORRECTED = ReleaseKind.NEW, ReleaseKind.RECALLED, ReleaseKind.CORRECTED
HIGH = grades(Risk.HIGH)
RULE = "decided-not-to-share"


def not_shared(recipient: str, publisher: str = "police", **more: Any) -> Heard:
    made = {"incident": internal("incident"), "confirmed_by": "p-second-2", **more}
    return an_event(EventType.DECIDED_NOT_TO_SHARE, publisher=publisher, recipient=recipient, **made)


def test_what_is_owed_is_withheld_and_counted_as_owed() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, HIGH), not_shared("dafsu"))

    found = answer(story.tell(a_form(of=HIGH)), "dafsu")

    assert (found.outcome, found.owed, found.rule, found.reason) == (Outcome.DENY, True, RULE, "restricted")


def test_what_was_shared_is_recalled_and_nothing_is_asked_back() -> None:
    story, form = Story(), a_form(of=HIGH)
    story.tell(form)

    decision = story.tell(not_shared("dafsu"))

    (recall,) = [emit for emit in decision.emits if emit.recipient == "dafsu"]
    assert (recall.kind, recall.reason, recall.expects) == (RECALLED, "ended", None)
    assert again(decision, "dafsu").rule == RULE


def test_nobody_else_is_touched() -> None:
    story = Story()
    story.tell(a_form(of=grades(Risk.MEDIUM), consent={"cedah": "given"}))

    assert sent(story.tell(not_shared("dafsu"))) == {}


def test_it_holds_through_consent_a_further_review_and_a_correction() -> None:
    story = Story()
    story.tell(a_form(of=grades(Risk.MEDIUM)), not_shared("cedah"))

    later = [
        story.tell(consent({"cedah": "given"})),
        story.tell(a_form(of=grades(Risk.MEDIUM))),
        story.tell(a_form(EventType.VPA_CORRECTED, grades(Risk.MEDIUM))),
    ]

    assert [sent(decision) for decision in later] == [{}, {}, {}]


def test_one_persons_word_alone_is_recorded_and_withholds_nothing() -> None:
    story = Story()
    story.tell(not_shared("dafsu", confirmed_by=None), not_shared("dafsu", confirmed_by="p-sender-1"))

    assert sent(story.tell(a_form(of=HIGH))) == {"dafsu": NEW}


def test_an_override_made_later_ends_it_and_one_made_earlier_does_not() -> None:
    story, form = Story(), a_form(of=HIGH)
    story.tell(form, not_shared("dafsu"))

    earlier = story.tell(override("dafsu", occurred_at=START - timedelta(days=1)))
    later = story.tell(override("dafsu"))

    assert sent(earlier) == {}
    assert sent_of(later, form.event_id) == {"dafsu": NEW}


def test_a_decision_that_comes_late_does_not_undo_the_override_made_after_it() -> None:
    story = Story()
    story.tell(a_form(of=HIGH), override("dafsu"))

    assert sent(story.tell(not_shared("dafsu", occurred_at=START - timedelta(days=1)))) == {}


def test_an_older_decision_that_comes_late_does_not_take_the_place_of_a_newer_one() -> None:
    story = Story()
    story.tell(override("dafsu", occurred_at=START - timedelta(days=1)), not_shared("dafsu"))

    story.tell(not_shared("dafsu", occurred_at=START - timedelta(days=2)))

    assert answer(story.tell(a_form(of=HIGH)), "dafsu").rule == RULE


def test_an_override_made_at_the_same_moment_does_not_end_it() -> None:
    story, at = Story(), START - timedelta(days=1)
    story.tell(not_shared("dafsu", occurred_at=at), override("dafsu", occurred_at=at))

    assert answer(story.tell(a_form(of=HIGH)), "dafsu").rule == RULE


def test_an_override_that_has_run_out_has_ended_it_all_the_same() -> None:
    story = Story()
    story.tell(not_shared("dafsu"), override("dafsu", expires_at=START + timedelta(minutes=1, seconds=30)))

    assert sent(story.tell(a_form(of=HIGH))) == {"dafsu": NEW}


def test_who_is_not_the_hub_decides_for_what_it_published_itself() -> None:
    story = Story()
    referral = an_event(
        EventType.REFERRAL_RECEIVED, publisher="checs", incident=internal("incident"), grades=HIGH
    )
    form = a_form(of=HIGH)
    story.tell(referral, form)

    decision = story.tell(not_shared("dafsu", publisher="checs"))

    assert sent_of(decision, referral.event_id) == {"dafsu": RECALLED}
    assert sent_of(decision, form.event_id) == {}


def test_facts_of_what_came_of_it_do_not_come_back_to_a_sender_it_is_not_shared_with() -> None:
    story, incident = Story(), internal("incident")
    sender = an_event(EventType.REFERRAL_RECEIVED, publisher="cedah", incident=incident, grades=HIGH)
    story.tell(sender, not_shared("cedah"))

    met = story.tell(an_event(EventType.EXPECTATION_MET, publisher="dafsu", incident=incident))

    assert sent(met) == {"dafsu": NEW}


def test_a_school_that_was_told_before_stays_told_until_a_correction() -> None:
    story, pupil = Story(), a_child("one")
    story.tell(a_form(EventType.VPA_RAISED, pupils=[pupil]))

    decision = story.tell(not_shared(f"school:{HILLSIDE}"))
    review = story.tell(a_form(pupils=[pupil]))
    corrected = story.tell(a_form(EventType.VPA_CORRECTED, pupils=[pupil]))

    assert (sent(decision), sent(review)) == ({}, {"education": NEW})
    assert sent(corrected) == {f"school:{HILLSIDE}": RECALLED, "education": CORRECTED}


def test_a_child_whose_school_is_not_to_be_told_is_given_to_the_officer() -> None:
    story = Story()
    story.tell(not_shared(f"school:{HILLSIDE}"))

    decision = story.tell(a_form(EventType.VPA_RAISED, pupils=[a_child("one"), a_child("two", RIVERSIDE)]))

    assert sent(decision) == {f"school:{RIVERSIDE}": NEW, "education": NEW}
    assert answer(decision, f"school:{HILLSIDE}").reason == "restricted"


def test_the_officer_cannot_be_left_out_no_child_is_dropped() -> None:
    story = Story()
    story.tell(not_shared("education"))
    alone = a_child("one", None, Placement.HOME_EDUCATED)

    assert sent(story.tell(a_form(EventType.VPA_RAISED, pupils=[alone]))) == {"education": NEW}
