"""Persons who are one human being, because two people of the partnership said so (decision 0023).

A link holds both ways and onwards: whoever is linked with somebody linked is one with them too. What is known
of one is kept as it was heard, of each person by themselves, and put together when it is asked for: so that
the end of a link takes back that link, and nothing else.
"""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeVar

from services.consent.state.entities import Person
from services.consent.state.heard import Heard
from services.consent.state.world import World
from services.vocabulary.events import LINKS, EventType

PersonOf = Callable[[str], Person]
T = TypeVar("T")


def group(person_of: PersonOf, key: str) -> tuple[str, ...]:
    """Return everybody who is one with a person, themselves among them, in a fixed order."""
    if not person_of(key).linked:
        return (key,)
    found, ahead = {key}, [key]
    while ahead:
        new = set(person_of(ahead.pop()).linked) - found
        found |= new
        ahead += new
    return tuple(sorted(found))


def as_one(person_of: PersonOf, key: str) -> Person:
    """Return what is known of a person and of everybody who is one with them, as of one person."""
    known = person_of(key)
    if not known.linked:
        return known
    them = [person_of(each) for each in group(person_of, key)]
    recipients = dict.fromkeys(to for each in them for to in each.withdrawn)
    return Person(
        incidents=_each_once(each.incidents for each in them),
        child_of=_each_once(each.child_of for each in them),
        withdrawn={to: max(each.withdrawn[to] for each in them if to in each.withdrawn) for to in recipients},
        child_cases=tuple(sorted(_each_once(each.child_cases for each in them))),
        cases=tuple(sorted(_each_once(each.cases for each in them))),
        harmed_by=_each_once(each.harmed_by for each in them),
        harms_in=_each_once(each.harms_in for each in them),
        linked=known.linked,
    )


def link(world: World, heard: Heard) -> None:
    """Fold a link, or its end. What one person alone says changes nothing (decision 0019)."""
    if not _counts(heard):
        return
    one, other = heard.persons
    for key, with_whom in ((one, other), (other, one)):
        person = world.person(key)
        others = set(person.linked) - {with_whom}
        if heard.type == EventType.PERSONS_LINKED:
            others.add(with_whom)
        if others != set(person.linked):
            world.put_person(key, person._replace(linked=tuple(sorted(others))))


def incidents_of(world: World, heard: Heard) -> set[str]:
    """Return the incidents a link, or its end, is news about: where anybody it makes one is a victim.

    Of an event that is neither, or that one person alone sends: none.
    """
    if not _counts(heard):
        return set()
    them = [as_one(world.person, person) for person in heard.persons]
    return {incident for each in them for incident in (*each.incidents, *each.child_of)}


def _counts(heard: Heard) -> bool:
    named = heard.persons
    return heard.type in LINKS and heard.is_confirmed and len(named) == len(set(named)) == 2


def _each_once(known: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(known)))
