"""A recipient's incidents, as its inbox is asked for them: found by their lines, told with all their rows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, literal, or_, select, tuple_

from services.projections.state import Answer, Place, Row, Show
from services.projections.store import rows
from services.projections.store.lines import about, spaced, ticks
from services.projections.store.tables import CASES, RELEASES, UNSEALED


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of a recipient's cases are asked for: beyond `after`, of which any of `show` holds at `now`.

    `happened` is a type of event. No filter is every case.
    """

    recipient: str
    limit: int
    now: datetime
    after: Place | None = None
    show: frozenset[Show] = frozenset()
    happened: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a recipient holds of one incident, where that stands in its inbox, and what was made of it.

    `answers` are the last thing it said came of each release; `opened` are releases.
    """

    place: Place
    rows: tuple[Row, ...]
    answers: tuple[Answer, ...]
    opened: tuple[str, ...]


def cases(conn: Connection, wanted: Wanted) -> tuple[Held, ...]:
    """Return the cases asked for, each with all of its rows in order but their sealed bytes.

    Four questions, however many cases there are, and none about those that are not asked for.
    """
    found = {row.incident: Place(waits=row.waits, seq=row.seq) for row in conn.execute(_asked(wanted))}
    of = defaultdict[str, list[Row]](list)
    query = select(*UNSEALED).where(about(wanted.recipient, tuple(found))).order_by(RELEASES.c.seq)
    for row in conn.execute(query).mappings():
        of[row["incident"]].append(rows.row_of(row))
    return tuple(_held(conn, wanted.recipient, [(place, of[alias]) for alias, place in found.items()]))


def case(conn: Connection, recipient: str, incident: str) -> Held | None:
    """Return one incident of a recipient's with all of its rows, whole; None where it holds nothing of it."""
    where = (CASES.c.recipient == recipient) & (CASES.c.incident == incident)
    at = conn.execute(select(CASES.c.waits, CASES.c.seq).where(where)).one_or_none()
    if at is None:
        return None
    query = select(RELEASES).where(about(recipient, (incident,))).order_by(RELEASES.c.seq)
    found = [rows.row_of(row) for row in conn.execute(query).mappings()]
    (held,) = _held(conn, recipient, [(Place(waits=at.waits, seq=at.seq), found)])
    return held


def _held(conn: Connection, recipient: str, found: Sequence[tuple[Place, Sequence[Row]]]) -> Iterator[Held]:
    ids = [row.release_id for _, told in found for row in told]
    said = {each.release_id: each for each in rows.answers(conn, recipient, ids)}
    opened = rows.opened(conn, recipient, ids)
    for place, told in found:
        yield Held(
            place=place,
            rows=tuple(told),
            answers=tuple(said[row.release_id] for row in told if row.release_id in said),
            opened=tuple(row.release_id for row in told if row.release_id in opened),
        )


def _asked(wanted: Wanted) -> Select[tuple[str, bool, int]]:
    query = select(CASES.c.incident, CASES.c.waits, CASES.c.seq).where(CASES.c.recipient == wanted.recipient)
    if wanted.after is not None:
        after = tuple_(literal(wanted.after.waits), literal(wanted.after.seq))
        query = query.where(tuple_(CASES.c.waits, CASES.c.seq) < after)
    if wanted.show:
        query = query.where(or_(*(_is(each, wanted.now) for each in sorted(wanted.show))))
    if wanted.happened is not None:
        query = query.where(CASES.c.happened.contains(spaced([wanted.happened]), autoescape=True))
    return query.order_by(CASES.c.waits.desc(), CASES.c.seq.desc()).limit(wanted.limit)


def _is(asked: Show, now: datetime) -> ColumnElement[bool]:
    match asked:
        case Show.NEW:
            return CASES.c.waits
        case Show.EXPECTED:
            return CASES.c.over_at.is_not(None)
        case Show.OVERDUE:
            return CASES.c.over_at < ticks(now)
        case Show.RECALLED:
            return CASES.c.recalled
