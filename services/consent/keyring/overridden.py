"""Overrides, and decisions not to share: who made each, who confirmed it, and whether it counts (0019)."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from services.consent.keyring.asking import List, Question, following, in_order, order_of
from services.consent.keyring.sampling import drawn
from services.consent.keyring.stated import Stated, States
from services.consent.state.consents import counts_alone, may_override
from services.consent.store.lists import Against
from services.vocabulary.events import EventType


def overridden_rows(
    found: Iterable[Against], states: States, question: Question, place: str
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Yield the page that is asked for, of all or of a sample, and one row more where there are more.

    First where the row stands in the list, then its internal incident. Only of these is the log read.
    """
    if question.sample is not None:
        found = drawn(found, question.sample, question.seed)
    order = order_of(List.OVERRIDDEN, question)
    placed = ((in_order(each.offset), each) for each in found)
    page = list(islice(following(placed, order, place), question.limit + 1))
    said = states.at([each.offset for _, each in page if _is_readable(each)])
    for where, each in page:
        yield where, each.incident, _row(each, said.get(each.offset, Stated()))


def _row(each: Against, said: Stated) -> dict[str, Any]:
    return {
        "event_id": each.event_id,
        "event_type": each.event_type,
        "recipient": each.recipient,
        "publisher": each.publisher,
        "decided_at": each.decided_at,
        "confirmed_by": said.second,
        "registered": said.second_is_registered,
        "counts": _counts(each, said.second),
    }


def _counts(each: Against, second: str | None) -> bool:
    """Say whether the gate goes by it, by the rule that the gate has."""
    if not _is_readable(each) or each.recipient is None:
        return False
    if each.event_type == EventType.OVERRIDE_RECORDED and not may_override(each.publisher, each.recipient):
        return False
    return second is not None or counts_alone(each.event_type, each.publisher)


def _is_readable(each: Against) -> bool:
    """Say whether the gate could read the event: of one that it could not, it knows no publisher."""
    return bool(each.publisher)
