"""Two known persons are one: what is known of one is known of both, until the link is taken back (0023)."""

from typing import Any

import pytest

from services.consent.flow.decision import Decision
from services.consent.state.heard import Heard
from services.consent.state.world import MOST_AT_ONCE
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk
from services.vocabulary.sides import Roles
from tests.gate_builders import (
    HILLSIDE,
    RIVERSIDE,
    Story,
    a_child,
    a_form,
    an_event,
    answer,
    child_status,
    grades,
    internal,
    linked,
    permitted,
    sent_of,
    unlinked,
)

NEW, RECALLED = ReleaseKind.NEW, ReleaseKind.RECALLED
STANDARD, HIGH = grades(Risk.STANDARD), grades(Risk.HIGH)
NO_CASE_NEEDED = grades(Risk.STANDARD, ChildrenLevel.BELOW_THRESHOLD)


def consented(victim: str, **more: Any) -> Heard:
    """Return a form about somebody who lets Cheshire Cares know."""
    given = {"incident": f"of {victim}", "consent": {"cheshire-cares": "given"}, **more}
    return a_form(of=STANDARD, victim=victim, **given)


def withdrawn(victim: str, **more: Any) -> Heard:
    """Return somebody's withdrawal of everything."""
    given = {"incident": None, "victim": internal(victim), "all_incidents": True, **more}
    return an_event(EventType.CONSENT_WITHDRAWN, **given)


def about_a_child(child: str, incident: str, **more: Any) -> Heard:
    """Return a form about a household with a child at Hillside."""
    return a_form(of=NO_CASE_NEEDED, incident=incident, victim=incident, pupils=[a_child(child)], **more)


def reported(victim: str, by: str) -> Heard:
    """Return what a partner reports: who is harmed, and by whom."""
    return an_event(
        EventType.REFERRAL_RECEIVED,
        publisher="cedah",
        incident=internal(f"{victim} by {by}"),
        grades=HIGH,
        victim=internal(victim),
        causing_harm=internal(by),
    )


def after(*events: Heard) -> Story:
    story = Story()
    story.tell(*events)
    return story


def time_passes(story: Story) -> Decision:
    return story.tell(an_event(EventType.TIME_PASSED, publisher="ingest"))


def test_a_link_is_told_to_the_partnership_and_to_nobody_it_may_be_about() -> None:
    decision = after(consented("ada")).tell(linked("ada", "eda"))

    assert permitted(decision) == {"partnership"}
    assert [emit.sections for emit in decision.emits] == [("facts",)]


def test_what_one_of_two_withdrew_everywhere_is_withdrawn_for_both_once_they_are_linked() -> None:
    form = consented("ada")
    story = after(form, withdrawn("eda"))

    decision = story.tell(linked("ada", "eda"))

    assert sent_of(decision, form.event_id) == {"cheshire-cares": RECALLED}
    assert {emit.reason for emit in decision.emits if emit.kind is RECALLED} == {"withdrawn"}


def test_what_one_withdraws_after_the_link_is_withdrawn_for_both() -> None:
    form = consented("ada")
    story = after(form, linked("eda", "ada"))

    assert sent_of(story.tell(withdrawn("eda")), form.event_id) == {"cheshire-cares": RECALLED}


def test_consent_given_after_the_others_withdrawal_stands() -> None:
    form = consented("ada")
    story = after(withdrawn("eda"), form)

    assert sent_of(story.tell(linked("ada", "eda")), form.event_id) == {}


def test_a_withdrawal_for_one_recipient_counts_for_that_one_of_both() -> None:
    form = consented("ada")
    story = after(form, withdrawn("eda", consent=(("mycwa", "withdrawn"),)), linked("ada", "eda"))

    decision = story.tell(withdrawn("eda", consent=(("cheshire-cares", "withdrawn"),)))

    assert sent_of(decision, form.event_id) == {"cheshire-cares": RECALLED}


def test_whoever_is_linked_with_a_linked_person_is_one_with_them_too() -> None:
    form = consented("ada")
    story = after(form, linked("ada", "eda"), linked("ida", "eda"))

    assert sent_of(story.tell(withdrawn("ida")), form.event_id) == {"cheshire-cares": RECALLED}


def test_a_link_is_news_for_everybody_the_two_were_linked_with_before() -> None:
    form = consented("ada")
    story = after(form, linked("ada", "eda"), withdrawn("ida"))

    assert sent_of(story.tell(linked("eda", "ida")), form.event_id) == {"cheshire-cares": RECALLED}


def test_the_end_of_a_link_gives_back_what_only_the_link_had_taken() -> None:
    form = consented("ada")
    story = after(form, withdrawn("eda"), linked("ada", "eda"))

    assert sent_of(story.tell(unlinked("eda", "ada")), form.event_id) == {"cheshire-cares": NEW}


def test_the_end_of_a_link_leaves_what_each_withdrew_themselves() -> None:
    form = consented("ada")
    story = after(form, linked("ada", "eda"), withdrawn("ada"))

    assert sent_of(story.tell(unlinked("ada", "eda")), form.event_id) == {}


def test_the_end_of_one_link_leaves_the_others() -> None:
    form = consented("ada")
    story = after(form, linked("ada", "eda"), linked("eda", "ida"), linked("ida", "ada"), withdrawn("eda"))

    assert sent_of(story.tell(unlinked("ada", "eda")), form.event_id) == {}
    assert sent_of(story.tell(unlinked("ida", "ada")), form.event_id) == {"cheshire-cares": NEW}


def test_a_link_said_twice_is_one_and_its_end_said_once_ends_it() -> None:
    form = consented("ada")
    story = after(form, linked("ada", "eda"), linked("eda", "ada"), unlinked("ada", "eda"))

    assert sent_of(story.tell(withdrawn("eda")), form.event_id) == {}


@pytest.mark.parametrize("second", [None, "p-sender-1"])
def test_what_one_person_alone_says_links_nobody(second: str | None) -> None:
    form = consented("ada")
    story = after(form, withdrawn("eda"))

    assert sent_of(story.tell(linked("ada", "eda", confirmed_by=second)), form.event_id) == {}
    assert sent_of(story.tell(withdrawn("eda")), form.event_id) == {}


def test_an_open_case_about_one_child_reaches_the_practitioner_about_the_other() -> None:
    form = about_a_child("cat", "one")
    story = after(form, about_a_child("kat", "two"), child_status("checs", incident=internal("two")))

    decision = story.tell(linked("cat", "kat"))

    assert sent_of(decision, form.event_id) == {"checs": NEW}
    assert [emit.ground for emit in decision.emits if emit.recipient == "checs"] == ["open-child-case"]


def test_a_case_that_is_opened_after_the_link_is_one_about_both() -> None:
    form = about_a_child("cat", "one")
    story = after(form, about_a_child("kat", "two"), linked("cat", "kat"))

    decision = story.tell(child_status("checs", incident=internal("two")))

    assert sent_of(decision, form.event_id) == {"checs": NEW}


def test_a_case_about_one_that_is_closed_under_the_others_name_is_closed() -> None:
    form = about_a_child("cat", "one")
    story = after(form, about_a_child("kat", "two"), child_status("checs", incident=internal("one")))
    story.tell(linked("cat", "kat"))

    decision = story.tell(child_status("checs", ChildCase.CLOSED, incident=internal("two")))

    assert sent_of(decision, form.event_id) == {"checs": RECALLED}


def test_who_is_known_to_harm_somebody_is_known_of_whoever_is_one_with_either() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("eda", by="bob"), linked("ada", "eda"), linked("bob", "ben"))

    decision = story.tell(counter)

    assert answer(decision, "dafsu").rule == "counter-allegation"
    assert sent_of(decision, counter.event_id) == {"police": NEW}


def test_what_the_hub_finds_the_wrong_way_round_is_so_of_whoever_is_one_with_either() -> None:
    story = after(linked("ada", "eda"), linked("ben", "bob"), reported("ada", by="ben"))
    again = reported("eda", by="bob")
    story.tell(again, an_event(EventType.ROLES_REVIEWED, incident=again.incident, roles=Roles.REVERSED))
    counter = reported("ada", by="bob")

    assert sent_of(story.tell(counter), counter.event_id) == {"police": NEW}


def test_nobody_is_known_to_harm_themselves_under_another_name() -> None:
    story = after(linked("ada", "eda"), reported("ada", by="eda"))
    event = reported("eda", by="ada")

    assert sent_of(story.tell(event), event.event_id) == {"dafsu": NEW}


def test_what_was_told_before_a_link_is_not_held_back_by_it_afterwards() -> None:
    event = reported("ben", by="ada")
    story = after(reported("eda", by="ben"), event)

    assert sent_of(story.tell(linked("ada", "eda")), event.event_id) == {}


def test_a_school_is_not_told_twice_of_one_child_under_two_names() -> None:
    story = after(about_a_child("cat", "one"), linked("cat", "kat"))

    decision = story.tell(about_a_child("kat", "one"))

    assert answer(decision, f"school:{HILLSIDE}").outcome is Outcome.DENY


def test_a_school_is_told_of_two_children_once_they_are_two_again() -> None:
    story = after(about_a_child("cat", "one"), linked("cat", "kat"), unlinked("cat", "kat"))

    decision = story.tell(about_a_child("kat", "one"))

    assert answer(decision, f"school:{HILLSIDE}").outcome is Outcome.PERMIT


def test_a_correction_tells_all_anew_whoever_is_linked() -> None:
    story = after(about_a_child("cat", "one"), linked("cat", "kat"))

    decision = story.tell(about_a_child("kat", "one", event_type=EventType.VPA_CORRECTED))

    assert sent_of(decision, decision.event_id)[f"school:{HILLSIDE}"] is ReleaseKind.CORRECTED


def test_a_child_who_causes_the_harm_under_another_name_is_described_to_no_school() -> None:
    story = after(linked("cat", "kat"))
    pupils = [a_child("cat"), a_child("dot", RIVERSIDE)]

    decision = story.tell(a_form(EventType.VPA_RAISED, causing_harm=internal("kat"), pupils=pupils))

    assert answer(decision, f"school:{HILLSIDE}").rule == "school-child-causing-harm"
    assert answer(decision, f"school:{RIVERSIDE}").outcome is Outcome.PERMIT
    assert answer(decision, "education").outcome is Outcome.PERMIT


def test_one_event_decides_so_many_incidents_again_and_the_next_ones_the_others() -> None:
    forms = [consented("ada", incident=f"number {number}") for number in range(MOST_AT_ONCE + 5)]
    story = after(*forms, withdrawn("eda"))

    first, then = story.tell(linked("ada", "eda")), time_passes(story)

    recalled = [{e.event_id for e in said.emits if e.kind is RECALLED} for said in (first, then)]
    assert recalled == [
        {form.event_id for form in forms[:MOST_AT_ONCE]},
        {form.event_id for form in forms[MOST_AT_ONCE:]},
    ]


def test_a_link_that_comes_before_anything_is_known_of_either_changes_nothing_yet() -> None:
    story, form = after(linked("ada", "eda")), consented("ada")

    assert sent_of(story.tell(form), form.event_id) == {"cheshire-cares": NEW}
    assert sent_of(story.tell(withdrawn("eda")), form.event_id) == {"cheshire-cares": RECALLED}
