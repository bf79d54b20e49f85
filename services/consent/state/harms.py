"""Who is known to harm whom, and by which events: each can be taken back, and what others say stays known."""

from collections.abc import Collection

from services.consent.state.entities import Harm
from services.consent.state.links import as_one, group
from services.consent.state.world import World

Direction = tuple[str, str]
"""An adult victim, and who harms them."""


def is_same(world: World, one: Direction, other: Direction) -> bool:
    """Say whether two directions are of the same two, under whatever names."""
    return all(person in group(world.person, each) for person, each in zip(one, other, strict=True))


def is_established(world: World, direction: Direction) -> bool:
    """Say whether any event in force says of somebody that they harm an adult victim."""
    victim, causing_harm = direction
    known = as_one(world.person, victim).harmed_by
    return bool(known) and not {each.by for each in known}.isdisjoint(group(world.person, causing_harm))


def establish(world: World, direction: Direction, event_id: str) -> None:
    """Know who harms whom by an event."""
    victim, causing_harm = direction
    person, harm = world.person(victim), Harm(causing_harm, event_id)
    if harm not in person.harmed_by:
        world.put_person(victim, person._replace(harmed_by=(*person.harmed_by, harm)))


def take_back(world: World, direction: Direction, event_id: str) -> None:
    """Know no longer who harms whom by one event."""
    victim, causing_harm = direction
    _forget(world, victim, {Harm(causing_harm, event_id)})


def turn_round(world: World, directions: Collection[Direction], event_id: str) -> None:
    """Know the opposite of directions by an event, and them no longer, whoever says so."""
    for victim, causing_harm in directions:
        theirs = group(world.person, causing_harm)
        for name in group(world.person, victim):
            _forget(world, name, {each for each in world.person(name).harmed_by if each.by in theirs})
    for victim, causing_harm in sorted(directions):
        establish(world, (causing_harm, victim), event_id)


def _forget(world: World, victim: str, harms: Collection[Harm]) -> None:
    person = world.person(victim)
    left = tuple(each for each in person.harmed_by if each not in harms)
    if left != person.harmed_by:
        world.put_person(victim, person._replace(harmed_by=left))
