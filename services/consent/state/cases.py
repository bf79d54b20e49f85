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
        new = Opened(heard.publisher, heard.client or Client.ADULT_VICTIM)
        return incident._replace(opened={**incident.opened, heard.event_id: new})
    if heard.type == EventType.CASE_CLOSED:
        opened = {key: each for key, each in incident.opened.items() if not _closes(heard, each)}
        return incident._replace(opened=opened)
    return incident


def know_about_whom(world: World, heard: Heard, key: str) -> None:
    """Know about whom an agency's case is, while it is open: the adult victim of when it was opened."""
    if heard.type == EventType.CASE_CLOSED and heard.publisher not in world.incident(key).victims_cases:
        _forget(world, Case(heard.publisher, key), adults_of(world, heard, key))
    if heard.type != EventType.CASE_OPENED or not heard.is_confirmed or heard.client is _OTHER_SIDE:
        return
    case, victim = Case(heard.publisher, key), heard.victim or world.incident(key).victim
    _forget(world, case, adults_of(world, heard, key))
    if victim is not None:
        known = world.person(victim)
        world.put_person(victim, known._replace(cases=tuple(sorted({*known.cases, case}))))


def without_case(world: World, incident: Incident, of: str, key: str) -> Incident:
    """Close the case that an event opened, unless the agency opened it by another event as well."""
    closed = incident.opened.get(of)
    if closed is None:
        return incident
    opened = {event_id: each for event_id, each in incident.opened.items() if event_id != of}
    incident = incident._replace(opened=opened)
    if closed.agency not in incident.victims_cases:
        people = dict.fromkeys(filter(None, (incident.victim, *incident.parties)))
        _forget(world, Case(closed.agency, key), tuple(people))
    return incident


def adults_of(world: World, heard: Heard, incident: str) -> tuple[str, ...]:
    """Return everybody who may have been taken for an incident's adult victim, each once."""
    known = world.incident(incident)
    named = (heard.victim, known.victim, *known.parties)
    return tuple(dict.fromkeys(person for person in named if person is not None))


_OTHER_SIDE = Client.PERSON_CAUSING_HARM


def _closes(heard: Heard, opened: Opened) -> bool:
    return opened.agency == heard.publisher and heard.client in (None, opened.client)


def _forget(world: World, case: Case, people: tuple[str, ...]) -> None:
    for person in people:
        known = world.person(person)
        left = tuple(each for each in known.cases if each != case)
        if left != known.cases:
            world.put_person(person, known._replace(cases=left))
