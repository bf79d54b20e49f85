"""The time, as one of three clocks. Nothing outside this module asks the operating system for it."""

from __future__ import annotations

import fcntl
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from services.runtime.settings import Settings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROS = struct.Struct("<q")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until told; for tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment it was last set to."""
        return self._at

    def advance(self, to: datetime) -> None:
        """Move forward to `to`; an earlier moment is ignored."""
        self._at = max(self._at, to.astimezone(UTC))


class SharedClock:
    """One simulated clock for every process of a system: eight bytes in a file (design 2).

    It moves only by `advance`, and never back.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR)

    @classmethod
    def start(cls, path: Path, at: datetime) -> SharedClock:
        """Make the file if it is not there; one that is there keeps its later time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(descriptor).st_size < _MICROS.size:
            os.pwrite(descriptor, _MICROS.pack(_micros(at)), 0)
        os.close(descriptor)
        clock = cls(path)
        clock.advance(at)
        return clock

    def now(self) -> datetime:
        """Return the simulated time."""
        micros: int = _MICROS.unpack(os.pread(self._file, _MICROS.size, 0))[0]
        return _EPOCH + micros * _MICROSECOND

    def advance(self, to: datetime) -> None:
        """Move forward to `to`; an earlier moment is ignored. Safe from several processes at once."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            if to > self.now():
                os.pwrite(self._file, _MICROS.pack(_micros(to)), 0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def clock_path(data: Path) -> Path:
    """Where a simulated system keeps its clock."""
    return data / "run" / "clock"


def clock_for(settings: Settings) -> Clock:
    """Return the clock this process lives by: the shared one when simulated, else the machine's."""
    return SharedClock(clock_path(settings.data)) if settings.simulated else SystemClock()


def elapsed() -> float:
    """Return seconds on a clock that only measures differences: for timeouts and pacing, never for facts."""
    return time.monotonic()


def rest(seconds: float) -> None:
    """Do nothing for so many real seconds, simulated time or not."""
    time.sleep(seconds)


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
