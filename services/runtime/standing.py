"""How far a service has come, and watching it without waiting for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from services.runtime.telemetry import Measured

LOOK_SECONDS = 1.0
"""How long a look at a service waits: a broker that is away must not hide the metrics that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a service has come; what `sightline settle` asks. Zero and zero means at rest.

    `behind` counts records between its committed positions and the ends of the topics it reads, `pending`
    what it has yet to send by itself; `ends` is the end of every topic it reads or writes, where known, and
    `positions` the next offset of every topic it reads, as committed.
    """

    service: str
    behind: int
    pending: int
    ends: Mapping[str, int] = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)
    next_wake: datetime | None = None


class Watch:
    """Looks at a service's standing whenever somebody wants to measure it. Safe from several threads.

    One question is under way at a time: looks that come meanwhile wait for its answer too.
    """

    def __init__(self, standing: Callable[[], Standing], seconds: float = LOOK_SECONDS) -> None:
        self._standing = standing
        self._seconds = seconds
        self._turn = Lock()
        self._room = ThreadPoolExecutor(max_workers=1, thread_name_prefix="standing")
        self._asked: Future[Standing] | None = None

    def look(self) -> tuple[Measured, ...]:
        """Return what is measured of the standing now: nothing where the service cannot say in time."""
        asked = self._question()
        wait([asked], timeout=self._seconds)
        if not asked.done() or asked.exception() is not None:
            return ()
        now = asked.result()
        return (
            Measured(name="behind", description="Records the service has yet to read", value=now.behind),
            Measured(name="pending", description="What the service has yet to send", value=now.pending),
        )

    def _question(self) -> Future[Standing]:
        with self._turn:
            if self._asked is None or self._asked.done():
                self._asked = self._room.submit(self._standing)
            return self._asked
