"""Keeps the read models up with `to.*` and `openings`: takes only what is next, commits all of it at once."""

import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Protocol

from services.eventlog import codec
from services.eventlog.catalogue import Catalogue
from services.eventlog.envelope import Release
from services.eventlog.errors import LogError, Moved, Undecodable
from services.eventlog.reader import Stored
from services.eventlog.sealing import open_routed
from services.eventlog.topics import OPENINGS
from services.eventlog.trial import reason_of
from services.projections.flow import fold, names_of, overdue
from services.projections.state import Opening, Parked, Row
from services.projections.store.models import Store
from services.runtime import telemetry
from services.runtime.clock import Clock
from services.vocabulary.agencies import SHARED_TOPICS, topic_of
from services.vocabulary.events import EventType
from services.vocabulary.times import format_time

LIMIT = 1000
WAIT_SECONDS = 0.25
FACTS = "facts"
TRACEPARENT = "traceparent"
RELEASE_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
FEW = 32
"""Releases in a batch up to which each has a span of its own."""

log = logging.getLogger("sightline.projections")


class Log(Protocol):
    """What a worker needs of a reader."""

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return what comes next, of any topic."""

    def seek(self, topic: str, offset: int) -> None:
        """Go on from an offset of a topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a row tells from `facts`; None where a release has none, or none was given."""

    source: str | None = None
    occurred_at: str | None = None
    answers: str | None = None
    outcome: str | None = None


def topics_of(recipients: Sequence[str]) -> tuple[str, ...]:
    """Return every topic releases travel in, each recipient's own and those that instances share; and after
    them what was opened of releases.
    """
    return tuple(dict.fromkeys((*map(topic_of, recipients), *SHARED_TOPICS.values(), OPENINGS)))


class Interpreter:
    """Turns a record of a `to.*` topic into a row, and one of `openings` into what was opened.

    Opens `facts`, which is no opening (design 3).
    """

    def __init__(self, catalogue: Catalogue, routing_key: bytes) -> None:
        self._catalogue = catalogue
        self._key = routing_key

    def row(self, stored: Stored) -> Row:
        """Return the row of a release. Raises a LogError if it cannot be read or stands in a wrong topic."""
        release = codec.decode_release(stored.value)
        if topic_of(release.recipient) != stored.topic:
            raise Undecodable("a release stands in a topic that is not its recipient's: look at the gate")
        header = codec.event_of(release)
        names = tuple(codec.section_name(sealed.body) for sealed in release.sections)
        facts = self._facts(release, header.type, names)
        return _row(release, stored, header.type, names, facts)

    def opening(self, stored: Stored) -> Opening | None:
        """Return of which release the agency it was made to was shown something; None where none was.

        A refused attempt showed nothing, a question where else somebody stands shows no section, and what our
        own services open for their work is nobody's reading.
        Who opened it and why is not looked at. Raises Undecodable.
        """
        try:
            record = json.loads(stored.value)
            showed_nothing = record["refused"] or not record["sections"]
            if showed_nothing or record["agency"] != record["recipient"]:
                return None
            if RELEASE_ID.fullmatch(record["release_id"]) is None:
                raise ValueError("no release id")
            return Opening(recipient=record["recipient"], release_id=record["release_id"])
        except (ValueError, KeyError, TypeError) as error:
            raise Undecodable("an opening is not what the keyring writes: look at the keyring") from error

    def number(self, stored: Stored) -> tuple[str, int] | None:
        """Return whose release a record is and its number; None for an opening. Raises as reading it does."""
        if stored.topic == OPENINGS:
            self.opening(stored)
            return None
        row = self.row(stored)
        return row.recipient, row.seq

    def _facts(self, release: Release, event_type: str, names: Sequence[str]) -> Facts:
        if FACTS not in names:
            return Facts()
        section = codec.decode_section(release.sections[names.index(FACTS)].body)
        plain = open_routed(section, release.event_id, self._key)
        record = codec.decode_content(self._catalogue.section(section.schema_id, event_type), plain)
        source = _text(record, "source")
        own = event_type == EventType.EXPECTATION_MET and source == release.recipient
        return Facts(
            source=source,
            occurred_at=_text(record, "occurred_at"),
            answers=_text(record, "release") if own else None,
            outcome=_text(record, "outcome") if own else None,
        )


def _text(record: Mapping[str, object], name: str) -> str | None:
    value = record.get(name)
    return value if isinstance(value, str) else None


def _row(release: Release, stored: Stored, event_type: str, names: Sequence[str], facts: Facts) -> Row:
    return Row(
        recipient=release.recipient,
        seq=release.seq,
        release_id=release.release_id,
        kind=str(release.kind),
        cause=release.cause,
        event_id=release.event_id,
        event_type=event_type,
        source=facts.source,
        occurred_at=facts.occurred_at,
        decided_at=format_time(release.decided_at),
        ground=release.ground,
        rule=release.rule,
        policy=release.policy,
        purpose=release.purpose,
        expects=release.expects,
        not_after=format_time(release.not_after) if release.not_after else None,
        person=release.person,
        incident=release.incident,
        reason=release.reason,
        partition=stored.partition,
        sections=names_of(names),
        value=stored.value,
        answers=facts.answers,
        outcome=facts.outcome,
    )


class Worker:
    """Follows every `to.*` topic of one partition, and `openings`; one at a time per store, a second does no
    harm.
    """

    def __init__(
        self,
        *,
        store: Store,
        interpreter: Interpreter,
        open_log: Callable[[Mapping[str, int]], Log],
        topics: Sequence[str],
        clock: Clock,
    ) -> None:
        self._store = store
        self._interpreter = interpreter
        self._clock = clock
        self._loaded = store.load()
        self._topics = topics
        self._moved_back = Event()
        self._log = open_log({topic: self._loaded.positions.get(topic, 0) for topic in topics})

    @property
    def positions(self) -> Mapping[str, int]:
        """Return the next offset of each topic, as committed."""
        return {topic: self._loaded.positions.get(topic, 0) for topic in self._topics}

    @property
    def waiting(self) -> Mapping[str, datetime]:
        """Return who waits for a number that has not come, and since when a later one is there."""
        return {name: early.since for name, early in self._loaded.numbers.waiting.items()}

    def look_again(self) -> None:
        """Go on from where the tables stand, before the next read: somebody moved them. From any thread."""
        self._moved_back.set()

    def run(self) -> None:
        """Follow for ever."""
        while True:
            self.step(WAIT_SECONDS)

    def step(self, timeout: float) -> int:
        """Read once and commit what was read. Returns how many records that were.

        1. Read.  2. Interpret; what cannot be read is parked with its reason.  3. Take the next numbers.
        4. Commit rows, numbers and positions in one transaction; if another worker moved, start over from
        where it is.  5. Say who has been waiting too long.
        """
        if self._moved_back.is_set():
            self._moved_back.clear()
            self._again()
        records = self._log.read(LIMIT, timeout)
        now = self._clock.now()
        if records:
            self._keep(records, now)
        self._alarm(now)
        return len(records)

    def _keep(self, records: Sequence[Stored], now: datetime) -> None:
        read = self._interpreted(records)
        folded = fold(self._loaded.numbers, read.rows, now, read.openings)
        moved = {stored.topic: stored.offset + 1 for stored in records}
        try:
            with telemetry.tracer().start_as_current_span("projections.commit") as span:
                span.set_attribute("records", len(records))
                span.set_attribute("rows", len(folded.rows))
                self._loaded = self._store.commit(self._loaded, folded, moved, tuple(read.parked))
        except Moved:
            self._again()

    def _interpreted(self, records: Sequence[Stored]) -> "_Read":
        read = _Read()
        for stored in records:
            with _traced(stored, few=len(records) <= FEW):
                try:
                    read.take(stored, self._interpreter)
                except LogError as error:
                    read.parked.append(_parked(stored, error))
        return read

    def _again(self) -> None:
        self._loaded = self._store.load()
        for topic, offset in self.positions.items():
            self._log.seek(topic, offset)

    def _alarm(self, now: datetime) -> None:
        late = overdue(self._loaded.numbers, now)
        waiting = telemetry.gauge("projections_waiting", "releases that wait for an earlier number over 30 s")
        if late and waiting._value.get() != len(late):
            names = ", ".join(f"{early.recipient} {early.seq}" for early in late)
            log.error("releases before these numbers have not come in 30 s: %s", names)
        waiting.set(len(late))


@dataclass(slots=True)
class _Read:
    """What a batch of records held, in order."""

    rows: list[Row] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)

    def take(self, stored: Stored, interpreter: Interpreter) -> None:
        """Take one record. Raises a LogError where it cannot be read."""
        if stored.topic != OPENINGS:
            self.rows.append(interpreter.row(stored))
        elif (opening := interpreter.opening(stored)) is not None:
            self.openings.append(opening)


@contextmanager
def _traced(stored: Stored, *, few: bool) -> Iterator[None]:
    """Continue the trace a release came with, unless it is one of a backlog."""
    parent = dict(stored.headers).get(TRACEPARENT) if few else None
    if parent is None:
        yield
        return
    headers = {TRACEPARENT: parent.decode("ascii", "replace")}
    with telemetry.continued(headers), telemetry.tracer().start_as_current_span("projections.apply") as span:
        span.set_attribute("offset", stored.offset)
        yield


def _parked(stored: Stored, error: LogError) -> Parked:
    kind = reason_of(error)
    telemetry.counter("projections_parked", "records that cannot be read").inc()
    log.error("parked %s at %s: %s", stored.topic, stored.offset, kind)
    return Parked(topic=stored.topic, offset=stored.offset, reason=kind)
