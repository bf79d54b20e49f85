"""The one appender: outbox rows into the log, strictly in order, the same bytes on every retry."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.eventlog.errors import Unavailable
from services.eventlog.records import Position, Record
from services.ingest.settings import APPEND_AT_ONCE, APPEND_BYTES, PROBE_SECONDS, STAMP_TOLERANCE
from services.ingest.store.outbox import Outbox, Waiting
from services.ingest.store.progress import Progress
from services.runtime import pause, telemetry
from services.runtime.clock import Clock, rest

LOG = "log"
RETRY_SECONDS = 0.2
IDLE_SECONDS = 0.5


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
        """Append for ever; wait out a log that cannot be reached, or whose clock disagrees."""
        log = logging.getLogger("sightline.door")
        while True:
            if not self._progress.is_trusted:
                rest(PROBE_SECONDS)
            try:
                if self.step() == 0:
                    self._progress.wait_for_rows(IDLE_SECONDS)
            except Unavailable as error:
                log.warning("the log did not take the outbox: %s", type(error).__name__)
                rest(RETRY_SECONDS)

    def step(self) -> int:
        """Append what is waiting now, and return how many rows that was.

        1. Read rows in order.  2. Append, wait for every acknowledgement.  3. Remember where they lie.
        4. Say whether the log's clock agrees with ours.  5. Tell whoever waits. Killed before step 3 the same
        rows are appended again: readers keep the first.

        Where the clocks disagree what was appended is still in the log, and nothing more is taken in. From
        then on one row at a time asks whether they agree again.
        """
        at_once = APPEND_AT_ONCE if self._progress.is_trusted else 1
        rows = self._outbox.waiting(at_once, APPEND_BYTES)
        if not rows:
            return 0
        with telemetry.tracer().start_as_current_span("door.append") as span:
            span.set_attribute("events", len(rows))
            sent = self._clock.now()
            positions = self._writer.append(LOG, [_record(row) for row in rows])
            acknowledged = self._clock.now()
        pause.at("door-after-append")
        self._outbox.appended(rows, positions)
        if not self._simulated:
            self._judge(positions, sent, acknowledged)
        self._progress.reached(rows[-1].seq)
        return len(rows)

    def _judge(self, positions: Sequence[Position], sent: datetime, acknowledged: datetime) -> None:
        """Stop the door where the log stamped a record at a time we did not live through, or let it go on."""
        apart = [one.offset for one in positions if not _agrees(one, sent, acknowledged)]
        if not apart:
            return self._progress.trust()
        self._progress.distrust()
        log = logging.getLogger("sightline.door")
        log.error("offset %d is stamped outside its sending: nothing is taken, set the clocks", apart[0])


def _record(row: Waiting) -> Record:
    headers = (("traceparent", row.trace.encode("ascii")),) if row.trace else ()
    return Record(key=row.event_id.encode("ascii"), value=row.value, headers=headers)


def _agrees(position: Position, sent: datetime, acknowledged: datetime) -> bool:
    """Say whether the log's own timestamp lies no more than 2 s outside sending and acknowledgement."""
    return sent - STAMP_TOLERANCE <= position.timestamp <= acknowledged + STAMP_TOLERANCE
