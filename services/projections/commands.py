"""What an operator may ask of the read models: throw them away and read again, or print every row."""

from collections.abc import Callable, Iterator
from typing import Protocol

WAIT_SECONDS = 0.25


class Kept(Protocol):
    """The tables, thrown away or printed."""

    def clear(self) -> None:
        """Delete every row, number and position."""

    def dump(self) -> Iterator[str]:
        """Yield every row as one canonical line."""


class Following(Protocol):
    """A worker, one read at a time."""

    def step(self, timeout: float) -> int:
        """Read once and commit; return the number of records."""


def rebuild(kept: Kept, follow: Callable[[], Following], behind: Callable[[], int]) -> int:
    """Delete every row, number and position, read every `to.*` topic from 0, and return the records read.

    A live service notices that its positions moved and goes on from there: nothing is applied twice.
    """
    kept.clear()
    following, records = follow(), 0
    while behind():
        records += following.step(WAIT_SECONDS)
    return records


def dump(kept: Kept) -> Iterator[str]:
    """Yield every row as one canonical line: equal before and after a rebuild."""
    return kept.dump()
