"""The outbox: accepted events, sealed, in the order in which the log will have them (design 4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, RowMapping, Select, func, insert, select

from services.eventlog.records import Position
from services.ingest.store.tables import APPENDED, INGEST, OUTBOX
from services.runtime.database import reading, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hold one accepted event: what its receipt says, and its sealed bytes, which never change."""

    agency: str
    event_id: str
    mac: bytes
    receipt: str
    recorded_at: str
    defects: str
    trace: str | None
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Hold what the outbox knows of an event it has: enough to answer a second copy of it."""

    seq: int
    event_id: str
    mac: bytes
    receipt: str
    defects: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Hold one row that is not in the log yet, as far as is known."""

    seq: int
    event_id: str
    trace: str | None
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Say where an event lies in the log."""

    receipt: str
    event_id: str
    partition: int
    offset: int
    recorded_at: str


class Outbox:
    """Keep accepted events until the log has them, and their receipts for ever.

    One door per partnership writes here. Rows are numbered in the order of `add`, without a gap: a second
    door that numbered the same would be refused by the database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create_tables(self) -> None:
        """Make the tables where they are missing."""
        INGEST.create_all(self._engine)

    def find(self, event_ids: Iterable[str]) -> dict[str, Kept]:
        """Return what is kept of these events, by event id; one not kept is absent."""
        kept = select(OUTBOX.c.seq, OUTBOX.c.event_id, OUTBOX.c.mac, OUTBOX.c.receipt, OUTBOX.c.defects)
        with reading(self._engine) as conn:
            rows = conn.execute(kept.where(OUTBOX.c.event_id.in_(sorted(set(event_ids))))).mappings()
            return {row["event_id"]: Kept(**row) for row in rows}

    def of_agency(self, agency: str, event_ids: Iterable[str]) -> frozenset[str]:
        """Return which of these events an agency published itself."""
        own = select(OUTBOX.c.event_id).where(OUTBOX.c.agency == agency)
        with reading(self._engine) as conn:
            return frozenset(conn.scalars(own.where(OUTBOX.c.event_id.in_(sorted(set(event_ids))))))

    def sealed(self, event_ids: Iterable[str]) -> dict[str, bytes]:
        """Return the sealed bytes of these events, by event id; one not kept is absent."""
        columns = select(OUTBOX.c.event_id, OUTBOX.c.value)
        with reading(self._engine) as conn:
            rows = conn.execute(columns.where(OUTBOX.c.event_id.in_(sorted(set(event_ids)))))
            return {row.event_id: row.value for row in rows}

    def add(self, entries: Sequence[Entry]) -> dict[str, int]:
        """Keep events, all or none, in this order; return their numbers by event id."""
        rows = [{name: getattr(entry, name) for name in Entry.__slots__} for entry in entries]
        if not rows:
            return {}
        with writing(self._engine) as conn:
            last = conn.execute(select(func.coalesce(func.max(OUTBOX.c.seq), 0))).scalar_one()
            numbered = [{"seq": seq, **row} for seq, row in enumerate(rows, start=int(last) + 1)]
            conn.execute(insert(OUTBOX), numbered)
        return {str(row["event_id"]): int(row["seq"]) for row in numbered}

    def waiting(self, limit: int, size: int) -> list[Waiting]:
        """Return the first rows after the last appended one, in order: so many, up to so many bytes."""
        columns = select(OUTBOX.c.seq, OUTBOX.c.event_id, OUTBOX.c.trace, OUTBOX.c.value)
        found: list[Waiting] = []
        with reading(self._engine) as conn:
            through = conn.execute(_through()).scalar_one()
            rows = conn.execute(columns.where(OUTBOX.c.seq > through).order_by(OUTBOX.c.seq).limit(limit))
            for row in rows.mappings():
                found.append(Waiting(**row))
                size -= len(found[-1].value)
                if size <= 0:
                    break
        return found

    def appended(self, rows: Sequence[Waiting], positions: Sequence[Position]) -> None:
        """Remember where rows came to lie. They are the first waiting ones, in order."""
        where = [
            {"seq": row.seq, "partition": position.partition, "offset": position.offset}
            for row, position in zip(rows, positions, strict=True)
        ]
        with writing(self._engine) as conn:
            conn.execute(insert(APPENDED), where)

    def through(self) -> int:
        """Return the number of the last row known to be in the log, 0 where none is."""
        with reading(self._engine) as conn:
            return int(conn.execute(_through()).scalar_one())

    def pending(self) -> int:
        """Return how many rows are not known to be in the log."""
        with reading(self._engine) as conn:
            through = conn.execute(_through()).scalar_one()
            return int(
                conn.execute(select(func.count(OUTBOX.c.seq)).where(OUTBOX.c.seq > through)).scalar_one()
            )

    def end(self) -> int:
        """Return the offset after the last row known to be in the log."""
        with reading(self._engine) as conn:
            last = conn.execute(select(APPENDED.c.offset).order_by(APPENDED.c.seq.desc()).limit(1)).scalar()
            return 0 if last is None else int(last) + 1

    def receipt(self, receipt: str, agency: str) -> Receipt | None:
        """Return what a receipt stands for; None for anyone but its publisher, and until it is true."""
        found = (
            select(
                OUTBOX.c.receipt,
                OUTBOX.c.event_id,
                APPENDED.c.partition,
                APPENDED.c.offset,
                OUTBOX.c.recorded_at,
            )
            .join(APPENDED, APPENDED.c.seq == OUTBOX.c.seq)
            .where(OUTBOX.c.receipt == receipt, OUTBOX.c.agency == agency)
        )
        with reading(self._engine) as conn:
            row: RowMapping | None = conn.execute(found).mappings().first()
        return None if row is None else Receipt(**row)


def _through() -> Select[tuple[int]]:
    return select(func.coalesce(func.max(APPENDED.c.seq), 0))
