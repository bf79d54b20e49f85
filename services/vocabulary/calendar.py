"""The school year: when a school next starts, in the time that school lives by (domain 2).

All days are whole days in Europe/London. A bell is a wall-clock time there, so a deadline keeps its place
in the morning when the clocks change.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

OFFICE_OPENS = time(9, 0)
"""When an officer of the authority is at work, on a day that is no weekend and no bank holiday."""

LONGEST_HOLIDAY = timedelta(days=56)
"""How long before the first term we know of a school may already have been closed."""

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolYear:
    """The days one school keeps: `terms` are (first day, last day); `closures` are INSET days and its own.

    Terms need not be in order. `bank_holidays` may name days outside the terms.
    """

    bell: time
    terms: tuple[tuple[date, date], ...]
    closures: frozenset[date] = frozenset()
    bank_holidays: AbstractSet[date] = frozenset()

    def is_school_day(self, day: date) -> bool:
        """Say whether pupils are in school that day.

        Where no term is charted, any weekday counts: a deadline too early is safe, one too late is not.
        """
        return is_working_day(day, self.bank_holidays) and day not in self.closures and self._in_term(day)

    def next_start(self, after: datetime) -> datetime:
        """Return the first bell strictly after an aware moment, in UTC so that differences are true."""
        return next(bell for bell in self._bells(after) if bell > after)

    def last_before(self, day: date) -> date:
        """Return the last school day before a day."""
        return next(before for before in _days_back(day) if self.is_school_day(before))

    def _in_term(self, day: date) -> bool:
        return not self._is_charted(day) or any(first <= day <= last for first, last in self.terms)

    def _is_charted(self, day: date) -> bool:
        if not self.terms:
            return False
        begins = min(first for first, _ in self.terms) - LONGEST_HOLIDAY
        return begins <= day <= max(last for _, last in self.terms)

    def _bells(self, after: datetime) -> Iterator[datetime]:
        days = _days_from(local_date(after))
        return (at_wall_clock(day, self.bell) for day in days if self.is_school_day(day))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """When offices are open: on working days, from when they open until, and without, when they close.

    All as the clocks of Europe/London read. A bank holiday that is not listed counts as a working day.
    """

    opens: time
    closes: time
    bank_holidays: AbstractSet[date] = frozenset()

    def are_on(self, moment: datetime) -> bool:
        """Say whether offices are open at an aware moment."""
        local = moment.astimezone(LONDON)
        return self.opens <= local.time() < self.closes and is_working_day(local.date(), self.bank_holidays)

    def next_end(self, after: datetime) -> datetime:
        """Return when offices next close strictly after an aware moment, in UTC."""
        days = (day for day in _days_from(local_date(after)) if is_working_day(day, self.bank_holidays))
        ends = (at_wall_clock(day, self.closes) for day in days)
        return next(end for end in ends if end > after)


def local_date(moment: datetime) -> date:
    """Return the day it was in Europe/London."""
    return moment.astimezone(LONDON).date()


def at_wall_clock(day: date, at: time) -> datetime:
    """Return the moment, in UTC, at which the clocks of that day show `at`.

    Two times of one zone compare and subtract as the clocks read; two of UTC as time passed.
    """
    return datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)


def over_at(day: date) -> datetime:
    """Return the moment, in UTC, at which a day is over.

    Raises OverflowError for the last day a calendar has: it is over at no moment that could be named.
    """
    return at_wall_clock(day + _DAY, time())


def is_working_day(day: date, bank_holidays: AbstractSet[date]) -> bool:
    """Say whether a day is neither a weekend nor a bank holiday."""
    return day.weekday() < _SATURDAY and day not in bank_holidays


def next_office_morning(after: datetime, bank_holidays: AbstractSet[date]) -> datetime:
    """Return the first time an officer of the authority comes to work strictly after an aware moment."""
    days = (day for day in _days_from(local_date(after)) if is_working_day(day, bank_holidays))
    mornings = (at_wall_clock(day, OFFICE_OPENS) for day in days)
    return next(morning for morning in mornings if morning > after)


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += _DAY


def _days_back(day: date) -> Iterator[date]:
    while True:
        day -= _DAY
        yield day
