"""Watches the clock: a message nobody acknowledged becomes a phone call with an owner (NA 4.16)."""

from datetime import datetime

from sqlalchemy import Engine

from services.notify import flow
from services.notify.store import messages, traces
from services.notify.worker.customs import Customs
from services.notify.worker.signals import Signals
from services.runtime import telemetry
from services.runtime.clock import Clock
from services.runtime.database import reading, writing

LIMIT = 100


class Duties:
    """Turns silence into phone calls at the hour set when a message was planned. One thread."""

    def __init__(self, *, engine: Engine, customs: Customs, signals: Signals, clock: Clock) -> None:
        self._engine = engine
        self._customs = customs
        self._signals = signals
        self._clock = clock
        self._next: datetime | None = None

    def step(self) -> int:
        """Ring for every message whose hour has come. Returns how many that were."""
        if self._signals.deadline.is_set():
            self._look()
        now = self._clock.now()
        if self._next is None or now < self._next:
            return 0
        return self._ring(now)

    def _look(self) -> None:
        self._signals.deadline.clear()
        with reading(self._engine) as conn:
            self._next = messages.next_phone(conn)

    def _ring(self, now: datetime) -> int:
        with writing(self._engine) as conn:
            silent = messages.due(conn, now, LIMIT)
            for notification in silent:
                with traces.continued(traces.of_release(conn, notification.release_id), "notify.ring"):
                    outcome = flow.ring(notification, self._customs.phone_owner, now)
                    messages.keep(conn, outcome, now)
        telemetry.counter("notify_escalated", "messages that became phone calls").inc(len(silent))
        self._signals.raise_all()
        return len(silent)
