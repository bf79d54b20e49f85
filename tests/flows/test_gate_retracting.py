"""What its publisher takes back is recalled from whoever was sent it, and counts no more (decision 0039)."""

from typing import Any

import pytest

from services.consent.flow.release import ASK_BACK
from services.consent.state.heard import Child, Heard
from services.consent.state.links import as_one
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, Reason, ReleaseKind
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Roles
from tests.gate_builders import (
    HILLSIDE,
    RIVERSIDE,
    START,
    Story,
    a_child,
    a_form,
    again,
    an_event,
    case,
    consent,
    grades,
    internal,
    retraction,
    sent,
    sent_of,
)
from tests.gate_history import DAY, HOUR, LEAVES

RAISED, REVIEWED = EventType.VPA_RAISED, EventType.VPA_REVIEWED
SCHOOL = f"school:{HILLSIDE}"


def a_referral(*to: str, **more: Any) -> Heard:
    """Return a high-risk case that CEDAH hands on."""
    given = {"incident": internal("incident"), "victim": internal("victim"), "grades": grades(Risk.HIGH)}
    return an_event(
        EventType.REFERRED_ON,
        publisher="cedah",
        named=to,
        sections=tuple(LEAVES.values()),
        **{**given, **more},
    )


def high(**more: Any) -> Heard:
    return a_form(REVIEWED, grades(Risk.HIGH), **more)


def test_who_held_it_is_asked_for_it_back_opened_or_not() -> None:
    story, form = Story(), high()
    story.tell(form)

    decision = story.tell(retraction(form))

    (back,) = [emit for emit in decision.emits if emit.recipient == "dafsu"]
    assert (back.kind, back.event_id, back.sections) == (ReleaseKind.RECALLED, form.event_id, ())
    assert (back.reason, back.expects) == (Reason.NOT_OWED, ASK_BACK)


def test_the_retraction_itself_goes_to_its_publisher_and_the_partnership_alone() -> None:
    story, form = Story(), high()
    story.tell(form)

    decision = story.tell(retraction(form))

    permitted = {each.recipient for each in decision.answers if each.outcome is Outcome.PERMIT}
    assert permitted == {"police", "partnership"}


def test_why_it_is_gone_is_said_by_a_rule_of_its_own() -> None:
    story, form = Story(), high()
    story.tell(form)

    decision = story.tell(retraction(form))

    answer = again(decision, "dafsu")
    assert (answer.rule, answer.reason) == ("taken-back", Reason.NOT_OWED)


def test_nothing_more_of_it_is_sent_on_news_about_it() -> None:
    story, form = Story(), a_form()
    story.tell(form, retraction(form))

    assert "cedah" not in sent(story.tell(consent({"cedah": "given"})))


def test_the_raised_form_waits_for_review_again_once_the_review_is_taken_back() -> None:
    story, raised, reviewed = Story(), a_form(RAISED, grades(Risk.HIGH)), a_form(REVIEWED)
    story.tell(raised, reviewed, retraction(reviewed))

    incident = story.fold.world.incident(internal("incident"))

    assert incident.form is None
    assert incident.raised is not None
    assert incident.raised.event_id == raised.event_id


def test_danger_that_waits_again_has_waited_since_it_was_raised() -> None:
    story, raised, reviewed = Story(), a_form(RAISED, grades(Risk.HIGH)), a_form(REVIEWED)
    story.tell(raised, reviewed)

    decision = story.tell(retraction(reviewed, recorded_at=START + 5 * HOUR))

    assert sent_of(decision, raised.event_id)["dafsu"] is ReleaseKind.NEW


def test_danger_that_is_taken_back_waits_no_more() -> None:
    story, raised = Story(), a_form(RAISED, grades(Risk.HIGH))
    story.tell(raised, retraction(raised))

    decision = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + DAY))

    assert sent(decision) == {}


def test_of_a_form_published_twice_the_first_stands_once_the_second_is_taken_back() -> None:
    story, one, two = Story(), high(), high()
    story.tell(one, two)

    decision = story.tell(retraction(two))

    assert sent_of(decision, two.event_id)["dafsu"] is ReleaseKind.RECALLED
    assert sent_of(decision, one.event_id)["dafsu"] is ReleaseKind.NEW


def test_consent_given_in_a_form_goes_with_it() -> None:
    story, raised = Story(), a_form(RAISED, consent={"cedah": "given"})
    story.tell(raised, retraction(raised))

    assert "cedah" not in sent(story.tell(a_form(REVIEWED)))


def test_what_the_form_had_answered_otherwise_stands_again() -> None:
    story, raised = Story(), a_form(RAISED, consent={"cedah": "refused"})
    story.tell(consent({"cedah": "given"}), raised, retraction(raised))

    assert sent(story.tell(a_form(REVIEWED)))["cedah"] is ReleaseKind.NEW


def test_what_another_form_says_too_is_still_said() -> None:
    story = Story()
    raised, reviewed = (a_form(each, consent={"cedah": "given"}) for each in (RAISED, REVIEWED))
    story.tell(raised, reviewed)

    assert "cedah" not in sent(story.tell(retraction(raised)))


def test_who_harms_whom_is_known_no_longer_by_it() -> None:
    story, form = Story(), high(causing_harm=internal("other"))
    story.tell(form, retraction(form))

    assert as_one(story.fold.world.person, internal("victim")).harmed_by == ()


def test_the_form_that_stands_then_says_again_who_harms_whom() -> None:
    story = Story()
    one = a_form(RAISED, causing_harm=internal("other"))
    two = a_form(REVIEWED, victim="other", causing_harm=internal("victim"))
    story.tell(one, two, retraction(two))

    known = as_one(story.fold.world.person, internal("victim")).harmed_by

    assert [(harm.by, harm.event_id) for harm in known] == [(internal("other"), one.event_id)]


def test_what_the_hub_said_of_the_roles_outlasts_what_is_taken_back() -> None:
    story, form = Story(), high(causing_harm=internal("other"))
    referral = a_referral("mycwa", causing_harm=internal("other"))
    turned = an_event(EventType.ROLES_REVIEWED, incident=internal("incident"), roles=Roles.REVERSED)
    later = a_referral("mycwa")
    story.tell(form, referral, turned, later, retraction(later))

    assert as_one(story.fold.world.person, internal("victim")).harmed_by == ()


def test_a_referral_sent_to_the_wrong_agency_is_taken_back_from_that_one_alone() -> None:
    story, form, referral = Story(), high(), a_referral("dafsu", "mycwa")
    story.tell(form, referral)

    decision = story.tell(retraction(referral, "mycwa"))

    assert sent_of(decision, referral.event_id) == {"mycwa": ReleaseKind.RECALLED}


def test_what_was_misdirected_to_somebody_stays_from_them_whatever_is_news() -> None:
    story, form, referral = Story(), high(), a_referral("mycwa")
    story.tell(form, referral, retraction(referral, "mycwa"))

    assert sent_of(story.tell(consent({"mycwa": "given"})), referral.event_id) == {}


def test_a_form_that_the_wrong_recipient_was_sent_leaves_the_others_theirs() -> None:
    story, form = Story(), a_form(REVIEWED, grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING))
    story.tell(form)

    decision = story.tell(retraction(form, "checs"))

    assert sent_of(decision, form.event_id) == {"checs": ReleaseKind.RECALLED}


def test_a_case_opened_on_the_wrong_person_is_open_no_longer() -> None:
    story, opened = Story(), case(EventType.CASE_OPENED, "dafsu", victim=internal("victim"))
    story.tell(high(), opened, retraction(opened))

    assert sent(story.tell(a_form(REVIEWED, grades(Risk.STANDARD))))["dafsu"] is ReleaseKind.RECALLED


def test_a_case_that_was_opened_twice_stays_open() -> None:
    story = Story()
    one, two = (case(EventType.CASE_OPENED, "dafsu", victim=internal("victim")) for _ in range(2))
    story.tell(high(), one, two, retraction(two))

    assert sent(story.tell(a_form(REVIEWED, grades(Risk.STANDARD))))["dafsu"] is ReleaseKind.CHANGED


def test_a_meeting_that_was_listed_in_error_gives_nobody_a_ground() -> None:
    story = Story()
    accepted = an_event(EventType.MARAC_ACCEPTED, incident=internal("incident"), attendees=("family-help",))
    story.tell(a_form(REVIEWED, grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP)), accepted)

    assert sent(story.tell(retraction(accepted)))["family-help"] is ReleaseKind.RECALLED


def test_a_school_that_was_told_of_another_child_gets_it_back() -> None:
    story, form = Story(), a_form(RAISED, pupils=[a_child("ana")])
    story.tell(form)

    decision = story.tell(retraction(form))

    (back,) = [emit for emit in decision.emits if emit.recipient == SCHOOL]
    assert (back.kind, back.expects) == (ReleaseKind.RECALLED, ASK_BACK)


def test_a_school_is_told_anew_of_its_pupils_by_the_form_that_is_left() -> None:
    story = Story()
    one, two = a_form(RAISED, pupils=[a_child("ana")]), a_form(REVIEWED, pupils=[a_child("ana")])
    story.tell(one, two)

    decision = story.tell(retraction(one))

    assert sent_of(decision, two.event_id)[SCHOOL] is ReleaseKind.CORRECTED
    assert SCHOOL not in sent_of(decision, one.event_id)


def test_a_child_who_was_told_to_the_wrong_school_goes_to_the_officer() -> None:
    story, form = Story(), a_form(RAISED, pupils=[a_child("ana"), a_child("bo", RIVERSIDE)])
    story.tell(form)

    decision = story.tell(retraction(form, SCHOOL))

    told = sent_of(decision, form.event_id)
    assert told == {SCHOOL: ReleaseKind.RECALLED, "education": ReleaseKind.NEW}


def test_what_is_taken_back_from_the_officer_alone_is_not_told_them_again() -> None:
    story, form = Story(), a_form(RAISED, pupils=[a_child("ana", None, Placement.NO_SCHOOL)])
    story.tell(form)

    decision = story.tell(retraction(form, "education"))

    assert sent_of(decision, form.event_id) == {"education": ReleaseKind.RECALLED}


def test_a_school_it_was_taken_back_from_by_name_is_not_told_of_the_child_by_the_form_that_is_left() -> None:
    story = Story()
    one, two = (a_form(each, pupils=[a_child("ana")]) for each in (RAISED, REVIEWED))
    story.tell(one, two)

    decision = story.tell(retraction(one, SCHOOL))

    assert sent_of(decision, one.event_id) == {SCHOOL: ReleaseKind.RECALLED, "education": ReleaseKind.NEW}
    assert sent_of(decision, two.event_id) == {}


def test_of_whom_another_form_told_a_school_it_knows_though_one_is_taken_back_from_it_by_name() -> None:
    story, one = Story(), a_form(RAISED, pupils=[a_child("ana")])
    story.tell(one, a_form(REVIEWED, pupils=[a_child("bo")]))

    decision = story.tell(retraction(one, SCHOOL))

    assert [emit.event_id for emit in decision.emits if emit.recipient == SCHOOL] == [one.event_id]
    assert SCHOOL not in sent(story.tell(a_form(REVIEWED, pupils=[a_child("bo")])))


def test_what_the_officer_was_told_in_two_parts_by_one_form_is_taken_back_once() -> None:
    story = Story()
    form = a_form(RAISED, pupils=[a_child("ana"), a_child("bo", None, Placement.NO_SCHOOL)])
    story.tell(form, retraction(form, SCHOOL))

    decision = story.tell(retraction(form))

    assert [emit.kind for emit in decision.emits if emit.recipient == "education"] == [ReleaseKind.RECALLED]


def test_who_is_told_anew_is_told_of_by_a_later_form_no_more() -> None:
    story = Story()
    one, two = a_form(RAISED, pupils=[a_child("ana")]), a_form(REVIEWED, pupils=[a_child("ana")])
    story.tell(one, two, retraction(one))

    assert SCHOOL not in sent(story.tell(a_form(REVIEWED, pupils=[a_child("ana")])))


@pytest.mark.parametrize("to", [(), ("dafsu",)])
def test_taken_back_once_more_nothing_is_sent(to: tuple[str, ...]) -> None:
    story, form = Story(), high()
    story.tell(form, retraction(form))

    assert sent(story.tell(retraction(form, *to))) == {}


def test_what_is_not_known_of_its_incident_moves_nothing() -> None:
    story, form = Story(), high()
    story.tell(form)

    decision = story.tell(retraction(high(incident="incident", event_id="never-heard")))

    assert sent(decision) == {}


@pytest.mark.parametrize("left", [(), (a_child("ana", RIVERSIDE),), (a_child("bo", RIVERSIDE),)])
def test_a_school_that_a_correction_left_out_is_told_once_the_correction_is_taken_back(
    left: tuple[Child, ...],
) -> None:
    story, form = Story(), a_form(REVIEWED, pupils=[a_child("ana")])
    wrong = a_form(EventType.VPA_CORRECTED, pupils=left, corrects=form.event_id)
    story.tell(form, wrong)

    decision = story.tell(retraction(wrong))

    assert sent_of(decision, form.event_id)[SCHOOL] is ReleaseKind.NEW


def test_a_child_whom_a_correction_left_out_is_listed_again_once_it_is_taken_back() -> None:
    story, form = Story(), a_form(REVIEWED, pupils=[a_child("ana", None, Placement.NO_SCHOOL)])
    wrong = a_form(EventType.VPA_CORRECTED, corrects=form.event_id)
    story.tell(form, wrong)

    decision = story.tell(retraction(wrong))

    assert sent_of(decision, form.event_id)["education"] is ReleaseKind.NEW


def test_a_report_that_turns_roles_round_waits_again_once_the_review_that_let_it_go_is_taken_back() -> None:
    story, other = Story(), internal("other")
    counter = a_referral("dafsu", victim=other, causing_harm=internal("victim"), grades=grades(Risk.STANDARD))
    agreed = an_event(
        EventType.CONSENT_RECORDED, incident=counter.incident, victim=other, consent=(("dafsu", "given"),)
    )
    review = a_form(REVIEWED, grades(Risk.STANDARD), victim="other", causing_harm=internal("victim"))
    story.tell(high(incident="before", causing_harm=other), counter, agreed, review)

    decision = story.tell(retraction(review))

    (back,) = [emit for emit in decision.emits if emit.event_id == counter.event_id]
    assert (back.recipient, back.kind, back.reason) == (
        "dafsu",
        ReleaseKind.RECALLED,
        Reason.AWAITING_REVIEW,
    )
    assert as_one(story.fold.world.person, other).harmed_by == ()


def a_lie_and_the_truth() -> tuple[Story, Heard, Heard]:
    """Return what CEDAH was told of who harms whom, and what it is told in another incident: the opposite."""
    other = internal("other")
    lie = a_referral("dafsu", causing_harm=other)
    truth = a_referral("dafsu", incident=internal("elsewhere"), victim=other, causing_harm=internal("victim"))
    story = Story()
    story.tell(lie, truth)
    return story, lie, truth


def test_what_turned_round_a_lie_waits_for_nobody_once_the_lie_is_taken_back() -> None:
    story, lie, truth = a_lie_and_the_truth()

    told = sent_of(story.tell(retraction(lie)), truth.event_id)
    assert told == {"dafsu": ReleaseKind.NEW, "police": ReleaseKind.RECALLED}


def test_what_turned_round_a_lie_is_known_once_the_lie_is_taken_back() -> None:
    story, lie, truth = a_lie_and_the_truth()
    story.tell(retraction(lie))

    known = as_one(story.fold.world.person, internal("other")).harmed_by

    assert [(harm.by, harm.event_id) for harm in known] == [(internal("victim"), truth.event_id)]


def test_what_turned_round_a_lie_waits_while_somebody_else_tells_it_too() -> None:
    story, lie, truth = a_lie_and_the_truth()
    story.tell(a_referral("mycwa", causing_harm=internal("other")))

    assert sent_of(story.tell(retraction(lie)), truth.event_id) == {}


def test_what_turned_round_two_lies_waits_for_nobody_once_both_are_taken_back() -> None:
    story, lie, truth = a_lie_and_the_truth()
    once_more = a_referral("mycwa", incident=internal("third"), causing_harm=internal("other"))
    story.tell(once_more, retraction(lie))

    decision = story.tell(retraction(once_more))

    known = as_one(story.fold.world.person, internal("other")).harmed_by
    assert sent_of(decision, truth.event_id)["dafsu"] is ReleaseKind.NEW
    assert [harm.event_id for harm in known] == [truth.event_id]
