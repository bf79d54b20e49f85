"""What `decisions` says beyond the committed position: obeyed, never decided again (design 2)."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from prometheus_client import Counter

from services.consent.flow.decision import Decision
from services.consent.flow.record import decode
from services.eventlog.records import Position, Stored
from services.eventlog.topics import DECISIONS
from services.runtime import telemetry

LIMIT = 2000
WAIT_SECONDS = 0.5

log = logging.getLogger("sightline.consent")


def differing() -> Counter:
    """Return the counter of events that were decided twice, and differently."""
    return telemetry.counter("gate_decisions_differ", "Events decided twice, and differently")


class Log(Protocol):
    """What the gate needs of a reader."""

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return what comes next, of any topic."""

    def seek(self, topic: str, offset: int) -> None:
        """Go on from an offset of a topic."""

    def end(self, topic: str) -> int:
        """Return where a topic ends."""

    def ends(self, topics: Sequence[str]) -> dict[str, int]:
        """Return where these topics end."""

    def fetch(self, topic: str, offsets: Collection[int]) -> dict[int, Stored]:
        """Return the records at these offsets."""

    def close(self) -> None:
        """Let go."""


OpenLog = Callable[[Mapping[str, int]], Log]


class Recorded:
    """Decisions that were appended and perhaps not committed, from the committed offset on.

    Keeps the first of an event and alarms where another differs.
    """

    def __init__(self, open_log: OpenLog, start: int) -> None:
        self._open_log = open_log
        self._next = start
        self._end = start
        self._found: dict[str, tuple[int, bytes]] = {}

    def look(self) -> None:
        """See where `decisions` ends now: up to there it is read when asked. Raises `Unavailable`."""
        reader = self._open_log({})
        try:
            self._end = max(self._end, reader.end(DECISIONS))
        finally:
            reader.close()

    @property
    def committed(self) -> int:
        """Return the offset before which nothing is needed any more."""
        return min((offset for offset, _ in self._found.values()), default=self._next)

    def of(self, event_ids: Sequence[str]) -> dict[str, Decision]:
        """Return what is recorded about these events. Raises `Unavailable`."""
        if self._next < self._end and not all(each in self._found for each in event_ids):
            self._read_on(event_ids)
        return {each: decode(self._found[each][1]) for each in event_ids if each in self._found}

    def appended(self, positions: Sequence[Position]) -> None:
        """Know where our own came to lie. Where another gate wrote between, all of it is read again."""
        offsets = [position.offset for position in positions]
        if offsets == list(range(self._next, self._next + len(offsets))) and self._next >= self._end:
            self._next += len(offsets)
        self._end = max((self._end, *(offset + 1 for offset in offsets)))

    def done(self, event_ids: Collection[str]) -> None:
        """Forget what was committed."""
        for each in event_ids:
            self._found.pop(each, None)

    def forget_before(self, log_position: int) -> None:
        """Forget decisions of events that were committed before they were read here."""
        for event_id, (_, value) in list(self._found.items()):
            if decode(value).offset < log_position:
                del self._found[event_id]

    def _read_on(self, event_ids: Sequence[str]) -> None:
        reader = self._open_log({DECISIONS: self._next})
        try:
            while self._next < self._end and not all(each in self._found for each in event_ids):
                for stored in reader.read(min(LIMIT, self._end - self._next), WAIT_SECONDS):
                    self._keep(stored)
        finally:
            reader.close()

    def _keep(self, stored: Stored) -> None:
        self._next = stored.offset + 1
        event_id = stored.key.decode("utf-8", "replace")
        first = self._found.setdefault(event_id, (stored.offset, stored.value))
        if first[1] != stored.value:
            differing().inc()
            log.error("decisions about %s differ: %s and %s", event_id, first[0], stored.offset)
