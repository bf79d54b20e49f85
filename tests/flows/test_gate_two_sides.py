"""Victim and person causing harm change places, are children, or both (decision 0021)."""

from dataclasses import replace
from typing import Any

from services.consent.state.heard import Heard
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult
from services.vocabulary.sides import Client, Roles, VictimAge
from tests.gate_builders import (
    HILLSIDE,
    RIVERSIDE,
    Story,
    a_child,
    a_form,
    again,
    an_event,
    answer,
    case,
    consent,
    grades,
    internal,
    override,
    permitted,
    sent_of,
)

NEW, RECALLED = ReleaseKind.NEW, ReleaseKind.RECALLED
HIGH = grades(Risk.HIGH)
SAFEGUARDING = grades(Risk.MEDIUM, ChildrenLevel.SAFEGUARDING)


def reported(victim: str, by: str, event_type: EventType = EventType.REFERRAL_RECEIVED, **more: Any) -> Heard:
    """Return what a partner reports: who is harmed, and by whom."""
    given = {"publisher": "cedah", "incident": internal(f"{victim} by {by}"), "grades": HIGH, **more}
    return an_event(event_type, victim=internal(victim), causing_harm=internal(by), **given)


def the_hub_says(roles: Roles, of: Heard, **more: Any) -> Heard:
    return an_event(EventType.ROLES_REVIEWED, incident=of.incident, victim=of.victim, roles=roles, **more)


def after(first: Heard, *others: Heard) -> Story:
    story = Story()
    story.tell(first, *others)
    return story


def test_a_report_that_turns_known_roles_round_goes_to_the_hub_before_anybody_else() -> None:
    story = after(reported("ada", by="ben"))
    counter = reported("ben", by="ada")

    decision = story.tell(counter)

    said = answer(decision, "dafsu")
    assert (said.outcome, said.owed, said.rule, said.reason) == (
        Outcome.DENY,
        True,
        "counter-allegation",
        "awaiting-review",
    )
    assert sent_of(decision, counter.event_id) == {"police": NEW}
    assert permitted(decision) == {"police", "partnership", "cedah"}


def test_without_a_ground_the_hub_too_is_owed_a_counter_allegation_and_it_is_withheld() -> None:
    story = after(reported("ada", by="ben"))

    decision = story.tell(reported("ben", by="ada", grades=grades(Risk.STANDARD)))

    assert (answer(decision, "police").owed, answer(decision, "police").reason) == (True, "no-ground")


def test_the_first_direction_stands_and_is_told_as_ever() -> None:
    story = after(reported("ada", by="ben"), reported("ben", by="ada"))
    again_her = reported("ada", by="ben", incident=internal("another"))

    assert sent_of(story.tell(again_her), again_her.event_id) == {"dafsu": NEW}


def test_somebody_harmed_by_a_third_is_no_counter_allegation() -> None:
    story, event = after(reported("ada", by="ben")), reported("ben", by="cy")

    assert sent_of(story.tell(event), event.event_id) == {"dafsu": NEW}


def test_roles_turned_within_one_incident_wait_for_the_hub_as_well() -> None:
    story = after(reported("ada", by="ben", incident=internal("one")))
    counter = reported("ben", by="ada", incident=internal("one"))

    assert sent_of(story.tell(counter), counter.event_id) == {"police": NEW}


def test_once_the_hub_says_that_the_roles_stand_who_is_owed_it_is_told() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter)

    decision = story.tell(the_hub_says(Roles.STAND, counter))

    assert sent_of(decision, counter.event_id) == {"dafsu": NEW}


def test_harm_that_goes_both_ways_is_told_both_ways_from_then_on() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter, the_hub_says(Roles.BOTH, counter))
    later = reported("ben", by="ada", incident=internal("later"))

    assert sent_of(story.tell(later), later.event_id) == {"dafsu": NEW}


def test_a_report_that_has_the_roles_wrong_is_told_to_nobody_whatever_comes() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter, the_hub_says(Roles.REVERSED, counter))

    decision = story.tell(override("mycwa", incident="ben by ada"))

    assert sent_of(decision, counter.event_id) == {}
    assert again(decision, "dafsu").rule == "counter-allegation"


def test_the_hubs_last_word_counts_and_takes_back_what_its_first_released() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter, the_hub_says(Roles.STAND, counter))

    decision = story.tell(the_hub_says(Roles.REVERSED, counter))

    assert sent_of(decision, counter.event_id) == {"dafsu": RECALLED}


def test_a_reviewed_form_of_the_incident_frees_what_was_held() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter)

    decision = story.tell(a_form(of=HIGH, incident="ben by ada", victim="ben", causing_harm=internal("ada")))

    assert sent_of(decision, counter.event_id) == {"dafsu": NEW}


def test_consent_does_not_free_a_counter_allegation() -> None:
    counter = reported("ben", by="ada", event_type=EventType.REFERRED_ON, named=("mycwa",))
    story = after(reported("ada", by="ben"), counter)

    decision = story.tell(
        consent({"mycwa": "given"}, incident="ben by ada"), case(EventType.CASE_OPENED, "mycwa")
    )

    assert sent_of(decision, counter.event_id) == {}


def test_a_partners_counter_allegation_goes_to_no_meeting_before_the_hub_has_looked() -> None:
    counter = reported("ben", by="ada", event_type=EventType.MARAC_REFERRED, publisher="housing")
    story = after(reported("ada", by="ben"))

    arrived = story.tell(counter)
    accepted = story.tell(
        an_event(EventType.MARAC_ACCEPTED, incident=counter.incident, victim=counter.victim)
    )
    settled = story.tell(the_hub_says(Roles.STAND, counter))

    assert sent_of(arrived, counter.event_id) == {"police": NEW}
    assert sent_of(accepted, counter.event_id) == {}
    assert "dafsu" in sent_of(settled, counter.event_id)


def test_danger_that_the_hub_did_not_review_in_time_goes_out_in_spite_of_turned_roles() -> None:
    raised = a_form(
        EventType.VPA_RAISED,
        HIGH,
        incident="ben by ada",
        victim="ben",
        causing_harm=internal("ada"),
        pupils=[a_child("cat")],
    )
    story = after(reported("ada", by="ben"))

    arrived = story.tell(raised)
    overdue = story.tell(
        an_event(EventType.TIME_PASSED, recorded_at=raised.recorded_at.replace(day=3, hour=3))
    )

    assert sent_of(arrived, raised.event_id) == {f"school:{HILLSIDE}": NEW}
    assert sent_of(overdue, raised.event_id) == {"dafsu": NEW}


def test_who_sent_a_counter_allegation_hears_what_the_hub_found_where_the_hub_says_so() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter)
    found = the_hub_says(Roles.REVERSED, counter, named=("cedah",), grades=HIGH)

    decision = story.tell(found)

    assert sent_of(decision, found.event_id) == {"cedah": NEW}
    assert answer(decision, "cedah").sections == ("facts",)


def test_an_adult_victim_under_sixteen_is_routed_as_a_child_and_at_no_adult_risk() -> None:
    decision = Story().tell(a_form(of=HIGH, victim_age=VictimAge.UNDER_16))

    assert permitted(decision) == {"police", "partnership", "checs"}
    assert answer(decision, "checs").ground == "child-safeguarding"
    assert answer(decision, "dafsu").reason == "not-owed"


def test_a_vulnerable_adult_of_that_household_is_still_told_of() -> None:
    vulnerable = grades(Risk.STANDARD, adults=[VulnerableAdult.OTHER])

    decision = Story().tell(a_form(of=vulnerable, victim_age=VictimAge.UNDER_16))

    assert permitted(decision) == {"police", "partnership", "checs", "adult-social-care"}


def test_at_sixteen_an_adult_victim_is_routed_as_one() -> None:
    decision = Story().tell(a_form(of=HIGH, victim_age=VictimAge.SIXTEEN_OR_SEVENTEEN))

    assert permitted(decision) == {"police", "partnership", "dafsu"}


def test_a_partners_referral_of_somebody_under_sixteen_goes_to_childrens_services() -> None:
    event = reported("ada", by="ben", victim_age=VictimAge.UNDER_16)

    assert sent_of(Story().tell(event), event.event_id) == {"checs": NEW}


def test_a_review_that_learns_the_birth_date_routes_the_incident_as_about_a_child() -> None:
    story = after(a_form(of=HIGH))

    decision = story.tell(a_form(of=HIGH, victim_age=VictimAge.UNDER_16))

    assert sent_of(decision, decision.event_id)["checs"] is NEW
    assert answer(decision, "dafsu").outcome is Outcome.DENY


def test_an_unreviewed_form_about_somebody_under_sixteen_is_danger_whatever_its_grade() -> None:
    raised = a_form(EventType.VPA_RAISED, grades(Risk.STANDARD), victim_age=VictimAge.UNDER_16)
    story = after(raised)

    decision = story.tell(
        an_event(EventType.TIME_PASSED, recorded_at=raised.recorded_at.replace(day=3, hour=3))
    )

    assert sent_of(decision, raised.event_id) == {"checs": NEW}


def test_a_child_who_causes_the_harm_is_described_to_no_school_and_goes_to_the_officer() -> None:
    harming = a_child("cat", HILLSIDE, Placement.CAUSING_HARM)
    sibling = a_child("dot", RIVERSIDE)

    decision = Story().tell(
        a_form(EventType.VPA_RAISED, causing_harm=internal("cat"), pupils=[harming, sibling])
    )

    assert (answer(decision, f"school:{HILLSIDE}").rule, answer(decision, f"school:{HILLSIDE}").reason) == (
        "school-child-causing-harm",
        "restricted",
    )
    assert answer(decision, f"school:{RIVERSIDE}").outcome is Outcome.PERMIT
    assert answer(decision, "education").outcome is Outcome.PERMIT


def test_a_sibling_at_the_same_school_is_told_of_without_the_child_who_causes_the_harm() -> None:
    harming = a_child("cat", HILLSIDE, Placement.CAUSING_HARM)
    sibling = a_child("dot", HILLSIDE)
    form = a_form(EventType.VPA_RAISED, causing_harm=internal("cat"), pupils=[harming, sibling])

    decision = Story().tell(form)

    leaf = {child.person: child.leaf for child in form.children}[internal("dot")]
    assert answer(decision, f"school:{HILLSIDE}").leaves == (leaf,)


def test_what_is_told_once_is_not_told_again_with_every_piece_of_news() -> None:
    met = an_event(EventType.EXPECTATION_MET, publisher="dafsu", incident=internal("incident"))
    story = after(a_form(of=HIGH), met)

    decision = story.tell(consent({"mycwa": "given"}))

    assert [emit.recipient for emit in decision.emits if emit.event_id == met.event_id] == []


def test_a_childs_consent_is_no_ground_to_tell_of_the_adult() -> None:
    story = after(a_form(of=grades(Risk.STANDARD)))

    theirs = story.tell(consent({"cheshire-cares": "given"}, consent_of=Client.CHILD))
    hers = story.tell(consent({"cheshire-cares": "given"}))

    assert all(emit.recipient != "cheshire-cares" for emit in theirs.emits)
    assert any(emit.recipient == "cheshire-cares" for emit in hers.emits)


def test_a_childs_withdrawal_leaves_the_adult_victims_consent_standing() -> None:
    story = after(a_form(of=grades(Risk.STANDARD), consent={"cheshire-cares": "given"}))

    decision = story.tell(consent(withdraws=True, consent_of=Client.CHILD))

    assert all(emit.recipient != "cheshire-cares" for emit in decision.emits)


def test_what_one_side_consents_to_is_no_ground_to_tell_of_the_other() -> None:
    hers = a_form(of=grades(Risk.STANDARD), victim="ada", causing_harm=internal("ben"))
    story = after(hers)
    his = replace(consent({"cheshire-cares": "given"}), victim=internal("ben"))

    assert all(emit.recipient != "cheshire-cares" for emit in story.tell(his).emits)


def test_what_an_officer_was_told_counts_for_whom_the_victim_turns_out_to_be() -> None:
    raised = a_form(EventType.VPA_RAISED, grades(Risk.STANDARD), victim="misheard")
    heard = replace(raised, consent=(("cheshire-cares", "given"),))
    story = after(heard)

    decision = story.tell(a_form(of=grades(Risk.STANDARD), victim="ada"))

    assert answer(decision, "cheshire-cares").ground == "consent"


def test_but_not_for_whom_they_are_said_to_harm() -> None:
    raised = a_form(EventType.VPA_RAISED, grades(Risk.STANDARD), victim="ben")
    story = after(replace(raised, consent=(("cheshire-cares", "given"),)))

    decision = story.tell(a_form(of=grades(Risk.STANDARD), victim="ada", causing_harm=internal("ben")))

    assert answer(decision, "cheshire-cares").reason == "no-ground"


def test_where_the_first_report_has_the_roles_wrong_it_is_taken_back_and_the_true_one_goes_out() -> None:
    wrong = reported("ben", by="ada")
    story = after(wrong)

    taken_back = story.tell(the_hub_says(Roles.REVERSED, wrong))
    true = reported("ada", by="ben")

    assert sent_of(taken_back, wrong.event_id) == {"dafsu": RECALLED, "police": NEW}
    assert sent_of(story.tell(true), true.event_id) == {"dafsu": NEW}


def test_that_roles_are_reversed_is_said_of_what_was_reported_and_not_of_the_hubs_own_form() -> None:
    wrong = reported("ada", by="ben", incident=internal("one"))
    form = a_form(of=grades(Risk.HIGH), incident="one", victim="ben", causing_harm=internal("ada"))
    story = after(wrong, form)

    decision = story.tell(the_hub_says(Roles.REVERSED, wrong))

    assert sent_of(decision, wrong.event_id) == {"dafsu": RECALLED, "police": NEW}
    assert story.fold.world.person(internal("ada")).harmed_by == ()
