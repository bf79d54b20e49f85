"""What was put right or taken back: who had been sent it, who opened it, and whether they were told so."""

from collections.abc import Iterator
from typing import Any

from services.consent.flow.ledger import PutRightRow
from services.consent.keyring.asking import in_order
from services.consent.store.days import Days
from services.consent.store.openings import Opening, Openings
from services.consent.store.put_right import PutRights, SentTo


def put_right_rows(
    found: PutRights, openings: Openings, days: Days
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Yield each correction and retraction once for everyone who was sent the original; else once.

    First where the row stands in the list, then its internal incident.
    """
    for each in found.all(days):
        sent = found.sent(each)
        opened = _opened(openings, sent)
        for number, to in enumerate(sent or [None]):
            place = f"{in_order(each.offset)} {number:06d}"
            yield place, each.incident, _row(each, to, opened.get(to.release_id, []) if to else [])


def _opened(openings: Openings, sent: list[SentTo]) -> dict[str, list[Opening]]:
    """Return who was shown something, by release: a refused attempt and a question showed nothing."""
    found: dict[str, list[Opening]] = {}
    for opening in openings.of_releases(each.release_id for each in sent):
        if opening.sections:
            found.setdefault(opening.release_id, []).append(opening)
    return found


def _row(each: PutRightRow, to: SentTo | None, opened: list[Opening]) -> dict[str, Any]:
    return {
        "event_id": each.event_id,
        "event_type": each.event_type,
        "corrects": each.corrects,
        "publisher": each.publisher,
        "decided_at": each.decided_at,
        "recipient": to.recipient if to is not None else None,
        "sent_at": to.sent_at if to is not None else None,
        "opened": [{"by": one.person, "at": one.at} for one in opened],
        "told": to.closed_by if to is not None else None,
        "told_at": to.closed_at if to is not None else None,
    }
