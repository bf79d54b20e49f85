"""What if a draft had been the policy from the first: the same events decided again, and compared. Pure.

Every adoption in the log is replaced by the draft, from the first one on; before it there was no policy
and nothing is decided here either. What is compared is the record, not a second guess at it: who was told.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from services.consent.flow.decide import Decider
from services.consent.flow.decision import Answer, Decision
from services.consent.flow.desk import Desk
from services.consent.flow.fold import Fold, empty
from services.consent.rules.policy import Policy
from services.consent.rules.route import Rulebook
from services.consent.state.heard import Heard
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import Outcome

_T = TypeVar("_T")

Row = tuple[str, ...]
"""What is counted: a recipient and a ground or a reason, or what more and what less it was shown."""

Sent = Mapping[str, tuple[str, frozenset[str]]]
"""Who was sent an event: the ground first named, and every section ever shown."""

Withheld = Mapping[str, str]
"""Who was owed an event and not sent it, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many events of a kind, and the first few of them."""

    row: Row
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """How many events of a kind under the draft, and how many in the record."""

    row: Row
    draft: int
    recorded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a draft would have done. `row` is (recipient, ground), or (recipient, reason) where withheld.

    `more`: sent under the draft and not in fact; `fewer`: sent in fact, on that ground, and not under the
    draft; `otherwise`: sent both times, (recipient, sections gained, sections lost). `withheld` as it
    stands at the end; of an incident the latest form alone.
    """

    events: int
    received: tuple[Both, ...]
    more: tuple[Counted, ...]
    fewer: tuple[Counted, ...]
    otherwise: tuple[Counted, ...]
    withheld: tuple[Counted, ...]
    withheld_in_fact: tuple[Counted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How many records of `log` were replayed, and of how many."""

    read: int
    of: int


@dataclass(slots=True)
class _Side:
    """What became of the events on one side. Equal outcomes are kept once: most events end alike."""

    sent: dict[str, Sent] = field(default_factory=dict)
    withheld: dict[str, tuple[str, Withheld]] = field(default_factory=dict)
    _known: dict[object, Any] = field(default_factory=dict)

    def take(self, decision: Decision, about: Callable[[str], str]) -> None:
        """Take a decision: the event's own answers, and those given again about earlier ones."""
        self._answered(decision.event_id, about(decision.event_id), decision.answers)
        for again in decision.again:
            self._answered(again.event_id, about(again.event_id), again.answers)

    def _answered(self, event_id: str, about: str, answers: Iterable[Answer]) -> None:
        sent = dict(self.sent.get(event_id, {}))
        latest, kept = self.withheld.get(about, (event_id, {}))
        withheld = dict(kept) if latest == event_id else {}
        for answer in answers:
            withheld.pop(answer.recipient, None)
            if answer.outcome is Outcome.PERMIT:
                ground, shown = sent.get(answer.recipient, (str(answer.ground), frozenset()))
                sent[answer.recipient] = ground, shown | {_base(name) for name in answer.sections}
            elif answer.owed:
                withheld[answer.recipient] = str(answer.reason)
        self.sent[event_id] = self._once(sent)
        self.withheld.pop(about, None)
        if withheld:
            self.withheld[about] = event_id, self._once(withheld)

    def _once(self, found: Mapping[str, _T]) -> Mapping[str, _T]:
        known: Mapping[str, _T] = self._known.setdefault(frozenset(found.items()), found)
        return known


class WhatIf:
    """Decides a log again under a draft, event by event, beside what was recorded. Writes nothing."""

    def __init__(self, draft: Policy, desk: Desk, examples: int) -> None:
        self._fold = Fold(empty(), None, desk)
        self._decider = Decider(Rulebook(draft), desk)
        self._examples = examples
        self._events = 0
        self._incident_of: dict[str, str] = {}
        self._draft, self._recorded = _Side(), _Side()

    def take(self, heard: Heard, recorded: Decision) -> None:
        """Take the next event of the log, and what was decided of it."""
        self._events += 1
        if heard.type in VPA_FAMILY and heard.incident is not None:
            self._incident_of[heard.event_id] = heard.incident
        if heard.type == EventType.POLICY_ADOPTED:
            heard = replace(heard, policy=None)
            self._fold.decider = self._decider
        self._draft.take(self._fold.take(heard, None).decision, self._about)
        self._recorded.take(recorded, self._about)

    def _about(self, event_id: str) -> str:
        """Return what an event is the latest word on: its incident if it is a form, else itself."""
        return self._incident_of.get(event_id, event_id)

    def result(self) -> Trial:
        """Return what the draft would have done so far."""
        return Trial(
            events=self._events,
            received=tuple(self._received()),
            more=self._counted(_missing(self._draft.sent, self._recorded.sent)),
            fewer=self._counted(_missing(self._recorded.sent, self._draft.sent)),
            otherwise=self._counted(_otherwise(self._draft.sent, self._recorded.sent)),
            withheld=self._counted(_withheld(self._draft)),
            withheld_in_fact=self._counted(_withheld(self._recorded)),
        )

    def _received(self) -> Iterator[Both]:
        draft, recorded = (_grounds(side.sent) for side in (self._draft, self._recorded))
        for row in sorted({*draft, *recorded}):
            yield Both(row=row, draft=draft[row], recorded=recorded[row])

    def _counted(self, found: Iterable[tuple[Row, str]]) -> tuple[Counted, ...]:
        by_row: dict[Row, list[str]] = {}
        counts: Counter[Row] = Counter()
        for row, event_id in found:
            counts[row] += 1
            if counts[row] <= self._examples:
                by_row.setdefault(row, []).append(event_id)
        return tuple(
            Counted(row=row, count=counts[row], examples=tuple(by_row.get(row, ()))) for row in sorted(counts)
        )


def _missing(here: Mapping[str, Sent], there: Mapping[str, Sent]) -> Iterator[tuple[Row, str]]:
    """Yield what was sent here and not there."""
    for event_id, sent in here.items():
        others = there.get(event_id, {})
        for recipient, (ground, _) in sent.items():
            if recipient not in others:
                yield (recipient, ground), event_id


def _otherwise(draft: Mapping[str, Sent], recorded: Mapping[str, Sent]) -> Iterator[tuple[Row, str]]:
    """Yield what was sent both times with other sections."""
    for event_id, sent in draft.items():
        for recipient, (_, shown) in sent.items():
            _, known = recorded.get(event_id, {}).get(recipient, ("", shown))
            if shown != known:
                yield (
                    (recipient, ", ".join(sorted(shown - known)), ", ".join(sorted(known - shown))),
                    event_id,
                )


def _withheld(side: _Side) -> Iterator[tuple[Row, str]]:
    for event_id, withheld in side.withheld.values():
        for recipient, reason in withheld.items():
            yield (recipient, reason), event_id


def _grounds(sent: Mapping[str, Sent]) -> Counter[Row]:
    return Counter((to, ground) for each in sent.values() for to, (ground, _) in each.items())


def _base(name: str) -> str:
    return name.partition("[")[0]
