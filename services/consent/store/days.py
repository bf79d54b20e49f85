"""Days people ask about, as the tables write moments."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_

from services.vocabulary.calendar import LONDON, local_date
from services.vocabulary.times import format_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days from the first to the last, both included, in Europe/London; None: no limit."""

    first: date | None = None
    last: date | None = None

    def of(self, moment: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that a column of moments lies within these days."""
        limits = []
        if self.first is not None:
            limits.append(moment >= _midnight(self.first))
        if self.last is not None and self.last < date.max:
            limits.append(moment < _midnight(self.last + timedelta(days=1)))
        return and_(True, *limits)

    def hold(self, moment: datetime) -> bool:
        """Say whether a moment lies within these days."""
        day = local_date(moment)
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def _midnight(day: date) -> str:
    """Return the start of a day as the tables write moments: whole seconds, so that texts compare."""
    return format_time(datetime(day.year, day.month, day.day, tzinfo=LONDON)).removesuffix("Z")
