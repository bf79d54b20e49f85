"""What is read for others: a school's messages, phone tasks and listings, and a period's occurrences."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, RowMapping, Select, Table, func, select, union

from services.notify.rules.report import Occurrence, happened_at
from services.notify.state import Form, Listing, Notification, Standing, Task
from services.notify.store.messages import to_listing, to_notification
from services.notify.store.tables import FORMS, LISTINGS, NOTIFICATIONS, TASKS

Known = TypeVar("Known", Form, Notification, Listing)

MOST = 500
"""Rows of one answer: what a school or an officer can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A phone task with the message it is about."""

    task: Task
    notification: Notification


Place = tuple[datetime, str]
"""Where something owed stands: when it is due, and its id among those due at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """Phone calls owed, children given to an officer, and messages no school has answered yet.

    `next`: after which there is more; None: no more.
    """

    calls: tuple[Call, ...]
    listings: tuple[Listing, ...]
    messages: tuple[Notification, ...]
    next: Place | None

    @property
    def phoned(self) -> tuple[str, ...]:
        """Return the ids of what calls may have been made about."""
        return (*(one.task.notification for one in self.calls), *(one.id for one in self.listings))


def delivered_to(conn: Connection, school: str) -> tuple[Notification, ...]:
    """Return the messages in one school's inbox, the newest first."""
    found = select(NOTIFICATIONS).where(
        NOTIFICATIONS.c.school == school, NOTIFICATIONS.c.delivered_at.is_not(None)
    )
    return _notifications(conn, found)


def every_message(conn: Connection) -> tuple[Notification, ...]:
    """Return the newest messages to any school."""
    return _notifications(conn, select(NOTIFICATIONS))


def owed(conn: Connection, after: Place | None = None, most: int = MOST) -> Owed:
    """Return what people still owe, the earliest due first: calls, listings and messages `most` at a time.

    A message is owed an answer as long as somebody will phone without one: afterwards it is a call, and what
    is history or was answered is owed nothing. `after` is the `next` of an earlier answer. Nothing is left
    out: what is not here comes after `next`.
    """
    open_ones = select(*TASKS.c).where(TASKS.c.closed_at.is_(None))
    tasks = [Task(**row) for row in _first(conn, open_ones, TASKS.c.notification, after, most)]
    stands = select(LISTINGS).where(LISTINGS.c.standing == Standing.STANDS.value)
    listed = [to_listing(row) for row in _first(conn, stands, LISTINGS.c.id, after, most)]
    silent = select(NOTIFICATIONS).where(NOTIFICATIONS.c.wakes_at.is_not(None))
    told = [to_notification(row) for row in _first(conn, silent, NOTIFICATIONS.c.id, after, most)]
    places = [(task.due_at, task.notification) for task in tasks]
    places += [(one.due_at, one.id) for one in listed]
    places = sorted(places + [(one.due_at, one.id) for one in told])
    last = places[most - 1] if len(places) > most else None
    here = [task for task in tasks if last is None or (task.due_at, task.notification) <= last]
    return Owed(
        calls=_calls(conn, here),
        listings=tuple(one for one in listed if last is None or (one.due_at, one.id) <= last),
        messages=tuple(one for one in told if last is None or (one.due_at, one.id) <= last),
        next=last,
    )


def _first(
    conn: Connection, query: Select[Any], key: Column[str], after: Place | None, most: int
) -> Sequence[RowMapping]:
    due: Column[datetime] = key.table.c.due_at
    if after is not None:
        query = query.where((due > after[0]) | ((due == after[0]) & (key > after[1])))
    return conn.execute(query.order_by(due, key).limit(most + 1)).mappings().all()


def _calls(conn: Connection, tasks: Sequence[Task]) -> tuple[Call, ...]:
    about = select(NOTIFICATIONS).where(NOTIFICATIONS.c.id.in_([task.notification for task in tasks]))
    known = {one.id: one for one in (to_notification(row) for row in conn.execute(about).mappings())}
    return tuple(Call(task=task, notification=known[task.notification]) for task in tasks)


def occurrences(conn: Connection, after: datetime, before: datetime) -> tuple[Occurrence, ...]:
    """Return what happened from `after` until before `before`, with everything known of each occurrence."""
    found = known_of(conn, _named(after, before))
    return tuple(one for one in found if after <= happened_at(one) < before)


def known_of(conn: Connection, wanted: Select[Any]) -> tuple[Occurrence, ...]:
    """Return everything known of the occurrences that a query names."""
    forms = _grouped(
        Form(**row) for row in conn.execute(_about(FORMS, wanted).order_by(FORMS.c.seq)).mappings()
    )
    told = _grouped(to_notification(row) for row in conn.execute(_about(NOTIFICATIONS, wanted)).mappings())
    listed = _grouped(to_listing(row) for row in conn.execute(_about(LISTINGS, wanted)).mappings())
    return tuple(
        Occurrence(id=name, forms=forms[name], notifications=told[name], listings=listed[name])
        for name in {*forms, *told, *listed}
    )


def oldest_waiting(conn: Connection, waiting: Table) -> datetime | None:
    """Return when the oldest release not yet taken in was recorded."""
    found: datetime | None = conn.execute(
        select(func.min(waiting.c.recorded_at)).where(waiting.c.waits)
    ).scalar_one()
    return found


def _notifications(conn: Connection, query: Select[Any]) -> tuple[Notification, ...]:
    newest = query.order_by(NOTIFICATIONS.c.planned_at.desc(), NOTIFICATIONS.c.id).limit(MOST)
    return tuple(to_notification(row) for row in conn.execute(newest).mappings())


def _named(after: datetime, before: datetime) -> Select[Any]:
    def in_time(table: Table) -> Select[Any]:
        at: Column[datetime] = table.c.occurred_at
        return select(table.c.occurrence).where(at >= after, at < before)

    return select(union(in_time(FORMS), in_time(NOTIFICATIONS), in_time(LISTINGS)).subquery().c.occurrence)


def _about(table: Table, wanted: Select[Any]) -> Select[Any]:
    return select(table).where(table.c.occurrence.in_(wanted))


def _grouped(found: Iterable[Known]) -> defaultdict[str, tuple[Known, ...]]:
    groups: defaultdict[str, tuple[Known, ...]] = defaultdict(tuple)
    for one in found:
        groups[one.occurrence] += (one,)
    return groups
