"""What would come of reading again, tried on the records themselves and kept nowhere. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.eventlog.errors import LogError
from services.eventlog.records import Stored
from services.eventlog.replay import NextOnly, Verdict

FIRST = 1
"""A recipient's first number."""

Number = tuple[str, int]
"""A recipient, and the number a record has among its releases."""

Judge = Callable[[Stored], Number | None]
"""A reader's own code: a record's number, None for one that has none. Raises a LogError if it cannot read."""


class Says(StrEnum):
    """What would come of one record."""

    APPLIED = "applied"
    """It is its recipient's next number."""

    HELD = "held"
    """The reader has it: it is left alone."""

    EARLY = "early"
    """A number before it is still missing: it is left until it comes again."""

    TAKEN = "taken"
    """It has no number: it is taken where it stands, once."""

    SENT = "sent"
    """It is no record but an event of our own: it is sent again, the same bytes under the same id."""

    UNREADABLE = "unreadable"
    """It stays set aside, with the reason of now."""


SAYS: Mapping[Verdict, Says] = {
    Verdict.APPLY: Says.APPLIED,
    Verdict.HAVE: Says.HELD,
    Verdict.EARLY: Says.EARLY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A record that was set aside: where, why then, and what would come of it; `reason` of now."""

    offset: int
    was: str
    says: Says
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What would come of every record that was tried, counted, and of each of them that was set aside."""

    counts: Mapping[Says, int]
    tried: tuple[Tried, ...]

    @property
    def records(self) -> int:
        """Return how many records were tried."""
        return sum(self.counts.values())


def trial(
    records: Iterable[Stored], aside: Mapping[int, str], judge: Judge, expected: Mapping[str, int]
) -> Trial:
    """Return what would come of records read in this order, where `expected` are the next numbers.

    `aside` has the reasons by offset. A record that cannot be read now and could be then is counted too.
    """
    numbers, counts, tried = dict(expected), Counter[Says](), []
    for stored in records:
        says, reason = _said(stored, judge, numbers)
        counts[says] += 1
        if stored.offset in aside:
            tried.append(Tried(offset=stored.offset, was=aside[stored.offset], says=says, reason=reason))
    return Trial(counts=dict(counts), tried=tuple(tried))


def reason_of(error: LogError) -> str:
    """Return why a record is set aside, as it is kept: a kind, never what the error says."""
    return type(error).__name__.lower()


def _said(stored: Stored, judge: Judge, numbers: dict[str, int]) -> tuple[Says, str | None]:
    """Judge one record, and count its number where it would be applied."""
    try:
        number = judge(stored)
    except LogError as error:
        return Says.UNREADABLE, reason_of(error)
    if number is None:
        return Says.TAKEN, None
    recipient, seq = number
    verdict = NextOnly().accept(seq, numbers.get(recipient, FIRST))
    if verdict is Verdict.APPLY:
        numbers[recipient] = seq + 1
    return SAYS[verdict], None
