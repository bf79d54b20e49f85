"""Texts with a form: codes, days and moments."""

import re
from collections.abc import Mapping

from services.ingest.forms.faults import Fault
from services.vocabulary.times import EARLIEST, NotATime, parse_date, parse_time

LATEST_YEAR = 2200
"""Nothing planned lies further ahead: a later year is a slip of the keyboard."""

_PATTERNS = {
    "code": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}", re.ASCII),
    "alias": re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII),
    "recipient": re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}", re.ASCII),
    "urn": re.compile(r"[A-Za-z0-9]{1,20}", re.ASCII),
    "organisation": re.compile(r"\w[\w &'’().,/:-]{0,99}"),
}
_SAYS = {
    "code": "a code: letters, digits and . _ : / + - without spaces",
    "alias": "the person of a release to you: 43 letters, digits, - and _",
    "recipient": "a recipient's name, such as dafsu",
    "urn": "a school's number",
    "organisation": "an organisation's name",
    "date": "a day as YYYY-MM-DD",
    "date-time": "a time as RFC 3339 has it, with an offset, such as 2024-09-01T21:40:00+01:00",
}
FORMATS: Mapping[str, str] = _SAYS
"""Every format a schema may name, with what it says to a publisher."""


def of_format(form: str, value: str) -> list[Fault] | None:
    """Return what is wrong with a text that must have a form, or None."""
    if form == "date":
        holds = _is_day(value)
    elif form == "date-time":
        holds = _is_moment(value)
    else:
        holds = _PATTERNS[form].fullmatch(value) is not None
    says = _SAYS[form]
    return None if holds else [Fault(rule="format", detail=f"not {says}", fix=f"give {says}")]


def _is_day(value: str) -> bool:
    try:
        return EARLIEST.year <= parse_date(value).year <= LATEST_YEAR
    except NotATime:
        return False


def _is_moment(value: str) -> bool:
    try:
        return EARLIEST.year <= parse_time(value).year <= LATEST_YEAR
    except NotATime:
        return False
