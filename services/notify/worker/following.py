"""Follows its topics: takes only what is next, commits rows and positions at once (design 2).

A release has a number among its recipient's; an opening has none and is taken where it stands.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Protocol

from sqlalchemy import Engine

from services.eventlog import codec
from services.eventlog.errors import LogError, Moved, Undecodable
from services.eventlog.records import Stored
from services.eventlog.replay import NextOnly, Verdict, Waiting
from services.eventlog.trial import reason_of
from services.notify.rules.intake import OPENINGS, TOPICS
from services.notify.state import Arrival, Opening
from services.notify.store import arrivals, openings, traces
from services.runtime import telemetry
from services.runtime.clock import Clock
from services.runtime.database import reading, writing
from services.vocabulary.agencies import is_school, topic_of
from services.vocabulary.times import parse_time

CHILDREN = "children"
LIMIT = 500
FIRST = 1

log = logging.getLogger("sightline.notify")


class Log(Protocol):
    """What following needs of a reader."""

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return what comes next, of any topic."""

    def seek(self, topic: str, offset: int) -> None:
        """Go on from an offset of a topic."""


class Follower:
    """Keeps the releases of schools, education and the partnership in the order of their numbers, and
    what schools opened.

    `clock` is the machine's own: a number that is missing is about processes, not about school mornings.
    """

    def __init__(self, engine: Engine, open_log: Callable[[Mapping[str, int]], Log], clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._moved_back = Event()
        self._load()
        self._log = open_log(self.positions)

    @property
    def positions(self) -> Mapping[str, int]:
        """Return the next offset of each topic, as committed."""
        return dict(self._positions)

    @property
    def waiting(self) -> Mapping[str, datetime]:
        """Return who waits for a number that has not come, and since when a later one is there."""
        return dict(self._missing)

    def look_again(self) -> None:
        """Go on from where the tables stand, before the next read: somebody moved them. From any thread."""
        self._moved_back.set()

    def step(self, timeout: float) -> int:
        """Read once and commit what was read. Returns how many records that were.

        1. Read.  2. Decode; what cannot be read is parked with its reason.  3. Take the next numbers.
        4. Commit rows, numbers and positions in one transaction; if another worker moved, start over from
        where it is.  5. Say which numbers have been missing too long.
        """
        if self._moved_back.is_set():
            self._moved_back.clear()
            self._again()
        records = self._log.read(LIMIT, timeout)
        if records:
            self._keep(records)
        self._alarm()
        return len(records)

    def _load(self) -> None:
        with reading(self._engine) as conn:
            known = arrivals.load_positions(conn)
            self._numbers, self._missing = arrivals.load_numbers(conn), arrivals.load_missing(conn)
            self._aside, self._redriven = arrivals.last_aside(conn), arrivals.redriven(conn)
        self._positions = {topic: known.get(topic, 0) for topic in TOPICS}

    def _keep(self, records: Sequence[Stored]) -> None:
        before, numbers, missing = self._positions, dict(self._numbers), dict(self._missing)
        moved = {stored.topic: stored.offset + 1 for stored in records}
        read = _decoded(records)
        taken = [arrival for arrival in read.arrivals if self._is_next(arrival, numbers, missing)]
        try:
            with telemetry.tracer().start_as_current_span("notify.follow"), writing(self._engine) as conn:
                arrivals.require_redriven(conn, self._redriven)
                for topic, new in moved.items():
                    arrivals.advance(conn, topic, before[topic], new)
                    if before[topic] <= self._aside.get(topic, -1):
                        arrivals.take_back(conn, topic, before[topic], new)
                arrivals.keep(conn, taken)
                if missing != self._missing:
                    arrivals.keep_missing(conn, missing)
                openings.keep(conn, read.openings)
                for stored, reason in read.parked:
                    arrivals.park(conn, stored.topic, stored.offset, reason)
        except Moved:
            return self._again()
        self._positions, self._numbers, self._missing = {**before, **moved}, numbers, missing
        self._aside = {**self._aside, **{stored.topic: stored.offset for stored, _ in read.parked}}

    def _is_next(self, arrival: Arrival, numbers: dict[str, int], missing: dict[str, datetime]) -> bool:
        name = arrival.recipient
        expected = numbers.get(name, FIRST)
        verdict = NextOnly().accept(arrival.seq, expected)
        since = Waiting(since=missing.pop(name, None)).after(verdict, self._clock.now()).since
        if since is not None:
            missing[name] = since
        if verdict is Verdict.APPLY:
            numbers[name] = expected + 1
        return verdict is Verdict.APPLY

    def _again(self) -> None:
        self._load()
        for topic, offset in self._positions.items():
            self._log.seek(topic, offset)

    def _alarm(self) -> None:
        now = self._clock.now()
        late = sorted(name for name, since in self._missing.items() if Waiting(since=since).is_overdue(now))
        waiting = telemetry.gauge("notify_waiting", "recipients whose next number has been missing over 30 s")
        if late and waiting._value.get() != len(late):
            log.error("numbers have been missing for 30 s for: %s", ", ".join(late))
        waiting.set(len(late))


@dataclass(slots=True)
class _Read:
    """What a batch of records held, in order."""

    arrivals: list[Arrival] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    parked: list[tuple[Stored, str]] = field(default_factory=list)

    def take(self, stored: Stored) -> None:
        """Take one record. Raises a LogError where it cannot be read."""
        if stored.topic != OPENINGS:
            self.arrivals.append(arrival_of(stored))
        elif (opening := opening_of(stored)) is not None:
            self.openings.append(opening)


def _decoded(records: Sequence[Stored]) -> _Read:
    read = _Read()
    for stored in records:
        try:
            read.take(stored)
        except LogError as error:
            reason = reason_of(error)
            log.error("parked %s at %s: %s", stored.topic, stored.offset, reason)
            read.parked.append((stored, reason))
    return read


def number_of(stored: Stored) -> tuple[str, int] | None:
    """Return whose release a record is and its number; None for an opening. Raises a LogError."""
    if stored.topic == OPENINGS:
        opening_of(stored)
        return None
    arrival = arrival_of(stored)
    return arrival.recipient, arrival.seq


def opening_of(stored: Stored) -> Opening | None:
    """Return which release's children a school was shown; None where a record says nothing of the kind.

    A refused attempt showed nothing, and what others were shown is none of notify's business: it is dropped
    here. Raises Undecodable.
    """
    try:
        record = json.loads(stored.value)
        school, names = record["agency"], record["sections"]
        if record["refused"] or not is_school(school) or record["recipient"] != school:
            return None
        if not any(name.startswith(CHILDREN) for name in names):
            return None
        return Opening(release_id=record["release_id"], school=school, at=parse_time(record["at"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Undecodable("an opening is not what the keyring writes: look at the keyring") from error


def arrival_of(stored: Stored) -> Arrival:
    """Return the release a record holds. Raises a LogError where it cannot be read or is misplaced."""
    release = codec.decode_release(stored.value)
    if topic_of(release.recipient) != stored.topic:
        raise Undecodable("a release stands in a topic that is not its recipient's: look at the gate")
    header = codec.event_of(release)
    return Arrival(
        recipient=release.recipient,
        seq=release.seq,
        release_id=release.release_id,
        kind=release.kind,
        event_id=release.event_id,
        event_type=header.type,
        incident=release.incident,
        recorded_at=header.recorded_at,
        sections=tuple(codec.section_name(sealed.body) for sealed in release.sections),
        traceparent=_trace(stored),
    )


def _trace(stored: Stored) -> str | None:
    """Return the trace a record came with; whatever is too long for one is none."""
    found = dict(stored.headers).get(traces.TRACEPARENT)
    return found.decode("ascii", "replace") if found and len(found) <= traces.LONGEST else None
