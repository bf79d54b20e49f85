"""Persons and incidents, each read once: for one question about many releases, and no longer."""

from functools import cache

from services.consent.keyring.restricting import Knows
from services.consent.state.entities import Incident, Person


class Remembered:
    """What the ledger knows, as it was when it was first asked. Never kept beyond one question."""

    def __init__(self, known: Knows) -> None:
        self._known = known
        self._incident = cache(known.incident)
        self._person = cache(known.person)

    def incident(self, key: str) -> Incident | None:
        """Return what is known about an incident."""
        return self._incident(key)

    def person(self, key: str) -> Person:
        """Return what is known about a person."""
        return self._person(key)

    def ever_restricted(self) -> tuple[str, ...]:
        """Return the incidents that the Hub ever restricted."""
        return self._known.ever_restricted()
