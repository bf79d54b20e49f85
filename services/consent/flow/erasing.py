"""The life of an order to make somebody unreadable: ordered, refused, stopped, due, done (decision 0027).

A person is whoever is linked with them, too (0023): what keeps one name keeps all; all are erased together.
"""

from collections.abc import Iterator
from datetime import datetime

from services.consent.rules.erasure import is_over, objections
from services.consent.state.heard import Heard
from services.consent.state.links import group
from services.consent.state.world import World
from services.vocabulary.erasure import PENDING, Objection, Order
from services.vocabulary.events import ERASING, LINKS, SCHOOL_NOTIFICATIONS, EventType

KEEPS_NOBODY = SCHOOL_NOTIFICATIONS | {EventType.CONSENT_WITHDRAWN}
"""What follows from events before an order, or goes with one: whoever it is about is not in danger again."""


def settle(world: World, heard: Heard) -> None:
    """Fold what an event, or the time it brings, means for orders to erase. Comes after all else is folded.

    1. Take what two people say: a hold, its end, an order, its end. What one alone says changes nothing.
    2. Stop each order about somebody of whom the event tells anew, or may; or who is linked anew. Whoever is
    named although they are erased was sealed for under a key that lives: that ends it, too.
    3. Make due, or refuse, each order whose time is over.

    Who is due is given a new key by the door from then on, and the keyring says so with `PersonErased`: that
    event follows all that was ever sealed under the old one. Until it comes an order may yet be stopped.
    """
    now = world.standing.time or heard.recorded_at
    if heard.type in ERASING and heard.readable:
        _take(world, heard, now)
    if heard.type in LINKS and heard.is_confirmed:
        _linked_anew(world, heard, now)
    for person in _sealed_for(heard):
        if world.erasure(person).order is Order.ERASED:
            _end(world, person, Order.STOPPED, now, (Objection.HEARD_OF_AGAIN,))
    for person, ordered_at in world.standing.erasing.items():
        stopped = _why_stopped(world, heard, person)
        if stopped is not None:
            _end(world, person, Order.STOPPED, now, (stopped,))
        elif is_over(ordered_at, now) and world.erasure(person).order is Order.STANDS:
            _come_due(world, person, now)


def _take(world: World, heard: Heard, now: datetime) -> None:
    if heard.type == EventType.PERSON_ERASED:
        _erased(world, heard, now)
    elif heard.is_confirmed:
        for person in heard.persons:
            if world.erasure(person).order is not Order.ERASED:
                _said(world, heard, person, now)


def _erased(world: World, heard: Heard, now: datetime) -> None:
    """Know that every name of somebody is erased: all of them, as one order has it, or none."""
    known = [world.erasure(person) for person in heard.persons]
    if all(one.order is Order.DUE and one.event_id == heard.why for one in known):
        for person in heard.persons:
            _end(world, person, Order.ERASED, now)


def _linked_anew(world: World, heard: Heard, now: datetime) -> None:
    """Stop what is pending about those whom a link, or its end, is about; what kept both keeps each."""
    holds = {why for person in heard.persons for why in _holds(world, person)}
    for person in heard.persons:
        _end_all(world, person, Order.STOPPED, now, (Objection.LINKED_MEANWHILE,))
        erasure = world.erasure(person)
        if heard.type == EventType.PERSONS_UNLINKED and holds.difference(erasure.holds):
            world.put_erasure(person, erasure._replace(holds=tuple(sorted(holds.union(erasure.holds)))))


def _holds(world: World, person: str) -> Iterator[str]:
    for name in group(world.person, person):
        yield from world.erasure(name).holds


def _said(world: World, heard: Heard, person: str, now: datetime) -> None:
    erasure = world.erasure(person)
    if heard.type == EventType.LEGAL_HOLD_PLACED and heard.why is not None:
        world.put_erasure(person, erasure._replace(holds=tuple(sorted({*erasure.holds, heard.why}))))
        _end_all(world, person, Order.REFUSED, now, (Objection.LEGAL_HOLD,))
    if heard.type == EventType.LEGAL_HOLD_LIFTED:
        left = tuple(why for why in erasure.holds if why != heard.why)
        world.put_erasure(person, erasure._replace(holds=left))
    if heard.type == EventType.ERASURE_ORDERED and erasure.order not in PENDING:
        _order(world, heard, person, now)
    if heard.type == EventType.ERASURE_STOPPED:
        _end_all(world, person, Order.STOPPED, now)


def _order(world: World, heard: Heard, person: str, now: datetime) -> None:
    against = _against(world, person, now)
    order = Order.REFUSED if against else Order.STANDS
    erasure = world.erasure(person)._replace(event_id=heard.event_id, ordered_at=now, since=now)
    world.put_erasure(person, erasure._replace(order=order, objections=against))
    if order is Order.STANDS:
        _stands(world, person, now)


def _come_due(world: World, person: str, now: datetime) -> None:
    """Make an order due of every name of somebody, or refuse it for whatever stands against it by now."""
    against = _against(world, person, now)
    if against:
        _end(world, person, Order.REFUSED, now, against)
        return
    order = world.erasure(person)
    for name in group(world.person, person):
        if world.erasure(name).order is not Order.ERASED:
            world.put_erasure(name, order._replace(order=Order.DUE, since=now))
            _stands(world, name, order.ordered_at or now)


def _end_all(
    world: World, person: str, order: Order, now: datetime, against: tuple[Objection, ...] = ()
) -> None:
    """End every order that is pending about somebody under any name."""
    for name in group(world.person, person):
        if world.erasure(name).order in PENDING:
            _end(world, name, order, now, against)


def _end(world: World, person: str, order: Order, now: datetime, against: tuple[Objection, ...] = ()) -> None:
    world.put_erasure(person, world.erasure(person)._replace(order=order, since=now, objections=against))
    left = {name: at for name, at in world.standing.erasing.items() if name != person}
    world.standing = world.standing._replace(erasing=left)


def _stands(world: World, person: str, ordered_at: datetime) -> None:
    world.standing = world.standing._replace(erasing={**world.standing.erasing, person: ordered_at})


def _against(world: World, person: str, now: datetime) -> tuple[Objection, ...]:
    names = group(world.person, person)
    return objections(
        [world.erasure(name) for name in names],
        [world.person(name) for name in names],
        [world.incident(key) for key in dict.fromkeys(_incidents(world, names))],
        now,
    )


def _incidents(world: World, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        known = world.person(name)
        yield from (*known.incidents, *known.child_of, *known.harms_in)


def _why_stopped(world: World, heard: Heard, person: str) -> Objection | None:
    """Return why an event stops an order about a person, in any role; None where it does not."""
    if not heard.readable:
        return Objection.NOT_ALL_READ
    if heard.type in KEEPS_NOBODY or heard.type in ERASING:
        return None
    parties = world.incident(heard.incident).parties if heard.incident is not None else ()
    is_about = not {*parties, *_sealed_for(heard)}.isdisjoint(group(world.person, person))
    return Objection.HEARD_OF_AGAIN if is_about else None


def _sealed_for(heard: Heard) -> tuple[str, ...]:
    """Return everybody for whom an event has a section."""
    named = (heard.victim, heard.causing_harm, *(child.person for child in heard.children))
    return tuple(person for person in named if person is not None)
