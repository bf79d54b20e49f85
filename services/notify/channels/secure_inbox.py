"""The secure inbox: a school's own list of messages, which its page shows after signing in.

A message is delivered by the commit that planned it; there is nothing between to fail or to retry.
"""

from sqlalchemy import Engine

from services.notify.state import Notification, Refusal
from services.notify.store import listing, messages
from services.runtime.database import reading


class SecureInbox:
    """Delivers by being read: the row is the message."""

    name = "secure-inbox"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def carry(self, notification: Notification) -> Refusal | None:
        """Say whether the school would find the message if it looked now."""
        with reading(self._engine) as conn:
            found = messages.notification(conn, notification.id)
        return None if found and found.delivered_at else Refusal(reason="not-there", permanent=False)

    def of(self, school: str) -> tuple[Notification, ...]:
        """Return a school's messages, the newest first: its own, delivered, and nobody else's."""
        with reading(self._engine) as conn:
            return listing.delivered_to(conn, school)
