"""What goes into a topic, where it came to lie, and what comes out. Values only, whatever the log."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Headers = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Hold what to append. `headers` carry traces and CloudEvents attributes, outside what is identical."""

    key: bytes
    value: bytes
    headers: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Say where an acknowledged record lies. `timestamp` is the topic's: the broker's own for `log`."""

    topic: str
    partition: int
    offset: int
    timestamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
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
