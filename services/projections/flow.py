"""What happens when releases arrive: only the next expected number is applied (design 2)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.eventlog.replay import ALARM_AFTER, NextOnly, Verdict
from services.projections.state import FIRST, Numbers, Opening, Row, Waiting

NUMBERED = frozenset({"children"})
"""Array sections: their elements are numbered among those released (design 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """What a batch changed: the rows to keep, the numbers after them, and what was opened."""

    rows: tuple[Row, ...]
    numbers: Numbers
    opened: tuple[Opening, ...] = ()


def fold(numbers: Numbers, arrived: Iterable[Row], now: datetime, openings: Sequence[Opening] = ()) -> Folded:
    """Apply every next expected number of a batch, in the order of its records, and every opening.

    A lower number is one we have. A higher one belongs to an uncommitted batch and will come again in
    order: it is ignored, and since when it has been waiting is kept until its turn has come. An opening has
    no number: it may be heard of before its release.
    """
    expected, waiting, rows = dict(numbers.expected), dict(numbers.waiting), []
    for row in arrived:
        verdict = NextOnly().accept(row.seq, expected.get(row.recipient, FIRST))
        if verdict is Verdict.APPLY:
            expected[row.recipient] = row.seq + 1
            rows.append(row)
        elif verdict is Verdict.EARLY and row.recipient not in waiting:
            waiting[row.recipient] = Waiting(recipient=row.recipient, seq=row.seq, since=now)
    after = Numbers(expected=expected, waiting=_still(waiting, expected))
    return Folded(rows=tuple(rows), numbers=after, opened=tuple(openings))


def _still(waiting: Mapping[str, Waiting], expected: Mapping[str, int]) -> dict[str, Waiting]:
    return {name: early for name, early in waiting.items() if early.seq >= expected.get(name, FIRST)}


def overdue(numbers: Numbers, now: datetime) -> tuple[Waiting, ...]:
    """Return what has waited longer than 30 s: its predecessors are lost, and somebody must look."""
    return tuple(early for early in numbers.waiting.values() if now - early.since > ALARM_AFTER)


def names_of(sections: Sequence[str]) -> tuple[str, ...]:
    """Return sections' names as an inbox shows them: `children[0]`, `children[1]`, among those released."""
    return tuple(_numbered(sections))


def _numbered(sections: Sequence[str]) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for name in sections:
        yield f"{name}[{seen[name]}]" if name in NUMBERED else name
        seen[name] += 1
