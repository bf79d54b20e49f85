"""Whose case is open on an incident, for which of its sides, and about whom (decisions 0019, 0021).

One whose client is the person causing harm is a case of the incident, and no case about its adult victim.
"""

from services.consent.state.entities import Case, Incident, Opened
from services.consent.state.heard import Heard
from services.consent.state.world import World
from services.vocabulary.events import EventType
from services.vocabulary.sides import Client


def with_case(incident: Incident, heard: Heard) -> Incident:
    """Return an incident after a case that is opened, once a second person confirms it, or closed.

    What does not say whose case it is opens the adult victim's, and closes all of its agency's. What was
    opened without a word ends with hers, or with a close for whom the agency has no other.
    """
    if heard.type == EventType.CASE_OPENED and heard.is_confirmed:
        new = Opened(heard.publisher, heard.client, heard.victim or incident.victim)
        return incident._replace(opened={**incident.opened, heard.event_id: new})
    if heard.type == EventType.CASE_CLOSED:
        closed = _closed(incident, heard)
        opened = {event_id: each for event_id, each in incident.opened.items() if event_id not in closed}
        return incident._replace(opened=opened)
    return incident


def know_about_whom(world: World, heard: Heard, key: str) -> None:
    """Know about whom the case of an agency is that opened or closed one."""
    if heard.type == EventType.CASE_CLOSED or (heard.type == EventType.CASE_OPENED and heard.is_confirmed):
        _know(world, Case(heard.publisher, key), people_of(world, heard, key))


def without_case(world: World, heard: Heard, key: str, of: str) -> None:
    """Close the case that an event opened; what else its agency opened stays open, about whom it was."""
    incident = world.incident(key)
    closed = incident.opened.get(of)
    if closed is None:
        return
    opened = {event_id: each for event_id, each in incident.opened.items() if event_id != of}
    world.put_incident(key, incident._replace(opened=opened))
    _know(world, Case(closed.agency, key), people_of(world, heard, key))


def people_of(world: World, heard: Heard, incident: str) -> tuple[str, ...]:
    """Return everybody an incident names, who may have been taken for its adult victim, each once."""
    known = world.incident(incident)
    named = (heard.victim, known.victim, *known.parties)
    return tuple(dict.fromkeys(person for person in named if person is not None))


def _closed(incident: Incident, heard: Heard) -> set[str]:
    """Return what of an agency's cases a close ends, by the event that opened it."""
    theirs = {key: each for key, each in incident.opened.items() if each.agency == heard.publisher}
    if heard.client is None:
        return {*theirs}
    clients = {each.client for each in theirs.values()}
    ends: set[Client | None] = {heard.client}
    if heard.client is Client.ADULT_VICTIM or heard.client not in clients:
        ends.add(None)
    return {key for key, each in theirs.items() if each.client in ends}


def _know(world: World, case: Case, people: tuple[str, ...]) -> None:
    """Know that an agency's case is about whom it has one open for as a victim, and about nobody else."""
    opened = world.incident(case.incident).opened.values()
    about = {each.about for each in opened if each.agency == case.agency and each.is_a_victims}
    for person in people:
        known = world.person(person)
        cases = {*known.cases} - {case} | ({case} if person in about else set())
        if cases != {*known.cases}:
            world.put_person(person, known._replace(cases=tuple(sorted(cases))))
