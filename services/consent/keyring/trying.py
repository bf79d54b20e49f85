"""Decide the log once more, under a draft or by today's code: one at a time, and it says how far it is."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from services.consent.flow.decision import DECISION_VERSION
from services.consent.flow.redeciding import Compared
from services.consent.flow.whatif import Both, Counted, Read, Trial
from services.consent.rules.policy import Policy
from services.consent.rules.reading import parse
from services.eventlog.errors import LogError

Line = Mapping[str, Any]
T = TypeVar("T", Trial, Compared)


class OneAtATime(Exception):
    """the log is being decided again for somebody else"""


class Replays(Protocol):
    """What is needed of what replays the log."""

    def replay(self, draft: Policy, examples: int) -> Iterator[Read | Trial]:
        """Yield how far it is, and at last what a draft would have done."""

    def redecide(self) -> Iterator[Read | Compared]:
        """Yield how far it is, and at last where this code decides otherwise."""


class Trier:
    """Decides the log once more, in memory. What comes of it is told, and kept nowhere.

    Each answer is lines: `{"read", "of"}` after each batch, and at last `{"result"}`; `{"problem"}` in its
    place where the log fails on the way. Whoever lets go of the lines ends the trial.
    """

    def __init__(self, replays: Replays) -> None:
        self._replays = replays
        self._one = threading.Lock()

    def tries(self, text: str, examples: int) -> Iterator[Line]:
        """Return the lines about a draft. Raises PolicyError with every reason why it cannot be applied, and
        OneAtATime; both at once.
        """
        draft = parse(text)
        return self._begun(self._replays.replay(draft, examples), lambda said: _result(draft, said))

    def redecides(self) -> Iterator[Line]:
        """Return the lines about what today's code would decide otherwise. Raises OneAtATime, at once."""
        return self._begun(self._replays.redecide(), _compared)

    def _begun(self, replay: Iterator[Read | T], tell: Callable[[T], Line]) -> Iterator[Line]:
        if not self._one.acquire(blocking=False):
            raise OneAtATime
        lines = self._lines(replay, tell)
        next(lines)  # begun, so that letting go of it gives the turn to the next
        return lines

    def _lines(self, replay: Iterator[Read | T], tell: Callable[[T], Line]) -> Iterator[Line]:
        try:
            yield {}
            for said in replay:
                if isinstance(said, Read):
                    yield {"read": said.read, "of": said.of}
                else:
                    yield {"result": tell(said)}
        except LogError:
            yield {"problem": "the log did not answer to its end: send the same again"}
        finally:
            self._one.release()


def _compared(found: Compared) -> Line:
    return {
        "decision_version": DECISION_VERSION,
        "events": found.events,
        "versions": {str(version): count for version, count in found.versions},
        "differing": found.differing,
        "differences": [each._asdict() for each in found.differences],
    }


def _result(draft: Policy, trial: Trial) -> Line:
    return {
        "draft": {"name": draft.name, "version": draft.version, "hash": draft.hash},
        "lawful": not draft.unlawful,
        "events": trial.events,
        "received": [_both(each) for each in trial.received],
        "more": _counted(trial.more, "recipient", "ground"),
        "fewer": _counted(trial.fewer, "recipient", "ground"),
        "otherwise": _counted(trial.otherwise, "recipient", "gained", "lost"),
        "withheld": _counted(trial.withheld, "recipient", "reason"),
        "withheld_in_fact": _counted(trial.withheld_in_fact, "recipient", "reason"),
    }


def _both(each: Both) -> Line:
    recipient, ground = each.row
    return {"recipient": recipient, "ground": ground, "draft": each.draft, "recorded": each.recorded}


def _counted(found: Iterable[Counted], *names: str) -> list[Line]:
    return [
        {**dict(zip(names, each.row, strict=True)), "count": each.count, "examples": list(each.examples)}
        for each in found
    ]
