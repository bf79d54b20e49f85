"""What the gate, Faust and Quix Streams all do with an event: decode, filter, encode. The gate's own code.

Each event is cut and decoded, its `routing` and `facts` opened; its decision encoded; and for each release
of that decision the sections picked and the release encoded. What comes out are the gate's own bytes.

The others are handed every decision beforehand, by event. So they leave out what the gate does besides:
folding state, deciding, aliases, numbers; looking for events it has seen; the ledger, and committing all of
it in one transaction. Nor do they wait for the decisions' acknowledgements before they send the releases.
"""

from __future__ import annotations

import gc
import pickle
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.consent.flow.record import decode, encode
from services.consent.worker import releasing
from services.consent.worker.hearing import Ear
from services.eventlog.catalogue_files import load_catalogue
from services.eventlog.records import Record, Stored
from services.eventlog.topics import DECISIONS, LOG

AT_ONCE = 500
"""Events after which each waits for all acknowledgements and commits its position: the gate's batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one of the others is to do, and where. `copies`: where to write, by the gate's topic."""

    bootstrap: str
    certificate: str
    ca: str
    routing_key: bytes
    events: int
    messages: int
    copies: Mapping[str, str]
    decisions: Sequence[bytes]

    def write(self, file: Path) -> None:
        """Leave it in a file for another process."""
        file.write_bytes(pickle.dumps(self))

    @classmethod
    def read(cls, file: Path) -> Job:
        """Return the job in a file that we wrote ourselves."""
        job = pickle.loads(file.read_bytes())
        assert isinstance(job, cls)
        return job


class Work:
    """Do the work of a job, event by event in the log's order."""

    def __init__(self, job: Job) -> None:
        self._copies = job.copies
        self._ear = Ear(load_catalogue(), job.routing_key)
        decisions = [decode(value) for value in job.decisions]
        self._decisions = {each.event_id: each for each in decisions}
        self._bytes = releasing.Bytes(_Kept())
        self._offset = -1
        gc.freeze()  # what was made ready here is not the application's to look through for garbage

    def of(self, value: bytes) -> list[tuple[str, Record]]:
        """Return what one event becomes, and the topic of each message."""
        self._offset += 1
        arrived = self._ear.hear(_stored(self._offset, value))
        if arrived.cut is not None:
            leaves = [at.leaf for at in arrived.heard.sections]
            self._bytes.keep(self._offset, arrived.cut, leaves)
        decision = self._decisions[arrived.heard.event_id]
        recorded = Record(key=decision.event_id.encode(), value=encode(decision))
        releases = releasing.records([decision], self._bytes, {})
        return [(self._copies[topic], record) for topic, record in [(DECISIONS, recorded), *releases]]


class _Kept:
    """Events that are no longer at hand: here there are none, all that were read are kept."""

    def fetch(self, topic: str, offsets: Collection[int]) -> dict[int, Stored]:
        """Refuse: nothing is asked for that was not read."""
        raise LookupError(f"`{sorted(offsets)}` of `{topic}` were not read")


def _stored(offset: int, value: bytes) -> Stored:
    return Stored(
        topic=LOG,
        partition=0,
        offset=offset,
        timestamp=datetime.fromtimestamp(0, UTC),
        key=b"",
        value=value,
        headers=(),
    )
