"""Since when what happened is of the coming bell: a weekend, a holiday and a closure with it (NA 4.16)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from services.notify.rules.report import Report
from services.vocabulary.calendar import SchoolYear, local_date


def since(today: date, years: Iterable[SchoolYear]) -> date:
    """Return the first day whose children may be told before the bell of `today`, or the next there is.

    That is the last day before today on which a school was open: of the school that has been closed longest,
    so that of no school a day is left out. On a Monday it is Friday, after the holidays the last day of term.
    """
    return min(year.last_before(today) for year in years)


def unaccounted(found: Report) -> Mapping[date, int]:
    """Return the days on which children are not accounted for, in order, and how many they are."""
    days: Counter[date] = Counter()
    for row in found.rows:
        days[local_date(row.occurred_at)] += row.account.unaccounted
    return {day: children for day, children in sorted(days.items()) if children}
