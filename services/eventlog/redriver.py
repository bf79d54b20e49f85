"""Reads again what a reader set aside: first as a trial that is shown, then, where that was meant, for good.

What is done is what was shown: a plan has an id made of what stands aside, and going back needs that id.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from services.eventlog.errors import OffsetGone, Unavailable
from services.eventlog.records import Stored
from services.eventlog.redriving import Redrive, times
from services.eventlog.trial import Judge, Trial, trial
from services.runtime.clock import Clock, elapsed

LIMIT = 1000
WAIT_SECONDS = 0.25
PATIENCE_SECONDS = 10.0
"""How long a trial waits for a log that gives nothing."""

MOST_TRIED = 20_000
"""Records that a trial reads: some seconds' work, which a person waits for. Reading again has no limit."""


class Changed(Exception):
    """What stands aside is not what was shown any more: look again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Who asks, by the ids they are registered under."""

    agency: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A reader's tables in one look: `expected` are next numbers, `aside` reasons by topic and offset."""

    positions: Mapping[str, int]
    expected: Mapping[str, int]
    aside: Mapping[str, Mapping[int, str]]
    redrives: tuple[Redrive, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What reading a topic again would do: all of it from `first` up to `until`, which are `records` records.

    `trial` is of the first of them alone where there are more than a trial reads. It stays true of those when
    all are read, for they are read first, in the same order; of those behind them it says nothing. None: the
    log no longer holds the first record.
    """

    id: str
    topic: str
    first: int
    until: int
    records: int
    trial: Trial | None
    times: Mapping[int, int]
    """How often each record that stands aside was read again before."""


class Log(Protocol):
    """What a trial needs of a reader."""

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return what comes next."""

    def close(self) -> None:
        """Let go."""


class Kept(Protocol):
    """A reader's tables."""

    def found(self) -> Found:
        """Return all of it as one snapshot."""

    def go_back(self, redrive: Redrive) -> None:
        """Move the reader back, on record. Raises `Moved` where it stands elsewhere."""


class Redriver:
    """One reader's. `judge` is the reader's own code; `again` tells it to load its positions anew.

    `most`: how many records a trial reads, the first that would be read again.
    """

    def __init__(
        self,
        *,
        kept: Kept,
        open_log: Callable[[Mapping[str, int]], Log],
        judge: Judge,
        again: Callable[[], None],
        clock: Clock,
        most: int = MOST_TRIED,
    ) -> None:
        self._kept = kept
        self._open_log = open_log
        self._judge = judge
        self._again = again
        self._clock = clock
        self._most = most

    def plan(self, topic: str) -> Plan | None:
        """Return what reading a topic again would do; None where nothing of it stands aside.

        Nothing is written. Raises `Unavailable` where the log does not answer.
        """
        found = self._kept.found()
        aside = found.aside.get(topic, {})
        if not aside:
            return None
        first, until = min(aside), found.positions[topic]
        return Plan(
            id=plan_id(topic, aside, found.redrives),
            topic=topic,
            first=first,
            until=until,
            records=until - first,
            trial=self._tried(topic, first, min(until, first + self._most), aside, found.expected),
            times={offset: times(found.redrives, topic, offset) for offset in aside},
        )

    def redrive(self, plan: Plan, whom: Whom) -> None:
        """Go back to a plan's first record, on record; the reader reads on from there by itself.

        Raises `Changed` where that plan is no more what stands, and `OffsetGone` where the log does not hold
        the record: the reader is left where it is, for it would stop there for ever.
        """
        found = self._kept.found()
        aside = found.aside.get(plan.topic, {})
        if not aside or plan_id(plan.topic, aside, found.redrives) != plan.id:
            raise Changed
        if plan.trial is None:
            raise OffsetGone(f"`{plan.topic}` no longer holds `{plan.first}`: it cannot be read again")
        self._kept.go_back(
            Redrive(
                topic=plan.topic,
                first=plan.first,
                until=found.positions[plan.topic],
                agency=whom.agency,
                person=whom.person,
                at=self._clock.now(),
            )
        )
        self._again()

    def _tried(
        self, topic: str, first: int, until: int, aside: Mapping[int, str], expected: Mapping[str, int]
    ) -> Trial | None:
        reader = self._open_log({topic: first})
        try:
            return trial(_read(reader, first, until), aside, self._judge, expected)
        except OffsetGone:
            return None
        finally:
            reader.close()


def _read(reader: Log, first: int, until: int) -> Iterator[Stored]:
    """Yield the records from `first` up to `until`. Raises `Unavailable` where they stop coming."""
    at, deadline = first, elapsed() + PATIENCE_SECONDS
    while at < until:
        records = reader.read(min(LIMIT, until - at), WAIT_SECONDS)
        if not records and elapsed() > deadline:
            raise Unavailable("the log does not answer: ask again")
        if records:
            at, deadline = records[-1].offset + 1, elapsed() + PATIENCE_SECONDS
        yield from records


def plan_id(topic: str, aside: Mapping[int, str], redrives: tuple[Redrive, ...]) -> str:
    """Return the name of what stands aside now: any other record, reason or redrive gives another."""
    told = json.dumps([topic, sorted(aside.items()), sum(one.topic == topic for one in redrives)])
    return hashlib.sha256(told.encode()).hexdigest()[:32]
