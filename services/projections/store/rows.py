"""A release as a row of its table, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from services.projections.state import Answer, Opening, Parked, Row, Waiting
from services.projections.store.tables import ANSWERS, OPENED, RELEASES


def keep(conn: Connection, rows: Iterable[Row]) -> None:
    """Keep releases, and what their recipients said in them came of others."""
    kept = tuple(rows)
    if kept:
        conn.execute(insert(RELEASES), [_columns(row) for row in kept])
    if answers := [_answer(row) for row in kept if row.answers is not None]:
        conn.execute(insert(ANSWERS), answers)


def keep_opened(conn: Connection, openings: Iterable[Opening]) -> None:
    """Keep which releases were opened: each once, however often it was."""
    found = {(one.recipient, one.release_id) for one in openings}
    ids = {release_id for _, release_id in found}
    held = select(OPENED.c.recipient, OPENED.c.release_id).where(OPENED.c.release_id.in_(ids))
    known = {(row.recipient, row.release_id) for row in conn.execute(held)} if ids else set()
    if new := sorted(found - known):
        conn.execute(insert(OPENED), [{"recipient": name, "release_id": one} for name, one in new])


def answers(conn: Connection, recipient: str, releases: Iterable[str]) -> tuple[Answer, ...]:
    """Return the last thing a recipient said came of each of these releases to it."""
    query = select(ANSWERS).where(ANSWERS.c.recipient == recipient, ANSWERS.c.release_id.in_(tuple(releases)))
    rows = conn.execute(query.order_by(ANSWERS.c.seq)).mappings()
    return tuple({row["release_id"]: Answer(**row) for row in rows}.values())


def opened(conn: Connection, recipient: str, releases: Iterable[str]) -> frozenset[str]:
    """Return which of these releases to a recipient somebody in its agency has opened."""
    query = select(OPENED.c.release_id).where(OPENED.c.recipient == recipient)
    return frozenset(conn.scalars(query.where(OPENED.c.release_id.in_(tuple(releases)))))


def row_of(found: RowMapping | Mapping[str, Any]) -> Row:
    """Return the row that columns hold; without its sealed bytes where they were not read."""
    return Row(**{"value": b"", **found, "sections": tuple(found["sections"])})


def waiting_of(found: RowMapping) -> Waiting:
    """Return what waits for an earlier number."""
    since = datetime.fromisoformat(found["since"])
    return Waiting(recipient=found["recipient"], seq=found["seq"], since=since)


def fields_of(record: Row | Parked | Waiting) -> dict[str, object]:
    """Return every field by its name."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _columns(row: Row) -> dict[str, object]:
    named = {**fields_of(row), "sections": list(row.sections)}
    return {column.name: named[column.name] for column in RELEASES.columns}


def _answer(row: Row) -> dict[str, object]:
    return {
        "recipient": row.recipient,
        "seq": row.seq,
        "release_id": row.answers,
        "outcome": row.outcome or "",
        "at": row.occurred_at,
    }
