"""Is what the Hub calls a repeat one? (SafeLives; domain 4)

A repeat is any abuse between the same people within 12 months of their last referral to MARAC.
"""

from collections.abc import Iterator
from datetime import date

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Submission
from services.vocabulary.calendar import local_date
from services.vocabulary.events import EventType
from services.vocabulary.times import date_in

_LEAP_DAY = (2, 29)


def is_repeat(incident_on: date, last_referral_on: date) -> bool:
    """Say whether no more than 12 months lie between: the same day a year later is within them."""
    return last_referral_on >= _a_year_before(incident_on)


def defects(submission: Submission) -> Iterator[Reason]:
    """Yield a reason where the last referral lies too far back. Where it is not given, that is flagged."""
    if submission.type is not EventType.REPEAT_IDENTIFIED:
        return
    last = date_in(text(submission.section("facts"), "last_referral_on"))
    if last is not None and not is_repeat(local_date(submission.occurred_at), last):
        yield Reason(
            pointer="/facts/last_referral_on",
            rule="no-repeat",
            detail="the last referral to MARAC lies more than 12 months before this was recorded",
            fix="check that the abuse itself was within 12 months of it; else refer the case as a new one",
        )


def _a_year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == _LEAP_DAY
    return day.replace(year=day.year - 1, day=day.day - is_leap_day)
