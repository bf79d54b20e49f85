"""The rows of the bench, and how they are printed."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from typing import NamedTuple


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


class Missing(NamedTuple):
    """A row that could not be measured, and why."""

    what: str
    against: str
    why: str


def printed(lines: Iterable[Row | Seconds | Missing]) -> str:
    """Return the table."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite"
    return "\n".join([f"on {machine}", *_grouped(lines)])


def _grouped(lines: Iterable[Row | Seconds | Missing]) -> Iterator[str]:
    """Yield each line; what it is about once, above the first that is about it."""
    last = ""
    for line in lines:
        if line.what != last:
            yield line.what
        last = line.what
        yield _line(line)


def _line(line: Row | Seconds | Missing) -> str:
    if isinstance(line, Seconds):
        return f"  {line.seconds:8.2f} s  {line.of}"
    if isinstance(line, Missing):
        return f"  left out  {line.against}: {line.why}"
    figures = f"{line.ours:,.0f} over {line.theirs:,.0f} {line.unit}"
    return f"  {_ratio(line.ratio):>8}    {line.against:<15} {figures:<38} {line.of}"


def _ratio(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:,.0f}"
