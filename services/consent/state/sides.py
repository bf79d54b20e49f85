"""Who harms whom, who works for whom, and who alone may look (decisions 0021, 0022).

A direction of harm is established by the first event that names it. One that turns an established
direction round establishes nothing, until the Hub says that it may stand.
"""

from collections.abc import Iterable

from services.consent.state.entities import Incident, Worker
from services.consent.state.heard import Heard
from services.consent.state.links import as_one, group
from services.consent.state.world import World
from services.vocabulary.events import EventType
from services.vocabulary.sides import Roles

REVIEWED = frozenset({EventType.VPA_REVIEWED, EventType.VPA_CORRECTED})
ALLOCATIONS = frozenset({EventType.PRACTITIONER_ALLOCATED, EventType.REFERRAL_ALLOCATED})

Direction = tuple[str, str]
"""An adult victim, and who harms them."""


def with_sides(world: World, incident: Incident, heard: Heard, key: str) -> Incident:
    """Return an incident after what an event says of its sides. Directions it establishes are people's."""
    if heard.victim_age is not None:
        incident = incident._replace(victim_age=heard.victim_age)
    if heard.causing_harm is not None:
        incident = _named(world, incident, heard.causing_harm, key)
    return _looked_at(_worked_for(_directed(world, incident, heard), heard), heard)


def _named(world: World, incident: Incident, causing_harm: str, key: str) -> Incident:
    person = world.person(causing_harm)
    if key not in person.harms_in:
        world.put_person(causing_harm, person._replace(harms_in=(*person.harms_in, key)))
    if causing_harm in incident.causing_harm:
        return incident
    return incident._replace(causing_harm=(*incident.causing_harm, causing_harm))


def _directed(world: World, incident: Incident, heard: Heard) -> Incident:
    """Establish a direction, or know that it is turned; the Hub's word settles all of an incident."""
    said = _direction(world, incident, heard)
    if heard.type in REVIEWED or heard.roles in (Roles.STAND, Roles.BOTH):
        _establish(world, [*incident.turned.values(), *([said] if said is not None else [])])
        return incident._replace(roles_settled=True)
    if heard.roles is Roles.REVERSED:
        return incident._replace(roles_settled=False)
    if said is None or _is_established(world, said):
        return incident
    victim, causing_harm = said
    if _is_established(world, (causing_harm, victim)):
        return incident._replace(turned={**incident.turned, heard.event_id: said})
    _establish(world, [said])
    return incident


def _direction(world: World, incident: Incident, heard: Heard) -> Direction | None:
    victim, causing_harm = heard.victim or incident.victim, heard.causing_harm
    if victim is None or causing_harm is None or causing_harm in group(world.person, victim):
        return None
    return victim, causing_harm


def _is_established(world: World, direction: Direction) -> bool:
    victim, causing_harm = direction
    known = as_one(world.person, victim).harmed_by
    return bool(known) and not set(group(world.person, causing_harm)).isdisjoint(known)


def _establish(world: World, directions: Iterable[Direction]) -> None:
    for victim, causing_harm in directions:
        person = world.person(victim)
        if causing_harm not in person.harmed_by:
            world.put_person(victim, person._replace(harmed_by=(*person.harmed_by, causing_harm)))


def _worked_for(incident: Incident, heard: Heard) -> Incident:
    """Know whom an agency allocated to whom: the next takes the last one's place, a closed case ends both."""
    if heard.type in ALLOCATIONS and heard.practitioner is not None:
        worker = Worker(heard.publisher, heard.client, heard.practitioner)
        others = (each for each in incident.workers if each[:2] != worker[:2])
        return incident._replace(workers=tuple(sorted((*others, worker))))
    if heard.type == EventType.CASE_CLOSED and incident.workers:
        left = tuple(each for each in incident.workers if each.agency != heard.publisher)
        return incident._replace(workers=left)
    return incident


def _looked_at(incident: Incident, heard: Heard) -> Incident:
    if heard.type == EventType.ACCESS_RESTRICTED:
        return incident._replace(restricted_to=heard.people)
    if heard.type == EventType.ACCESS_RESTORED:
        return incident._replace(restricted_to=None)
    return incident
