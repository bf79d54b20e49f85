"""Who says so in an event, who confirmed it, and what of whom: its routing and its facts, in the log.

The ledger's tables keep none of this. A list reads it of the rows it shows, and of no others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from services.consent.keyring.unsealing import SealedEvent, Unsealer
from services.runtime.partnership import Person
from services.vocabulary.people import is_same, is_second

ROUTING, FACTS = "routing", "facts"

NOTHING: Mapping[str, str] = {}

AT_ONCE = 100
"""Events asked of the log at once: it answers in time however far apart they lie."""


class Signed(NamedTuple):
    """An information sharing agreement as an event names it: which version, between whom, its last day."""

    code: str
    version: str | None
    between: tuple[str, ...]
    ends_on: str | None


class Stated(NamedTuple):
    """What an event says: the staff ids of its sender and of a second person, and codes.

    `registered`: whether that second person is registered now, in its publisher's agency. `answers`: what its
    adult victim, or `whose` consent it is, answered by recipient, and for which `purpose`. `status`: of a
    child's case, `children` whose, by their internal ids. `agreement`: which it is about.
    """

    by: str | None = None
    confirmed_by: str | None = None
    registered: bool = False
    outcome: str | None = None
    answers: Mapping[str, str] = NOTHING
    whose: str | None = None
    purpose: str | None = None
    status: str | None = None
    children: tuple[str, ...] = ()
    agreement: Signed | None = None

    @property
    def second(self) -> str | None:
        """Return the staff id of the second person; None: nobody beside its sender is named."""
        return self.confirmed_by if is_second(self.confirmed_by, self.by) else None

    @property
    def second_is_registered(self) -> bool | None:
        """Say whether the second person is somebody of the agency; None: there is none."""
        return self.registered if self.second is not None else None


class States(Protocol):
    """What a list needs of what reads events in the log."""

    def at(self, offsets: Sequence[int]) -> Mapping[int, Stated]:
        """Return what the events at these offsets of `log` say."""


class StatedInLog:
    """Reads what events say from the events themselves, and opens nothing else of them."""

    def __init__(self, unsealer: Unsealer, people_of: Callable[[str], Iterable[Person]]) -> None:
        """Read by an unsealer; `people_of` returns who is registered of an agency."""
        self._unsealer = unsealer
        self._people_of = people_of

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
        second = facts.get("confirmed_by")
        return Stated(
            by=routing.get("publisher_person"),
            confirmed_by=second,
            registered=second is not None and self._knows(second, routing.get("publisher", "")),
            outcome=facts.get("outcome"),
            answers=routing.get("consent", NOTHING),
            whose=facts.get("whose"),
            purpose=facts.get("purpose"),
            status=facts.get("status"),
            children=tuple(child["person"] for child in routing.get("children", ())),
            agreement=_signed(facts),
        )

    def _knows(self, person: str, agency: str) -> bool:
        """Say whether a staff id is of somebody registered of an agency, however it is written."""
        return any(is_same(each.id, person) for each in self._people_of(agency))


def _signed(facts: Mapping[str, Any]) -> Signed | None:
    code = facts.get("agreement")
    if code is None:
        return None
    between = tuple(facts.get("between") or ())
    return Signed(code=code, version=facts.get("version"), between=between, ends_on=facts.get("ends_on"))
