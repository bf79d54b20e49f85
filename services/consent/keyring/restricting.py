"""Which incidents are restricted to named people, and who they are (decision 0022)."""

from collections.abc import Callable, Iterable
from typing import Protocol

from services.consent.keyring.parties import Matches, identity_of
from services.consent.keyring.rights import PARTNERSHIP
from services.consent.state.entities import Incident, Person
from services.consent.store.ledger import Released
from services.runtime.identity import Caller
from services.runtime.partnership import Person as Member
from services.runtime.partnership import Role
from services.vocabulary.grounds import ENCOMPASS


class Knows(Protocol):
    """What is needed of the ledger."""

    def incident(self, key: str) -> Incident | None:
        """Return what is known about an incident."""

    def person(self, key: str) -> Person:
        """Return what is known about a person."""

    def ever_restricted(self) -> tuple[str, ...]:
        """Return the incidents that the Hub ever restricted."""


class Restrictions:
    """Says who may look at an incident. Restricted: by the Hub, or as one of the staff causes the harm."""

    def __init__(
        self, known: Knows, staff: Callable[[], Iterable[Member]], tokens: Matches, match_key: bytes
    ) -> None:
        self._known = known
        self._staff = staff
        self._tokens = tokens
        self._key = match_key

    def may_look(self, caller: Caller, incident: Incident | None) -> bool:
        """Say whether an incident is open to a caller: it is not restricted, or they are named.

        Where nobody is named yet, the leads of whoever holds it may. Auditors see decisions, never content.
        """
        if incident is None or caller.role in (Role.AUDITOR, Role.SERVICE):
            return True
        named = self._registered(incident.restricted_to or ())
        if named:
            return caller.person in named
        return not self._is_restricted(incident) or caller.role is Role.LEAD

    def may_open(self, caller: Caller, release: Released, incident: Incident | None) -> bool:
        """Say whether a caller may open a release, as far as restrictions go.

        What schools and the education officer are told of children is children alone, and the office is told
        facts: they say nothing of either adult.
        """
        if release.ground in ENCOMPASS or release.recipient == PARTNERSHIP:
            return True
        return self.may_look(caller, incident)

    def closed_to(self, caller: Caller) -> frozenset[str]:
        """Return every restricted incident a caller may not look at."""
        incidents = {*self._known.ever_restricted()}
        for person in self.staff_persons():
            incidents.update(self._known.person(person).harms_in)
        return frozenset(key for key in incidents if not self.may_look(caller, self._known.incident(key)))

    def staff_persons(self) -> frozenset[str]:
        """Return every person of the record who is a registered member of staff by name and birth date."""
        tokens = {identity_of(member, self._key).token for member in self._staff()} - {None}
        found = self._tokens.match(token for token in tokens if token is not None)
        return frozenset(person for persons in found.values() for person in persons)

    def _is_restricted(self, incident: Incident) -> bool:
        if incident.restricted_to is not None or incident.looked_at:
            return incident.restricted_to is not None
        return bool(incident.accused) and not self.staff_persons().isdisjoint(incident.accused)

    def _registered(self, people: Iterable[str]) -> frozenset[str]:
        """Return those of these people who are registered: an id that is mistyped shuts nobody out."""
        return frozenset(people) & {member.id for member in self._staff()}
