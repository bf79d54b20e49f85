"""What a worker for one side of a case never opens of the other (decision 0021)."""

from collections.abc import Collection
from typing import Final

from services.consent.keyring.restricting import Knows
from services.consent.keyring.rights import base
from services.consent.state.entities import Incident
from services.consent.state.links import as_one
from services.runtime.identity import Caller
from services.vocabulary.events import EventType
from services.vocabulary.sides import Client

WHERE_THEY_ARE: Final = frozenset({"contact", "children", "referral"})
"""Sections that say where a victim lives, which school their children go to, and who helps them."""

WHERE_HELP_COMES_FROM: Final = frozenset(
    {
        EventType.SAFETY_PLAN_RECORDED,
        EventType.SUPPORT_STARTED,
        EventType.SUPPORT_FINISHED,
        EventType.ACCOMMODATION_REQUESTED,
        EventType.ACCOMMODATION_PROVIDED,
        EventType.ACCOMMODATION_DECLINED,
        EventType.PRACTITIONER_ALLOCATED,
        EventType.REFERRAL_ALLOCATED,
    }
)
"""Events that say by what they are, and by who sent them, where a victim finds help: closed as a whole."""


class Sides:
    """Says what is closed to whoever works for the person causing harm."""

    def __init__(self, known: Knows) -> None:
        self._known = known

    def closed(
        self, caller: Caller, incident: Incident | None, event_type: str, names: Collection[str]
    ) -> frozenset[str]:
        """Return which of an event's sections are closed to a caller because they are the other side's."""
        if incident is None or not self._works_for_who_harms(caller, incident):
            return frozenset()
        if event_type in WHERE_HELP_COMES_FROM:
            return frozenset(names)
        return frozenset(name for name in names if base(name) in WHERE_THEY_ARE)

    def _works_for_who_harms(self, caller: Caller, incident: Incident) -> bool:
        return any(self._works_for(caller, person) for person in incident.causing_harm)

    def _works_for(self, caller: Caller, person: str) -> bool:
        """Say whether a caller was allocated to somebody, in whatever incident and whichever role."""
        known = as_one(self._known.person, person)
        return any(
            self._is_allocated(caller, key, client)
            for client, keys in (
                (Client.PERSON_CAUSING_HARM, known.harms_in),
                (Client.ADULT_VICTIM, known.incidents),
            )
            for key in keys
        )

    def _is_allocated(self, caller: Caller, key: str, client: Client) -> bool:
        incident = self._known.incident(key)
        return incident is not None and (caller.agency, client, caller.person) in incident.workers
