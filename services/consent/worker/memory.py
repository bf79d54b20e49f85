"""What the gate remembers between batches, so that most of what it needs is not asked of the database."""

from collections.abc import Iterable, Mapping, Sequence

from services.consent.state.entities import Erasure, Incident, Person, Standing
from services.consent.state.heard import Heard
from services.consent.state.world import MOST_AT_ONCE, Due, World
from services.consent.store.gate import GateStore

LARGEST = 100_000
"""Incidents and people remembered each; past this all are forgotten and asked for again."""


class Memory:
    """Incidents and people as committed. None: known not to be there."""

    def __init__(self, store: GateStore, numbers: Mapping[str, int], standing: Standing) -> None:
        self._store = store
        self._numbers = dict(numbers)
        self._standing = standing
        self._incidents: dict[str, Incident | None] = {}
        self._persons: dict[str, Person | None] = {}
        self._erasures: dict[str, Erasure | None] = {}

    def prefetch(self, heard: Iterable[Heard]) -> None:
        """Ask at once for everything these events are surely about."""
        incidents: set[str] = set()
        persons: set[str] = set()
        for each in heard:
            incidents.update(key for key in (each.incident,) if key is not None)
            persons.update(child.person for child in each.children)
            persons.update(key for key in (each.victim, each.causing_harm) if key is not None)
        self._know_incidents(incidents)
        self._know_erasures(persons)
        persons.update(self._people_of(incidents))
        self._know_persons(persons)

    def world(self, heard: Sequence[Heard]) -> World:
        """Return a world that starts from what is remembered, with what comes due during these events."""
        return World(
            standing=self._standing,
            numbers=self._numbers,
            incident_of=self._incident,
            person_of=self._person,
            agenda=self._agenda(heard),
            waiting_of=self._store.waiting,
            policy_of=self._store.policy_text,
            occurred_of=self._store.occurred,
            erasure_of=self._erasure,
        )

    def _agenda(self, heard: Sequence[Heard]) -> list[Due]:
        if not heard:
            return []
        times = [each.recorded_at for each in heard]
        until = max(times if self._standing.time is None else [self._standing.time, *times])
        return self._store.agenda(until, len(heard) * MOST_AT_ONCE)

    def learn(self, world: World) -> None:
        """Remember what was committed."""
        if len(self._incidents) > LARGEST or len(self._persons) > LARGEST:
            self._incidents.clear()
            self._persons.clear()
            self._erasures.clear()
        self._erasures.update(world.changed_erasures)
        self._incidents.update(world.changed_incidents)
        self._persons.update(world.changed_persons)
        self._numbers.update(world.changed_numbers)
        self._standing = world.standing

    def _people_of(self, incidents: Iterable[str]) -> set[str]:
        known = [incident for key in incidents if (incident := self._incidents[key]) is not None]
        persons = {person for incident in known for person in incident.children}
        return persons | {incident.victim for incident in known if incident.victim is not None}

    def _incident(self, key: str) -> Incident | None:
        if key not in self._incidents:
            self._know_incidents({key})
        return self._incidents[key]

    def _person(self, key: str) -> Person | None:
        if key not in self._persons:
            self._know_persons({key})
        return self._persons[key]

    def _erasure(self, person: str) -> Erasure | None:
        self._know_erasures({person})
        return self._erasures[person]

    def _know_erasures(self, persons: Iterable[str]) -> None:
        missing = {person for person in persons if person not in self._erasures}
        if missing:
            self._erasures.update(dict.fromkeys(missing))
            self._erasures.update(self._store.erasures(missing))

    def _know_incidents(self, keys: Iterable[str]) -> None:
        missing = {key for key in keys if key not in self._incidents}
        if missing:
            self._incidents.update(dict.fromkeys(missing))
            self._incidents.update(self._store.incidents(missing))

    def _know_persons(self, keys: Iterable[str]) -> None:
        missing = {key for key in keys if key not in self._persons}
        if missing:
            self._persons.update(dict.fromkeys(missing))
            self._persons.update(self._store.persons(missing))
