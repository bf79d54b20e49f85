"""The inbox as a list of cases: one row an incident, what is new in it, and the one thing expected next."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from services.projections.pages.entries import Entry, Title, entries
from services.projections.rules.expecting import first_due, over_at
from services.projections.rules.standing import (
    News,
    awaits_review,
    is_recalled,
    news,
    of_others,
    standing,
    unseen,
)
from services.vocabulary.due import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The one thing an incident's recipient is asked to do next, and by when. `overdue`: that is past."""

    release_id: str
    text: str
    due: Due | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One incident as its recipient holds it. `expected` is None where nothing is left to do.

    `unseen`: a recall that somebody there is to say they saw. `awaits_review`: the Hub has yet to review it.
    """

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
    unseen: str | None
    awaits_review: bool


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
    told = of_others(found)
    last = max(standing(told), key=lambda entry: entry.seq)
    return Case(
        alias=last.incident or "",
        cursor=str(row.get("cursor", "")),
        title=last.title,
        summary=last.summary,
        happened=tuple(dict.fromkeys(entry.title for entry in told)),
        types=frozenset(entry.event_type for entry in told),
        received_at=last.decided_at,
        occurred_at=min((entry.occurred_at for entry in told if entry.occurred_at), default=None),
        news=news(told, known.opened, known.answered),
        recalled=is_recalled(told),
        expected=expected(found, known),
        awaits_review=awaits_review(found),
        unseen=next((entry.release_id for entry in to_be_seen(found, known)), None),
    )


def to_be_seen(found: Sequence[Entry], known: Known) -> tuple[Entry, ...]:
    """Return the recalls somebody in the agency is to say they saw: those that ask for nothing else."""
    return tuple(
        entry for entry in unseen(of_others(found), known.opened, known.answered) if not entry.expects
    )


def expected(found: Sequence[Entry], known: Known) -> Expected | None:
    """Return what is expected next of an incident's recipient: what is due first, or None."""
    first = first_due(found, known.answered, known.bank_holidays)
    if first is None:
        return None
    entry, end = first
    return Expected(
        release_id=entry.release_id, text=entry.expected, due=end, overdue=over_at(end) < known.now
    )
