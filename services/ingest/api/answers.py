"""How answers look on the wire: results in the shape of `publish`, problems as in RFC 9457 (design 11)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from fastapi.responses import JSONResponse, Response

from services.ingest.state import Reason
from services.ingest.store.answers import Status, Taken
from services.runtime.web import busy, problem

OK, CREATED, BAD, NOBODY, ABSENT, CONFLICT, NOT_TAKEN = 200, 201, 400, 401, 404, 409, 422


def several(taken: Sequence[Taken]) -> Response:
    """Return the answer to a batch: 200, whatever became of each event."""
    return JSONResponse({"results": [result(one) for one in taken]})


def single(taken: Taken) -> Response:
    """Return the answer to one event: 201, 200 for a duplicate, 409 or 422."""
    if taken.status is not Status.REFUSED:
        status = CREATED if taken.status is Status.ACCEPTED else OK
        return JSONResponse({"results": [result(taken)]}, status_code=status)
    if taken.conflict:
        return _refusal(CONFLICT, "another event has this id", taken)
    return _refusal(NOT_TAKEN, "refused", taken)


def malformed(reason: Reason) -> Response:
    """Return the answer to a body that is not JSON everyone reads alike."""
    return problem(BAD, "not understood", reason.detail, reasons=[asdict(reason)], results=[])


def refused_whole(reason: Reason) -> Response:
    """Return the answer to a request of which no event was looked at."""
    return problem(NOT_TAKEN, "refused", reason.detail, reasons=[asdict(reason)], results=[])


def unauthenticated(detail: str) -> Response:
    """Return the answer to somebody who did not say who they are."""
    return problem(NOBODY, "not authenticated", detail, headers={"www-authenticate": "Bearer"})


def later() -> Response:
    """Return the answer where the log did not take the events in time: nothing is lost by asking again."""
    return busy("not acknowledged yet: send the same again, under the same ids")


def stopped() -> Response:
    """Return the answer while the log's clock disagrees with ours: nothing is taken until they agree."""
    return busy("the clocks of the door and the log disagree: send the same later, under the same ids")


def full() -> Response:
    """Return the answer where as many requests are inside as there is room for."""
    return busy("the door is full: send the same again, under the same ids")


def absent() -> Response:
    """Return the one answer to a receipt that is unknown, another's, or not true yet."""
    return problem(ABSENT, "not found", "no such receipt of yours: check it")


def result(taken: Taken) -> dict[str, Any]:
    """Return one event's result."""
    return {
        "id": taken.id,
        "status": taken.status.value,
        "event_id": taken.event_id,
        "receipt": taken.receipt,
        "reasons": _reasons(taken.reasons),
        "defects": _reasons(taken.defects),
    }


def _refusal(status: int, title: str, taken: Taken) -> Response:
    detail = f"{len(taken.reasons)} to put right: see reasons"
    return problem(status, title, detail, reasons=_reasons(taken.reasons), results=[result(taken)])


def _reasons(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    return [asdict(reason) for reason in reasons]
