"""Replay the log in memory: under a draft, or by today's code. Holds no writer, and so writes nothing."""

from collections.abc import Callable, Iterator, Sequence

from services.consent.flow.decision import Decision
from services.consent.flow.desk import Desk
from services.consent.flow.redeciding import Compared, Redeciding
from services.consent.flow.whatif import Read, Trial, WhatIf
from services.consent.rules.policy import Policy
from services.consent.state.heard import Heard
from services.consent.worker.hearing import Ear
from services.consent.worker.recorded import OpenLog, Recorded
from services.eventlog.errors import Unavailable
from services.eventlog.records import Stored
from services.eventlog.topics import LOG

LIMIT = 500
WAIT_SECONDS = 0.5
MOST_SILENCES = 60
"""How often in a row nothing may come before the end, which is half a minute."""


Take = Callable[[Heard, Decision], None]
"""Takes the next event of the log, and what was decided of it."""


class Replayer:
    """Decides the log once more, with the gate's own reader, ear and rules."""

    def __init__(self, open_log: OpenLog, ear: Ear, desk: Desk) -> None:
        self._open_log = open_log
        self._ear = ear
        self._desk = desk

    def replay(self, draft: Policy, examples: int) -> Iterator[Read | Trial]:
        """Yield how far it is after each batch, and at last what a draft would have done."""
        trial = WhatIf(draft, self._desk, examples)
        yield from self._through(trial.take)
        yield trial.result()

    def redecide(self) -> Iterator[Read | Compared]:
        """Yield how far it is after each batch, and at last where this code decides otherwise."""
        again = Redeciding(self._desk)
        yield from self._through(again.take)
        yield again.result()

    def _through(self, take: Take) -> Iterator[Read]:
        """Give each event of `log`, once and in order, with its decision, and yield how far it is.

        Reads from the beginning to where the log ends now; what is not decided yet is left out.
        Raises `Unavailable` where the log does not answer.
        """
        recorded = Recorded(self._open_log, 0)
        recorded.look()
        log = self._open_log({LOG: 0})
        seen: set[str] = set()
        try:
            end, read, silent = log.end(LOG), 0, 0
            while read < end:
                stored = log.read(min(LIMIT, end - read), WAIT_SECONDS)
                silent = 0 if stored else silent + 1
                if silent > MOST_SILENCES:
                    raise Unavailable("the log ends before its end: try again")
                self._give(stored, take, recorded, seen)
                read += len(stored)
                yield Read(read=read, of=end)
        finally:
            log.close()

    def _give(self, stored: Sequence[Stored], take: Take, recorded: Recorded, seen: set[str]) -> None:
        heard = [self._ear.hear(each).heard for each in stored]
        new = [each for each in heard if each.event_id not in seen]
        decided = recorded.of([each.event_id for each in new])
        for each in new:
            if each.event_id in decided and each.event_id not in seen:
                seen.add(each.event_id)
                take(each, decided[each.event_id])
        recorded.done(decided.keys())
