"""When a school must have heard, and when a person phones instead (NA 4.15, 4.16; domain 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.vocabulary.calendar import SchoolYear

HISTORY = timedelta(days=7)
"""An occurrence this long before it was recorded is history: nobody is phoned about it (design 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """`due_at` is the bell before which the school should have heard, `phone_by` when somebody phones."""

    due_at: datetime
    phone_by: datetime | None
    late: bool


def deadlines(
    occurred_at: datetime,
    recorded_at: datetime,
    year: SchoolYear,
    lead: timedelta,
    *,
    first_recorded_at: datetime | None = None,
) -> Deadlines:
    """Return the deadlines of a message about what happened at `occurred_at`, recorded at `recorded_at`.

    History keeps the deadline it had, is marked late and has no phone call. Everything else is phoned `lead`
    before the bell, and at once where that has passed. `first_recorded_at` is given where a correction tells
    a school for the first time: what was recorded in time is no history because it was put right later.
    """
    due_at = year.next_start(occurred_at)
    if is_history(occurred_at, first_recorded_at or recorded_at):
        return Deadlines(due_at=due_at, phone_by=None, late=True)
    return Deadlines(due_at=due_at, phone_by=due_at - lead, late=recorded_at >= due_at)


def is_history(occurred_at: datetime, recorded_at: datetime) -> bool:
    """Say whether it was recorded more than seven days after it happened."""
    return recorded_at - occurred_at > HISTORY


def not_yet_told(released: tuple[str, ...], told: frozenset[str]) -> tuple[str, ...]:
    """Return the children of a release whom the school has no standing message about, each once, in order."""
    return tuple(dict.fromkeys(child for child in released if child not in told))
