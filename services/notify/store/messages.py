"""Messages, listings, phone tasks and mails: read them, and keep an outcome whole."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select, update

from services.notify.flow import Outcome, Said, as_event
from services.notify.state import Attempt, Listing, Mail, Notification, Standing, Task
from services.notify.store import traces
from services.notify.store.tables import ATTEMPTS, LISTINGS, MAILS, NOTIFICATIONS, OUTBOX, TASKS

_STANDS = Standing.STANDS.value


def keep(conn: Connection, outcome: Outcome, now: datetime) -> None:
    """Keep an outcome whole: rows over their former selves, tasks closed, mails cancelled, things to say."""
    _replace(conn, NOTIFICATIONS, "id", [_notification_row(one) for one in outcome.notifications])
    _replace(conn, LISTINGS, "id", [_plain(one) for one in outcome.listings])
    _replace(conn, TASKS, "notification", [_plain(one) for one in outcome.tasks])
    _replace(conn, MAILS, "notification", [_plain(one) for one in outcome.mails])
    if outcome.attempts:
        conn.execute(insert(ATTEMPTS), [_plain(one) for one in outcome.attempts])
    _close(conn, outcome.closed, now)
    _cancel(conn, outcome.cancelled)
    _say(conn, outcome.said)


def notification(conn: Connection, notification_id: str) -> Notification | None:
    """Return one message as it is now."""
    return next(iter(_notifications(conn, _named(notification_id))), None)


def held(conn: Connection, notification_id: str) -> Notification | None:
    """Return one message, held until the transaction ends."""
    return next(iter(_notifications(conn, _named(notification_id).with_for_update())), None)


def listing_held(conn: Connection, listing_id: str) -> Listing | None:
    """Return one listing, held until the transaction ends."""
    found = select(LISTINGS).where(LISTINGS.c.id == listing_id).with_for_update()
    return next(iter(_listings(conn, found)), None)


def _named(notification_id: str) -> Select[Any]:
    return select(NOTIFICATIONS).where(NOTIFICATIONS.c.id == notification_id)


def standing_for(conn: Connection, school: str, incident: str) -> tuple[Notification, ...]:
    """Return the messages that stand between one school and one incident, held until the transaction ends."""
    found = select(NOTIFICATIONS).where(
        NOTIFICATIONS.c.school == school,
        NOTIFICATIONS.c.incident == incident,
        NOTIFICATIONS.c.standing == _STANDS,
    )
    return _notifications(conn, found.order_by(NOTIFICATIONS.c.planned_at).with_for_update())


def standing_from(conn: Connection, school: str, event_id: str) -> tuple[Notification, ...]:
    """Return the messages that stand to a school because of one event, held until the transaction ends."""
    found = select(NOTIFICATIONS).where(
        NOTIFICATIONS.c.school == school,
        NOTIFICATIONS.c.event_id == event_id,
        NOTIFICATIONS.c.standing == _STANDS,
    )
    return _notifications(conn, found.with_for_update())


def due(conn: Connection, now: datetime, limit: int) -> tuple[Notification, ...]:
    """Return the messages whose hour for phoning has come, the earliest first."""
    found = select(NOTIFICATIONS).where(NOTIFICATIONS.c.wakes_at <= now)
    return _notifications(conn, found.order_by(NOTIFICATIONS.c.wakes_at).limit(limit).with_for_update())


def next_phone(conn: Connection) -> datetime | None:
    """Return the earliest hour at which a person will be asked to phone."""
    found: datetime | None = conn.execute(select(func.min(NOTIFICATIONS.c.wakes_at))).scalar_one()
    return found


def listed_for(conn: Connection, incident: str) -> tuple[Listing, ...]:
    """Return the listings that stand for one incident, by the officer's alias of it."""
    found = select(LISTINGS).where(LISTINGS.c.incident == incident, LISTINGS.c.standing == _STANDS)
    return _listings(conn, found)


def listed_from(conn: Connection, event_id: str) -> tuple[Listing, ...]:
    """Return the listings that stand because of one event."""
    found = select(LISTINGS).where(LISTINGS.c.event_id == event_id, LISTINGS.c.standing == _STANDS)
    return _listings(conn, found)


def mails_due(conn: Connection, now: datetime, limit: int) -> tuple[Mail, ...]:
    """Return the e-mails to try now, the longest waiting first."""
    found = select(MAILS).where(MAILS.c.next_at <= now).order_by(MAILS.c.next_at).limit(limit)
    return tuple(Mail(**row) for row in conn.execute(found).mappings())


def mail(conn: Connection, notification_id: str) -> Mail | None:
    """Return the e-mail of one message, held until the transaction ends."""
    found = select(MAILS).where(MAILS.c.notification == notification_id).with_for_update()
    row = conn.execute(found).mappings().one_or_none()
    return Mail(**row) if row else None


def next_mail(conn: Connection) -> datetime | None:
    """Return the earliest hour at which an e-mail is to be tried."""
    found: datetime | None = conn.execute(select(func.min(MAILS.c.next_at))).scalar_one()
    return found


def _notifications(conn: Connection, query: Select[Any]) -> tuple[Notification, ...]:
    return tuple(to_notification(row) for row in conn.execute(query).mappings())


def _listings(conn: Connection, query: Select[Any]) -> tuple[Listing, ...]:
    return tuple(to_listing(row) for row in conn.execute(query).mappings())


def to_notification(row: Mapping[Any, Any]) -> Notification:
    """Return the message a row holds."""
    found = {name: row[name] for name in Notification.__slots__}
    children = tuple(json.loads(row["children"]))
    return Notification(**{**found, "children": children, "standing": Standing(row["standing"])})


def to_listing(row: Mapping[Any, Any]) -> Listing:
    """Return the listing a row holds."""
    found = {name: row[name] for name in Listing.__slots__}
    return Listing(**{**found, "standing": Standing(row["standing"])})


def _notification_row(one: Notification) -> dict[str, object]:
    wakes_at = one.phone_by if one.awaits_phone else None
    return {**_plain(one), "children": json.dumps(one.children), "wakes_at": wakes_at}


def _plain(one: Notification | Listing | Task | Mail | Attempt) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__slots__}


def _replace(conn: Connection, table: Table, key: str, rows: Sequence[dict[str, object]]) -> None:
    """Write rows over their former selves, in order; of two with one key the later holds.

    A row is never deleted to be written again: who waits for it would find it gone.
    """
    for row in rows:
        if conn.execute(update(table).where(table.c[key] == row[key]).values(**row)).rowcount == 0:
            conn.execute(insert(table).values(**row))


def _close(conn: Connection, notifications: Iterable[str], now: datetime) -> None:
    open_ones = TASKS.c.notification.in_(tuple(notifications)) & TASKS.c.closed_at.is_(None)
    conn.execute(update(TASKS).where(open_ones).values(closed_at=now))


def _cancel(conn: Connection, notifications: Iterable[str]) -> None:
    unsent = MAILS.c.notification.in_(tuple(notifications)) & MAILS.c.sent_at.is_(None)
    conn.execute(update(MAILS).where(unsent).values(next_at=None))


def _say(conn: Connection, said: Sequence[Said]) -> None:
    ids = [one.id for one in said]
    known = set(conn.scalars(select(OUTBOX.c.id).where(OUTBOX.c.id.in_(ids))))
    rows = [
        {"id": one.id, "event": json.dumps(as_event(one)), "traceparent": traces.current(), "waits": True}
        for one in said
        if one.id not in known
    ]
    if rows:
        conn.execute(insert(OUTBOX), rows)
