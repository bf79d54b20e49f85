"""One request of a sandbox from its bytes to its answer: read, answered, forgotten.

It has no outbox, no key database, no writer and none of the partnership's keys: there is nothing here by
which an event could be kept.
"""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from fastapi.responses import Response

from services.ingest.api import answers
from services.ingest.api.asked import asked
from services.ingest.api.slips import Slip, Slips
from services.ingest.forms.documents import Forms
from services.ingest.forms.rehearsal import Rehearsal, is_busy, is_late
from services.ingest.state import Registered, Sender
from services.ingest.store.answers import Status, Taken
from services.ingest.store.outbox import Receipt
from services.runtime import telemetry
from services.runtime.clock import Clock
from services.runtime.identity import Caller
from services.vocabulary.sandbox import rehearsed

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
        at = self._clock.now()
        sender = Sender(agency=rehearsed(caller.agency), person=caller.person, role=caller.role.value)
        taken = Rehearsal(self._forms, self._registered, sender, at).of(request.documents)
        if is_late(request.documents, taken) and self._is_first(caller.agency):
            return answers.later()
        _count(taken)
        receipted = [self._receipted(each, caller.agency, at) for each in taken]
        return answers.several(receipted) if request.is_batch else answers.single(receipted[0])

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
