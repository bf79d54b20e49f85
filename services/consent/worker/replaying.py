"""Replay the log under a draft, in memory: read, decide, compare. Holds no writer, and so writes nothing."""

from collections.abc import Iterator, Sequence

from services.consent.flow.decide import Desk
from services.consent.flow.whatif import Read, Trial, WhatIf
from services.consent.rules.policy import Policy
from services.consent.worker.hearing import Ear
from services.consent.worker.recorded import OpenLog, Recorded
from services.eventlog.errors import Unavailable
from services.eventlog.records import Stored
from services.eventlog.topics import LOG

LIMIT = 500
WAIT_SECONDS = 0.5
MOST_SILENCES = 60
"""How often in a row nothing may come before the end, which is half a minute."""


class Replayer:
    """Tries drafts on the log, with the gate's own reader, ear and rules."""

    def __init__(self, open_log: OpenLog, ear: Ear, desk: Desk) -> None:
        self._open_log = open_log
        self._ear = ear
        self._desk = desk

    def replay(self, draft: Policy, examples: int) -> Iterator[Read | Trial]:
        """Yield how far it is after each batch, and at last what the draft would have done.

        Reads `log` from its beginning to where it ends now; what is not decided yet is left out.
        Raises `Unavailable` where the log does not answer.
        """
        trial = WhatIf(draft, self._desk, examples)
        recorded = Recorded(self._open_log, 0)
        recorded.look()
        log = self._open_log({LOG: 0})
        try:
            end, read, silent = log.end(LOG), 0, 0
            while read < end:
                stored = log.read(min(LIMIT, end - read), WAIT_SECONDS)
                silent = 0 if stored else silent + 1
                if silent > MOST_SILENCES:
                    raise Unavailable("the log ends before its end: try again")
                self._take(stored, trial, recorded)
                read += len(stored)
                yield Read(read=read, of=end)
        finally:
            log.close()
        yield trial.result()

    def _take(self, stored: Sequence[Stored], trial: WhatIf, recorded: Recorded) -> None:
        heard = [self._ear.hear(each).heard for each in stored]
        new = [each for each in heard if not trial.has(each.event_id)]
        decided = recorded.of([each.event_id for each in new])
        for each in new:
            if each.event_id in decided:
                trial.take(each, decided[each.event_id])
        recorded.done(decided.keys())
