"""Carry each event's trace through the gate: ids alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.eventlog.records import Stored
from services.runtime import telemetry

TRACEPARENT = "traceparent"

FEW = 32
"""Events in a batch up to which each has a span of its own. A backlog passes its traces on without."""


@contextmanager
def deciding(stored: Stored, *, few: bool) -> Iterator[str | None]:
    """Yield the `traceparent` to send on with what is decided of a record; None where it came without."""
    parent = parent_of(stored)
    if parent is None or not few:
        yield parent
        return
    span_of = telemetry.tracer().start_as_current_span
    with telemetry.continued({TRACEPARENT: parent}), span_of("gate.decide") as span:
        span.set_attribute("offset", stored.offset)
        yield telemetry.carrier().get(TRACEPARENT, parent)


def parent_of(stored: Stored) -> str | None:
    """Return the trace a record came with."""
    for name, value in stored.headers:
        if name == TRACEPARENT:
            return value.decode("ascii", "replace")
    return None
