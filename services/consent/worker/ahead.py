"""Read and hear what comes next while the broker still acknowledges what was sent.

Hearing needs the bytes alone, so it may be done before the batch in hand is committed. Deciding may not.
"""

from contextlib import suppress
from typing import Protocol

from services.consent.worker.hearing import Arrived, Ear
from services.eventlog.errors import Unavailable
from services.eventlog.records import Stored
from services.eventlog.topics import LOG


class Reads(Protocol):
    """What reading ahead needs of a reader."""

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return what comes next."""

    def seek(self, topic: str, offset: int) -> None:
        """Go on from an offset of a topic."""


class Ahead:
    """The log from the next batch on, `limit` records a batch at most."""

    def __init__(self, log: Reads, ear: Ear, limit: int) -> None:
        self._log = log
        self._ear = ear
        self._limit = limit
        self._heard: list[Arrived] = []

    def look(self) -> None:
        """Read and hear what is there already. A log that does not answer says so when it is taken from."""
        if not self._heard:
            with suppress(Unavailable):
                self._heard = self._next(self._limit, 0.0)

    def take(self, timeout: float) -> list[Arrived]:
        """Return the next batch, waiting for its first record only. Raises `Unavailable`."""
        heard, self._heard = self._heard, []
        left = self._limit - len(heard)
        return heard + self._next(left, 0.0 if heard else timeout) if left else heard

    def seek(self, offset: int) -> None:
        """Go on from an offset; what was read ahead is read again."""
        self._heard = []
        self._log.seek(LOG, offset)

    def _next(self, limit: int, timeout: float) -> list[Arrived]:
        return [self._ear.hear(stored) for stored in self._log.read(limit, timeout)]
