"""The life of an order to make somebody unreadable: ordered, refused, stopped, due, done (decision 0027).

A person is whoever is linked with them, too (0023): what keeps one name keeps all; all are erased together.
"""

from collections.abc import Iterator
from datetime import datetime

from services.consent.rules.erasure import is_over, objections
from services.consent.state.heard import Heard
from services.consent.state.links import group
from services.consent.state.world import World
from services.vocabulary.erasure import Objection, Order
from services.vocabulary.events import ERASING, SCHOOL_NOTIFICATIONS, EventType

KEEPS_NOBODY = SCHOOL_NOTIFICATIONS | {EventType.CONSENT_WITHDRAWN}
"""What follows from events before an order, or goes with one: whoever it is about is not in danger again."""


def settle(world: World, heard: Heard) -> None:
    """Fold what an event, or the time it brings, means for orders to erase. Comes after all else is folded.

    1. Take what two people say: a hold, its end, an order, its end. What one alone says changes nothing.
    2. Stop each order about somebody of whom the event tells anew.  3. Make due, or refuse, each order whose
    time is over: what is due then, nothing stops any more.
    """
    now = world.standing.time or heard.recorded_at
    if heard.type in ERASING and heard.readable:
        _take(world, heard, now)
    for person, ordered_at in world.standing.erasing.items():
        if _is_about(world, heard, person):
            _end(world, person, Order.STOPPED, now, (Objection.HEARD_OF_AGAIN,))
        elif is_over(ordered_at, now):
            _come_due(world, person, now)


def _take(world: World, heard: Heard, now: datetime) -> None:
    for person in heard.persons:
        if heard.type == EventType.PERSON_ERASED:
            _erased(world, person, now)
        elif heard.is_confirmed:
            _said(world, heard, person, now)


def _said(world: World, heard: Heard, person: str, now: datetime) -> None:
    """Fold what two people say of a person. Of whom the key is destroyed there is nothing to say any more."""
    erasure = world.erasure(person)
    if erasure.order in (Order.DUE, Order.ERASED):
        return
    if heard.type == EventType.LEGAL_HOLD_PLACED and heard.why is not None:
        world.put_erasure(person, erasure._replace(holds=tuple(sorted({*erasure.holds, heard.why}))))
        _held(world, person, now)
    if heard.type == EventType.LEGAL_HOLD_LIFTED:
        world.put_erasure(
            person, erasure._replace(holds=tuple(why for why in erasure.holds if why != heard.why))
        )
    if heard.type == EventType.ERASURE_ORDERED and erasure.order is not Order.STANDS:
        _order(world, heard, person, now)
    if heard.type == EventType.ERASURE_STOPPED and erasure.order is Order.STANDS:
        _end(world, person, Order.STOPPED, now)


def _order(world: World, heard: Heard, person: str, now: datetime) -> None:
    against = _against(world, person, now)
    order = Order.REFUSED if against else Order.STANDS
    world.put_erasure(
        person,
        world.erasure(person)._replace(
            order=order, event_id=heard.event_id, ordered_at=now, since=now, objections=against
        ),
    )
    if order is Order.STANDS:
        world.standing = world.standing._replace(erasing={**world.standing.erasing, person: now})


def _held(world: World, person: str, now: datetime) -> None:
    """Refuse every order that stands about whoever is kept now: a hold is there so that they can be read."""
    for name in group(world.person, person):
        if world.erasure(name).order is Order.STANDS:
            _end(world, name, Order.REFUSED, now, (Objection.LEGAL_HOLD,))


def _come_due(world: World, person: str, now: datetime) -> None:
    against = _against(world, person, now)
    if against:
        _end(world, person, Order.REFUSED, now, against)
        return
    order = world.erasure(person)
    for name in group(world.person, person):
        if world.erasure(name).order not in (Order.DUE, Order.ERASED):
            world.put_erasure(name, order._replace(order=Order.DUE, since=now, holds=()))
    _stand_no_more(world, group(world.person, person))


def _end(world: World, person: str, order: Order, now: datetime, against: tuple[Objection, ...] = ()) -> None:
    world.put_erasure(person, world.erasure(person)._replace(order=order, since=now, objections=against))
    _stand_no_more(world, (person,))


def _erased(world: World, person: str, now: datetime) -> None:
    erasure = world.erasure(person)
    if erasure.order is Order.DUE:
        world.put_erasure(person, erasure._replace(order=Order.ERASED, since=now))


def _stand_no_more(world: World, persons: tuple[str, ...]) -> None:
    left = {name: at for name, at in world.standing.erasing.items() if name not in persons}
    world.standing = world.standing._replace(erasing=left)


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


def _is_about(world: World, heard: Heard, person: str) -> bool:
    """Say whether an event tells anew of a person under any name, in any role."""
    if not heard.readable or heard.type in KEEPS_NOBODY or heard.type in ERASING:
        return False
    parties = world.incident(heard.incident).parties if heard.incident is not None else ()
    named = {*parties, heard.victim, heard.causing_harm, *(child.person for child in heard.children)}
    return not named.isdisjoint(group(world.person, person))
