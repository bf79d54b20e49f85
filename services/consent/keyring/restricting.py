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

StaffPersons = Callable[[], frozenset[str]]
"""Every person of the record who is one of the staff: asked for only where it matters."""


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
        Asks the same, whether there is such an incident or not.
        """
        staff = self.staff_persons()
        return self._may_look(caller, incident, lambda: staff)

    def _may_look(self, caller: Caller, incident: Incident | None, staff: StaffPersons) -> bool:
        if incident is None or caller.role in (Role.AUDITOR, Role.SERVICE):
            return True
        named = self._registered(incident.restricted_to or ())
        if named:
            return caller.person in named
        return not _is_restricted(incident, staff) or caller.role is Role.LEAD

    def may_open(self, caller: Caller, release: Released, incident: Incident | None) -> bool:
        """Say whether a caller may open a release, as far as restrictions go.

        What schools and the education officer are told of children is children alone, and the office is told
        facts: they say nothing of either adult.
        """
        if release.ground in ENCOMPASS or release.recipient == PARTNERSHIP:
            return True
        return self._may_look(caller, incident, self.staff_persons)

    def closed_to(self, caller: Caller) -> frozenset[str]:
        """Return every restricted incident a caller may not look at."""
        incidents, staff = {*self._known.ever_restricted()}, self.staff_persons()
        for person in staff:
            incidents.update(self._known.person(person).harms_in)
        known = ((key, self._known.incident(key)) for key in incidents)
        return frozenset(key for key, one in known if not self._may_look(caller, one, lambda: staff))

    def staff_persons(self) -> frozenset[str]:
        """Return every person of the record who is a registered member of staff by name and birth date."""
        tokens = {identity_of(member, self._key).token for member in self._staff()} - {None}
        found = self._tokens.match(token for token in tokens if token is not None)
        return frozenset(person for persons in found.values() for person in persons)

    def _registered(self, people: Iterable[str]) -> frozenset[str]:
        """Return those of these people who are registered: an id that is mistyped shuts nobody out."""
        return frozenset(people) & {member.id for member in self._staff()}


def _is_restricted(incident: Incident, staff: StaffPersons) -> bool:
    if incident.restricted_to is not None or incident.looked_at:
        return incident.restricted_to is not None
    return bool(incident.accused) and not staff().isdisjoint(incident.accused)
