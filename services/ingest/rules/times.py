"""Can it have happened then? (design 4: absurd times are refused, a clock a little ahead is not danger)"""

from datetime import datetime

from services.ingest.rules.urgency import is_urgent
from services.ingest.settings import ABSURD, SKEW
from services.ingest.state import Reason, Submission
from services.vocabulary.times import EARLIEST


def refusal(submission: Submission, now: datetime) -> Reason | None:
    """Return why the time of an event is refused, or None. What is urgent may be up to a day ahead."""
    ahead = ABSURD if is_urgent(submission) else SKEW
    if EARLIEST <= submission.occurred_at <= now + ahead:
        return None
    return _reason("it cannot have happened then", "give the time it happened, with its offset")


def defect(submission: Submission, now: datetime) -> Reason | None:
    """Return what to mend where an urgent event lies ahead of our clock, or None."""
    if submission.occurred_at <= now + SKEW:
        return None
    return _reason("it lies ahead of our clock: the time we had it is used", "set the device's clock")


def happened(submission: Submission, now: datetime) -> str:
    """Return the time an event is ordered by: as published, never later than we had it.

    A consent dated ahead must not outrank a withdrawal that comes after it.
    """
    if defect(submission, now) is None:
        return submission.occurred_text
    return now.isoformat()


def _reason(detail: str, fix: str) -> Reason:
    return Reason(pointer="/occurred_at", rule="believable-time", detail=detail, fix=fix)
