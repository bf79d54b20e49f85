"""What is still to be said to the partnership, in order; and how much there is left to do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, func, select, update

from services.notify.store import openings
from services.notify.store.tables import MAILS, NOTIFICATIONS, OUTBOX, RELEASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One event not yet taken by the door, as it will be sent: the same bytes on every try.

    `traceparent` is the trace in which it was decided to say it.
    """

    id: str
    event: str
    traceparent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One event the door would not have: its place in the order, its id, and the reasons the door gave."""

    number: int
    id: str
    reasons: Sequence[Mapping[str, Any]]

    @property
    def rules(self) -> str:
        """Return the rules it broke, by name."""
        return ", ".join(str(reason.get("rule")) for reason in self.reasons) or "refused"


def waiting(conn: Connection, limit: int) -> tuple[Waiting, ...]:
    """Return the first events the door has not taken, in order."""
    found = (
        select(OUTBOX.c.id, OUTBOX.c.event, OUTBOX.c.traceparent)
        .where(OUTBOX.c.waits)
        .order_by(OUTBOX.c.number)
    )
    return tuple(Waiting(**row) for row in conn.execute(found.limit(limit)).mappings())


def taken(conn: Connection, ids: Sequence[str]) -> None:
    """Note that the door has these."""
    conn.execute(update(OUTBOX).where(OUTBOX.c.id.in_(ids)).values(waits=False))


def park(conn: Connection, event: str, reasons: object) -> None:
    """Set aside an event the door will not have, with its reasons."""
    conn.execute(update(OUTBOX).where(OUTBOX.c.id == event).values(waits=False, refused=json.dumps(reasons)))


def refused(conn: Connection) -> tuple[Refused, ...]:
    """Return the events the door would not have, in order."""
    found = select(OUTBOX.c.number, OUTBOX.c.id, OUTBOX.c.refused).where(OUTBOX.c.refused.is_not(None))
    rows = conn.execute(found.order_by(OUTBOX.c.number))
    return tuple(Refused(number=row.number, id=row.id, reasons=json.loads(row.refused) or ()) for row in rows)


def say_again(conn: Connection, first: int, until: int) -> None:
    """Let what the door would not have, from one number up to another, wait again: same bytes, same order."""
    here = (OUTBOX.c.number >= first) & (OUTBOX.c.number < until) & OUTBOX.c.refused.is_not(None)
    conn.execute(update(OUTBOX).where(here).values(waits=True, refused=None))


def pending(conn: Connection, now: datetime) -> int:
    """Count what is to be done at this moment: releases waiting, things to say, mails and phone calls due,
    and openings not yet written down at their messages."""
    return openings.count_met(conn) + sum(
        conn.execute(query).scalar_one()
        for query in (
            _count(RELEASES, RELEASES.c.waits),
            _count(OUTBOX, OUTBOX.c.waits),
            _count(MAILS, MAILS.c.next_at <= now),
            _count(NOTIFICATIONS, NOTIFICATIONS.c.wakes_at <= now),
        )
    )


def next_wake(conn: Connection, now: datetime) -> datetime | None:
    """Return the earliest moment after now at which something will be done without being asked."""
    hours = (_after(conn, MAILS.c.next_at, now), _after(conn, NOTIFICATIONS.c.wakes_at, now))
    return min((hour for hour in hours if hour is not None), default=None)


def _count(table: Table, condition: Any) -> Select[tuple[int]]:
    return select(func.count()).select_from(table).where(condition)


def _after(conn: Connection, column: Column[datetime], now: datetime) -> datetime | None:
    found: datetime | None = conn.execute(select(func.min(column)).where(column > now)).scalar_one()
    return found
