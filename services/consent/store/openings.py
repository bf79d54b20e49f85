"""Openings as they are asked for: who opened what, and who was refused. Made from the topic."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Engine,
    Index,
    MetaData,
    String,
    Table,
    Text,
    insert,
    select,
)

from services.consent.store.days import Days
from services.eventlog import positions
from services.eventlog.topics import OPENINGS
from services.runtime.database import reading, writing

METADATA = MetaData()
POSITION = positions.positions_table(METADATA, "keyring")

OPENING = Table(
    "keyring_opening",
    METADATA,
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("opening_id", String(32), nullable=False),
    Column("at", String(40), nullable=False, index=True),
    Column("release_id", String(32), nullable=False, index=True),
    Column("event_id", String(64), nullable=True),
    Column("recipient", String(64), nullable=True),
    Column("agency", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("sections", Text, nullable=False),
    Column("refused", Boolean, nullable=False),
    Column("party", Boolean, nullable=False),
    Index("keyring_opening_agency", "agency", "at"),
)

NAME = "witness"
AT_ONCE = 500
"""Releases in one question."""


class Opening(NamedTuple):
    """One opening, or one refused: `party`, because it was about who asked or their home."""

    offset: int
    opening_id: str
    at: str
    release_id: str
    event_id: str | None
    recipient: str | None
    agency: str
    person: str
    purpose: str
    sections: tuple[str, ...]
    refused: bool
    party: bool


class Openings:
    """The openings on record, as far as they were read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create_tables(self) -> None:
        """Make the tables that are missing."""
        METADATA.create_all(self._engine)

    def position(self) -> int:
        """Return the next offset of `openings` to be read, as committed."""
        with reading(self._engine) as conn:
            return positions.load(conn, POSITION, NAME).get(OPENINGS, 0)

    def keep(self, expected: int, new: int, rows: Sequence[Opening]) -> None:
        """Keep what was read between two offsets. Raises `Moved` where another reader was faster."""
        with writing(self._engine) as conn:
            positions.advance(conn, POSITION, NAME, OPENINGS, expected, new)
            if rows:
                conn.execute(insert(OPENING), [_row(each) for each in rows])

    def within(self, days: Days, limit: int, *conditions: ColumnElement[bool]) -> list[Opening]:
        """Return openings of these days, the latest first."""
        query = select(OPENING).where(days.of(OPENING.c.at), *conditions)
        with reading(self._engine) as conn:
            rows = conn.execute(query.order_by(OPENING.c.offset.desc()).limit(limit)).mappings()
            return [_opening(dict(row)) for row in rows]

    def of_releases(self, release_ids: Iterable[str]) -> list[Opening]:
        """Return every opening of these releases, in order."""
        wanted = sorted(set(release_ids))
        found: list[Opening] = []
        with reading(self._engine) as conn:
            for start in range(0, len(wanted), AT_ONCE):
                few = OPENING.c.release_id.in_(wanted[start : start + AT_ONCE])
                found += [_opening(dict(row)) for row in conn.execute(select(OPENING).where(few)).mappings()]
        return sorted(found)


def _row(opening: Opening) -> dict[str, object]:
    return {**opening._asdict(), "sections": json.dumps(opening.sections)}


def _opening(row: dict[str, object]) -> Opening:
    return Opening(**{**row, "sections": tuple(json.loads(str(row["sections"])))})  # type: ignore[arg-type]
