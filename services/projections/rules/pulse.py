"""What the pulse counts and what it may show: quarter hours, late, and never a small number (design 6).

Somebody who watches the counts change learns of single events. So a quarter hour is shown once it is over and
has been for as long again; a count below five is not told from none; and no total is given from which one
could be worked out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.times import QUARTER, quarter_from

WINDOW: Final = QUARTER
DELAY: Final = timedelta(minutes=15)
KEPT: Final = timedelta(days=1)
FEWEST: Final = 5
"""The smallest number of events in a window that is told."""

STILL_SECONDS: Final = 30.0
"""Longer than Faust takes to start and to find its group again, however busy the machine."""

COUNTED: Final = frozenset({ReleaseKind.NEW, ReleaseKind.CORRECTED})
"""The kinds of a release that are the first word on an event; the others are further words on one."""


class Cell(NamedTuple):
    """The events of one type in one window."""

    event_type: str
    begins: datetime


class Counted(NamedTuple):
    """How many events a cell has, and the number of the last release that was counted into it."""

    events: int
    seq: int


class Place(NamedTuple):
    """Which number comes next, None before the first; whether a later one has come instead."""

    following: int | None = None
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What may be said of a type in a window; None stands for anything from none to four."""

    event_type: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One quarter hour, from its beginning until before its end."""

    begins: datetime
    counts: tuple[Shown, ...]

    @property
    def ends(self) -> datetime:
        """The moment it is over."""
        return self.begins + WINDOW


class Reading(NamedTuple):
    """How far the counting had come when it last moved, and when that was, in seconds that only go on."""

    offset: int
    at: float


def reading(before: Reading, offset: int, behind: int, at: float) -> Reading:
    """Return the reading of now: whoever has nothing left to read is not standing still."""
    return before if offset == before.offset and behind > 0 else Reading(offset, at)


def stands_still(last: Reading, at: float) -> bool:
    """Say whether the counting has not moved for so long, with more to read, that it will not by itself."""
    return at - last.at > STILL_SECONDS


def moved(place: Place, seq: int) -> Place:
    """Return the place after a release of that number: further only where it was the next one."""
    if place.following is None or seq == place.following:
        return Place(following=seq + 1)
    return place._replace(waits=place.waits or seq > place.following)


def counted(before: Counted | None, seq: int) -> Counted:
    """Count a release into a cell, once however often it comes."""
    if before is None:
        return Counted(events=1, seq=seq)
    return Counted(events=before.events + 1, seq=seq) if seq > before.seq else before


def is_kept(begins: datetime, now: datetime) -> bool:
    """Say whether a window is not older than a day."""
    return begins >= quarter_from(now - KEPT)


def shown(counts: Mapping[Cell, int], now: datetime) -> tuple[Window, ...]:
    """Return the windows that may be shown, oldest first, each with the same types.

    A type is listed only where at least one of its counts may be told: otherwise the list itself would say
    that something rare had happened.
    """
    windows = tuple(_over(now))
    types = sorted({cell.event_type for cell, n in counts.items() if n >= FEWEST and cell.begins in windows})
    return tuple(
        Window(
            begins=begins,
            counts=tuple(
                Shown(event_type=name, count=_told(counts.get(Cell(name, begins), 0))) for name in types
            ),
        )
        for begins in windows
    )


def _over(now: datetime) -> Iterator[datetime]:
    begins = quarter_from(now - KEPT)
    while begins + WINDOW + DELAY <= now:
        yield begins
        begins += WINDOW


def _told(count: int) -> int | None:
    return count if count >= FEWEST else None
