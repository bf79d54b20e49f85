"""Where read models are kept: rows, next numbers and topic positions, committed together.

    projections_release    one row a release, with the sealed bytes it came in; nothing opened
    projections_answer     what a recipient said came of a release to it
    projections_sequence   the next number of each recipient
    projections_position   the next offset of each topic
    projections_waiting    numbers that came before their turn, and since when
    projections_parked     records that cannot be read, and why
    projections_redrive    who had what was set aside read again, and when

All of it but the last can be thrown away and rebuilt from `to.*`: the same rows, byte for byte.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from services.eventlog import positions, redriving
from services.eventlog.redriver import Found
from services.eventlog.redriving import Redrive
from services.projections.flow import Folded
from services.projections.state import FIRST, Answer, Head, Numbers, Parked, Row, Waiting
from services.runtime.database import reading, writing

PREFIX = "projections"
METADATA = MetaData()


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


RELEASES = Table(
    "projections_release",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("release_id", String(64), nullable=False, unique=True),
    _text("kind"),
    _text("cause"),
    _text("event_id"),
    _text("event_type"),
    _text("source", null=True),
    _text("occurred_at", null=True),
    _text("decided_at"),
    _text("ground"),
    _text("rule"),
    _text("policy"),
    _text("purpose"),
    _text("expects", null=True),
    _text("not_after", null=True),
    _text("person", null=True),
    Column("incident", String(64), nullable=True),
    _text("reason", null=True),
    Column("partition", Integer, nullable=False),
    Column("sections", JSON, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Index("projections_by_incident", "recipient", "incident", "seq"),
    Index("projections_by_person", "recipient", "person", "seq"),
)
ANSWERS = Table(
    "projections_answer",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("release_id", String(64), nullable=False),
    _text("outcome"),
    _text("at", null=True),
    Index("projections_by_answered", "recipient", "release_id"),
)
SEQUENCES = Table(
    "projections_sequence",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("next", BigInteger, nullable=False),
)
WAITING = Table(
    "projections_waiting",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("since", String(40), nullable=False),
)
PARKED = Table(
    "projections_parked",
    METADATA,
    Column("topic", String(120), primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String(200), nullable=False),
)
UNSEALED = tuple(column for column in RELEASES.columns if column is not RELEASES.c.value)
POSITIONS = positions.positions_table(METADATA, PREFIX)
REDRIVES = redriving.redrives_table(METADATA, PREFIX)


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
class Held:
    """What a recipient holds of one incident: its rows, and the last thing it said came of each."""

    rows: tuple[Row, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything a worker continues from: `aside` is the last offset set aside of each topic that has any."""

    positions: Mapping[str, int]
    numbers: Numbers
    aside: Mapping[str, int] = field(default_factory=dict)
    redrives: int = 0


class Store:
    """The tables of one partition's read models."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ensure(self) -> None:
        """Make the tables that are not there yet."""
        METADATA.create_all(self._engine)

    def load(self) -> Loaded:
        """Return positions and numbers as one snapshot."""
        with reading(self._engine) as conn:
            expected = {row.recipient: row.next for row in conn.execute(select(SEQUENCES))}
            waiting = {row.recipient: _waiting(row._mapping) for row in conn.execute(select(WAITING))}
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
        """Keep a batch: its rows, the numbers after it and the offsets to read next, in one transaction.

        Each position is a compare-and-set on the one in `before`. Raises `Moved` and keeps nothing when
        another worker was faster, or somebody had a topic read again: discard memory and load again. What
        stood aside and is read now stands aside no more. Returns what to continue from.
        """
        with writing(self._engine) as conn:
            redriving.require(conn, REDRIVES, before.redrives)
            for topic, new in moved.items():
                positions.advance(conn, POSITIONS, PREFIX, topic, before.positions.get(topic, 0), new)
            if folded.rows:
                conn.execute(insert(RELEASES), [_columns(row) for row in folded.rows])
            if answers := [_answer(row) for row in folded.rows if row.answers is not None]:
                conn.execute(insert(ANSWERS), answers)
            _keep_numbers(conn, before.numbers, folded.numbers)
            _read_again(conn, before, moved)
            for record in parked:
                conn.execute(insert(PARKED).values(**_fields(record)))
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
            for table in METADATA.sorted_tables:
                if table is not REDRIVES:
                    conn.execute(delete(table))

    def page(self, question: Question) -> tuple[Row, ...]:
        """Return a recipient's rows, next numbers first or newest first. Nobody else's, ever."""
        with reading(self._engine) as conn:
            return tuple(_row(found) for found in conn.execute(_page(question)).mappings())

    def timeline(self, recipient: str, incident: str) -> tuple[Row, ...]:
        """Return a recipient's rows about one incident, by the alias it has there; none is none."""
        return self._rows(RELEASES.c.recipient == recipient, RELEASES.c.incident == incident)

    def of_person(self, recipient: str, person: str) -> tuple[Row, ...]:
        """Return a recipient's rows about one adult victim, by the alias they have there; none is none.

        What names the same person as causing harm is about another adult victim, and not among them.
        """
        return self._rows(RELEASES.c.recipient == recipient, RELEASES.c.person == person)

    def _rows(self, *which: ColumnElement[bool]) -> tuple[Row, ...]:
        query = select(RELEASES).where(*which).order_by(RELEASES.c.seq)
        with reading(self._engine) as conn:
            return tuple(_row(found) for found in conn.execute(query).mappings())

    def cases(self, recipient: str, before: int | None, limit: int) -> tuple[Held, ...]:
        """Return a recipient's incidents, each with all of its rows in order, the one last heard of first.

        `before`: only those last heard of before that number. The sealed bytes are not read: a page of cases
        would be megabytes of them. One snapshot and three questions, however many incidents there are.
        """
        with reading(self._engine) as conn:
            aliases = tuple(conn.scalars(_last_heard_of(recipient, before, limit)))
            query = select(*UNSEALED).where(
                RELEASES.c.recipient == recipient, RELEASES.c.incident.in_(aliases)
            )
            found: dict[str | None, list[Row]] = {alias: [] for alias in aliases}
            for row in conn.execute(query.order_by(RELEASES.c.seq)).mappings():
                found[row["incident"]].append(_row({**row, "value": b""}))
            ids = [row.release_id for rows in found.values() for row in rows]
            said = {each.release_id: each for each in _answers(conn, recipient, ids)}
        return tuple(_held(rows, said) for rows in found.values())

    def answers(self, recipient: str, releases: Iterable[str]) -> tuple[Answer, ...]:
        """Return the last thing a recipient said came of each of these releases to it."""
        with reading(self._engine) as conn:
            return _answers(conn, recipient, releases)

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
            for table in (RELEASES, ANSWERS, SEQUENCES):
                for name in sorted(conn.scalars(select(table.c.recipient).distinct())):
                    yield from _lines(conn, table, name)


def _last_heard_of(recipient: str, before: int | None, limit: int) -> Select[tuple[str | None]]:
    last = func.max(RELEASES.c.seq)
    query = select(RELEASES.c.incident).where(
        RELEASES.c.recipient == recipient, RELEASES.c.incident.is_not(None)
    )
    query = query.group_by(RELEASES.c.incident).order_by(last.desc()).limit(limit)
    return query if before is None else query.having(last < before)


def _answers(conn: Connection, recipient: str, releases: Iterable[str]) -> tuple[Answer, ...]:
    query = select(ANSWERS).where(ANSWERS.c.recipient == recipient, ANSWERS.c.release_id.in_(tuple(releases)))
    rows = conn.execute(query.order_by(ANSWERS.c.seq)).mappings()
    return tuple({row["release_id"]: Answer(**row) for row in rows}.values())


def _held(rows: Sequence[Row], said: Mapping[str, Answer]) -> Held:
    answers = tuple(said[row.release_id] for row in rows if row.release_id in said)
    return Held(rows=tuple(rows), answers=answers)


def _lines(conn: Connection, table: Table, recipient: str) -> Iterator[str]:
    query = select(table).where(table.c.recipient == recipient).order_by(*table.primary_key)
    for found in conn.execute(query).mappings():
        yield json.dumps({key: _plain(found[key]) for key in found}, sort_keys=True)


def _page(question: Question) -> Select[tuple[object, ...]]:
    rows, seq = RELEASES.c, RELEASES.c.seq
    newest = question.order is Order.NEWEST
    query = select(RELEASES).where(rows.recipient == question.recipient)
    if question.after is not None:
        query = query.where(seq < question.after if newest else seq > question.after)
    if question.kind is not None:
        query = query.where(rows.kind == question.kind)
    if question.event_type is not None:
        query = query.where(rows.event_type == question.event_type)
    return query.order_by(seq.desc() if newest else seq).limit(question.limit)


def _keep_numbers(conn: Connection, before: Numbers, after: Numbers) -> None:
    changed = {name: n for name, n in after.expected.items() if before.expected.get(name) != n}
    if changed:
        conn.execute(delete(SEQUENCES).where(SEQUENCES.c.recipient.in_(changed)))
        conn.execute(insert(SEQUENCES), [{"recipient": name, "next": n} for name, n in changed.items()])
    if dict(before.waiting) != dict(after.waiting):
        conn.execute(delete(WAITING))
        for early in after.waiting.values():
            conn.execute(insert(WAITING).values(**{**_fields(early), "since": early.since.isoformat()}))


def _read_again(conn: Connection, before: Loaded, moved: Mapping[str, int]) -> None:
    """Take back in what stood aside in this batch: what still cannot be read is set aside anew."""
    for topic, until in moved.items():
        first = before.positions.get(topic, 0)
        if first <= before.aside.get(topic, -1):
            redriving.take_back(conn, PARKED, topic, first, until)


def _columns(row: Row) -> dict[str, object]:
    fields = {**_fields(row), "sections": list(row.sections)}
    return {column.name: fields[column.name] for column in RELEASES.columns}


def _answer(row: Row) -> dict[str, object]:
    return {
        "recipient": row.recipient,
        "seq": row.seq,
        "release_id": row.answers,
        "outcome": row.outcome or "",
        "at": row.occurred_at,
    }


def _fields(record: Row | Parked | Waiting) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _row(found: RowMapping | Mapping[str, Any]) -> Row:
    return Row(**{**found, "sections": tuple(found["sections"])})


def _waiting(found: RowMapping) -> Waiting:
    return Waiting(
        recipient=found["recipient"], seq=found["seq"], since=datetime.fromisoformat(found["since"])
    )


def _plain(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes | memoryview) else value
