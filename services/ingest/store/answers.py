"""What one event of a request is offered as, and what becomes of it. Values only."""

import json
from dataclasses import dataclass
from enum import StrEnum

from services.eventlog.catalogue import EventSchema
from services.ingest.settings import BATCH_LIMIT
from services.ingest.state import Reason, Submission
from services.ingest.store.outbox import Kept


class Status(StrEnum):
    """What became of one event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Hold what became of one event. A receipt is good only once the log has row `seq`."""

    id: str | None
    status: Status
    event_id: str | None = None
    seq: int | None = None
    receipt: str | None = None
    reasons: tuple[Reason, ...] = ()
    defects: tuple[Reason, ...] = ()
    conflict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """Hold one event as read from a request. With reasons it is refused; more of them may be found."""

    id: str | None
    mac: bytes
    schema: EventSchema | None
    submission: Submission | None
    reasons: tuple[Reason, ...] = ()


def refused(item: Offered, reasons: tuple[Reason, ...]) -> Taken:
    """Return the answer to an event that is not taken in."""
    return Taken(id=item.id, status=Status.REFUSED, reasons=reasons)


def conflict(item: Offered, others: tuple[Reason, ...]) -> Taken:
    """Return the answer to another event under an id that is used already: that first, then all else."""
    reason = Reason(
        pointer="/id",
        rule="different-body",
        detail="you have sent another event under this id",
        fix="give each event its own id; to put one right, send a correction",
    )
    return Taken(id=item.id, status=Status.REFUSED, reasons=(reason, *others), conflict=True)


def duplicate(item: Offered, kept: Kept) -> Taken:
    """Return the answer to an event that is kept already: the same receipt."""
    return Taken(
        id=item.id,
        status=Status.DUPLICATE,
        event_id=kept.event_id,
        seq=kept.seq,
        receipt=kept.receipt,
        defects=tuple(Reason(**defect) for defect in json.loads(kept.defects)),
    )


def wrong_size() -> Reason:
    """Return why a request is refused that carries too many events, or none."""
    return Reason(
        pointer="",
        rule="batch-size",
        detail=f"a request carries 1 to {BATCH_LIMIT} events",
        fix="send one object, or an array of that many",
    )
