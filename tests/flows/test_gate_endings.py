"""How grounds end: by time, and by withdrawal under an open case; what is released until when (design 5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from services.consent.flow.decision import Decision, Emit
from services.consent.state.heard import Heard
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk, VulnerableAdult
from tests.gate_builders import (
    START,
    Story,
    a_child,
    a_form,
    again,
    an_event,
    answer,
    case,
    child_status,
    consent,
    grades,
    override,
    sent,
    sent_of,
)

NEW, CHANGED, RECALLED = ReleaseKind.NEW, ReleaseKind.CHANGED, ReleaseKind.RECALLED
MEDIUM, STANDARD = grades(Risk.MEDIUM), grades(Risk.STANDARD)
GIVEN: Mapping[str, str] = {"cedah": "given"}
DAY = timedelta(days=1)
OF_THE_ONE_WHO_HARMS = grades(Risk.STANDARD, adults=[VulnerableAdult.PERSON_CAUSING_HARM], concern=True)


def time_passes(to: datetime) -> Heard:
    return an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=to)


def emitted(decision: Decision, recipient: str) -> Emit:
    """Return what a recipient was sent of a form, of which there is one."""
    (found,) = [
        emit
        for emit in decision.emits
        if emit.recipient == recipient and emit.ground != "own"
        if emit.event_id != decision.event_id or decision.event_type in VPA_FAMILY
    ]
    return found


def downgraded_under_an_open_case() -> Story:
    """Return a story in which cedah keeps, on consent, a form it is no longer owed."""
    story = Story()
    story.tell(a_form(of=MEDIUM, consent=GIVEN), case(EventType.CASE_OPENED, "cedah"))
    assert sent(story.tell(a_form(of=STANDARD)))["cedah"] is CHANGED
    return story


def test_a_withdrawal_recalls_what_an_open_case_kept_on_consent() -> None:
    story = downgraded_under_an_open_case()

    decision = story.tell(consent(withdraws=True))

    assert (emitted(decision, "cedah").kind, emitted(decision, "cedah").reason) == (RECALLED, "withdrawn")
    assert again(decision, "cedah").outcome is Outcome.DENY


def test_a_refusal_recalls_what_an_open_case_kept_on_consent() -> None:
    story = downgraded_under_an_open_case()

    decision = story.tell(consent({"cedah": "refused"}))

    assert (emitted(decision, "cedah").kind, emitted(decision, "cedah").reason) == (RECALLED, "ended")


@pytest.mark.parametrize("risk", [Risk.MEDIUM, Risk.STANDARD])
def test_a_review_that_says_refused_sends_nothing_more_to_an_open_case(risk: Risk) -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent=GIVEN), case(EventType.CASE_OPENED, "cedah"))

    decision = story.tell(a_form(of=grades(risk), consent={"cedah": "refused"}))

    assert emitted(decision, "cedah").kind is RECALLED
    assert answer(decision, "cedah").outcome is Outcome.DENY


def test_an_open_case_keeps_what_another_ground_still_serves_and_is_told_which() -> None:
    story = downgraded_under_an_open_case()
    story.tell(override("cedah"))

    decision = story.tell(consent(withdraws=True))

    assert (emitted(decision, "cedah").kind, emitted(decision, "cedah").ground) == (CHANGED, "override")


def test_an_open_case_does_not_keep_what_a_meeting_no_longer_serves() -> None:
    story, form = Story(), a_form(of=MEDIUM)
    listed = an_event(EventType.MARAC_LISTED, incident=form.incident, attendees=("cedah",))
    story.tell(form, listed, case(EventType.CASE_OPENED, "cedah"))

    decision = story.tell(an_event(EventType.MARAC_LISTED, incident=form.incident, attendees=("dafsu",)))

    assert sent_of(decision, form.event_id) == {"cedah": RECALLED}


def test_an_open_case_still_keeps_high_risk_after_a_downgrade() -> None:
    story = Story()
    story.tell(a_form(of=grades(Risk.HIGH)), case(EventType.CASE_OPENED, "dafsu"))

    decision = story.tell(a_form(of=MEDIUM))

    assert emitted(decision, "dafsu").kind is CHANGED


def test_consent_that_expires_is_recalled_by_whatever_next_moves_time() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent=GIVEN, expires_at=START + DAY))

    before = story.tell(time_passes(START + DAY - timedelta(minutes=15)))
    decision = story.tell(time_passes(START + DAY))

    assert sent(before) == {}
    assert (emitted(decision, "cedah").kind, emitted(decision, "cedah").reason) == (RECALLED, "ended")
    assert again(decision, "cedah").reason == "ended"


def test_consent_without_an_end_of_its_own_lasts_as_long_as_the_policy_says() -> None:
    story = Story()
    told = story.tell(a_form(of=MEDIUM, consent=GIVEN))

    still = story.tell(time_passes(told.decided_at + 365 * DAY - timedelta(seconds=1)))
    decision = story.tell(time_passes(told.decided_at + 365 * DAY))

    assert sent(still) == {}
    assert emitted(decision, "cedah").kind is RECALLED


def test_where_a_lasting_override_stands_the_end_of_consent_changes_the_ground_alone() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent=GIVEN, expires_at=START + DAY))
    told = story.tell(override("cedah", expires_at=START + 9 * DAY))

    decision = story.tell(time_passes(START + DAY))

    assert emitted(told, "cedah").not_after == START + 9 * DAY
    assert (emitted(decision, "cedah").kind, emitted(decision, "cedah").ground) == (CHANGED, "override")
    assert emitted(decision, "cedah").not_after == START + 9 * DAY


def test_what_rests_on_consent_beside_a_narrow_ground_ends_with_the_consent() -> None:
    story = Story()
    form = a_form(of=OF_THE_ONE_WHO_HARMS, consent={"adult-social-care": "given"}, expires_at=START + DAY)
    told = emitted(story.tell(form), "adult-social-care")

    decision = story.tell(time_passes(START + DAY))

    narrowed = emitted(decision, "adult-social-care")
    assert (told.ground, told.not_after, told.can_end) == ("adult-safeguarding", START + DAY, True)
    assert "contact" in told.sections
    assert (narrowed.kind, narrowed.sections, narrowed.not_after) == (
        CHANGED,
        ("facts", "incident", "person_causing_harm"),
        None,
    )


@pytest.mark.parametrize("ends", [START + 2 * DAY, START + 30 * DAY])
def test_consent_renewed_for_longer_or_shorter_is_sent_again_with_its_new_end(ends: datetime) -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent=GIVEN, expires_at=START + 9 * DAY))

    decision = story.tell(consent(GIVEN, expires_at=ends))

    assert (emitted(decision, "cedah").kind, emitted(decision, "cedah").not_after) == (CHANGED, ends)


def test_consent_renewed_meanwhile_is_not_ended_by_the_old_end() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent=GIVEN, expires_at=START + DAY))
    story.tell(consent(GIVEN, expires_at=START + 9 * DAY))

    decision = story.tell(time_passes(START + DAY))

    assert sent(decision) == {}
    assert again(decision, "cedah").outcome is Outcome.PERMIT


def test_many_that_end_at_once_are_all_ended_a_hundred_an_event_the_oldest_first() -> None:
    story = Story()
    for number in range(103):
        story.tell(
            a_form(
                of=MEDIUM, incident=f"i{number}", victim=f"v{number}", consent=GIVEN, expires_at=START + DAY
            )
        )

    first = story.tell(time_passes(START + DAY))
    second = story.tell(time_passes(START + DAY + timedelta(minutes=15)))

    assert (len(first.again), len(second.again)) == (100, 3)
    assert {emit.kind for emit in (*first.emits, *second.emits) if emit.recipient == "cedah"} == {RECALLED}


def test_an_older_override_that_comes_late_takes_nothing_back() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM), override("cedah"))

    decision = story.tell(override("cedah", occurred_at=START - 400 * DAY, expires_at=START - 300 * DAY))

    assert sent(decision) == {}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_answers_at_one_moment_the_one_that_ends_sooner_stands_whichever_came_first(
    order: int,
) -> None:
    at = START + timedelta(hours=1)
    answers = [consent(GIVEN, occurred_at=at), consent(GIVEN, occurred_at=at, expires_at=START + DAY)]
    story = Story()
    story.tell(a_form(of=MEDIUM), *answers[::order])

    decision = story.tell(time_passes(START + DAY))

    assert again(decision, "cedah").reason == "ended"


def test_a_childs_open_case_is_no_ground_once_a_correction_takes_the_child_away() -> None:
    story = Story()
    early = grades(Risk.STANDARD, ChildrenLevel.EARLY_HELP)
    story.tell(a_form(of=early, pupils=[a_child("one"), a_child("two")]))
    story.tell(child_status("family-help", children=(a_child("one"),)))

    decision = story.tell(a_form(EventType.VPA_CORRECTED, early, pupils=[a_child("two")]))

    assert emitted(decision, "family-help").kind is RECALLED


def test_an_open_case_does_not_keep_what_rested_on_a_childs_case_that_closed() -> None:
    story, form = Story(), a_form(of=STANDARD, pupils=[a_child("one")])
    story.tell(form, child_status("checs"), case(EventType.CASE_OPENED, "checs"))

    decision = story.tell(child_status("checs", ChildCase.CLOSED))

    assert sent_of(decision, form.event_id)["checs"] is RECALLED
    assert emitted(decision, "checs").reason == "ended"


def test_when_time_ends_the_named_ground_and_another_shows_as_much_it_is_said_then() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM), override("cedah", expires_at=START + 9 * DAY))
    told = story.tell(consent(GIVEN, expires_at=START + DAY))

    decision = story.tell(time_passes(START + DAY))

    assert (emitted(told, "cedah").ground, emitted(told, "cedah").not_after) == ("consent", START + 9 * DAY)
    assert (emitted(decision, "cedah").kind, emitted(decision, "cedah").ground) == (CHANGED, "override")


def test_consent_renewed_within_a_lasting_override_is_still_looked_at_when_it_ends() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM), override("cedah", expires_at=START + 9 * DAY))
    story.tell(consent(GIVEN, expires_at=START + DAY), consent(GIVEN, expires_at=START + 2 * DAY))

    first = story.tell(time_passes(START + DAY))
    second = story.tell(time_passes(START + 2 * DAY))

    assert sent(first) == {}
    assert (emitted(second, "cedah").kind, emitted(second, "cedah").ground) == (CHANGED, "override")


def test_what_a_narrow_ground_shows_alone_is_shown_again_once_consent_beside_it_has_ended() -> None:
    story = Story()
    both = [VulnerableAdult.VICTIM, VulnerableAdult.PERSON_CAUSING_HARM]
    of = grades(Risk.STANDARD, adults=both, concern=True)
    told = story.tell(a_form(of=of, consent={"adult-social-care": "given"}, expires_at=START + DAY))

    decision = story.tell(time_passes(START + DAY))

    assert "person_causing_harm" not in emitted(told, "adult-social-care").sections
    assert emitted(decision, "adult-social-care").kind is CHANGED
    assert "person_causing_harm" in emitted(decision, "adult-social-care").sections


def test_a_case_recorded_for_the_whole_incident_ends_with_its_last_childs() -> None:
    story = Story()
    story.tell(child_status("checs"))
    story.tell(a_form(of=STANDARD, pupils=[a_child("one")]))

    decision = story.tell(child_status("checs", ChildCase.CLOSED, children=(a_child("one"),)))

    assert (emitted(decision, "checs").kind, emitted(decision, "checs").reason) == (RECALLED, "ended")
