"""How far a reader has got, kept beside its rows and moved in the same transaction (design 2)."""

from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.eventlog.errors import Moved


def positions_table(metadata: MetaData, prefix: str) -> Table:
    """Return the table `<prefix>_position`: the next offset of each topic, by reader."""
    return Table(
        f"{prefix}_position",
        metadata,
        Column("name", String(64), primary_key=True),
        Column("topic", String(255), primary_key=True),
        Column("next", BigInteger, nullable=False),
    )


def load(conn: Connection, table: Table, name: str) -> dict[str, int]:
    """Return the next offset of each topic that reader has ever advanced in; others start at 0."""
    rows = conn.execute(
        select(table.c.topic, table.c.next).where(table.c.name == name).order_by(table.c.topic)
    )
    return {row.topic: row.next for row in rows}


def advance(conn: Connection, table: Table, name: str, topic: str, expected: int, new: int) -> None:
    """Move a reader on from `expected` to `new`, as part of the caller's transaction.

    Raises `Moved` where it no longer stands at `expected`: roll back, discard memory, reload.
    """
    if new < expected:
        raise ValueError(f"`{name}` would go back from `{expected}` to `{new}`: a position only advances")
    standing = (table.c.name == name) & (table.c.topic == topic) & (table.c.next == expected)
    if conn.execute(update(table).where(standing).values(next=new)).rowcount == 1:
        return
    if expected != 0:
        raise _moved(name, topic, expected)
    try:
        with conn.begin_nested():
            conn.execute(insert(table).values(name=name, topic=topic, next=new))
    except IntegrityError as error:
        raise _moved(name, topic, expected) from error


def go_back(conn: Connection, table: Table, name: str, topic: str, expected: int, new: int) -> None:
    """Move a reader back from `expected` to `new`, as part of the caller's transaction.

    Raises `Moved` where it no longer stands at `expected`: look again. Whoever calls this says so on record
    in the same transaction (`redriving`): by its position alone a reader cannot tell that it was moved back
    and has come as far again.
    """
    if not 0 <= new < expected:
        raise ValueError(f"`{name}` would not go back from `{expected}` to `{new}`: give an earlier offset")
    standing = (table.c.name == name) & (table.c.topic == topic) & (table.c.next == expected)
    if conn.execute(update(table).where(standing).values(next=new)).rowcount != 1:
        raise _moved(name, topic, expected)


def _moved(name: str, topic: str, expected: int) -> Moved:
    return Moved(f"`{name}` no longer stands at `{expected}` of `{topic}`: discard memory and reload")
