"""What agencies said that is a ground for themselves: who confirmed it, and what they were sent on it (0019).

The door asks that a second person is named, and cannot ask who they are: staff ids are their agency's own.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from services.consent.keyring.asking import List, Question, following, in_order, order_of
from services.consent.keyring.sampling import by_lot
from services.consent.keyring.stated import Stated, States
from services.consent.state.entities import Incident
from services.consent.state.links import as_one
from services.consent.state.retracted import is_gone
from services.consent.store.ledger import Ledger
from services.consent.store.own_words import Claim, OwnWords
from services.vocabulary.consent import NOT_FOR_SHARING, ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground
from services.vocabulary.risk import ChildCase
from services.vocabulary.sides import Client

AT_ONCE: Final = 100
"""Events asked of the log at once, to find those that are an agency's word for itself."""

GROUNDS: Final = {
    EventType.CHILD_CASE_STATUS: Ground.OPEN_CHILD_CASE,
    EventType.CONSENT_RECORDED: Ground.CONSENT,
    EventType.OVERRIDE_RECORDED: Ground.OVERRIDE,
}
"""The ground each gives. A case that is opened gives none: it lets its agency hear who else holds one."""

IsOpen = Callable[[str | None], bool]
"""Says whether an incident is open to whoever asks."""


class Own(NamedTuple):
    """An agency's word for itself, and what its event says."""

    claim: Claim
    said: Stated


class OwnWord:
    """Answers for what agencies said for themselves, from what the gate committed, and the log."""

    def __init__(self, found: OwnWords, ledger: Ledger, states: States) -> None:
        self._found = found
        self._ledger = ledger
        self._states = states

    def rows(
        self, publisher: str | None, is_open: IsOpen, question: Question, place: str
    ) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
        """Yield the page that is asked for, of all or of a sample, and one row more where there are more.

        First where the row stands in the list, then its internal incident. `publisher`: of that agency alone;
        None: of every. The log is read as far as the page, or the sample, needs, and no further.
        """
        order = order_of(List.OWN_WORD, question)
        every = self._found.claims(question.days, publisher)
        if question.sample is not None:
            lots = (claim for claim in by_lot(every, question.seed) if is_open(claim.incident))
            drawn = islice(self._own(lots), question.sample)
            page = following(map(_placed, sorted(drawn)), order, place)
        else:
            claims = following(((in_order(claim.offset), claim) for claim in every), order, place)
            page = map(_placed, self._own(claim for _, claim in claims if is_open(claim.incident)))
        for where, own in islice(page, question.limit + 1):
            yield where, own.claim.incident, self._row(own, is_open)

    def _own(self, claims: Iterable[Claim]) -> Iterator[Own]:
        """Yield what of these is an agency's word for itself, in their order, read a few at a time."""
        rest = iter(claims)
        while few := tuple(islice(rest, AT_ONCE)):
            said = self._states.at([claim.offset for claim in few])
            owned = (Own(claim, said.get(claim.offset, Stated())) for claim in few)
            yield from (own for own in owned if is_own(own))

    def _row(self, own: Own, is_open: IsOpen) -> dict[str, Any]:
        claim, said = own
        counts = said.second is not None and not self._is_taken_back(claim)
        return {
            "event_id": claim.event_id,
            "event_type": claim.event_type,
            "publisher": claim.publisher,
            "by": said.by,
            "decided_at": claim.decided_at,
            "confirmed_by": said.second,
            "registered": said.second_is_registered,
            "counts": counts,
            "released": self._released(own, is_open) if counts else 0,
        }

    def _is_taken_back(self, claim: Claim) -> bool:
        known = self._incident(claim.incident)
        return known is not None and is_gone(known, claim.event_id)

    def _released(self, own: Own, is_open: IsOpen) -> int:
        """Count what rests on it, in the incidents of it that are open to whoever asks."""
        ground = GROUNDS.get(EventType(own.claim.event_type))
        lines = [line for key in self._incidents(own) if is_open(key) for line in self._lines(key)]
        if ground is None:
            return self._found.released_at_once(own.claim, lines)
        return self._found.released_on(own.claim, ground, lines)

    def _incidents(self, own: Own) -> Iterable[str]:
        """Return the incidents it is a ground in: its own, and of a child's case every one of the child."""
        claim = own.claim
        keys = [claim.incident] if claim.incident is not None else []
        if claim.event_type == EventType.CHILD_CASE_STATUS:
            for child in own.said.children or self._children(claim.incident):
                keys += as_one(self._ledger.person, child).child_of
        return dict.fromkeys(keys)

    def _children(self, incident: str | None) -> tuple[str, ...]:
        known = self._incident(incident)
        return known.children if known is not None else ()

    def _incident(self, key: str | None) -> Incident | None:
        return self._ledger.incident(key) if key is not None else None

    def _lines(self, key: str) -> Iterator[str]:
        """Yield the lines an incident's releases are in: its forms are one, each other event its own."""
        known = self._ledger.incident(key)
        yield key
        yield from known.beside if known is not None else ()


def is_own(own: Own) -> bool:
    """Say whether an event gives its publisher a ground, or would once a second person confirmed it.

    A consent does where it is the adult victim's, to its publisher, for sharing; a child's case while it is
    open.
    """
    claim, said = own
    if claim.event_type == EventType.CONSENT_RECORDED:
        hers = said.whose in (None, Client.ADULT_VICTIM) and said.purpose not in NOT_FOR_SHARING
        return hers and said.answers.get(claim.publisher) == ConsentAnswer.GIVEN
    if claim.event_type == EventType.CHILD_CASE_STATUS:
        return said.status is not None and said.status != ChildCase.CLOSED
    return True


def _placed(own: Own) -> tuple[str, Own]:
    return in_order(own.claim.offset), own
