"""What is still expected of the recipient of an incident, and what of it first (NA 6.184). Pure.

One rule for the tables and for the pages.
"""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from typing import Final

from services.projections.rules.standing import T, Told, standing
from services.vocabulary.due import Due, due
from services.vocabulary.times import NotATime, parse_time

NO_END: Final = datetime.max.replace(tzinfo=UTC)
"""When an expectation is overdue that names no moment."""


def unanswered(found: Sequence[T], answered: Collection[str]) -> tuple[T, ...]:
    """Return the releases of one incident that stand, expect something, and have no answer yet.

    An answer holds for every later release of the same event that expects the same. Not so of what asks a
    copy back: whoever confirmed that one is gone has not said so of one that was sent later.
    """
    done = {(told.event_id, told.expects) for told in found if told.release_id in answered}

    def is_done(told: Told) -> bool:
        if told.recalled:
            return told.release_id in answered
        return (told.event_id, told.expects) in done

    return tuple(told for told in standing(found) if told.expects and not is_done(told))


def first_due(
    found: Sequence[T], answered: Collection[str], bank_holidays: AbstractSet[date]
) -> tuple[T, Due | None] | None:
    """Return which unanswered release of one incident is due first, and by when; None where nothing is."""
    open_ones = [(told, by_when(told, bank_holidays)) for told in unanswered(found, answered)]
    return min(open_ones, key=lambda one: over_at(one[1]), default=None)


def by_when(told: Told, bank_holidays: AbstractSet[date]) -> Due | None:
    """Return by when a release is to be acted on; None where it names no moment."""
    try:
        return due(told.expects, parse_time(told.decided_at), bank_holidays)
    except NotATime:
        return None


def over_at(end: Due | None) -> datetime:
    """Return the moment after which something is overdue: `NO_END` where it never is."""
    return end.over_at if end is not None else NO_END
