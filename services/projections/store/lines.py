"""Where each incident stands in its recipient's inbox: one line each, made of its rows in their transaction.

Whatever changes what is known of an incident makes its line anew from all there is of it: a release, an
answer to one, an opening of one. So a line never depends on what came first, and a rebuild gives the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, insert, select
from sqlalchemy.exc import IntegrityError

from services.projections.rules.lining import REVISION, line
from services.projections.state import CaseLine, Opening, Row
from services.projections.store import rows
from services.projections.store.tables import ANSWERS, CASES, LINED, OPENED, PREFIX, RELEASES, UNSEALED

AT_ONCE: Final = 500
"""Incidents whose lines are made in one question."""

EPOCH, TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

Incidents = Mapping[str, Iterable[str]]
"""Aliases of incidents by the recipient they are for."""


def hold(conn: Connection) -> str:
    """Let nobody else commit until this transaction ends. Returns what the lines were made by."""
    held = select(LINED.c.made_by).where(LINED.c.name == PREFIX).with_for_update()
    found = conn.execute(held).scalar_one_or_none()
    if found is None:
        with suppress(IntegrityError), conn.begin_nested():
            conn.execute(insert(LINED).values(name=PREFIX, made_by=""))
        found = conn.execute(held).scalar_one()
    return str(found)


def made_by(bank_holidays: AbstractSet[date]) -> str:
    """Return the name of what lines are made by: these days, and the rules of now."""
    days = sorted(day.isoformat() for day in bank_holidays)
    return sha256(" ".join([str(REVISION), *days]).encode()).hexdigest()


def line_up(conn: Connection, of: Incidents, bank_holidays: AbstractSet[date]) -> None:
    """Make the lines of these incidents anew, as part of the caller's transaction, which holds."""
    for recipient, incidents in sorted(of.items()):
        for few in _in_parts(sorted(incidents)):
            conn.execute(delete(CASES).where(CASES.c.recipient == recipient, CASES.c.incident.in_(few)))
            if lines := _lines(conn, recipient, few, bank_holidays):
                conn.execute(insert(CASES), [_columns(each) for each in lines])


def line_up_all(conn: Connection, bank_holidays: AbstractSet[date]) -> None:
    """Make every line anew, and say by what, as part of the caller's transaction, which holds."""
    every = select(RELEASES.c.recipient, RELEASES.c.incident).where(RELEASES.c.incident.is_not(None))
    conn.execute(delete(CASES))
    line_up(conn, _by_recipient(conn, every.distinct()), bank_holidays)
    conn.execute(LINED.update().where(LINED.c.name == PREFIX).values(made_by=made_by(bank_holidays)))


def touched(conn: Connection, arrived: Sequence[Row], openings: Sequence[Opening]) -> Incidents:
    """Return the incidents of which something else is known now that these rows and openings are kept."""
    of = defaultdict[str, set[str]](set)
    for row in arrived:
        if row.incident is not None:
            of[row.recipient].add(row.incident)
    named = {row.answers for row in arrived} | {one.release_id for one in openings}
    met = select(RELEASES.c.recipient, RELEASES.c.incident).where(
        RELEASES.c.release_id.in_(named - {None}), RELEASES.c.incident.is_not(None)
    )
    for recipient, incidents in _by_recipient(conn, met).items():
        of[recipient] |= incidents
    return of


def about(recipient: str, incidents: Sequence[str]) -> ColumnElement[bool]:
    """Return which releases are a recipient's about these incidents."""
    return and_(RELEASES.c.recipient == recipient, RELEASES.c.incident.in_(incidents))


def ticks(moment: datetime) -> int:
    """Return a moment as it is kept, so that it compares."""
    return (moment - EPOCH) // TICK


def spaced(types: Iterable[str]) -> str:
    """Return types of events as they are kept, so that one is found whole."""
    return f" {' '.join(types)} "


def _lines(
    conn: Connection, recipient: str, incidents: Sequence[str], bank_holidays: AbstractSet[date]
) -> list[CaseLine]:
    of = defaultdict[str, list[Row]](list)
    for row in conn.execute(select(*UNSEALED).where(about(recipient, incidents))).mappings():
        of[row["incident"]].append(rows.row_of(row))
    answered, opened = (_said_of(conn, each, recipient, incidents) for each in (ANSWERS, OPENED))
    return [line(told, answered, opened, bank_holidays) for told in of.values()]


def _said_of(conn: Connection, table: Table, recipient: str, incidents: Sequence[str]) -> frozenset[str]:
    """Return the releases about these incidents that are in a table, as their own recipient's."""
    same = and_(table.c.recipient == RELEASES.c.recipient, table.c.release_id == RELEASES.c.release_id)
    query = select(RELEASES.c.release_id).join(table, same).where(about(recipient, incidents))
    return frozenset(conn.scalars(query))


def _by_recipient(conn: Connection, query: Select[tuple[str, str | None]]) -> dict[str, set[str]]:
    of = defaultdict[str, set[str]](set)
    for recipient, incident in conn.execute(query):
        of[recipient].add(str(incident))
    return of


def _columns(one: CaseLine) -> dict[str, object]:
    return {
        "recipient": one.recipient,
        "incident": one.incident,
        "waits": one.place.waits,
        "seq": one.place.seq,
        "recalled": one.recalled,
        "over_at": ticks(one.over_at) if one.over_at is not None else None,
        "happened": spaced(one.happened),
    }


def _in_parts(incidents: Sequence[str]) -> Iterator[Sequence[str]]:
    return (incidents[start : start + AT_ONCE] for start in range(0, len(incidents), AT_ONCE))
