"""Every answer can be explained: why, on what, and what would have to be true for it to be another."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from services.consent.flow.decision import Decision
from services.consent.flow.explain import Agreed, Case, Known, explain
from services.consent.flow.words import FACTS, GROUNDS, REASONS
from services.consent.rules.circumstances import ALLOWED
from services.consent.state.heard import Heard
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import Ground, Reason
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    HILLSIDE,
    START,
    Story,
    a_child,
    a_form,
    an_event,
    consent,
    grades,
    internal,
    linked,
    override,
    own_override,
)

HIGH, MEDIUM, STANDARD = grades(Risk.HIGH), grades(Risk.MEDIUM), grades(Risk.STANDARD)


def explained(story: Story, decision: Decision, event: Heard) -> dict[str, str]:
    """Return what is told of each answer a decision gave about its own event."""
    assert story.fold.decider is not None
    known = Known(
        event_type=event.type,
        incident=story.fold.world.incident(event.incident) if event.incident else None,
        person_of=story.fold.world.person,
    )
    case = Case(known=known, decided_at=decision.decided_at, policy=story.fold.decider.rulebook.policy)
    return {each.recipient: explain(each, each.recipient.title(), case) for each in decision.answers}


def told(*events: Heard) -> dict[str, str]:
    """Return what is told about the last of these events."""
    story = Story()
    return explained(story, story.tell(*events), events[-1])


def test_every_fact_ground_and_reason_has_words() -> None:
    assert set(FACTS) == set(ALLOWED)
    assert set(GROUNDS) == set(Ground)
    assert set(REASONS) == set(Reason)


@pytest.mark.parametrize("event_type", EventType)
def test_every_answer_about_every_type_of_event_reads_as_sentences(event_type: EventType) -> None:
    story = Story()
    story.tell(a_form(of=HIGH, pupils=[a_child("one")], consent={"cheshire-cares": "given"}))
    event = an_event(event_type, publisher="mycwa", incident=internal("incident"), named=("dafsu",))
    if event_type in VPA_FAMILY:
        event = a_form(event_type, MEDIUM, pupils=[a_child("one")])

    texts = explained(story, story.tell(event), event)

    for text in texts.values():
        assert text.endswith(".")
        assert "None" not in text
        assert "  " not in text
        assert "It was decided on" in text


def test_what_would_have_to_be_true_names_only_grounds_that_may_serve() -> None:
    text = told(a_form(of=STANDARD))["cheshire-cares"]

    assert "It would be told if the adult victim consented to this recipient." in text
    assert "override" not in text


def test_who_is_not_named_or_does_not_hold_the_family_is_told_that_it_would_have_to() -> None:
    referred = an_event(EventType.REFERRED_ON, publisher="cedah", incident=internal("incident"))
    opened = an_event(EventType.CASE_OPENED, publisher="cedah", incident=internal("incident"))

    assert "It would be told if the event names it, and besides" in told(referred)["mycwa"]
    assert "It would be told if it holds a form of the incident, or has an open case" in told(opened)["mycwa"]


def test_a_permit_says_whether_consent_was_needed_and_which_event_gave_it() -> None:
    said = consent({"cheshire-cares": "given"})

    assert "Consent was not needed for it." in told(a_form(of=HIGH))["dafsu"]
    asked = told(said, a_form(of=STANDARD))["cheshire-cares"]
    assert f"(event {said.event_id})" in asked
    assert "not needed" not in asked


def test_an_override_is_explained_with_its_event() -> None:
    made = override("cedah")

    text = told(made, a_form(of=MEDIUM))["cedah"]

    assert "An override was made by the Hub, on " in text
    assert f"(event {made.event_id})" in text


def test_an_agency_s_own_override_is_explained_as_its_own_beside_the_hub_s() -> None:
    form = a_form(of=grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP))

    text = told(override("family-help"), own_override("family-help"), form)["family-help"]

    assert "the ground is override: an override is recorded, with its rationale, for this recipient." in text
    assert "An override was made by the Hub, on " in text
    assert "An override was made by the recipient itself, for its own duty, on " in text


def under(*agreements: Agreed) -> str:
    """Return what DAFSU is told of a form that is decided at `START` while there are these agreements."""
    story, form = Story(), a_form(of=HIGH)
    decision = story.tell(form)
    assert story.fold.decider is not None
    known = Known(event_type=form.type, incident=None, person_of=story.fold.world.person)
    policy = story.fold.decider.rulebook.policy
    case = Case(known=known, decided_at=START, policy=policy, agreements=agreements)
    return next(explain(each, "DAFSU", case) for each in decision.answers if each.recipient == "dafsu")


def isa(version: str | None, ends_at: datetime | None, *between: str) -> Agreed:
    return Agreed(code="ISA-7", version=version, between=between or ("dafsu", "police"), ends_at=ends_at)


def test_an_answer_says_which_version_of_an_agreement_was_in_force_and_until_when() -> None:
    text = under(isa("3", START + timedelta(days=30)))

    assert "The information sharing agreement ISA-7, version 3, was in force for it, to end on 2 Oct" in text


def test_an_answer_says_which_version_of_an_agreement_had_ended() -> None:
    text = under(isa("3", START))

    assert "The information sharing agreement ISA-7, version 3, had ended for it on 2 September 2024" in text


def test_an_agreement_without_a_version_or_an_end_is_named_all_the_same() -> None:
    assert "The information sharing agreement ISA-7 was in force for it." in under(isa(None, None))


def test_an_agreement_of_others_is_not_named() -> None:
    assert "ISA-7" not in under(isa("3", None, "checs", "police"))


def test_an_answer_against_which_it_was_decided_says_who_decided_and_what_would_end_it() -> None:
    decided = an_event(
        EventType.DECIDED_NOT_TO_SHARE,
        incident=internal("incident"),
        recipient="dafsu",
        confirmed_by="p-second-2",
    )

    text = told(decided, a_form(of=HIGH))["dafsu"]

    assert f"police decided not to share with it (event {decided.event_id})." in text
    assert text.endswith("records an override for this recipient, made after that decision.")


HILLSIDE_SCHOOL = f"school:{HILLSIDE}"


def told_of_a_pupil(*before: Heard, placement: Placement = Placement.SCHOOL) -> str:
    """Return what is told of a school that is kept from hearing of its pupil."""
    return told(*before, a_form(pupils=[a_child("one", placement=placement)]))[HILLSIDE_SCHOOL]


def test_where_a_parent_works_at_the_school_a_council_lead_is_telephoned() -> None:
    text = told_of_a_pupil(placement=Placement.CONFLICT)

    assert "a parent of the child may work at the school" in text
    assert text.endswith("A named council lead is told by telephone instead.")


def test_a_school_is_not_told_of_a_child_causing_harm_because_of_that_and_of_no_parent() -> None:
    text = told_of_a_pupil(placement=Placement.CAUSING_HARM)

    assert "the child is said to cause the harm" in text
    assert "parent" not in text
    assert "telephone" not in text


def test_a_school_that_takes_no_part_is_not_told_for_that_and_for_no_parent() -> None:
    text = told_of_a_pupil(an_event(EventType.RECIPIENT_SUSPENDED, named=(HILLSIDE_SCHOOL,)))

    assert "the school takes no part just now" in text
    assert "parent" not in text
    assert "telephone" not in text


def test_a_school_with_which_it_was_decided_not_to_share_is_not_told_for_that_and_for_no_parent() -> None:
    decided = an_event(
        EventType.DECIDED_NOT_TO_SHARE,
        incident=internal("incident"),
        recipient=HILLSIDE_SCHOOL,
        confirmed_by="p-second-2",
    )

    text = told_of_a_pupil(decided)

    assert "it was decided not to share it with this school" in text
    assert "parent" not in text
    assert "telephone" not in text


def after(form: Heard, *later: Heard) -> str:
    """Return what is told Cheshire Cares about a form once other things were said."""
    story = Story()
    story.tell(form)
    decision = story.tell(*later)
    again = next(each for each in decision.again if each.event_id == form.event_id)
    return explained(story, replace(decision, answers=again.answers), form)["cheshire-cares"]


def test_a_withdrawal_of_everything_says_when_it_was_withdrawn() -> None:
    form = a_form(of=STANDARD, consent={"cheshire-cares": "given"})

    text = after(form, consent(withdraws=True, incident=None))

    assert "Consent was given on 2 September 2024 at 23:00" in text
    assert "Consent for every recipient was withdrawn on 2 September 2024 at 23:01." in text


def test_a_withdrawal_for_one_recipient_in_all_incidents_is_said_to_be_for_it() -> None:
    form = a_form(of=STANDARD, consent={"cheshire-cares": "given"})

    text = after(form, consent({"cheshire-cares": "withdrawn"}, withdraws=True, incident=None))

    assert "Consent for it was withdrawn on 2 September 2024 at 23:01." in text
    assert "every recipient" not in text


def test_what_somebody_said_under_another_name_is_said_too() -> None:
    form = a_form(of=STANDARD, victim="ann")
    other = consent({"cheshire-cares": "given"})

    assert "Consent was given on" in after(form, other, linked("ann", "victim"))


def test_what_was_withdrawn_under_another_name_is_said_too() -> None:
    form = a_form(of=STANDARD, victim="ann", consent={"cheshire-cares": "given"})
    withdrawal = consent(withdraws=True, incident=None)

    assert "was withdrawn on 2 September 2024 at 23:01" in after(form, withdrawal, linked("ann", "victim"))
