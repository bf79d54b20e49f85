"""What was expected of whom, or asked back, and nobody answered: non-action, counted (NA 6.184, 6.185)."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from services.consent.keyring.asking import NEVER, Question
from services.consent.store.days import Days
from services.consent.store.expecting import Expecting
from services.consent.store.ledger import Ledger
from services.runtime.bank_holidays import bank_holidays
from services.vocabulary.agencies import is_school
from services.vocabulary.due import due
from services.vocabulary.times import format_time, parse_time


class Unanswered(NamedTuple):
    """A release whose recipient has not answered it, or a recall of which it has not said what came of it.

    `due_at` None: the expectation names no moment, and is never overdue.
    """

    told: Expecting
    due_at: datetime | None
    overdue: bool


def unanswered(ledger: Ledger, days: Days) -> Iterator[Unanswered]:
    """Yield what was told in these days and is not answered, in the order it was told.

    Whatever its recipient publishes of the incident afterwards answers it: a contact, a case, an outcome; a
    school, by what it acknowledges.
    So does an outcome that names the release, whatever the incident is called there: of every later release
    of the same event, too, that expects the same. Overdue goes by the partnership's time, the gate's.

    What a recall asks back is answered by an outcome that names that very recall: whoever goes on working on
    the incident has not said that their copy is gone, nor has who confirmed it of an earlier copy. Schools'
    recalls are left out: a school tells the Hub by telephone, and no event says so.
    """
    expected, now = ledger.expectations, ledger.taking_part().time
    said, answered = expected.last_said(), expected.answered()
    confirmed, done = {each.release_id for each in answered}, {each[1:] for each in answered}
    for told in expected.expecting(days):
        same = (told.recipient, told.event_id, told.expects)
        if told.release_id in confirmed or (same in done and not told.asks_back):
            continue
        if told.asks_back and is_school(told.recipient):
            continue
        last = said.get((told.recipient, told.incident)) if told.incident is not None else None
        if told.asks_back or last is None or last <= told.decided_at:
            by = due(told.expects, parse_time(told.decided_at), bank_holidays())
            over = by.over_at if by is not None else None
            yield Unanswered(told, over, is_past(over, now))


def unanswered_rows(ledger: Ledger, question: Question) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Yield what is not answered, what was due first before the rest; then what is never overdue.

    First where the row stands in the list, then its internal incident.
    """
    for told, due_at, overdue in sorted(unanswered(ledger, question.days), key=_place):
        if question.overdue in (None, overdue):
            by = format_time(due_at) if due_at is not None else None
            row = {
                "event_id": told.event_id,
                "recipient": told.recipient,
                "told_at": told.decided_at,
                "expects": told.expects,
                "due_at": by,
                "overdue": overdue,
            }
            yield " ".join((by or NEVER, told.decided_at, told.release_id)), told.incident, row


def is_past(due_at: datetime | None, now: datetime | None) -> bool:
    """Say whether the moment something is due has come."""
    return due_at is not None and now is not None and due_at <= now


def counted(found: Iterable[Unanswered]) -> dict[str, dict[str, int]]:
    """Count by recipient what is not answered, and how much of it is overdue."""
    counts: dict[str, dict[str, int]] = {}
    for one in found:
        count = counts.setdefault(one.told.recipient, {"unanswered": 0, "overdue": 0})
        count["unanswered"] += 1
        count["overdue"] += one.overdue
    return dict(sorted(counts.items()))


def _place(one: Unanswered) -> tuple[str, str, str]:
    due_at = format_time(one.due_at) if one.due_at is not None else NEVER
    return due_at, one.told.decided_at, one.told.release_id
