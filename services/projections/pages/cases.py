"""The inbox as a list of cases: one row an incident, what is new in it, and the one thing expected next."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from services.projections.pages.entries import Entry, Title, entries, standing
from services.vocabulary.due import Due, due
from services.vocabulary.times import NotATime, parse_time

UNOPENED_IS_NO_NEWS = frozenset({"facts"})
"""Sections that our own services open: a release of these alone is never waiting to be opened."""

NO_END = datetime.max.replace(tzinfo=UTC)


class News(StrEnum):
    """Whether anybody in the agency has opened what stands."""

    NEW = "new"
    CHANGED = "changed"
    OPENED = "opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The one thing an incident's recipient is asked to do next, and by when. `overdue`: that is past."""

    release_id: str
    text: str
    due: Due | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident as its recipient holds it. `expected` is None where nothing is left to do."""

    alias: str
    cursor: str
    title: str
    summary: str
    happened: tuple[str, ...]
    types: frozenset[str]
    received_at: str
    occurred_at: str | None
    news: News
    recalled: bool
    expected: Expected | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known besides the releases: which were opened, and answered; the time; the bank holidays."""

    opened: Collection[str]
    answered: Collection[str]
    now: datetime
    bank_holidays: AbstractSet[date]


def case(row: Mapping[str, object], known: Known, title_of: Title) -> Case | None:
    """Return the case of one incident in an answer; None where it holds nothing."""
    found = entries(row.get("releases"), title_of)
    if not found:
        return None
    told = [entry for entry in found if not entry.own] or list(found)
    stands = standing(told)
    last = max(stands, key=lambda entry: entry.seq)
    return Case(
        alias=last.incident or "",
        cursor=str(row.get("cursor", "")),
        title=last.title,
        summary=last.summary,
        happened=tuple(dict.fromkeys(entry.title for entry in told)),
        types=frozenset(entry.event_type for entry in told),
        received_at=last.decided_at,
        occurred_at=min((entry.occurred_at for entry in told if entry.occurred_at), default=None),
        news=news(told, known.opened),
        recalled=all(entry.recalled for entry in stands),
        expected=expected(found, known),
    )


def news(told: Sequence[Entry], opened: Collection[str]) -> News:
    """Return whether what stands of an incident was opened by anybody in the agency.

    What the agency published itself is no news to it, nor is what a recall took back.
    """
    waiting = [
        entry
        for entry in standing(told)
        if not (entry.own or entry.recalled)
        and {name for name, _ in entry.sections} - UNOPENED_IS_NO_NEWS
        and entry.release_id not in opened
    ]
    if not waiting:
        return News.OPENED
    return News.CHANGED if any(entry.release_id in opened for entry in told) else News.NEW


def expected(found: Sequence[Entry], known: Known) -> Expected | None:
    """Return what is expected next of an incident's recipient: what is due first, or None."""
    open_ones = [_expected(entry, known) for entry in unanswered(found, known.answered)]
    return min(open_ones, key=lambda one: one.due.over_at if one.due else NO_END, default=None)


def unanswered(found: Sequence[Entry], answered: Collection[str]) -> tuple[Entry, ...]:
    """Return the entries that stand, expect something, and have no answer yet.

    An answer holds for every later release of the same event that expects the same.
    """
    done = {(entry.event_id, entry.expects) for entry in found if entry.release_id in answered}
    return tuple(
        entry for entry in standing(found) if entry.expects and (entry.event_id, entry.expects) not in done
    )


def _expected(entry: Entry, known: Known) -> Expected:
    told_at = _moment(entry.decided_at)
    end = due(entry.expects, told_at, known.bank_holidays) if told_at else None
    overdue = end is not None and end.over_at < known.now
    return Expected(release_id=entry.release_id, text=entry.expected, due=end, overdue=overdue)


def _moment(text: str) -> datetime | None:
    try:
        return parse_time(text)
    except NotATime:
        return None
