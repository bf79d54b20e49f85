"""Try a draft on the log as it is, one draft at a time, and say how far it is."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from services.consent.flow.whatif import Both, Counted, Read, Trial
from services.consent.rules.policy import Policy
from services.consent.rules.reading import parse
from services.eventlog.errors import LogError

Replay = Callable[[Policy, int], Iterator[Read | Trial]]
"""Replays the log under a draft, naming so many examples of each kind."""

Line = Mapping[str, Any]


class OneAtATime(Exception):
    """another draft is being tried"""


class Trier:
    """Tries drafts. Each is replayed in memory, and what it would have done is kept nowhere."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._one = threading.Lock()

    def tries(self, text: str, examples: int) -> Iterator[Line]:
        """Return the lines of an answer: `{"read", "of"}` after each batch, and at last `{"result"}`.

        Raises PolicyError with every reason where the draft cannot be applied, and OneAtATime; both at
        once. Where the log fails on the way, the last line is `{"problem"}`. Whoever lets go of the lines
        ends the trial.
        """
        draft = parse(text)
        if not self._one.acquire(blocking=False):
            raise OneAtATime
        lines = self._lines(draft, examples)
        next(lines)  # begun, so that letting go of it gives the turn to the next
        return lines

    def _lines(self, draft: Policy, examples: int) -> Iterator[Line]:
        try:
            yield {}
            for said in self._replay(draft, examples):
                if isinstance(said, Read):
                    yield {"read": said.read, "of": said.of}
                else:
                    yield {"result": _result(draft, said)}
        except LogError:
            yield {"problem": "the log did not answer to its end: send the same again"}
        finally:
            self._one.release()


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
