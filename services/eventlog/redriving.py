"""Go back to what a reader set aside, and say so on record, in one transaction (decision 0031).

A reader goes on after a record it cannot read, so everything later has come past it: of a recipient whose
number was missing, unapplied. To read that record again is to go back to it and to read on, through the same
code: numbers that were applied are known and left alone. Each time is a row, kept for as long as the tables
are; their number tells a reader that it was moved back, even where it has come as far again since.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from services.eventlog import positions
from services.eventlog.errors import Moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrive:
    """One time that a topic was read again: from `first` up to `until`, which is the next offset of then.

    `agency` and `person` are who asked for it, by the ids they are registered under.
    """

    topic: str
    first: int
    until: int
    agency: str
    person: str
    at: datetime


def redrives_table(metadata: MetaData, prefix: str) -> Table:
    """Return the table `<prefix>_redrive`: what was read again, by whom, when."""
    return Table(
        f"{prefix}_redrive",
        metadata,
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("topic", String(255), nullable=False),
        Column("first", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("agency", String(120), nullable=False),
        Column("person", String(200), nullable=False),
        Column("at", String(40), nullable=False),
    )


def load(conn: Connection, table: Table) -> tuple[Redrive, ...]:
    """Return everything that was read again, in order."""
    rows = conn.execute(select(table).order_by(table.c.number)).mappings()
    named = [{name: row[name] for name in Redrive.__slots__} for row in rows]
    return tuple(Redrive(**{**row, "at": datetime.fromisoformat(row["at"])}) for row in named)


def count(conn: Connection, table: Table) -> int:
    """Return how often anything was read again: what a reader keeps beside its positions."""
    return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def require(conn: Connection, table: Table, known: int) -> None:
    """Raise `Moved` where something was read again that a reader does not know of: discard and reload."""
    if count(conn, table) != known:
        raise Moved("what was set aside is read again: discard memory and reload")


def keep(conn: Connection, table: Table, redrive: Redrive) -> None:
    """Put on record that something is read again, or said again, as part of the caller's transaction."""
    conn.execute(insert(table).values(**{**asdict(redrive), "at": redrive.at.isoformat()}))


def go_back(conn: Connection, table: Table, standing: Table, name: str, redrive: Redrive) -> None:
    """Move a reader back and put it on record. Raises `Moved` where it no longer stands at `until`."""
    positions.go_back(conn, standing, name, redrive.topic, redrive.until, redrive.first)
    keep(conn, table, redrive)


def aside(conn: Connection, parked: Table) -> dict[str, dict[int, str]]:
    """Return what a reader set aside, by topic and offset, each with its reason."""
    found: dict[str, dict[int, str]] = {}
    for row in conn.execute(select(parked).order_by(parked.c.topic, parked.c.offset)):
        found.setdefault(row.topic, {})[row.offset] = row.reason
    return found


def topics_aside(conn: Connection, parked: Table) -> frozenset[str]:
    """Return the topics of which a record stands aside."""
    return frozenset(conn.scalars(select(parked.c.topic).distinct()))


def last_aside(conn: Connection, parked: Table) -> dict[str, int]:
    """Return the last offset set aside of each topic that has any: what a reader keeps in memory."""
    return {topic: max(offsets) for topic, offsets in aside(conn, parked).items()}


def take_back(conn: Connection, parked: Table, topic: str, first: int, until: int) -> None:
    """Let nothing from `first` up to `until` stand aside: it is read again, and set aside anew if need be."""
    conn.execute(
        delete(parked).where(parked.c.topic == topic, parked.c.offset >= first, parked.c.offset < until)
    )


def times(redrives: Iterable[Redrive], topic: str, offset: int) -> int:
    """Return how often a place was read again."""
    return sum(one.topic == topic and one.first <= offset < one.until for one in redrives)
