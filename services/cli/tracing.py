"""One event's way through the services, from the spans they exported. Ids and durations alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.cli.client import System
from services.cli.errors import NothingFound
from services.runtime.spans import TRACE, step_line, steps_of

NOT_FOUND = 404


def steps(system: System, which: str) -> dict[str, Any]:
    """Return an event's steps in the order they began, by its trace's id or its own.

    Raises NothingFound where nothing was exported under it. Spans are written some seconds after they end,
    and the oldest are let go of.
    """
    found = steps_of(system.data, which) if TRACE.fullmatch(which) else []
    if found:
        return {"trace": which, "steps": found}
    trace = trace_of(system, which)
    found = steps_of(system.data, trace)
    if not found:
        raise NothingFound(f"no step of `{which}` was exported: ask again in some seconds")
    return {"trace": trace, "steps": found}


def trace_of(system: System, event: str) -> str:
    """Return the trace an event came into the log with. Raises NothingFound."""
    answer = system.post("/v1/operations/trace", {"event": event})
    if answer.status == NOT_FOUND:
        raise NothingFound(f"there is no event `{event}` that you may know of: check the id")
    trace: str | None = answer.good()["trace"]
    if trace is None:
        raise NothingFound(f"`{event}` came without a trace: look at it with ops peek")
    return trace


def trace_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the way for people: when it began after the first, what, and how long it took."""
    yield f"trace {found['trace']}"
    yield from map(step_line, found["steps"])
