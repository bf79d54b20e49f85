"""An order to make somebody unreadable: what refuses it, what stops it, when it is due (decision 0027)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.consent.flow.decision import Decision
from services.consent.rules.erasure import MARAC_KEEPS, WAIT
from services.consent.state.entities import Erasure
from services.consent.state.heard import Heard
from services.vocabulary.erasure import Objection, Order
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildCase
from tests.gate_builders import (
    START,
    Story,
    a_child,
    a_form,
    about_person,
    an_event,
    case,
    child_status,
    consent,
    internal,
    linked,
    permitted,
    unlinked,
)

ORDERED, STOPPED = EventType.ERASURE_ORDERED, EventType.ERASURE_STOPPED
HELD, LIFTED = EventType.LEGAL_HOLD_PLACED, EventType.LEGAL_HOLD_LIFTED
LATER = START + WAIT + timedelta(hours=1)


def ordered(person: str = "victim", **more: Any) -> Heard:
    return about_person(ORDERED, person, **more)


def erased(story: Story, *names: str) -> Heard:
    """Return what the keyring says of the order that is known of somebody, under all these names."""
    return an_event(
        EventType.PERSON_ERASED,
        publisher="keyring",
        publisher_person=None,
        persons=tuple(internal(name) for name in names or ("victim",)),
        why=known(story).event_id,
    )


def hold(why: str = "death_review", person: str = "victim", **more: Any) -> Heard:
    return about_person(HELD, person, why=why, **more)


def time_passes(at: Any = LATER) -> Heard:
    return an_event(EventType.TIME_PASSED, publisher="ingest", publisher_person=None, recorded_at=at)


def known(story: Story, person: str = "victim") -> Erasure:
    return story.fold.world.erasure(internal(person))


def after(*events: Heard) -> Story:
    """Return a story that begins with a form about a victim, a child and who causes harm."""
    story = Story()
    story.tell(a_form(pupils=[a_child("child")], causing_harm=internal("causing harm")), *events)
    return story


def test_an_order_nothing_stands_against_stands_at_once() -> None:
    assert known(after(ordered())).order is Order.STANDS


def test_an_order_is_due_when_thirty_days_are_over_and_not_before() -> None:
    story = after(ordered())
    story.tell(time_passes(START + WAIT))
    early = known(story).order
    story.tell(time_passes())

    assert (early, known(story).order) == (Order.STANDS, Order.DUE)


AGAINST = {
    Objection.LEGAL_HOLD: [hold()],
    Objection.OPEN_CASE: [case(EventType.CASE_OPENED, "dafsu")],
    Objection.RECENT_MARAC: [an_event(EventType.MARAC_LISTED, incident=internal("incident"))],
}


@pytest.mark.parametrize("objection", AGAINST)
@pytest.mark.parametrize("person", ["victim", "causing harm", "child"])
def test_each_objection_by_itself_refuses_an_order_in_whatever_role(
    objection: Objection, person: str
) -> None:
    events = AGAINST[objection] if objection is not Objection.LEGAL_HOLD else [hold(person=person)]
    erasure = known(after(*events, ordered(person)), person)

    assert (erasure.order, erasure.objections) == (Order.REFUSED, (objection,))


def test_an_order_is_refused_with_every_objection_at_once() -> None:
    events = [event for few in AGAINST.values() for event in few]

    assert known(after(*events, ordered())).objections == tuple(sorted(AGAINST))


@pytest.mark.parametrize("status", [ChildCase.CIN, ChildCase.CP])
def test_a_child_s_open_case_keeps_the_child(status: ChildCase) -> None:
    erasure = known(after(child_status("checs", status), ordered("child")), "child")

    assert erasure.objections == (Objection.OPEN_CASE,)


@pytest.mark.parametrize("event_type", [EventType.MARAC_REFERRED, EventType.MARAC_HEARD])
def test_whatever_was_heard_at_marac_in_twelve_months_keeps_a_person(event_type: EventType) -> None:
    story = after(an_event(event_type, incident=internal("incident")))
    story.tell(ordered(recorded_at=START + MARAC_KEEPS))
    within = known(story).order
    story.tell(ordered(recorded_at=START + MARAC_KEEPS + timedelta(days=1)))

    assert (within, known(story).order) == (Order.REFUSED, Order.STANDS)


def test_a_hold_that_is_lifted_keeps_nobody_and_another_still_does() -> None:
    both = [hold(), hold("court"), about_person(LIFTED, "victim", why="death_review")]

    assert known(after(*both, ordered())).objections == (Objection.LEGAL_HOLD,)
    assert known(after(*both, about_person(LIFTED, "victim", why="court"), ordered())).order is Order.STANDS


def test_a_hold_placed_while_an_order_stands_refuses_it() -> None:
    erasure = known(after(ordered(), hold()))

    assert (erasure.order, erasure.objections) == (Order.REFUSED, (Objection.LEGAL_HOLD,))


def test_two_people_stop_an_order_while_it_stands() -> None:
    story = after(ordered(), about_person(STOPPED, "victim"))
    story.tell(time_passes())

    assert (known(story).order, known(story).objections) == (Order.STOPPED, ())


@pytest.mark.parametrize("alone", [{"confirmed_by": None}, {"confirmed_by": "p-sender-1"}])
def test_one_person_alone_orders_holds_lifts_and_stops_nothing(alone: dict[str, Any]) -> None:
    assert known(after(ordered(**alone))) == Erasure()
    assert known(after(hold(**alone))) == Erasure()
    assert known(after(ordered(), about_person(STOPPED, "victim", **alone))).order is Order.STANDS
    assert known(after(hold(), about_person(LIFTED, "victim", why="death_review", **alone))).holds


@pytest.mark.parametrize("person", ["victim", "causing harm", "child"])
def test_whoever_is_heard_of_again_is_not_erased(person: str) -> None:
    story = after(ordered(person))
    story.tell(an_event(EventType.CONTACT_ATTEMPTED, publisher="dafsu", incident=internal("incident")))
    story.tell(time_passes())

    assert known(story, person).order is Order.STOPPED
    assert known(story, person).objections == (Objection.HEARD_OF_AGAIN,)


def test_who_is_named_in_another_incident_is_heard_of_again() -> None:
    story = after(ordered("causing harm"))
    story.tell(a_form(incident="another", victim="somebody else", causing_harm=internal("causing harm")))

    assert known(story, "causing harm").order is Order.STOPPED


def test_what_is_heard_of_others_and_a_withdrawal_stop_no_order() -> None:
    story = after(ordered())
    story.tell(a_form(incident="another", victim="somebody else"), consent(withdraws=True))
    story.tell(an_event(EventType.SCHOOL_NOTIFICATION_ACKNOWLEDGED, incident=internal("incident")))
    story.tell(time_passes())

    assert known(story).order is Order.DUE


def test_what_keeps_one_name_of_somebody_keeps_them_under_every_name() -> None:
    as_one = linked("victim", "other name")

    assert known(after(as_one, hold(person="other name"), ordered())).order is Order.REFUSED
    assert known(after(as_one, ordered(), hold(person="other name"))).order is Order.REFUSED


def test_an_event_under_another_name_stops_the_order() -> None:
    story = after(linked("victim", "other name"), ordered())
    story.tell(a_form(incident="another", victim="other name"))

    assert known(story).order is Order.STOPPED


def test_all_names_of_somebody_are_due_together_but_a_name_that_was_parted() -> None:
    story = after(linked("victim", "one"), linked("one", "two"), unlinked("one", "two"), ordered())
    story.tell(time_passes())

    assert known(story).order is known(story, "one").order is Order.DUE
    assert known(story, "two") == Erasure()


@pytest.mark.parametrize(
    ("event", "order"),
    [
        (about_person(STOPPED, "victim"), Order.STOPPED),
        (hold(), Order.REFUSED),
        (a_form(), Order.STOPPED),
    ],
)
def test_what_is_due_may_yet_be_stopped_under_every_name(event: Heard, order: Order) -> None:
    story = after(linked("victim", "one"), ordered())
    story.tell(time_passes(), event)

    assert known(story).order is known(story, "one").order is order


@pytest.mark.parametrize("event", [about_person(STOPPED, "victim"), hold(), about_person(ORDERED, "victim")])
def test_what_was_destroyed_nothing_undoes(event: Heard) -> None:
    story = after(ordered())
    story.tell(time_passes(), erased(story), event)

    assert (known(story).order, known(story).holds) == (Order.ERASED, ())


def test_what_is_sealed_for_somebody_erased_says_that_their_key_came_back_and_is_not_destroyed() -> None:
    story = after(ordered())
    story.tell(time_passes(), erased(story))
    story.tell(a_form(incident="tonight"))

    assert (known(story).order, known(story).objections) == (Order.STOPPED, (Objection.HEARD_OF_AGAIN,))


def test_that_somebody_is_erased_counts_only_where_it_is_due_and_for_that_order() -> None:
    story = after(ordered())
    story.tell(erased(story))
    too_early = known(story).order
    story.tell(about_person(STOPPED, "victim"))
    of_the_first = erased(story)
    story.tell(ordered(), time_passes(LATER + WAIT), of_the_first)
    of_another = known(story).order
    story.tell(erased(story))

    assert (too_early, of_another, known(story).order) == (Order.STANDS, Order.DUE, Order.ERASED)


def test_all_names_are_erased_or_none() -> None:
    story = after(linked("victim", "one"), ordered(), about_person(HELD, "other name", why="court"))
    story.tell(time_passes(), erased(story, "victim", "other name"))
    with_a_stranger = known(story).order
    story.tell(erased(story, "victim", "one"))

    assert with_a_stranger is Order.DUE
    assert known(story).order is known(story, "one").order is Order.ERASED


@pytest.mark.parametrize("says", [linked, unlinked])
def test_who_is_linked_or_parted_after_an_order_is_not_erased_by_it(says: Callable[..., Heard]) -> None:
    story = after(linked("victim", "one"), ordered())
    story.tell(says("victim", "another" if says is linked else "one"), time_passes())

    assert (known(story).order, known(story).objections) == (Order.STOPPED, (Objection.LINKED_MEANWHILE,))


def test_a_link_made_at_the_last_minute_makes_nobody_due() -> None:
    story = after(ordered())
    story.tell(linked("victim", "target"), time_passes())

    assert known(story, "target").order is Order.NONE


def test_parting_two_names_takes_a_hold_off_neither() -> None:
    story = after(linked("victim", "one"), hold(person="one"), unlinked("victim", "one"))
    story.tell(ordered())

    assert known(story).order is Order.REFUSED
    assert known(story).holds == known(story, "one").holds == ("death_review",)


def test_what_cannot_be_read_may_be_about_them_and_stops_an_order() -> None:
    story = after(ordered())
    story.tell(a_form(incident="another", victim="somebody else", readable=False))

    assert (known(story).order, known(story).objections) == (Order.STOPPED, (Objection.NOT_ALL_READ,))


def test_after_a_refusal_another_order_may_stand() -> None:
    erasure = known(after(hold(), ordered(), about_person(LIFTED, "victim", why="death_review"), ordered()))

    assert (erasure.order, erasure.objections) == (Order.STANDS, ())


@pytest.mark.parametrize("event", [ordered(), hold(), about_person(STOPPED, "victim")])
def test_only_the_partnership_is_told_and_nobody_is_sent_anything_else(event: Heard) -> None:
    decision: Decision = after(event).told[-1].decision

    assert permitted(decision) == {"partnership"}
    assert {emit.recipient for emit in decision.emits} == {"partnership"}
    assert decision.again == ()


def test_an_order_that_is_due_changes_nobody_s_releases() -> None:
    story = after(ordered())

    assert story.tell(time_passes()).again == ()
