"""Say what the door would say to events, with nothing sent, kept or looked up.

It is the door's own reading and the door's own rules. What only a running system knows (which ids, incidents
and persons there are) is supposed to be as the publisher says; what would be said were it not is told apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.ingest import flow
from services.ingest.forms.documents import Forms, Reading
from services.ingest.forms.strict import Malformed, canonical, parse
from services.ingest.rules import linking
from services.ingest.settings import BATCH_LIMIT
from services.ingest.state import (
    Arrival,
    Incident,
    Json,
    Known,
    Original,
    Reason,
    Refused,
    Registered,
    Sender,
    Submission,
)
from services.ingest.store.answers import Offered, Status, Taken, conflict, refused, wrong_size
from services.runtime.web import LARGEST_BODY_BYTES
from services.vocabulary.events import EventType

SUPPOSED = "supposed"
"""Stands for the id of what is taken to be known."""

_SUPPOSED_ORIGINAL = Original(
    event_id=SUPPOSED, type=EventType.REFERRED_ON, incident=Incident(id=SUPPOSED, victim=None)
)

ID = Reason(
    pointer="/id",
    rule="different-body",
    detail="you have sent another event under this id",
    fix="give each event its own id; to put one right, send a correction",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """Hold what the door would answer to one event, and what else it would say of what was not checked."""

    taken: Taken
    not_checked: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """Hold an event that would have been taken before, to know a second copy by."""

    text: str
    taken: Taken


class Foresight:
    """Say what the door would say to one publisher's bodies, in order. `at`: when it would have them."""

    def __init__(self, forms: Forms, registered: Registered, sender: Sender, at: datetime) -> None:
        self._forms = forms
        self._registered = registered
        self._sender = sender
        self._at = at
        self._earlier: dict[str, _Earlier] = {}

    def of(self, body: bytes) -> Iterator[Foreseen]:
        """Yield the answer to each event of one request; to a body nothing is read of, one answer alone."""
        whole = _refused_whole(body)
        if isinstance(whole, Reason):
            yield Foreseen(taken=Taken(id=None, status=Status.REFUSED, reasons=(whole,)))
        else:
            yield from map(self.one, whole)

    def one(self, document: Json) -> Foreseen:
        """Answer as the door does: a second copy as the first, any other with all that is said of it."""
        reading = self._forms.read_cautiously(document)
        before = self._earlier.get(reading.id) if reading.id is not None else None
        text = canonical(document)
        if before is not None and before.text == text:
            return Foreseen(taken=Taken(id=reading.id, status=Status.DUPLICATE, defects=before.taken.defects))
        found = self._answered(reading, again=before is not None)
        if found.taken.status is Status.ACCEPTED and reading.id is not None:
            self._earlier[reading.id] = _Earlier(text=text, taken=found.taken)
        return found

    def _answered(self, reading: Reading, *, again: bool) -> Foreseen:
        reasons, best, worst = reading.reasons, _Said(), _Said()
        if reading.submission is not None and reading.schema is not None:
            arrival = Arrival(submission=reading.submission, sender=self._sender, at=self._at)
            screened = flow.screen(arrival, reading.schema.publishers, self._registered)
            reasons = flow.with_others(reasons, screened)
            best = self._said(arrival, _as_said(reading.submission), reasons)
            worst = self._said(arrival, _nothing_known(reading.submission), reasons)
        item = Offered(id=reading.id, mac=b"", schema=reading.schema, submission=reading.submission)
        if again:
            return Foreseen(taken=conflict(item, best.reasons or reasons), not_checked=worst.beyond(best))
        if reasons or best.reasons:
            return Foreseen(taken=refused(item, best.reasons or reasons), not_checked=worst.beyond(best))
        taken = Taken(id=reading.id, status=Status.ACCEPTED, defects=best.defects)
        return Foreseen(taken=taken, not_checked=(ID, *worst.beyond(best)))

    def _said(self, arrival: Arrival, known: Known, reasons: tuple[Reason, ...]) -> "_Said":
        """Return what is said of an event with so much known; where it is refused anyhow, no defects."""
        if reasons:
            return _Said(reasons=flow.with_others(reasons, flow.unresolved(arrival.submission, known)))
        decided = flow.decide(arrival, known, self._registered)
        if isinstance(decided, Refused):
            return _Said(reasons=decided.reasons)
        return _Said(defects=decided.defects)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Hold what would be said of one event: reasons to refuse it, or else its defects."""

    reasons: tuple[Reason, ...] = ()
    defects: tuple[Reason, ...] = ()

    def beyond(self, other: "_Said") -> tuple[Reason, ...]:
        """Return what is said here and not there."""
        there = {*other.reasons, *other.defects}
        return tuple(reason for reason in (*self.reasons, *self.defects) if reason not in there)


def _refused_whole(body: bytes) -> list[Json] | Reason:
    """Return a request's events, or why nothing in it is looked at."""
    if len(body) > LARGEST_BODY_BYTES:
        detail = f"a body may have {LARGEST_BODY_BYTES} bytes"
        return Reason(pointer="", rule="size", detail=detail, fix="send fewer events at once")
    try:
        document = parse(body)
    except Malformed as error:
        return error.fault.reason()
    documents: list[Json] = document if isinstance(document, list) else [document]
    return documents if 0 < len(documents) <= BATCH_LIMIT else wrong_size()


def _as_said(submission: Submission) -> Known:
    """Return what would be known if all that the event names were known."""
    return Known(
        incident=None if submission.incident is None else Incident(id=SUPPOSED, victim=None),
        corrects=None if submission.corrects is None else SUPPOSED,
        original=None if submission.corrects is None else _SUPPOSED_ORIGINAL,
        persons=tuple(SUPPOSED for _ in linking.named(submission)),
    )


def _nothing_known(submission: Submission) -> Known:
    return Known(persons=tuple(None for _ in linking.named(submission)))
