"""The trace a message began in: from the release that called for it, ids alone."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import Span
from sqlalchemy import Connection, select

from services.notify.store.tables import RELEASES
from services.runtime import telemetry

TRACEPARENT = "traceparent"
LONGEST = 200
"""Characters of a `traceparent` worth keeping; its format has 55."""


def of_release(conn: Connection, release_id: str) -> str | None:
    """Return the trace a release came with; None where it came without, or not at all."""
    found = select(RELEASES.c.traceparent).where(RELEASES.c.release_id == release_id)
    return conn.execute(found.limit(1)).scalar_one_or_none()


def current() -> str | None:
    """Return the trace that goes on now."""
    return telemetry.carrier().get(TRACEPARENT)


@contextmanager
def continued(traceparent: str | None, name: str) -> Iterator[Span]:
    """Do a step inside the trace it belongs to, as a span of that name; without one begin another."""
    headers = {TRACEPARENT: traceparent} if traceparent else {}
    with telemetry.continued(headers), telemetry.tracer().start_as_current_span(name) as span:
        yield span
