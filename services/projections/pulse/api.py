"""What the Hub may ask of the pulse over HTTP: the counts that may be shown, and nothing to anybody else."""

from collections.abc import Callable, Mapping
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.projections.rules.pulse import DELAY, Cell, Window, shown
from services.runtime.clock import Clock
from services.runtime.identity import Caller, Verifier
from services.runtime.operators import operator_by
from services.runtime.web import busy
from services.vocabulary.times import format_time


class Counts(Protocol):
    """What was counted."""

    def counts(self) -> Mapping[Cell, int]:
        """Return how many events there are in each cell."""


def router(*, counts: Counts, complete: Callable[[], bool], verifier: Verifier, clock: Clock) -> APIRouter:
    """Return the route. `complete` says whether all there is was counted: until then nothing is shown."""
    routes = APIRouter()
    Operator = Annotated[Caller, Depends(operator_by(verifier))]

    @routes.get("/v1/pulse", summary="How many events of each type there were, by quarter hour")
    def pulse(_operator: Operator) -> JSONResponse:
        if not complete():
            return busy("the pulse is still counting: ask again")
        return JSONResponse(document(shown(counts.counts(), clock.now())))

    return routes


def document(windows: tuple[Window, ...]) -> dict[str, object]:
    """Return the answer. No totals: from one a count that is left out could be worked out."""
    return {
        "delayed_minutes": int(DELAY.total_seconds() // 60),
        "windows": [
            {
                "from": format_time(window.begins),
                "to": format_time(window.ends),
                "counts": [
                    {"event_type": one.event_type, "count": one.count, "suppressed": one.count is None}
                    for one in window.counts
                ],
            }
            for window in windows
        ],
    }
