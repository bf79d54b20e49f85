"""What was put right or taken back: who had been sent it, who opened it, was told, and confirmed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from services.consent.flow.ledger import PutRightRow
from services.consent.keyring.asking import List, Question, following, in_order, order_of
from services.consent.keyring.stated import Stated, States
from services.consent.store.openings import Opening, Openings
from services.consent.store.put_right import PutRights, SentTo


class Had(NamedTuple):
    """A correction or retraction, and one of those who had been sent the original; None: nobody had."""

    event: PutRightRow
    to: SentTo | None


class PutRight:
    """Answers for corrections and retractions, from what the gate committed, openings, and the log."""

    def __init__(self, found: PutRights, openings: Openings, states: States) -> None:
        self._found = found
        self._openings = openings
        self._states = states

    def rows(
        self, events: Iterable[PutRightRow], question: Question, place: str
    ) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
        """Yield the page that is asked for, and one row more where there are more.

        Each event stands once for everyone who was sent the original; else once. First where the row stands
        in the list, then its internal incident. Only of these rows is the log read.
        """
        order = order_of(List.PUT_RIGHT, question)
        page = list(islice(following(self._placed(events), order, place), question.limit + 1))
        opened = self._opened([had.to for _, had in page if had.to is not None])
        said = self._states.at([had.to.said.offset for _, had in page if had.to and had.to.said])
        for where, had in page:
            stated = said.get(had.to.said.offset) if had.to and had.to.said else None
            yield where, had.event.incident, {**_event(had.event), **_to(had.to, opened, stated or Stated())}

    def _placed(self, events: Iterable[PutRightRow]) -> Iterator[tuple[str, Had]]:
        for event in events:
            for number, to in enumerate(self._found.sent(event) or [None]):
                yield f"{in_order(event.offset)} {number:06d}", Had(event, to)

    def _opened(self, sent: Sequence[SentTo]) -> dict[str, list[Opening]]:
        """Return who was shown something, by release: a refused attempt and a question showed nothing."""
        found: dict[str, list[Opening]] = {}
        for opening in self._openings.of_releases(release for each in sent for release in each.releases):
            if opening.sections:
                found.setdefault(opening.release_id, []).append(opening)
        return found


def _event(event: PutRightRow) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "event_type": event.event_type,
        "corrects": event.corrects,
        "publisher": event.publisher,
        "decided_at": event.decided_at,
    }


def _to(to: SentTo | None, opened: dict[str, list[Opening]], stated: Stated) -> dict[str, Any]:
    openings = sorted(one for release in (to.releases if to else ()) for one in opened.get(release, ()))
    return {
        "recipient": to.recipient if to else None,
        "sent_at": to.sent_at if to else None,
        "opened": [{"by": one.person, "at": one.at} for one in openings],
        "told": to.closed_by if to else None,
        "told_at": to.closed_at if to else None,
        "asked_back": to.asks_back if to else False,
        "outcome": stated.outcome,
        "answered_at": to.said.at if to and to.said else None,
    }
