"""Releases in the order they came, and what is known of the occurrences they speak of."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from services.eventlog import positions, redriving
from services.notify.rules.intake import PARTNERSHIP, concerns
from services.notify.state import Arrival, Form
from services.notify.store.tables import (
    FORMS,
    LISTINGS,
    MISSING,
    NOTIFICATIONS,
    PARKED,
    POSITIONS,
    REDRIVES,
    RELEASES,
    SEQUENCES,
    TAKEN_BACK,
)
from services.vocabulary.events import VPA_FAMILY
from services.vocabulary.grounds import ReleaseKind

READER = "notify"

ALONE = "event:"
"""Begins the name of an occurrence of which the partnership's release has not come."""


def load_positions(conn: Connection) -> dict[str, int]:
    """Return the next offset of each topic."""
    return dict(positions.load(conn, POSITIONS, READER))


def advance(conn: Connection, topic: str, expected: int, new: int) -> None:
    """Move a topic's position. Raises `Moved` when another worker was faster."""
    positions.advance(conn, POSITIONS, READER, topic, expected, new)


def load_numbers(conn: Connection) -> dict[str, int]:
    """Return the next number of each recipient heard of."""
    return {row.recipient: row.next for row in conn.execute(select(SEQUENCES))}


def keep(conn: Connection, arrivals: Iterable[Arrival]) -> None:
    """Keep releases in the order given, each with its recipient's next number after it."""
    came = tuple(arrivals)
    if not came:
        return
    conn.execute(insert(RELEASES), [_row(arrival) for arrival in came])
    numbers = {arrival.recipient: arrival.seq + 1 for arrival in came}
    conn.execute(delete(SEQUENCES).where(SEQUENCES.c.recipient.in_(numbers)))
    conn.execute(insert(SEQUENCES), [{"recipient": name, "next": after} for name, after in numbers.items()])


def load_missing(conn: Connection) -> dict[str, datetime]:
    """Return whose next number has not come although a later one has, and since when."""
    return {row.recipient: row.since for row in conn.execute(select(MISSING))}


def keep_missing(conn: Connection, missing: Mapping[str, datetime]) -> None:
    """Keep whose next number has not come, over what was kept of it."""
    conn.execute(delete(MISSING))
    if missing:
        conn.execute(insert(MISSING), [{"recipient": name, "since": at} for name, at in missing.items()])


def park(conn: Connection, topic: str, offset: int, reason: str) -> None:
    """Set a record aside that cannot be read, with the reason."""
    conn.execute(insert(PARKED).values(topic=topic, offset=offset, reason=reason))


def take_back(conn: Connection, topic: str, first: int, until: int) -> None:
    """Let nothing from `first` up to `until` stand aside: it is read again."""
    redriving.take_back(conn, PARKED, topic, first, until)


def topics_aside(conn: Connection) -> frozenset[str]:
    """Return the topics of which a record stands aside."""
    return redriving.topics_aside(conn, PARKED)


def last_aside(conn: Connection) -> dict[str, int]:
    """Return the last offset set aside of each topic that has any."""
    return redriving.last_aside(conn, PARKED)


def redriven(conn: Connection) -> int:
    """Return how often anything was read or said again."""
    return redriving.count(conn, REDRIVES)


def require_redriven(conn: Connection, known: int) -> None:
    """Raise `Moved` where something was read again that the caller does not know of."""
    redriving.require(conn, REDRIVES, known)


def waiting(conn: Connection, limit: int) -> tuple[Arrival, ...]:
    """Return the first releases not yet taken in, in the order they came."""
    query = select(RELEASES).where(RELEASES.c.waits).order_by(RELEASES.c.number).limit(limit)
    return tuple(_arrival(row) for row in conn.execute(query).mappings())


def take(conn: Connection, arrival: Arrival) -> bool:
    """Take a release in; it waits no more. False: another worker has, and nothing more is to be done."""
    its_own = (RELEASES.c.recipient == arrival.recipient) & (RELEASES.c.seq == arrival.seq)
    return conn.execute(update(RELEASES).where(its_own, RELEASES.c.waits).values(waits=False)).rowcount == 1


def is_taken_back(conn: Connection, arrival: Arrival) -> bool:
    """Say whether a later release to the same recipient recalls this one, so that it cannot be opened.

    Of a form also whether one corrects it: a correction takes the place of every earlier form.
    """
    recalled = (RELEASES.c.event_id == arrival.event_id) & (RELEASES.c.kind == ReleaseKind.RECALLED.value)
    corrected = (RELEASES.c.incident == arrival.incident) & (RELEASES.c.kind == ReleaseKind.CORRECTED.value)
    taken_back = recalled | corrected if arrival.event_type in VPA_FAMILY else recalled
    later = select(func.count()).where(
        RELEASES.c.recipient == arrival.recipient, RELEASES.c.seq > arrival.seq, taken_back
    )
    return bool(conn.execute(later).scalar_one())


def to_partnership(conn: Connection, event_id: str) -> Arrival | None:
    """Return the partnership's first release of an event, if it has come: it has the event's facts."""
    query = select(RELEASES).where(RELEASES.c.event_id == event_id, RELEASES.c.recipient == PARTNERSHIP)
    row = conn.execute(query.order_by(RELEASES.c.seq).limit(1)).mappings().one_or_none()
    return _arrival(row) if row else None


def first_recorded(conn: Connection, occurrence: str) -> datetime | None:
    """Return when the first form about an occurrence was recorded, as far as the partnership's have come."""
    forms = (RELEASES.c.recipient == PARTNERSHIP) & RELEASES.c.event_type.in_(VPA_FAMILY)
    query = select(func.min(RELEASES.c.recorded_at)).where(RELEASES.c.incident == occurrence, forms)
    found: datetime | None = conn.execute(query).scalar_one()
    return found


def form_of(conn: Connection, event_id: str) -> Form | None:
    """Return what is known of one form."""
    row = conn.execute(select(FORMS).where(FORMS.c.event_id == event_id)).mappings().one_or_none()
    return Form(**row) if row else None


def keep_form(conn: Connection, form: Form) -> None:
    """Keep what a form says, over what was kept of it; what stood alone for it joins its occurrence.

    What was taken back counts no child.
    """
    if conn.execute(select(TAKEN_BACK).where(TAKEN_BACK.c.event_id == form.event_id)).first() is not None:
        form = replace(form, child_count=None)
    conn.execute(delete(FORMS).where(FORMS.c.event_id == form.event_id))
    conn.execute(insert(FORMS).values(**{name: getattr(form, name) for name in form.__slots__}))
    for table in (NOTIFICATIONS, LISTINGS):
        alone = table.c.occurrence == ALONE + form.event_id
        conn.execute(update(table).where(alone).values(occurrence=form.occurrence))


def keep_taken_back(conn: Connection, event_id: str) -> None:
    """Know that an event was taken back from everybody: the children it counted are counted no more."""
    conn.execute(delete(TAKEN_BACK).where(TAKEN_BACK.c.event_id == event_id))
    conn.execute(insert(TAKEN_BACK).values(event_id=event_id))
    conn.execute(update(FORMS).where(FORMS.c.event_id == event_id).values(child_count=None))


def _row(arrival: Arrival) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(arrival, name) for name in arrival.__slots__}
    return {
        **row,
        "kind": arrival.kind.value,
        "sections": json.dumps(arrival.sections),
        "waits": concerns(arrival),
    }


def _arrival(row: Mapping[Any, Any]) -> Arrival:
    found = {name: row[name] for name in Arrival.__slots__}
    sections = tuple(json.loads(row["sections"]))
    return Arrival(**{**found, "kind": ReleaseKind(row["kind"]), "sections": sections})
