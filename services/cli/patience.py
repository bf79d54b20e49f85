"""How long a command waits: one allowance for all it asks for in vain, whatever it does in between."""

from __future__ import annotations

from services.runtime.clock import elapsed

PATIENCE_SECONDS = 240.0
ANSWER_SECONDS = 30.0
"""How long one answer may take; a command with less patience left waits for less."""

LEAST_SECONDS = 0.05


class Patience:
    """What is left of a command's `--timeout`.

    Only time without an answer is spent, so that a month that is answered all along is published to its
    end; and nothing given back, so that a second silence is not waited for anew.
    """

    def __init__(self, seconds: float = PATIENCE_SECONDS) -> None:
        self._left = seconds

    @property
    def is_spent(self) -> bool:
        """Say whether there is nothing left to wait with."""
        return self._left <= 0

    def until(self) -> float:
        """Return when to give up, on the clock of `elapsed`, if nothing is answered from now on."""
        return elapsed() + max(self._left, 0.0)

    def spend(self, seconds: float) -> None:
        """Note that so many seconds were waited in vain."""
        self._left -= seconds


def seconds_to_answer(until: float | None) -> float:
    """Return how long to wait for one answer: never past `until`, never longer than half a minute."""
    if until is None:
        return ANSWER_SECONDS
    return min(ANSWER_SECONDS, max(until - elapsed(), LEAST_SECONDS))
