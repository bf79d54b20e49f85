"""Who is signed in. A session is a random id in a signed cookie, and ends: idle, at day's end, or at once."""

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.runtime.partnership import Role

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
ID_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A signed-in person. `title` is what people call the agency."""

    person: str
    name: str
    agency: str
    title: str
    role: Role


@dataclass(slots=True, kw_only=True)
class Session:
    """One person's session; `done` holds ids of what was just pressed and has not come round yet.

    `flagged` holds what the door flagged in what was just sent, by what the page about it is called.
    """

    visitor: Visitor
    began: datetime
    seen: datetime
    done: set[str] = field(default_factory=set)
    flagged: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Sessions:
    """Sessions of this process. They are in memory alone: when it ends, everybody is signed out."""

    def __init__(self, *, now: Callable[[], datetime], key: bytes) -> None:
        self._now = now
        self._key = key
        self._open: dict[str, Session] = {}

    def fresh(self) -> str:
        """Return a new id that nobody is signed in under."""
        return os.urandom(ID_BYTES).hex()

    def sealed(self, identity: str) -> str:
        """Return the cookie of an id."""
        return f"{identity}.{self._mac('cookie', identity)}"

    def unsealed(self, cookie: str | None) -> str | None:
        """Return the id in a cookie that we made, or None."""
        identity, _, mac = (cookie or "").partition(".")
        known = hmac.compare_digest(mac.encode(), self._mac("cookie", identity).encode())
        return identity if known else None

    def token(self, identity: str) -> str:
        """Return what a form of this session must send back."""
        return self._mac("form", identity)

    def is_token(self, identity: str, text: str) -> bool:
        """Say whether a form came from a page we gave to this session."""
        return hmac.compare_digest(self.token(identity).encode(), text.encode())

    def begin(self, visitor: Visitor) -> str:
        """Sign a person in under an id nobody has seen before. Returns the id."""
        self._sweep()
        identity, now = self.fresh(), self._now()
        self._open[identity] = Session(visitor=visitor, began=now, seen=now)
        return identity

    def of(self, identity: str | None) -> Session | None:
        """Return the session under an id, if it has not ended, and note that it was used."""
        session = self._open.get(identity or "")
        if session is None or self._ended(session):
            self.end(identity)
            return None
        session.seen = self._now()
        return session

    def end(self, identity: str | None) -> None:
        """Sign out at once: the cookie is worth nothing from now on."""
        self._open.pop(identity or "", None)

    def _ended(self, session: Session) -> bool:
        now = self._now()
        return now - session.seen > IDLE or now - session.began > LONGEST

    def _sweep(self) -> None:
        self._open = {name: session for name, session in self._open.items() if not self._ended(session)}

    def _mac(self, use: str, identity: str) -> str:
        return hmac.new(self._key, f"{use}|{identity}".encode(), "sha256").hexdigest()
