"""Who says so in an event, who confirmed it, and what came of it: its routing and its facts, in the log.

The ledger's tables keep none of this. A list reads it of the rows it shows, and of no others.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from services.consent.keyring.unsealing import SealedEvent, Unsealer

ROUTING, FACTS = "routing", "facts"

AT_ONCE = 100
"""Events asked of the log at once: it answers in time however far apart they lie."""


class Signed(NamedTuple):
    """An information sharing agreement as an event names it: which version, between whom, its last day."""

    code: str
    version: str | None
    between: tuple[str, ...]
    ends_on: str | None


class Stated(NamedTuple):
    """What an event says: the staff ids of its sender and of a second person, an outcome's code, or which
    agreement it is about.
    """

    by: str | None = None
    confirmed_by: str | None = None
    outcome: str | None = None
    agreement: Signed | None = None


class States(Protocol):
    """What a list needs of what reads events in the log."""

    def at(self, offsets: Sequence[int]) -> Mapping[int, Stated]:
        """Return what the events at these offsets of `log` say."""


class StatedInLog:
    """Reads what events say from the events themselves, and opens nothing else of them."""

    def __init__(self, unsealer: Unsealer) -> None:
        self._unsealer = unsealer

    def at(self, offsets: Sequence[int]) -> Mapping[int, Stated]:
        """Return what the events at these offsets of `log` say. Raises `Unavailable` where it is silent."""
        found: dict[int, Stated] = {}
        for start in range(0, len(offsets), AT_ONCE):
            few = offsets[start : start + AT_ONCE]
            for offset, event in zip(few, self._unsealer.events(few), strict=True):
                found[offset] = self._read(event)
        return found

    def _read(self, event: SealedEvent) -> Stated:
        said: dict[str, Mapping[str, Any]] = dict(self._unsealer.telling(event, (ROUTING, FACTS)))
        routing, facts = said.get(ROUTING, {}), said.get(FACTS, {})
        return Stated(
            by=routing.get("publisher_person"),
            confirmed_by=facts.get("confirmed_by"),
            outcome=facts.get("outcome"),
            agreement=_signed(facts),
        )


def _signed(facts: Mapping[str, Any]) -> Signed | None:
    code = facts.get("agreement")
    if code is None:
        return None
    between = tuple(facts.get("between") or ())
    return Signed(code=code, version=facts.get("version"), between=between, ends_on=facts.get("ends_on"))
