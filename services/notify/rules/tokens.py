"""How a child is recognised inside one occurrence without keeping who it is (design 7)."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime

from services.notify.rules.placement import Pupil
from services.vocabulary.people import match_on_name

_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One opened element of `children`. Lives in memory only, between opening and planning."""

    pupil: Pupil
    given_name: str = ""
    family_name: str = ""
    occurred_at: datetime | None = None

    @property
    def matched_on(self) -> str | None:
        """Return what recognises the child again; None where the form does not say enough."""
        born: date | None = self.pupil.born
        return match_on_name(self.given_name, self.family_name, born) if born else None


def child_token(key: bytes, occurrence: str, release_id: str, name: str, element: Element | None) -> str:
    """Return a child's token: the same for the same name and birth date, within one occurrence alone.

    A child nobody can be recognised by is a child of its own (`name` is the section's, as `children[0]`):
    two unnamed siblings are never taken for one.
    """
    matched = element.matched_on if element else None
    text = matched if matched is not None else f"unnamed\x1f{release_id}\x1f{name}"
    return keyed(key, "child", occurrence, text)


def occurrence_token(key: bytes, occurrence: str) -> str:
    """Return the random-looking id under which a report names an occurrence."""
    return keyed(key, "occurrence", occurrence)


def keyed(key: bytes, *parts: str) -> str:
    """Return the keyed hash of some texts, 32 hex digits."""
    return hmac.digest(key, "\x1e".join(parts).encode(), "sha256")[:_BYTES].hex()
