"""When things happen: at night and at weekends; and when the Hub's desk is staffed."""

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_BY_WEEKDAY = (10, 9, 9, 10, 14, 20, 18)
"""Monday to Sunday."""

_BY_HOUR = (9, 8, 6, 4, 2, 1, 1, 2, 3, 3, 3, 3, 4, 4, 4, 5, 6, 7, 8, 9, 10, 11, 12, 11)

DESK = (8, 10, 12, 14, 16, 18, 20)
"""Hours at which the Hub sends what it has reviewed, every day of the week."""


def occurrence_times(rng: random.Random, count: int, first: date, last: date) -> list[datetime]:
    """Return when each incident happened, in order, from the first day to the last."""
    start = datetime(first.year, first.month, first.day, tzinfo=LONDON)
    days = [start + timedelta(days=n) for n in range((last - first).days + 1)]
    weights = [_BY_WEEKDAY[day.weekday()] for day in days]
    return sorted(_within(rng, day) for day in rng.choices(days, weights, k=count))


def _within(rng: random.Random, day: datetime) -> datetime:
    (hour,) = rng.choices(range(24), _BY_HOUR)
    return day.replace(hour=hour, minute=rng.randrange(60))


def review_time(rng: random.Random, raised_at: datetime) -> datetime:
    """Return when the Hub has made its secondary assessment: two hours to a day and a half later."""
    return at_the_desk(raised_at + timedelta(hours=2 + rng.expovariate(1 / 8)))


def at_the_desk(moment: datetime) -> datetime:
    """Return the next hour at which the Hub's desk sends, from a moment on."""
    days = (moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=n) for n in range(2))
    return next(at for day in days for hour in DESK if (at := day.replace(hour=hour)) >= moment)
