"""The one appender: outbox rows into the log, strictly in order, the same bytes on every retry."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.eventlog.errors import LogError, Unavailable
from services.eventlog.records import Position, Record
from services.ingest.settings import APPEND_AT_ONCE, APPEND_BYTES, STAMP_TOLERANCE
from services.ingest.store.outbox import Outbox, Waiting
from services.ingest.store.progress import Progress
from services.runtime import pause, telemetry
from services.runtime.clock import Clock, rest

LOG = "log"
RETRY_SECONDS = 0.2
IDLE_SECONDS = 0.5


class ClocksDisagree(LogError):
    """The log stamped a record at a time we did not live through: no deadline could be trusted. Stop."""


class Writer(Protocol):
    """Append records in order, and return once all are acknowledged; see `services.eventlog.writer`."""

    def append(self, topic: str, records: Sequence[Record]) -> list[Position]: ...


class Appender:
    """Append what the outbox holds. There is one: rows pass each other nowhere."""

    def __init__(
        self, outbox: Outbox, progress: Progress, writer: Writer, clock: Clock, *, simulated: bool
    ) -> None:
        self._outbox = outbox
        self._progress = progress
        self._writer = writer
        self._clock = clock
        self._simulated = simulated

    def run(self) -> None:
        """Append for ever. Raises `ClocksDisagree`; waits out a log that cannot be reached."""
        log = logging.getLogger("sightline.door")
        while True:
            try:
                if self.step() == 0:
                    self._progress.wait_for_rows(IDLE_SECONDS)
            except Unavailable as error:
                log.warning("the log did not take the outbox: %s", type(error).__name__)
                rest(RETRY_SECONDS)

    def step(self) -> int:
        """Append what is waiting now, and return how many rows that was.

        1. Read rows in order.  2. Append, wait for every acknowledgement.  3. Remember where they lie.
        4. Tell whoever waits. Killed before step 3 the same rows are appended again: readers keep the first.
        """
        rows = self._outbox.waiting(APPEND_AT_ONCE, APPEND_BYTES)
        if not rows:
            return 0
        with telemetry.tracer().start_as_current_span("door.append") as span:
            span.set_attribute("events", len(rows))
            positions = self._append(rows)
        pause.at("door-after-append")
        self._outbox.appended(rows, positions)
        self._progress.reached(rows[-1].seq)
        return len(rows)

    def _append(self, rows: Sequence[Waiting]) -> list[Position]:
        sent = self._clock.now()
        positions = self._writer.append(LOG, [_record(row) for row in rows])
        if not self._simulated:
            _require_agreement(positions, sent, self._clock.now())
        return positions


def _record(row: Waiting) -> Record:
    headers = (("traceparent", row.trace.encode("ascii")),) if row.trace else ()
    return Record(key=row.event_id.encode("ascii"), value=row.value, headers=headers)


def _require_agreement(positions: Sequence[Position], sent: datetime, acknowledged: datetime) -> None:
    """Raise where the log's own timestamp lies more than 2 s outside sending and acknowledgement."""
    for position in positions:
        if not sent - STAMP_TOLERANCE <= position.timestamp <= acknowledged + STAMP_TOLERANCE:
            raise ClocksDisagree(f"offset `{position.offset}` is stamped outside its sending: set the clocks")
