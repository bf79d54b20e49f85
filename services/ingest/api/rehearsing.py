"""One request of a sandbox from its bytes to its answer: read, answered, forgotten.

It has no outbox, no key database, no writer and none of the partnership's keys: there is nothing here by
which an event could be kept.
"""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from fastapi.responses import Response

from services.ingest.api import answers
from services.ingest.api.asked import asked
from services.ingest.api.slips import Slip, Slips
from services.ingest.forms.documents import Forms
from services.ingest.forms.rehearsal import Rehearsal, is_busy, is_late
from services.ingest.state import Json, Registered, Sender
from services.ingest.store.answers import Status, Taken
from services.ingest.store.outbox import Receipt
from services.runtime import telemetry
from services.runtime.clock import Clock
from services.runtime.identity import Caller
from services.runtime.partnership import Role
from services.vocabulary.agencies import HUB
from services.vocabulary.sandbox import PREFIX, rehearsed
from services.vocabulary.times import parse_time

NOWHERE = 0
"""The offset a sandbox's receipt names: its event lies nowhere."""


def key_for_slips(body_key: bytes) -> bytes:
    """Return the key of a sandbox's receipts, from which the one it derives from cannot be found."""
    return hmac.digest(body_key, b"receipts of a sandbox", "sha256")


class Rehearsing:
    """Answer requests of sandboxes. Called from several threads."""

    def __init__(
        self, forms: Forms, registered: Registered, clock: Clock, *, slip_key: bytes, partition: int
    ) -> None:
        self._forms = forms
        self._registered = registered
        self._clock = clock
        self._slips = Slips(slip_key)
        self._partition = partition
        self._late: set[str] = set()
        self._turn = Lock()

    def receive(self, caller: Caller, body: bytes) -> Response:
        """Return what the door would answer to whom the caller rehearses; nothing of it is kept.

        Every sandbox is remembered that was last asked to send the same again, and nothing of what it sent.
        """
        request = asked(body)
        if isinstance(request, Response):
            return request
        if is_busy(request.documents):
            return answers.full()
        sender = Sender(agency=rehearsed(caller.agency), person=caller.person, role=caller.role.value)
        taken = self._taken(caller.agency, sender, request.documents, self._clock.now())
        if is_late(request.documents, taken) and self._is_first(caller.agency):
            return answers.later()
        _count(taken)
        return answers.several(taken) if request.is_batch else answers.single(taken[0])

    def foretold(self, event: dict[str, Any]) -> Response:
        """Return what the Hub's sandbox answers to one event of its own, the first time, as it happens."""
        documents: list[Json] = [event]
        sender = Sender(agency=HUB, person=None, role=Role.SYSTEM.value)
        taken = self._taken(PREFIX + HUB, sender, documents, parse_time(event["occurred_at"]))
        if is_busy(documents):
            return answers.full()
        return answers.later() if is_late(documents, taken) else answers.single(taken[0])

    def receipt(self, receipt: str, sandbox: str) -> Receipt | None:
        """Return what a receipt given to that sandbox says, or None."""
        slip = self._slips.read(receipt, sandbox)
        if slip is None:
            return None
        return Receipt(
            receipt=receipt,
            event_id=slip.event_id,
            partition=self._partition,
            offset=NOWHERE,
            recorded_at=slip.recorded_at.isoformat(),
        )

    def _is_first(self, sandbox: str) -> bool:
        """Say whether a sandbox is asked to come back now: it is each time it has come back before."""
        with self._turn:
            self._late ^= {sandbox}
            return sandbox in self._late

    def _taken(self, sandbox: str, sender: Sender, documents: Sequence[Json], at: datetime) -> list[Taken]:
        rehearsal = Rehearsal(self._forms, self._registered, sender, at)
        return [self._receipted(each, sandbox, at) for each in rehearsal.of(documents)]

    def _receipted(self, taken: Taken, sandbox: str, at: datetime) -> Taken:
        if taken.status is Status.REFUSED or taken.id is None:
            return taken
        slip = Slip(event_id=self._slips.event_id(sandbox, taken.id), recorded_at=at)
        return replace(taken, event_id=slip.event_id, receipt=self._slips.written(slip, sandbox))


def _count(taken: Sequence[Taken]) -> None:
    """Count answers apart from the door's: nothing here is an event."""
    events = telemetry.counter("door_rehearsed", "What sandboxes sent, by what was answered", "status")
    for one in taken:
        events.labels(one.status.value).inc()
