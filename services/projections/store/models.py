"""Where read models are kept: rows, cases, next numbers and topic positions, committed together."""

import base64
import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, Engine, Select, Table, delete, func, insert, select

from services.eventlog import positions, redriving
from services.eventlog.redriver import Found
from services.eventlog.redriving import Redrive
from services.projections.flow import Folded
from services.projections.state import FIRST, Head, Numbers, Parked, Row
from services.projections.store import cases, lines, rows
from services.projections.store.cases import Held, Wanted
from services.projections.store.tables import (
    DUMPED,
    LEFT_ALONE,
    METADATA,
    PARKED,
    POSITIONS,
    PREFIX,
    REDRIVES,
    RELEASES,
    SEQUENCES,
    WAITING,
)
from services.runtime.database import reading, writing


class Order(StrEnum):
    """Which end of an inbox a page starts from."""

    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a caller asks of its own inbox: rows beyond `after`, of one kind or type if named."""

    recipient: str
    after: int | None
    limit: int
    order: Order = Order.OLDEST
    kind: str | None = None
    event_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything a worker continues from: `aside` is the last offset set aside of each topic that has any."""

    positions: Mapping[str, int]
    numbers: Numbers
    aside: Mapping[str, int] = field(default_factory=dict)
    redrives: int = 0


class Store:
    """The tables of one partition's read models. Working days are counted by `bank_holidays`."""

    def __init__(self, engine: Engine, bank_holidays: AbstractSet[date]) -> None:
        self._engine = engine
        self._bank_holidays = bank_holidays

    def ensure(self) -> None:
        """Make the tables that are not there yet, and the lines of cases that were made by other rules.

        An older Sightline kept no lines, and bank holidays are announced: what stands is lined up anew at
        the next start.
        """
        METADATA.create_all(self._engine)
        with writing(self._engine) as conn:
            if lines.hold(conn) != lines.made_by(self._bank_holidays):
                lines.line_up_all(conn, self._bank_holidays)

    def load(self) -> Loaded:
        """Return positions and numbers as one snapshot."""
        with reading(self._engine) as conn:
            expected = {row.recipient: row.next for row in conn.execute(select(SEQUENCES))}
            waiting = {row.recipient: rows.waiting_of(row._mapping) for row in conn.execute(select(WAITING))}
            return Loaded(
                positions=positions.load(conn, POSITIONS, PREFIX),
                numbers=Numbers(expected=expected, waiting=waiting),
                aside=redriving.last_aside(conn, PARKED),
                redrives=redriving.count(conn, REDRIVES),
            )

    def found(self) -> Found:
        """Return what stands aside, and what reading it again would continue from, as one snapshot."""
        with reading(self._engine) as conn:
            return Found(
                positions=positions.load(conn, POSITIONS, PREFIX),
                expected={row.recipient: row.next for row in conn.execute(select(SEQUENCES))},
                aside=redriving.aside(conn, PARKED),
                redrives=redriving.load(conn, REDRIVES),
            )

    def go_back(self, redrive: Redrive) -> None:
        """Move back to what was set aside, on record. Raises `Moved` where a worker moved on meanwhile."""
        with writing(self._engine) as conn:
            redriving.go_back(conn, REDRIVES, POSITIONS, PREFIX, redrive)

    def commit(
        self,
        before: Loaded,
        folded: Folded,
        moved: Mapping[str, int],
        parked: tuple[Parked, ...] = (),
    ) -> Loaded:
        """Keep a batch: its rows, what they make of their cases, the numbers after it and the offsets to read
        next, in one transaction.

        Each position is a compare-and-set on the one in `before`. Raises `Moved` and keeps nothing when
        another worker was faster, or somebody had a topic read again: discard memory and load again. What
        stood aside and is read now stands aside no more. One at a time: a case is made of rows and of
        openings, which two workers could otherwise commit beside each other. Returns what to continue from.
        """
        with writing(self._engine) as conn:
            lines.hold(conn)
            redriving.require(conn, REDRIVES, before.redrives)
            for topic, new in moved.items():
                positions.advance(conn, POSITIONS, PREFIX, topic, before.positions.get(topic, 0), new)
            rows.keep(conn, folded.rows)
            rows.keep_opened(conn, folded.opened)
            lines.line_up(conn, lines.touched(conn, folded.rows, folded.opened), self._bank_holidays)
            _keep_numbers(conn, before.numbers, folded.numbers)
            _read_again(conn, before, moved)
            for record in parked:
                conn.execute(insert(PARKED).values(**rows.fields_of(record)))
        return Loaded(
            positions={**before.positions, **moved},
            numbers=folded.numbers,
            aside={**before.aside, **{record.topic: record.offset for record in parked}},
            redrives=before.redrives,
        )

    def clear(self) -> None:
        """Throw every row, number and position away; a live worker notices and starts again from 0.

        Who had something read again stays on record.
        """
        with writing(self._engine) as conn:
            lines.hold(conn)
            for table in METADATA.sorted_tables:
                if table not in LEFT_ALONE:
                    conn.execute(delete(table))

    def page(self, question: Question) -> tuple[Row, ...]:
        """Return a recipient's rows, next numbers first or newest first. Nobody else's, ever."""
        with reading(self._engine) as conn:
            return tuple(rows.row_of(found) for found in conn.execute(_page(question)).mappings())

    def of_person(self, recipient: str, person: str) -> tuple[Row, ...]:
        """Return a recipient's rows about one adult victim, by the alias they have there; none is none.

        What names the same person as causing harm is about another adult victim, and not among them.
        """
        query = select(RELEASES).where(RELEASES.c.recipient == recipient, RELEASES.c.person == person)
        with reading(self._engine) as conn:
            return tuple(
                rows.row_of(found) for found in conn.execute(query.order_by(RELEASES.c.seq)).mappings()
            )

    def cases(self, wanted: Wanted) -> tuple[Held, ...]:
        """Return some of a recipient's incidents as one snapshot: what waits to be opened first, then the
        rest, each by when it was last heard of.

        The sealed bytes are not read: a page of cases would be megabytes of them.
        """
        with reading(self._engine) as conn:
            return cases.cases(conn, wanted)

    def case(self, recipient: str, incident: str) -> Held | None:
        """Return what a recipient holds of one incident, by the alias it has there, as one snapshot."""
        with reading(self._engine) as conn:
            return cases.case(conn, recipient, incident)

    def head(self, recipient: str) -> Head:
        """Return the first number kept for a recipient and its last."""
        numbers = select(func.min(RELEASES.c.seq), func.max(RELEASES.c.seq))
        with reading(self._engine) as conn:
            first, last = conn.execute(numbers.where(RELEASES.c.recipient == recipient)).one()
        return Head(first_kept=first or FIRST, last=last or 0)

    def topics_aside(self) -> frozenset[str]:
        """Return the topics of which a record stands aside."""
        with reading(self._engine) as conn:
            return redriving.topics_aside(conn, PARKED)

    def parked(self) -> int:
        """Return how many records stand aside unread."""
        with reading(self._engine) as conn:
            return int(conn.execute(select(func.count()).select_from(PARKED)).scalar_one())

    def dump(self) -> Iterator[str]:
        """Yield every row, every column, as canonical JSON, sorted: what a rebuild must equal."""
        with reading(self._engine) as conn:
            for table in DUMPED:
                for name in sorted(conn.scalars(select(table.c.recipient).distinct())):
                    yield from _dumped(conn, table, name)


def _dumped(conn: Connection, table: Table, recipient: str) -> Iterator[str]:
    query = select(table).where(table.c.recipient == recipient).order_by(*table.primary_key)
    for found in conn.execute(query).mappings():
        yield json.dumps({key: _plain(found[key]) for key in found}, sort_keys=True)


def _page(question: Question) -> Select[tuple[object, ...]]:
    columns, seq = RELEASES.c, RELEASES.c.seq
    newest = question.order is Order.NEWEST
    query = select(RELEASES).where(columns.recipient == question.recipient)
    if question.after is not None:
        query = query.where(seq < question.after if newest else seq > question.after)
    if question.kind is not None:
        query = query.where(columns.kind == question.kind)
    if question.event_type is not None:
        query = query.where(columns.event_type == question.event_type)
    return query.order_by(seq.desc() if newest else seq).limit(question.limit)


def _keep_numbers(conn: Connection, before: Numbers, after: Numbers) -> None:
    changed = {name: n for name, n in after.expected.items() if before.expected.get(name) != n}
    if changed:
        conn.execute(delete(SEQUENCES).where(SEQUENCES.c.recipient.in_(changed)))
        conn.execute(insert(SEQUENCES), [{"recipient": name, "next": n} for name, n in changed.items()])
    if dict(before.waiting) != dict(after.waiting):
        conn.execute(delete(WAITING))
        for early in after.waiting.values():
            since = early.since.isoformat()
            conn.execute(insert(WAITING).values(**{**rows.fields_of(early), "since": since}))


def _read_again(conn: Connection, before: Loaded, moved: Mapping[str, int]) -> None:
    """Take back in what stood aside in this batch: what still cannot be read is set aside anew."""
    for topic, until in moved.items():
        first = before.positions.get(topic, 0)
        if first <= before.aside.get(topic, -1):
            redriving.take_back(conn, PARKED, topic, first, until)


def _plain(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value
