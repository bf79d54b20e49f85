"""A dip sample that nobody chooses and anybody can draw again (NA section 8)."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, Protocol, TypeVar

from services.consent.store.lists import Against

SEED: Final = "^[0-9A-Za-z-]{1,64}$"
"""What a sample is drawn by: whoever draws gives one, or is given one."""

USUAL: Final = 10
"""How many are drawn where nobody thought of another number."""


class Drawn(Protocol):
    """What lots are drawn of: events."""

    @property
    def event_id(self) -> str:
        """Return the event's id."""


T = TypeVar("T", bound=Drawn)


def drawn(found: Iterable[Against], size: int, seed: str) -> list[Against]:
    """Return so many of these, as a seed has them, in log order.

    The same seed draws the same from the same; one that was not known before chooses nothing. Where some are
    closed to whoever asks, the others are drawn as if those had not been there.
    """
    return sorted(by_lot(found, seed)[:size])


def by_lot(found: Iterable[T], seed: str) -> list[T]:
    """Return these in the order a seed draws them."""
    return sorted(found, key=lambda each: _lot(seed, each))


def _lot(seed: str, one: Drawn) -> bytes:
    return sha256(f"{seed} {one.event_id}".encode()).digest()
