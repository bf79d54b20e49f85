"""How far a service has come, and watching it without waiting for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from datetime import datetime
from threading import Lock

from services.runtime.telemetry import Measured

LOOK_SECONDS = 1.0
"""How long a look at a service waits: a broker that is away must not hide the metrics that are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Recipients for whom a later record came than the next they are due: nothing is taken for them.

    `since`: when the first of them began to wait, by the machine's clock. `behind_aside`: of how many of them
    a record stands aside in the topic theirs come in, which is why.
    """

    recipients: int = 0
    since: datetime | None = None
    behind_aside: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a service has come; what `sightline settle` asks. Zero and zero means at rest.

    `behind` counts records between its committed positions and the ends of the topics it reads, `pending`
    what it has yet to send by itself; `ends` is the end of every topic it reads or writes, where known, and
    `positions` the next offset of every topic it reads, as committed. `waits` is of a service that follows
    numbers: whoever waits is behind although every record was read.
    """

    service: str
    behind: int
    pending: int
    ends: Mapping[str, int] = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)
    next_wake: datetime | None = None
    waits: Waits | None = None


def as_json(now: Standing) -> dict[str, object]:
    """Return a standing as a service answers it: moments in RFC 3339, nothing of it left out."""
    return {
        **asdict(now),
        "ends": dict(now.ends),
        "positions": dict(now.positions),
        "next_wake": _text(now.next_wake),
        "waits": {**asdict(now.waits), "since": _text(now.waits.since)} if now.waits else None,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


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
        return tuple(_measured(asked.result()))

    def _question(self) -> Future[Standing]:
        with self._turn:
            if self._asked is None or self._asked.done():
                self._asked = self._room.submit(self._standing)
            return self._asked


def _measured(now: Standing) -> Iterator[Measured]:
    yield Measured(name="behind", description="Records the service has yet to read", value=now.behind)
    yield Measured(name="pending", description="What the service has yet to send", value=now.pending)
    if now.waits is not None:
        since = now.waits.since.timestamp() if now.waits.since else 0
        yield Measured(
            name="waiting",
            description="Recipients that wait for a missing number",
            value=now.waits.recipients,
        )
        yield Measured(
            name="waiting_behind_aside",
            description="Those of them in whose topic a record stands aside",
            value=now.waits.behind_aside,
        )
        yield Measured(
            name="waiting_since_seconds",
            description="Since when the first of them waits, in seconds since 1970; 0 where nobody does",
            value=since,
        )
