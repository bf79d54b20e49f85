"""Reads `openings` into rows that can be asked: a copy, never the record."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from services.consent.store.openings import Opening, Openings
from services.eventlog.errors import Moved
from services.eventlog.records import Stored
from services.eventlog.topics import OPENINGS
from services.runtime.clock import rest

LIMIT = 1000
WAIT_SECONDS, AWAY_SECONDS = 1.0, 1.0

log = logging.getLogger("sightline.keyring")


class Log(Protocol):
    """What the witness needs of a reader."""

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return what comes next."""

    def seek(self, topic: str, offset: int) -> None:
        """Go on from an offset of a topic."""


class Witness:
    """Follows `openings`. A second one does no harm: whoever commits later starts over."""

    def __init__(self, openings: Openings, open_log: Callable[[Mapping[str, int]], Log]) -> None:
        self._openings = openings
        self.position = openings.position()
        self._log = open_log({OPENINGS: self.position})

    def run(self) -> None:
        """Follow for ever."""
        while True:
            self.step(WAIT_SECONDS)

    def step(self, timeout: float) -> int:
        """Read once, and keep rows and position in one transaction. Returns how many records that were."""
        records = self._log.read(LIMIT, timeout)
        if not records:
            return 0
        end = records[-1].offset + 1
        try:
            self._openings.keep(self.position, end, _openings_in(records))
        except Moved:
            end = self._openings.position()
            self._log.seek(OPENINGS, end)
        except SQLAlchemyError as error:
            log.error("openings are not copied just now: %s", type(error).__name__)
            self._log.seek(OPENINGS, self.position)
            rest(AWAY_SECONDS)
            return 0
        self.position = end
        return len(records)


def _openings_in(records: Sequence[Stored]) -> list[Opening]:
    found = []
    for stored in records:
        try:
            found.append(_opening(stored))
        except (ValueError, KeyError, TypeError):
            log.error("what stands at %s of openings is none: look at the topic", stored.offset)
    return found


def _opening(stored: Stored) -> Opening:
    record = json.loads(stored.value)
    return Opening(
        offset=stored.offset,
        opening_id=record["opening_id"],
        at=record["at"],
        release_id=record["release_id"],
        event_id=record["event_id"],
        recipient=record["recipient"],
        agency=record["agency"],
        person=record["person"],
        purpose=record["purpose"].replace("\0", " "),
        sections=tuple(record["sections"]),
        refused=record["refused"],
        party=record.get("party", False),
    )
