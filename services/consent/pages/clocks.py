"""How long is left, or how late it is, in words that need no colour."""

from datetime import datetime, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


def clock(by: datetime, now: datetime) -> str:
    """Return how long it is until a moment, or how long ago that was: `3 hours left`, `2 days late`."""
    if by > now:
        return f"{_span(by - now)} left"
    return f"{_span(now - by)} late"


def _span(length: timedelta) -> str:
    """Return a length in its largest whole unit; below one minute it is said so."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        count = length // unit
        if count:
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    return "less than a minute"
