"""Keep what could not be decided until it is: a few rows, most often none."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from services.consent.flow.ledger import Entry
from services.consent.flow.undecided import UndecidedRow, decided, undecided_rows
from services.consent.store.tables import UNDECIDED

Key = tuple[str, str]
"""A line, and a recipient."""


def enter(conn: Connection, entries: Sequence[Entry]) -> None:
    """Write what a batch could not decide, and let go of what it decided after all.

    Where nothing stands here and nothing failed there is nothing to compare.
    """
    failed = any(True for entry in entries for said in entry.said for _ in undecided_rows(entry.folded, said))
    known = set(map(tuple, conn.execute(select(UNDECIDED.c.line, UNDECIDED.c.recipient))))
    if not failed and not known:
        return
    stands = _as_it_stands(entries)
    for line, recipient in known & stands.keys():
        conn.execute(delete(UNDECIDED).where(UNDECIDED.c.line == line, UNDECIDED.c.recipient == recipient))
    rows = [row._asdict() for row in stands.values() if row is not None]
    if rows:
        conn.execute(insert(UNDECIDED), rows)


def _as_it_stands(entries: Sequence[Entry]) -> dict[Key, UndecidedRow | None]:
    """Return what the batch says of each recipient of each line at its end: a row, or that it is decided."""
    stands: dict[Key, UndecidedRow | None] = {}
    for entry in entries:
        for said in entry.said:
            stands.update({(said.line, recipient): None for recipient in decided(entry.folded, said)})
            rows = undecided_rows(entry.folded, said)
            stands.update({(row.line, row.recipient): row for row in rows})
    return stands
