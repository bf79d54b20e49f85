"""Counts what is released to the partnership, and says what it has counted once it has read everything.

Only the header of a release's event is read: its type, and when the door took it. No key is held here, and
not even `facts` are opened.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from faust.types import TP

from services.eventlog import codec
from services.eventlog.access import Access
from services.eventlog.envelope import Header, Release
from services.eventlog.errors import LogError, Unavailable
from services.projections.pulse.application import application, beginning, releases, table
from services.projections.rules.pulse import COUNTED, Cell, Counted, Place, counted, is_kept, moved
from services.runtime import telemetry
from services.runtime.clock import Clock
from services.vocabulary.agencies import topic_of
from services.vocabulary.times import quarter_of

TOPIC: Final = topic_of("partnership")
ANSWER_SECONDS: Final = 2.0

log = logging.getLogger("sightline.pulse")


class Stopped(Exception):
    """Faust has stopped of itself: the process ends, and the next one counts from the start."""


class Counting:
    """The counts of one partition. `run` belongs to one thread; everything else may be asked from any."""

    def __init__(self, access: Access, partition: int, clock: Clock) -> None:
        self._access = access
        self._partition = partition
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._table: Any = None
        self._moment = clock.now()
        self._place = Place()
        self._has_begun = False
        self.offset = 0

    @property
    def waits(self) -> bool:
        """Whether a number is missing, so that nothing after it was counted."""
        return self._place.waits

    def run(self) -> None:
        """Count for ever. Raises Stopped, or whatever went wrong."""
        asyncio.run(self._run())

    def counts(self) -> Mapping[Cell, int]:
        """Return how many events there are in each cell now. Raises Unavailable before anything runs."""
        if self._loop is None or self._table is None:
            raise Unavailable("the pulse has not begun: ask again")
        asked = asyncio.run_coroutine_threadsafe(self._counts(), self._loop)
        try:
            return asked.result(ANSWER_SECONDS)
        except TimeoutError as error:
            raise Unavailable("the pulse is busy counting: ask again") from error

    async def _run(self) -> None:
        app, partitions = application(self._access, self._begin), self._partition + 1
        self._table = table(app, lambda _event: self._moment, partitions)
        app.agent(releases(app, TOPIC, partitions), concurrency=1)(self._count)
        app.on_partitions_revoked.connect(self._stop)
        self._loop = asyncio.get_running_loop()
        await app.start()
        await app.wait_until_stopped()
        raise app.crash_reason or Stopped

    async def _count(self, stream: Any) -> None:
        async for event in stream.events():
            if self._is_next(event.message):
                self._take(event.message.value)
                self.offset += 1

    def _is_next(self, message: Any) -> bool:
        """Say whether that record follows the last that was counted.

        Whatever Faust had read before it went to the start does not. To count that would count what comes
        before it never: a cell knows only the last number counted into it.
        """
        return self._has_begun and message.partition == self._partition and message.offset == self.offset

    def _begin(self, starts: Mapping[TP, int]) -> None:
        """Read everything again: what is counted already is known by its number."""
        self._place = Place()
        self.offset = starts.get(TP(TOPIC, self._partition), 0)
        self._has_begun = True

    async def _stop(self, *_what: object, **_more: object) -> None:
        """Count nothing until Faust has gone to the start again."""
        self._has_begun = False
        self.offset = 0

    def _take(self, value: bytes) -> None:
        """Count one release where it is the next, and the first word on an event of the last day."""
        try:
            release = codec.decode_release(value)
            header = codec.event_of(release)
        except LogError as error:
            telemetry.counter("pulse_unread", "records the pulse cannot read").inc()
            log.error("a release cannot be read: %s", telemetry.describe(error))
            return
        place = moved(self._place, release.seq)
        if place.following != self._place.following:
            self._add(release, header)
        self._place = place

    def _add(self, release: Release, header: Header) -> None:
        self._moment = header.recorded_at
        if release.kind not in COUNTED or not is_kept(quarter_of(self._moment), self._clock.now()):
            return
        before = self._table[header.type].value()
        if not before:
            self._drop(self._clock.now())
        self._table[header.type] = list(counted(Counted(*before) if before else None, release.seq))

    def _drop(self, now: datetime) -> None:
        """Forget every window that is older than a day."""
        cells = self._table.table
        for key in [key for key in cells if not is_kept(beginning(key[1]), now)]:
            del cells[key]

    async def _counts(self) -> Mapping[Cell, int]:
        cells = self._table.table.items()
        return {Cell(name, beginning(window)): count for (name, window), (count, _) in cells}
