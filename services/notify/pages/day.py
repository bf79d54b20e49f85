"""The sum of a day, always in sight: in = told + escalated + listed, each part with its list (NA 4.15, 4.16).

Children are counted by the day it happened. A list names schools, reasons and numbers, and nobody.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.notify.pages.listed import LISTED
from services.notify.rules.report import TOLD
from services.notify.state import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message to a school, or one reason why no school is told, and how many children it is about."""

    what: str
    children: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day's sum and its three lists. `unaccounted` and `overcounted` are 0 where the sum holds."""

    day: date
    children: int
    told: int
    escalated: int
    listed: int
    unaccounted: int
    overcounted: int
    told_to: tuple[Part, ...]
    phoned: tuple[Part, ...]
    not_told: tuple[Part, ...]


def day_of(on: date, body: Mapping[str, object], title_of: Callable[[str], str]) -> Day:
    """Return a day from what notify answers of it."""
    rows = _objects(body.get("rows"))
    messages = [one for row in rows for one in _objects(row.get("notifications"))]
    reasons: Counter[str] = Counter()
    for row in rows:
        found = row.get("listed_reasons")
        reasons.update({str(k): _whole(v) for k, v in found.items()} if isinstance(found, Mapping) else {})
    return Day(
        day=on,
        children=_whole(body.get("children")),
        told=_whole(body.get("told")),
        escalated=_whole(body.get("escalated")),
        listed=_whole(body.get("listed")),
        unaccounted=_whole(body.get("unaccounted")),
        overcounted=_whole(body.get("overcounted")),
        told_to=_parts(messages, TOLD, title_of),
        phoned=_parts(messages, Stage.ESCALATED.value, title_of),
        not_told=tuple(Part(what=LISTED.get(why, why), children=count) for why, count in reasons.items()),
    )


def _parts(
    messages: Sequence[Mapping[str, object]], outcome: str, title_of: Callable[[str], str]
) -> tuple[Part, ...]:
    return tuple(
        Part(what=title_of(str(one.get("school"))), children=_whole(one.get("children")))
        for one in messages
        if one.get("outcome") == outcome
    )


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
