"""Whom an event names in a role: so are those asked about who have no id in anybody's releases.

A release names the adult victim alone, by an alias. Children and whoever causes harm have none.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from services.consent.keyring.unsealing import SealedEvent, Unsealer
from services.consent.store.ledger import Ledger

ROUTING, CHILDREN = "routing", "children"
ROLE = re.compile(r"victim|person_causing_harm|children\[(\d{1,3})\]", re.ASCII)
"""Roles as an inbox names the sections of them; children by their place in their publisher's own."""


class InRole(NamedTuple):
    """Somebody whom an event, by its id in the log, names in a role."""

    event: str
    role: str


class Whom:
    """Opens `routing` of an event for whoever sees all, to find a person; it shows nothing of it."""

    def __init__(self, ledger: Ledger, unsealer: Unsealer) -> None:
        self._ledger = ledger
        self._unsealer = unsealer

    def incident(self, named: InRole) -> str | None:
        """Return which incident the event is of. None where there is no such event, or it is of none."""
        given = self._ledger.about([named.event])
        return given[0].incident if given else None

    def find(self, named: InRole) -> str | None:
        """Return who it is. None where there is no such event, or it names nobody in that role."""
        role = ROLE.fullmatch(named.role)
        offset = self._ledger.offset_of(named.event)
        if role is None or offset is None:
            return None
        event = self._unsealer.event(offset)
        routing = dict(self._unsealer.telling(event, (ROUTING,))).get(ROUTING, {})
        person: str | None = routing.get(role[0])
        return person if role[1] is None else _child(event, routing, int(role[1]))


def _child(event: SealedEvent, routing: Mapping[str, Any], number: int) -> str | None:
    """Return a child by its number among the event's, which are in the order their sections lie in."""
    leaves = [leaf for leaf, section in event.sections.items() if section.name == CHILDREN]
    persons = {int(child["leaf"]): str(child["person"]) for child in routing.get(CHILDREN, ())}
    return persons.get(leaves[number]) if number < len(leaves) else None
