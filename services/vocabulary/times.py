"""Moments as events write them: RFC 3339, always with an offset."""

import re
from datetime import UTC, date, datetime, timedelta

QUARTER = timedelta(minutes=15)
"""How often the door says that time has passed."""

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""No event the partnership can know of is older."""

LEAD = timedelta(minutes=5)
"""How far ahead of the door a publisher's clock may run."""

_RFC3339 = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class NotATime(ValueError):
    """the text is not RFC 3339 with an offset"""


def parse_time(text: str) -> datetime:
    """Return the aware moment that RFC 3339 text names, to the microsecond. Raises `NotATime`."""
    if _RFC3339.fullmatch(text) is None:
        raise NotATime(text)
    fraction = re.search(r"\.(\d+)", text)
    if fraction is not None:
        text = text[: fraction.start()] + "." + fraction[1][:6].ljust(6, "0") + text[fraction.end() :]
    try:
        moment = datetime.fromisoformat(text.upper())
        moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotATime(text) from error
    return moment


def time_in(value: object) -> datetime | None:
    """Return the moment that a value names; None where it is no text that names one."""
    try:
        return parse_time(value) if isinstance(value, str) else None
    except NotATime:
        return None


def date_in(value: object) -> date | None:
    """Return the day that a value names; None where it is no text that names one."""
    try:
        return parse_date(value) if isinstance(value, str) else None
    except NotATime:
        return None


def format_time(moment: datetime) -> str:
    """Write an aware moment as RFC 3339 in UTC, with microseconds only where there are any."""
    if moment.tzinfo is None:
        raise NotATime("a moment without an offset")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_date(text: str) -> date:
    """Return the day that `YYYY-MM-DD` names. Raises `NotATime`."""
    if _DATE.fullmatch(text) is None:
        raise NotATime(text)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotATime(text) from error


def is_believable(moment: datetime, now: datetime) -> bool:
    """Say whether something can have happened then: since 1900, and not ahead of the door's clock."""
    return EARLIEST <= moment <= now + LEAD


def quarter_of(moment: datetime) -> datetime:
    """Return the start, in UTC, of the quarter hour a moment stands in."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % 15, second=0, microsecond=0)


def quarter_from(moment: datetime) -> datetime:
    """Return the first start, in UTC, of a quarter hour that is not before a moment."""
    start = quarter_of(moment)
    return start if start == moment else start + QUARTER
