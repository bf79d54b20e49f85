"""Which of the records that come again a reader applies (design 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

ALARM_AFTER = timedelta(seconds=30)
"""How long a number may wait for the ones before it until somebody is told."""


class Verdict(Enum):
    """Say what to do with a numbered record."""

    APPLY = "apply"
    HAVE = "have"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class NextOnly:
    """Apply only the next expected number.

    A lower one is there already. A higher one belongs to a batch that was not committed, and will
    come again in order. Numbers start at 1.
    """

    def accept(self, seq: int, expected: int) -> Verdict:
        """Say what to do with `seq` where `expected` is the next number."""
        if seq == expected:
            return Verdict.APPLY
        return Verdict.HAVE if seq < expected else Verdict.EARLY


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Remember since when a recipient's next number has been missing. None: it is not."""

    since: datetime | None = None

    def after(self, verdict: Verdict, now: datetime) -> "Waiting":
        """Return what is known after one more record of that recipient."""
        if verdict is Verdict.APPLY:
            return Waiting()
        if verdict is Verdict.EARLY and self.since is None:
            return Waiting(since=now)
        return self

    def is_overdue(self, now: datetime) -> bool:
        """Say whether it has been missing for longer than anything explains: alarm."""
        return self.since is not None and now - self.since > ALARM_AFTER
