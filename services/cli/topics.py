"""Reads a running system's topics as its administrator, on the machine it runs on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from services.cli.client import System
from services.cli.errors import CliError, NotRunning
from services.runtime.certificates import ADMIN

if TYPE_CHECKING:
    from services.eventlog.reader import KafkaReader
    from services.eventlog.records import Stored

WAIT_SECONDS = 10.0


def known(system: System) -> tuple[str, ...]:
    """Return every topic of the system's partnership."""
    from services.eventlog import topics

    return topics.names(system.partnership)


def records(system: System, topic: str, start: int | None, count: int) -> Iterator[Stored]:
    """Yield up to `count` records of a topic from `start`, or the last ones. Raises CliError."""
    if topic not in known(system):
        raise CliError(f"there is no topic `{topic}`: ask for one of {', '.join(known(system))}")
    with reader_of(system, {}) as reader:
        end = reader.end(topic)
    first = max(end - count, 0) if start is None else start
    left = min(end - first, count)
    with reader_of(system, {topic: first}) as reader:
        while left > 0:
            for stored in reader.read(left, WAIT_SECONDS):
                left -= 1
                yield stored


@contextmanager
def reader_of(system: System, starts: dict[str, int]) -> Iterator[KafkaReader]:
    """Read topics from offsets until the block ends. Raises NotRunning away from the system's machine."""
    from services.eventlog.access import Access
    from services.eventlog.reader import KafkaReader

    broker = system.described.get("kafka")
    if not broker:
        raise NotRunning("the broker is reached from its own machine alone: say --data where it runs")
    access = Access.at(str(broker), system.data / "credentials", ADMIN)
    reader = KafkaReader(access, starts, system.partnership.partition)
    try:
        yield reader
    finally:
        reader.close()
