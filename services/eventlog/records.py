"""What goes into a topic, where it came to lie, and what comes out. Values only, whatever the log.

Tuples: a busy partition has tens of thousands of them a second, and a frozen dataclass takes longer to make.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Headers = tuple[tuple[str, bytes], ...]


class Record(NamedTuple):
    """Hold what to append. `headers` carry traces and CloudEvents attributes, outside what is identical."""

    key: bytes
    value: bytes
    headers: Headers = ()


class Position(NamedTuple):
    """Say where an acknowledged record lies. `timestamp` is the topic's: the broker's own for `log`."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime


class Stored(NamedTuple):
    """Hold a record as read back."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime
    key: bytes
    value: bytes
    headers: Headers


def moment(milliseconds: int) -> datetime:
    """Return the moment of a broker's timestamp, UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
