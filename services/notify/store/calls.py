"""Phone calls: whether one is owed, and what came of those that were made."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, select

from services.notify.state import Attempt, Reached, SpokenTo
from services.notify.store.tables import ATTEMPTS, TASKS

AT_ONCE = 500
"""Messages asked about in one question."""


def is_owed(conn: Connection, notification: str) -> bool:
    """Say whether a phone call about a message is still owed."""
    open_one = TASKS.c.closed_at.is_(None) & (TASKS.c.notification == notification)
    return conn.execute(select(TASKS.c.notification).where(open_one)).first() is not None


def attempts(conn: Connection, notifications: Iterable[str]) -> tuple[Attempt, ...]:
    """Return every call made about these messages; of each message in the order they were made."""
    wanted = tuple(notifications)
    some = (wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE))
    return tuple(one for ids in some for one in _attempts(conn, ids))


def _attempts(conn: Connection, notifications: Sequence[str]) -> Iterator[Attempt]:
    found = select(ATTEMPTS).where(ATTEMPTS.c.notification.in_(notifications))
    for row in conn.execute(found.order_by(ATTEMPTS.c.notification, ATTEMPTS.c.number)).mappings():
        yield Attempt(
            notification=row["notification"],
            number=row["number"],
            person=row["person"],
            reached=Reached(row["reached"]),
            spoken_to=SpokenTo(row["spoken_to"]) if row["spoken_to"] else None,
            at=row["at"],
        )
