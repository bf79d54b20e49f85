"""What is known, as one batch sees it: what was loaded, with its own changes laid over."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from services.consent.state.entities import Incident, Person, Standing

IncidentLoader = Callable[[str], Incident | None]
PersonLoader = Callable[[str], Person | None]

_E = TypeVar("_E", Incident, Person)


class World:
    """Answer for incidents, people, sequence numbers and the policy, and remember what changed.

    Unknown incidents and people are empty ones. `changed_*` are what a commit must store.
    """

    def __init__(
        self,
        *,
        standing: Standing,
        numbers: Mapping[str, int],
        incident_of: IncidentLoader = lambda _: None,
        person_of: PersonLoader = lambda _: None,
    ) -> None:
        self.standing = standing
        self.changed_incidents: dict[str, Incident] = {}
        self.changed_persons: dict[str, Person] = {}
        self.changed_numbers: dict[str, int] = {}
        self._numbers = numbers
        self._incident_of = incident_of
        self._person_of = person_of

    def incident(self, key: str) -> Incident:
        """Return what is known about an incident."""
        return self.changed_incidents.get(key) or self._incident_of(key) or _NO_INCIDENT

    def person(self, key: str) -> Person:
        """Return what is known about a person."""
        return self.changed_persons.get(key) or self._person_of(key) or _NOBODY

    def put_incident(self, key: str, incident: Incident) -> None:
        """Know this about an incident from now on."""
        self.changed_incidents[key] = incident

    def put_person(self, key: str, person: Person) -> None:
        """Know this about a person from now on."""
        self.changed_persons[key] = person

    def next_number(self, recipient: str) -> int:
        """Return the number a recipient's next release has. They start at 1."""
        return self.changed_numbers.get(recipient) or self._numbers.get(recipient, 1)

    def number_used(self, recipient: str, number: int) -> None:
        """Know that a recipient's number was given to a release."""
        self.changed_numbers[recipient] = number + 1


_NO_INCIDENT = Incident()
_NOBODY = Person()
