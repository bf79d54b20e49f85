"""Where today's code would have decided otherwise than is on record (design 2). Pure.

Each event is folded as it was decided, so that one difference does not make every later one differ; what this
code would say of it, in that world, is compared with what was said.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from services.consent.flow.decision import Answer, Decision, Emit
from services.consent.flow.desk import Desk
from services.consent.flow.fold import Fold, empty
from services.consent.state.heard import Heard

MOST = 1000
"""Differences that are named one by one; all are counted."""


class Difference(NamedTuple):
    """One recipient whom one decision answers, or sends, otherwise about one event."""

    offset: int
    cause: str
    event_id: str
    recipient: str
    version: int
    recorded: str
    today: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How many events were compared, decided by which versions, and where today's code differs."""

    events: int
    versions: tuple[tuple[int, int], ...]
    differing: int
    differences: tuple[Difference, ...]


class Redeciding:
    """Decides a log again beside its record, event by event. Writes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._fold = Fold(empty(), None, desk)
        self._events = 0
        self._versions: Counter[int] = Counter()
        self._differing = 0
        self._differences: list[Difference] = []

    def take(self, heard: Heard, recorded: Decision) -> None:
        """Take the next event of the log, and what was decided of it."""
        _, today = self._fold.take_again(heard, recorded)
        self._events += 1
        self._versions[recorded.version] += 1
        for difference in differences(recorded, today):
            self._differing += 1
            if len(self._differences) < MOST:
                self._differences.append(difference)

    def result(self) -> Compared:
        """Return what was found so far."""
        return Compared(
            events=self._events,
            versions=tuple(sorted(self._versions.items())),
            differing=self._differing,
            differences=tuple(self._differences),
        )


def differences(recorded: Decision, today: Decision) -> Iterator[Difference]:
    """Yield each recipient answered or sent otherwise. Aliases and numbers say nothing of rules."""
    was, now = _said(recorded), _said(today)
    for event_id, recipient in dict.fromkeys((*was, *now)):
        key = (event_id, recipient)
        if was.get(key) != now.get(key):
            yield Difference(
                offset=recorded.offset,
                cause=recorded.event_id,
                event_id=event_id,
                recipient=recipient,
                version=recorded.version,
                recorded="; ".join(was.get(key, ("no answer",))),
                today="; ".join(now.get(key, ("no answer",))),
            )


def _said(decision: Decision) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return what a decision says to each recipient about each event, in words."""
    said: dict[tuple[str, str], tuple[str, ...]] = {}
    answered: Iterable[tuple[str, tuple[Answer, ...]]] = (
        (decision.event_id, decision.answers),
        *((again.event_id, again.answers) for again in decision.again),
    )
    for event_id, answers in answered:
        for answer in answers:
            said[event_id, answer.recipient] = (_answer(answer),)
    for emit in decision.emits:
        key = (emit.event_id, emit.recipient)
        said[key] = (*said.get(key, ()), _emit(emit))
    return said


def _answer(answer: Answer) -> str:
    why = answer.ground or answer.reason
    owed = "" if answer.owed else ", not owed"
    return f"{answer.outcome} by {answer.rule}, {why}{owed}: {', '.join(answer.sections) or 'nothing'}"


def _emit(emit: Emit) -> str:
    ends = f", until {emit.not_after.isoformat()}" if emit.not_after is not None else ""
    waits = ", opening waits" if emit.can_end else ""
    why = f", {emit.reason}" if emit.reason is not None else ""
    return f"{emit.kind} on {emit.ground}{why}{ends}{waits}: {', '.join(emit.sections)}"
