"""An event and the moment its agency publishes it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What `agency` publishes at `at`.

    `about` is the police reference of the incident an agency speaks of by its own alias, which it
    only knows once it holds a release; the event's `incident` is then left for it to fill in.
    """

    at: datetime
    agency: str
    event: dict[str, object]
    about: str | None = None


def on_the_hour(moment: datetime) -> datetime:
    """Return the next full hour: when a device is docked, or a desk looks at its list."""
    whole = moment.replace(minute=0, second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(hours=1)
