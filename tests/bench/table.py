"""The rows of the bench, and how they are printed."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import NamedTuple

SHARES = (0.5, 0.95, 0.99)


class Row(NamedTuple):
    """A ratio, both its figures, and what they are of."""

    what: str
    against: str
    ours: float
    theirs: float
    unit: str
    of: str

    @property
    def ratio(self) -> float:
        """Return ours over theirs."""
        return self.ours / self.theirs


class Seconds(NamedTuple):
    """A time that is compared with nothing."""

    what: str
    seconds: float
    of: str


class Spread(NamedTuple):
    """How long each of many took, in seconds, sorted: compared with nothing."""

    what: str
    seconds: Sequence[float]
    of: str

    def at(self, share: float) -> float:
        """Return the seconds within which that share of them was done."""
        return self.seconds[max(0, ceil(share * len(self.seconds)) - 1)]


class Missing(NamedTuple):
    """A row that could not be measured, and why."""

    what: str
    against: str
    why: str


Line = Row | Seconds | Spread | Missing


def printed(lines: Iterable[Line]) -> str:
    """Return the table."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite"
    return "\n".join([f"on {machine}", *_grouped(lines)])


def _grouped(lines: Iterable[Line]) -> Iterator[str]:
    """Yield each line; what it is about once, above the first that is about it."""
    last = ""
    for line in lines:
        if line.what != last:
            yield line.what
        last = line.what
        yield _line(line)


def _line(line: Line) -> str:
    if isinstance(line, Seconds):
        return f"  {line.seconds:8.2f} s  {line.of}"
    if isinstance(line, Spread):
        figures = ", ".join(f"p{share:.0%}".rstrip("%") + f" {line.at(share) * 1000:.0f}" for share in SHARES)
        return f"  {figures} ms  {line.of}"
    if isinstance(line, Missing):
        return f"  left out  {line.against}: {line.why}"
    figures = f"{line.ours:,.0f} over {line.theirs:,.0f} {line.unit}"
    return f"  {_ratio(line.ratio):>8}    {line.against:<15} {figures:<38} {line.of}"


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"
