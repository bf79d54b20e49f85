"""The gate's memory: one transaction a batch, which holds only if nobody else committed meanwhile."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Table, and_, delete, func, or_, select, update

from services.consent.flow.decision import Emit
from services.consent.flow.ledger import BECAME, Became, Entry, VpaRow, with_news
from services.consent.rules.erasure import WAIT
from services.consent.state.entities import Erasure, Incident, Occurred, Person, Standing
from services.consent.state.read_back import read_erasure, read_incident, read_person, read_standing
from services.consent.state.world import Due, World
from services.consent.state.written import write
from services.consent.store import undecided
from services.consent.store.tables import (
    DUE,
    LEDGER,
    MET,
    METADATA,
    OCCURRED,
    POLICY,
    POSITION,
    PUT_RIGHT,
    RELEASE,
    SEQUENCE,
    STATE,
    VPA,
)
from services.eventlog import positions
from services.eventlog.errors import Moved
from services.eventlog.topics import DECISIONS, LOG
from services.runtime.database import reading, writing

NAME = "gate"
EPOCH, TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

AT_ONCE = 500
"""Keys in one question."""

OPEN = (Became.STANDS.value, Became.SUPERSEDED.value)
"""What may still be opened, a superseded release as far as the one in its place goes."""

INCIDENT, PERSON, ERASURE, STANDING, WAITING = "incident", "person", "erasure", "standing", "waiting"
THE_PARTITION = "partition"


class Adopted(NamedTuple):
    """A policy, and the offset of the event that adopted it."""

    offset: int
    hash: str
    name: str
    version: int
    text: str
    adopted_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Where the gate stands: next offset of `log` and `decisions`, numbers, time, policy in force."""

    log: int = 0
    decisions: int = 0
    numbers: Mapping[str, int] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    policy: str | None = None


StateRow = tuple[str, str, str]
"""A kind of entity, its key, and what is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Everything one batch changes."""

    log: int
    decisions: int
    states: Sequence[StateRow]
    numbers: Mapping[str, int]
    new_dues: Collection[Due]
    met_dues: Collection[Due]
    occurred: Collection[Occurred]
    entries: Sequence[Entry]
    """The ledger's, in log order."""
    adopted: Sequence[Adopted]


class GateStore:
    """Keep the gate's state, counters and position together, and its ledger with them.

    What is read between two commits is of the position last loaded or committed here, or is not read at
    all: a gate that another has overtaken must never decide on a mixture of two moments (design 2).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._at = 0

    def create_tables(self) -> None:
        """Make the tables that are missing. Raises OtherShape where those there are of another shape."""
        METADATA.create_all(self._engine)
        with reading(self._engine) as conn:
            _standing(conn)

    def load(self) -> Loaded:
        """Return where the gate stands, as of one moment."""
        with reading(self._engine) as conn:
            at = positions.load(conn, POSITION, NAME)
            self._at = at.get(LOG, 0)
            standing = _standing(conn)
            return Loaded(
                log=at.get(LOG, 0),
                decisions=at.get(DECISIONS, 0),
                numbers={row.recipient: row.next for row in conn.execute(select(SEQUENCE))},
                standing=standing,
                policy=_policy_text(conn, standing.policy),
            )

    def position(self) -> int:
        """Return the next offset of `log` to be decided, as committed."""
        with reading(self._engine) as conn:
            return positions.load(conn, POSITION, NAME).get(LOG, 0)

    def seen(self, event_ids: Iterable[str]) -> frozenset[str]:
        """Return which of these events were decided already. Raises `Moved`."""
        found: set[str] = set()
        with reading(self._engine) as conn:
            self._require_unmoved(conn)
            for few in _few(event_ids):
                query = select(LEDGER.c.event_id).where(
                    LEDGER.c.event_id.in_(few), LEDGER.c.cause == LEDGER.c.event_id
                )
                found.update(conn.scalars(query))
        return frozenset(found)

    def incidents(self, keys: Iterable[str]) -> dict[str, Incident]:
        """Return what is known about these incidents; the unknown are absent. Raises `Moved`."""
        return {key: read_incident(value) for key, value in self._values(INCIDENT, keys)}

    def persons(self, keys: Iterable[str]) -> dict[str, Person]:
        """Return what is known about these people; the unknown are absent. Raises `Moved`."""
        return {key: read_person(value) for key, value in self._values(PERSON, keys)}

    def erasures(self, persons: Iterable[str]) -> dict[str, Erasure]:
        """Return what is known of these persons' erasure; of whom nobody spoke is absent. Raises `Moved`."""
        return {key: read_erasure(value) for key, value in self._values(ERASURE, persons)}

    def waiting(self, recipient: str) -> tuple[str, ...]:
        """Return the incidents of which something waits for a stopped recipient. Raises `Moved`."""
        return next((tuple(json.loads(value)) for _, value in self._values(WAITING, [recipient])), ())

    def policy_text(self, policy: str) -> str | None:
        """Return the text of a policy adopted before, by its hash. Raises `Moved`."""
        with reading(self._engine) as conn:
            self._require_unmoved(conn)
            return _policy_text(conn, policy)

    def agenda(self, until: datetime, limit: int) -> list[Due]:
        """Return the first incidents to be decided again by a moment, in order. Raises `Moved`."""
        query = (
            select(DUE.c.moment, DUE.c.incident)
            .where(DUE.c.moment <= _ticks(until))
            .order_by(DUE.c.moment, DUE.c.incident)
            .limit(limit)
        )
        with reading(self._engine) as conn:
            self._require_unmoved(conn)
            return [(EPOCH + row.moment * TICK, row.incident) for row in conn.execute(query)]

    def next_due(self) -> datetime | None:
        """Return when something ends by time alone next, or None. What a backfill brings is now."""
        with reading(self._engine) as conn:
            moment = conn.scalar(select(func.min(DUE.c.moment)))
            standing = _standing(conn)
        if standing.bringing:
            return standing.time
        due = [at + WAIT for at in standing.erasing.values()]
        return min([*due, *([EPOCH + moment * TICK] if moment is not None else [])], default=None)

    def occurred(self, after: Occurred, until: datetime, most: int) -> list[Occurred]:
        """Return the first so many that occurred after one and until a moment, in order. Raises `Moved`."""
        moment, incident = _ticks(after[0]), after[1]
        later = or_(
            OCCURRED.c.moment > moment, and_(OCCURRED.c.moment == moment, OCCURRED.c.incident > incident)
        )
        query = (
            select(OCCURRED)
            .where(later, OCCURRED.c.moment <= _ticks(until))
            .order_by(OCCURRED.c.moment, OCCURRED.c.incident)
            .limit(most)
        )
        with reading(self._engine) as conn:
            self._require_unmoved(conn)
            return [(EPOCH + row.moment * TICK, row.incident) for row in conn.execute(query)]

    def _values(self, kind: str, keys: Iterable[str]) -> list[tuple[str, str]]:
        with reading(self._engine) as conn:
            self._require_unmoved(conn)
            return [
                (row.key, row.value)
                for few in _few(keys)
                for row in conn.execute(
                    select(STATE.c.key, STATE.c.value).where(STATE.c.kind == kind, STATE.c.key.in_(few))
                )
            ]

    def _require_unmoved(self, conn: Connection) -> None:
        if positions.load(conn, POSITION, NAME).get(LOG, 0) != self._at:
            raise Moved(f"the gate no longer stands at `{self._at}`: discard memory and reload")

    def commit(self, loaded: Loaded, batch: Batch) -> None:
        """Commit a batch in one transaction, from where `loaded` stands.

        Raises `Moved` where another gate committed meanwhile: nothing of the batch is then kept.
        """
        with writing(self._engine) as conn:
            positions.advance(conn, POSITION, NAME, LOG, loaded.log, batch.log)
            if batch.decisions != loaded.decisions:
                positions.advance(conn, POSITION, NAME, DECISIONS, loaded.decisions, batch.decisions)
            _put(conn, STATE, batch.states)
            _put(conn, SEQUENCE, list(batch.numbers.items()))
            _agenda(conn, batch)
            _put(conn, OCCURRED, [(_ticks(moment), incident) for moment, incident in batch.occurred])
            _add(conn, POLICY, batch.adopted)
            _enter(conn, batch.entries)
            undecided.enter(conn, batch.entries)
        self._at = batch.log


def _agenda(conn: Connection, batch: Batch) -> None:
    """Write what is new on the agenda, then take off what was met: some of it is both."""
    _put(conn, DUE, [(_ticks(moment), incident) for moment, incident in batch.new_dues])
    for moment, incident in batch.met_dues:
        conn.execute(delete(DUE).where(DUE.c.moment == _ticks(moment), DUE.c.incident == incident))


def _ticks(moment: datetime) -> int:
    return (moment - EPOCH) // TICK


def _enter(conn: Connection, entries: Sequence[Entry]) -> None:
    """Write the ledger: answers, releases, what became of earlier ones, and how each form stands now."""
    _add(conn, LEDGER, [row for entry in entries for row in entry.answers])
    _add(conn, RELEASE, [row for entry in entries for row in entry.releases])
    _add(conn, MET, [row for entry in entries for row in entry.met])
    _replace(conn, [replaced for entry in entries for replaced in entry.replaced])
    _add(conn, PUT_RIGHT, [row for entry in entries for row in entry.put_right])
    _put(conn, VPA, _vpas(conn, entries))
    _leave(conn, entries)


def _vpas(conn: Connection, entries: Sequence[Entry]) -> list[VpaRow]:
    """Return how each form stands that was decided, or that there is news of for one recipient."""
    rows: dict[str, VpaRow] = {}
    for entry in entries:
        rows.update({row.incident: row for row in entry.vpas})
        for news in entry.news:
            known = rows.get(news.incident) or _vpa(conn, news.incident)
            if known is not None:
                rows[news.incident] = with_news(known, news)
    return list(rows.values())


def _leave(conn: Connection, entries: Sequence[Entry]) -> None:
    """Let no form stand of the incidents of which the last was taken back, unless one came since."""
    gone: set[str] = set()
    for entry in entries:
        gone = (gone - {row.incident for row in entry.vpas}) | {*entry.gone}
    for incident in sorted(gone):
        conn.execute(delete(VPA).where(VPA.c.incident == incident))


def _vpa(conn: Connection, incident: str) -> VpaRow | None:
    row = conn.execute(select(VPA).where(VPA.c.incident == incident)).first()
    return VpaRow(*row) if row is not None else None


def _standing(conn: Connection) -> Standing:
    query = select(STATE.c.value).where(STATE.c.kind == STANDING, STATE.c.key == THE_PARTITION)
    value = conn.scalar(query)
    return read_standing(value) if value is not None else Standing()


def _policy_text(conn: Connection, policy: str | None) -> str | None:
    return conn.scalar(select(POLICY.c.text).where(POLICY.c.hash == policy).limit(1)) if policy else None


def state_rows(world: World) -> list[StateRow]:
    """Return what a world changed, written out as it is kept."""
    rows = [(STANDING, THE_PARTITION, write(world.standing))]
    rows += [(INCIDENT, key, write(incident)) for key, incident in world.changed_incidents.items()]
    rows += [(PERSON, key, write(person)) for key, person in world.changed_persons.items()]
    rows += [(ERASURE, key, write(erasure)) for key, erasure in world.changed_erasures.items()]
    return rows + [(WAITING, to, json.dumps(incidents)) for to, incidents in world.changed_waiting.items()]


def _replace(conn: Connection, replaced: Sequence[tuple[Emit, str]]) -> None:
    """Mark what each release takes the place of, in order. What was closed once stays closed."""
    for emit, line in replaced:
        earlier = (
            (RELEASE.c.line == line)
            & (RELEASE.c.recipient == emit.recipient)
            & (RELEASE.c.seq < emit.seq)
            & RELEASE.c.standing.in_(OPEN)
        )
        conn.execute(update(RELEASE).where(earlier).values(standing=BECAME[emit.kind].value))


def _add(conn: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, given in the order of the table's columns."""
    if rows:
        conn.exec_driver_sql(_insertion(table, conn.dialect.paramstyle), [tuple(row) for row in rows])


def _put(conn: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each in the place of one with its key."""
    if rows:
        keys = [column.name for column in table.primary_key.columns]
        others = [column.name for column in table.columns if column.name not in keys]
        changes = ", ".join(f"{name} = excluded.{name}" for name in others)
        insertion = _insertion(table, conn.dialect.paramstyle)
        otherwise = f"UPDATE SET {changes}" if changes else "NOTHING"
        sql = f"{insertion} ON CONFLICT ({', '.join(keys)}) DO {otherwise}"
        conn.exec_driver_sql(sql, [tuple(row) for row in rows])


@cache
def _insertion(table: Table, paramstyle: str) -> str:
    """Return the statement for the driver itself: a batch has thousands of rows."""
    mark = "?" if paramstyle == "qmark" else "%s"
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f"INSERT INTO {table.name} ({names}) VALUES ({', '.join([mark] * len(table.columns))})"


def _few(values: Iterable[str]) -> Iterator[list[str]]:
    every = sorted(set(values))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
