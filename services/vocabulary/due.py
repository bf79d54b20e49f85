"""By when a recipient is expected to do something (NA 6.184): the end its expectation names, as a moment.

An expectation is policy text that says its own end: within so many working days or hours, or at once. A
number of attempts, or a meeting's day, is an end without a moment. A working day is over when the day is:
what came on Friday and is owed within 1 working day is owed until Monday night. The day it came never counts.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from services.vocabulary.calendar import at_wall_clock, is_working_day, local_date

WITHIN: Final = re.compile(r"\bwithin (\d{1,3}) (working days?|hours?)\b")
AT_ONCE: Final = re.compile(r"\bat once\b")
_DAY = timedelta(days=1)


class Precision(StrEnum):
    """How exactly an end is meant: to the moment, to the day, or that it never waits."""

    MOMENT = "moment"
    DAY = "day"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The moment after which it is overdue, in UTC, and how exactly that is meant.

    `day` is the last day on which it is in time, in Europe/London.
    """

    over_at: datetime
    day: date
    precision: Precision


def due(expects: str | None, told_at: datetime, bank_holidays: AbstractSet[date]) -> Due | None:
    """Return by when something told at a moment is expected; None where the expectation names no moment.

    The first end named counts. What is expected at once is overdue when the day it came is over.
    """
    within = WITHIN.search(expects or "")
    if within is not None and within[2].startswith("hour"):
        over_at = told_at + timedelta(hours=int(within[1]))
        return Due(over_at=over_at, day=local_date(over_at), precision=Precision.MOMENT)
    if within is not None:
        return _whole_day(
            _working_days_after(local_date(told_at), int(within[1]), bank_holidays), Precision.DAY
        )
    if AT_ONCE.search(expects or ""):
        return _whole_day(local_date(told_at), Precision.AT_ONCE)
    return None


def _whole_day(day: date, precision: Precision) -> Due:
    return Due(over_at=at_wall_clock(day + _DAY, time.min), day=day, precision=precision)


def _working_days_after(day: date, count: int, bank_holidays: AbstractSet[date]) -> date:
    while count > 0:
        day += _DAY
        count -= is_working_day(day, bank_holidays)
    return day
