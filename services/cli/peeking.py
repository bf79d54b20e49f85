"""A topic's records with everything masked but a list of names, read on the system's own machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.cli.client import System
from services.cli.topics import records


def peek(system: System, topic: str, start: int | None, count: int) -> Iterator[dict[str, Any]]:
    """Yield records as places, times and what may be shown of each; what cannot be read says so."""
    from services.eventlog.masking import masked, place

    for stored in records(system, topic, start, count):
        yield {**place(stored), **masked(topic, stored)}
