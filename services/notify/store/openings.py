"""What schools were shown, until the message it belongs to is there: either may come first."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, select, update

from services.notify.state import Notification, Opening
from services.notify.store.messages import to_notification
from services.notify.store.tables import NOTIFICATIONS, OPENINGS

MINE = (NOTIFICATIONS.c.release_id == OPENINGS.c.release_id) & (NOTIFICATIONS.c.school == OPENINGS.c.school)


def keep(conn: Connection, openings: Iterable[Opening]) -> None:
    """Keep the first opening of each release."""
    first: dict[str, Opening] = {}
    for one in openings:
        first.setdefault(one.release_id, one)
    known = set(conn.scalars(select(OPENINGS.c.release_id).where(OPENINGS.c.release_id.in_(first))))
    for one in first.values():
        if one.release_id not in known:
            row = {"release_id": one.release_id, "school": one.school, "at": one.at, "waits": True}
            conn.execute(insert(OPENINGS).values(**row))


def count_met(conn: Connection) -> int:
    """Count openings whose message is there, and that are not yet written down at it."""
    both = select(func.count()).select_from(OPENINGS).join(NOTIFICATIONS, MINE).where(OPENINGS.c.waits)
    return int(conn.execute(both).scalar_one())


def met(conn: Connection, limit: int) -> tuple[tuple[Notification, Opening], ...]:
    """Return openings whose message is there, each with it, held until the transaction ends."""
    both = select(NOTIFICATIONS, OPENINGS.c.at).join(OPENINGS, MINE).where(OPENINGS.c.waits)
    found = conn.execute(both.limit(limit).with_for_update(of=NOTIFICATIONS)).mappings().all()
    notifications = [(to_notification(row), row["at"]) for row in found]
    return tuple(
        (one, Opening(release_id=one.release_id, school=one.school, at=at)) for one, at in notifications
    )


def took(conn: Connection, opening: Opening) -> None:
    """Note that an opening was written down at its message."""
    conn.execute(update(OPENINGS).where(OPENINGS.c.release_id == opening.release_id).values(waits=False))
