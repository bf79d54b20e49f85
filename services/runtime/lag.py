"""How far readers are behind, by what services say of themselves: in records, in time, and who waits. Pure.

The time is the partnership's: a record says when it was written, by the clock that the system lives by.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.runtime.standing import Waits
from services.vocabulary.times import time_in

Standing = Mapping[str, object]
"""What a service answers of its standing."""

WRITTEN: Final = ("recorded_at", "decided_at", "at", "appended_at")
"""What a masked record says of when it was written; the broker's own stamp where it says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A topic as one reader stands in it: the next offset it takes, and how many records are to be taken."""

    reader: str
    topic: str
    next: int
    records: int


def read_topics(reader: str, standing: Standing) -> Iterator[Unread]:
    """Yield every topic a service reads, by name, as far as it says where it stands."""
    ends = _mapping(standing.get("ends"))
    for topic, position in sorted(_mapping(standing.get("positions")).items()):
        start = _number(position)
        end = _number(ends.get(topic)) if topic in ends else start
        yield Unread(reader=reader, topic=topic, next=start, records=max(end - start, 0))


def waits_of(standing: Standing) -> Waits:
    """Return who waits for a missing number, as a service says; nobody where it says nothing of it."""
    said = _mapping(standing.get("waits"))
    return Waits(
        recipients=_number(said.get("recipients")),
        since=time_in(said.get("since")),
        behind_aside=_number(said.get("behind_aside")),
    )


def written_at(records: Iterable[Mapping[str, object]]) -> datetime | None:
    """Return when the first of these masked records was written, as it says itself; None: nobody knows."""
    first = next(iter(records), {})
    return next((at for name in WRITTEN if (at := time_in(first.get(name))) is not None), None)


def seconds_since(at: datetime | None, now: datetime) -> float | None:
    """Return how long ago something was; never less than nothing, and None where it is not known."""
    return max((now - at).total_seconds(), 0.0) if at is not None else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
