"""How a child is recognised inside one occurrence without keeping who it is (design 7)."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.notify.rules.placement import Pupil
from services.vocabulary.people import match_on_calling

_BYTES = 16
BORN = "."
"""Between the halves of a child's token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One opened element of `children`. Lives in memory only, between opening and planning."""

    pupil: Pupil
    given_name: str = ""
    family_name: str = ""
    occurred_at: datetime | None = None

    @property
    def called(self) -> str | None:
        """Return the name that recognises the child again; None where the form does not say enough."""
        return match_on_calling(self.given_name, self.family_name)

    @property
    def born(self) -> str:
        """Return the date of birth, or nothing where the form does not say it."""
        return self.pupil.born.isoformat() if self.pupil.born else ""


def child_token(key: bytes, occurrence: str, release_id: str, name: str, element: Element | None) -> str:
    """Return a child's token: the same for the same name and birth date, within one occurrence alone.

    The name's half comes first and the birth date's, if there is one, after a full stop. A child nobody can
    be recognised by is a child of its own (`name` is the section's, as `children[0]`): two unnamed siblings
    are never taken for one.
    """
    called = element.called if element else None
    if element is None or called is None:
        return keyed(key, "child", occurrence, f"unnamed\x1f{release_id}\x1f{name}")
    half = keyed(key, "child", occurrence, called)
    return f"{half}{BORN}{keyed(key, 'child', occurrence, called, element.born)}" if element.born else half


def one_child(token: str, among: Iterable[str]) -> str:
    """Return the token of the child this is, among the children known of the same occurrence.

    A child named without a date of birth is the one called the same, as the door has it; where there are
    several of that name, or none, it is a child of its own.
    """
    fuller = {known for known in among if known.startswith(f"{token}{BORN}")}
    return fuller.pop() if len(fuller) == 1 else token


def named_alike(token: str) -> str:
    """Return what the tokens of all children of one name in an occurrence begin with."""
    return token.partition(BORN)[0]


def occurrence_token(key: bytes, occurrence: str) -> str:
    """Return the random-looking id under which a report names an occurrence."""
    return keyed(key, "occurrence", occurrence)


def keyed(key: bytes, *parts: str) -> str:
    """Return the keyed hash of some texts, 32 hex digits."""
    return hmac.digest(key, "\x1e".join(parts).encode(), "sha256")[:_BYTES].hex()
