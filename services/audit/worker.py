"""Keeps the trees up with their topics, and signs their heads.

The life of a leaf: a record is read, its leaf hashed, hash and position committed together; then the
tree in memory grows, and soon after its head is signed and appended to `checkpoints`. Killed anywhere,
it starts from the committed position; a head signed twice is the same bytes twice.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Protocol

from services.audit.flow import leaf_of
from services.audit.state import TREES
from services.audit.store.trees import Trees
from services.eventlog.errors import LogError, Moved
from services.eventlog.records import Stored
from services.runtime import telemetry
from services.runtime.clock import elapsed

LIMIT = 2000
WAIT_SECONDS = 0.25
SIGN_EVERY_SECONDS = 5.0
"""A growing tree's head is signed this often at most; asking for one signs at once."""


class Log(Protocol):
    """What the worker needs of a reader."""

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return what comes next, of any topic."""

    def seek(self, topic: str, offset: int) -> None:
        """Go on from an offset of a topic."""

    def end(self, topic: str) -> int:
        """Return where a topic ends."""


class Worker:
    """Follows `log`, `decisions` and `openings` of one partition."""

    def __init__(self, trees: Trees, open_log: Callable[[Mapping[str, int]], Log]) -> None:
        self._trees = trees
        self._log = open_log(self.positions)
        self._signed_at = elapsed()
        self.has_read = False

    @property
    def positions(self) -> Mapping[str, int]:
        """Return the next offset of each topic, as committed."""
        return {name: self._trees.size(name) for name in TREES}

    def ends(self) -> Mapping[str, int]:
        """Return where each topic ends now."""
        return {name: self._log.end(name) for name in TREES}

    def run(self) -> None:
        """Follow for ever."""
        while True:
            self.step(WAIT_SECONDS)

    def step(self, timeout: float) -> int:
        """Read once, commit what was read, sign when it is time. Returns how many records were read."""
        records = sorted(self._log.read(LIMIT, timeout), key=lambda stored: (stored.topic, stored.offset))
        try:
            for topic, stored in groupby(records, key=lambda stored: stored.topic):
                self._take(topic, list(stored))
        except Moved:
            self._start_over()
        self.has_read = True
        self._sign_when_due()
        return len(records)

    def _take(self, topic: str, records: Sequence[Stored]) -> None:
        if records[0].offset != self._trees.size(topic):
            raise LogError(
                f"`{topic}` goes on at `{records[0].offset}`, not `{self._trees.size(topic)}`: look at it"
            )
        self._trees.grow(topic, [leaf_of(topic, stored.value) for stored in records])
        telemetry.counter("audit_leaves", "Leaves added", "tree").labels(topic).inc(len(records))

    def _start_over(self) -> None:
        self._trees.reload()
        for topic, offset in self.positions.items():
            self._log.seek(topic, offset)

    def _sign_when_due(self) -> None:
        if elapsed() - self._signed_at >= SIGN_EVERY_SECONDS:
            for name in TREES:
                self._trees.head(name)
            self._signed_at = elapsed()
