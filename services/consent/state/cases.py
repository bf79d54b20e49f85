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

    What does not say whose case it is opens the adult victim's, and closes all of its agency's.
    """
    if heard.type == EventType.CASE_OPENED and heard.is_confirmed:
        client, about = heard.client or Client.ADULT_VICTIM, heard.victim or incident.victim
        new = Opened(heard.publisher, client, about, heard.offset)
        return incident._replace(opened={**incident.opened, heard.event_id: new})
    if heard.type == EventType.CASE_CLOSED:
        opened = {key: each for key, each in incident.opened.items() if not _closes(heard, each)}
        return incident._replace(opened=opened)
    return incident


def know_about_whom(world: World, heard: Heard, key: str) -> None:
    """Know about whom the case of an agency is that opened or closed one."""
    if heard.type == EventType.CASE_CLOSED or (heard.type == EventType.CASE_OPENED and heard.is_confirmed):
        _know(world, Case(heard.publisher, key), adults_of(world, heard, key))


def without_case(world: World, heard: Heard, key: str, of: str) -> None:
    """Close the case that an event opened; what else its agency opened stays open, about whom it was."""
    incident = world.incident(key)
    closed = incident.opened.get(of)
    if closed is None:
        return
    opened = {event_id: each for event_id, each in incident.opened.items() if event_id != of}
    world.put_incident(key, incident._replace(opened=opened))
    _know(world, Case(closed.agency, key), adults_of(world, heard, key))


def adults_of(world: World, heard: Heard, incident: str) -> tuple[str, ...]:
    """Return everybody who may have been taken for an incident's adult victim, each once."""
    known = world.incident(incident)
    named = (heard.victim, known.victim, *known.parties)
    return tuple(dict.fromkeys(person for person in named if person is not None))


def _closes(heard: Heard, opened: Opened) -> bool:
    return opened.agency == heard.publisher and heard.client in (None, opened.client)


def _know(world: World, case: Case, people: tuple[str, ...]) -> None:
    """Know that an agency's case is about whom it opened one last for, of what is open for a victim."""
    theirs = (each for each in world.incident(case.incident).opened.values() if each.agency == case.agency)
    last = max((each for each in theirs if each.is_a_victims), key=lambda each: each.offset, default=None)
    about = last.about if last is not None else None
    for person in people:
        known = world.person(person)
        cases = {*known.cases} - {case} | ({case} if person == about else set())
        if cases != {*known.cases}:
            world.put_person(person, known._replace(cases=tuple(sorted(cases))))
