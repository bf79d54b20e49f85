"""How long something that cannot be had yet is asked for again, and how often."""

from dataclasses import dataclass

FIRST_SECONDS = 0.05
LONGEST_SECONDS = 1.0
GIVES_UP_SECONDS = 60.0
"""A gate that was killed between its appends and its commit is back long before this."""


@dataclass(slots=True)
class _Try:
    since: float
    after: float
    wait: float


class Patience:
    """Remembers, in seconds of a clock that only measures differences, what was asked for in vain."""

    def __init__(self) -> None:
        self._tries: dict[str, _Try] = {}

    def may_try(self, what: str, at: float) -> bool:
        """Say whether it is time to ask (again)."""
        tried = self._tries.get(what)
        return tried is None or at >= tried.after

    def failed(self, what: str, at: float) -> None:
        """Note that asking was in vain: next time after twice as long."""
        tried = self._tries.get(what)
        wait = FIRST_SECONDS if tried is None else min(LONGEST_SECONDS, tried.wait * 2)
        self._tries[what] = _Try(since=tried.since if tried else at, after=at + wait, wait=wait)

    def is_over(self, what: str, at: float) -> bool:
        """Say whether it has been asked for long enough."""
        tried = self._tries.get(what)
        return tried is not None and at - tried.since > GIVES_UP_SECONDS

    def forget(self, what: str) -> None:
        """Note that it was had, or that nobody asks any more."""
        self._tries.pop(what, None)
