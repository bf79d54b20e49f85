"""One request from its bytes to its answer: read, take in, wait for the log."""

from collections.abc import Sequence

from fastapi.responses import Response
from prometheus_client import Histogram

from services.ingest.api import answers
from services.ingest.api.asked import asked
from services.ingest.forms.documents import Forms
from services.ingest.forms.strict import bad_texts, canonical, may_have_bad_texts
from services.ingest.settings import ACK_SECONDS
from services.ingest.state import Json, Sender
from services.ingest.store.acceptance import Acceptance
from services.ingest.store.answers import Offered, Taken
from services.ingest.store.progress import Progress
from services.runtime import pause, telemetry
from services.runtime.clock import elapsed
from services.runtime.identity import Caller


class Receiving:
    """Answer requests that carry events. Called from several threads."""

    def __init__(
        self, forms: Forms, acceptance: Acceptance, progress: Progress, *, patience: float = ACK_SECONDS
    ) -> None:
        self._forms = forms
        self._acceptance = acceptance
        self._progress = progress
        self._patience = patience

    @property
    def types(self) -> tuple[str, ...]:
        """Every event type that is read here."""
        return self._forms.types

    def receive(self, caller: Caller, body: bytes) -> Response:
        """Return the answer to one request: nothing is looked at while the log is not to be trusted.

        1. Parse.  2. Read each event.  3. Take the batch in.  4. Wait for the log's acknowledgement.

        A receipt is answered only after step 4. Asked to come back later, a publisher sends the same again.
        """
        if not self._progress.is_trusted:
            return answers.stopped()
        request = asked(body)
        if isinstance(request, Response):
            return request
        offer = self._cautiously if may_have_bad_texts(body) else self._offered
        taken = self._take(caller, [offer(one) for one in request.documents])
        if taken is None:
            return answers.later()
        return answers.several(taken) if request.is_batch else answers.single(taken[0])

    def _take(self, caller: Caller, offered: Sequence[Offered]) -> list[Taken] | None:
        sender = Sender(agency=caller.agency, person=caller.person, role=caller.role.value)
        with telemetry.tracer().start_as_current_span("door.take") as span:
            span.set_attributes({"agency": caller.agency, "events": len(offered)})
            taken = self._acceptance.take(sender, offered)
            _count(taken)
            pause.at("door-after-outbox")
            self._progress.added()
            return taken if self._acknowledged(taken) else None

    def _cautiously(self, document: Json) -> Offered:
        """Return an event whose texts may be bad: where one is, it alone is refused, not its whole batch."""
        if not bad_texts(document):
            return self._offered(document)
        reading = self._forms.read_cautiously(document)
        return Offered(
            id=reading.id,
            mac=b"",
            schema=reading.schema,
            submission=reading.submission,
            reasons=reading.reasons,
        )

    def _offered(self, document: Json) -> Offered:
        reading = self._forms.read(document)
        return Offered(
            id=reading.id,
            mac=self._acceptance.mac(canonical(document).encode("utf-8")),
            schema=reading.schema,
            submission=reading.submission,
            reasons=reading.reasons,
        )

    def _acknowledged(self, taken: Sequence[Taken]) -> bool:
        last = max((one.seq for one in taken if one.seq is not None), default=0)
        began = elapsed()
        done = self._progress.wait(last, self._patience)
        _waited().observe(elapsed() - began)
        return done


def _count(taken: Sequence[Taken]) -> None:
    events = telemetry.counter("door_events", "Events at the door, by what became of them", "status")
    for one in taken:
        events.labels(one.status.value).inc()


def _waited() -> Histogram:
    return telemetry.histogram("door_ack_seconds", "Seconds from the outbox to the log's acknowledgement")
