"""The sum of some days, always in sight: in = told + escalated + listed, each part with its list (NA 4.15).

Children are counted by the day it happened. A list names schools, reasons and numbers, and nobody.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.notify.pages.listed import LISTED, came_of, unanswered
from services.notify.rules.placement import Reason
from services.notify.rules.report import TOLD
from services.notify.state import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message to a school, or one reason why no school is told, and how many children it is about.

    `known` says how far a message has come, and `calls` which were made about it, the first first.
    """

    what: str
    children: int
    known: Mapping[str, object] = field(default_factory=dict)
    calls: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The sum of some days, both ends included, and its three lists.

    `unaccounted` and `overcounted` are 0 where the sum holds.
    """

    since: date
    until: date
    children: int
    told: int
    escalated: int
    listed: int
    unaccounted: int
    overcounted: int
    told_to: tuple[Part, ...]
    phoned: tuple[Part, ...]
    not_told: tuple[Part, ...]

    @property
    def made(self) -> tuple[Part, ...]:
        """Return what somebody was phoned about, with what came of it."""
        return tuple(part for part in (*self.phoned, *self.not_told) if part.calls)

    @property
    def at(self) -> str:
        """Return where its lists stand."""
        since = f"&since={self.since.isoformat()}" if self.since != self.until else ""
        return f"/calls/day?on={self.until.isoformat()}{since}"


def days_of(since: date, until: date, body: Mapping[str, object], title_of: Callable[[str], str]) -> Days:
    """Return the days from one to another from what notify answers of them."""
    rows = _objects(body.get("rows"))
    messages = [one for row in rows for one in _objects(row.get("notifications"))]
    leads = tuple(call for row in rows for one in _objects(row.get("leads")) for call in calls_of(one))
    reasons: Counter[str] = Counter()
    for row in rows:
        found = row.get("listed_reasons")
        reasons.update({str(k): _whole(v) for k, v in found.items()} if isinstance(found, Mapping) else {})
    return Days(
        since=since,
        until=until,
        children=_whole(body.get("children")),
        told=_whole(body.get("told")),
        escalated=_whole(body.get("escalated")),
        listed=_whole(body.get("listed")),
        unaccounted=_whole(body.get("unaccounted")),
        overcounted=_whole(body.get("overcounted")),
        told_to=_parts(messages, TOLD, title_of),
        phoned=_parts(messages, Stage.ESCALATED.value, title_of),
        not_told=tuple(
            Part(what=LISTED.get(why, why), children=count, calls=leads if why == Reason.CONFLICT else ())
            for why, count in reasons.items()
        ),
    )


def _parts(
    messages: Sequence[Mapping[str, object]], outcome: str, title_of: Callable[[str], str]
) -> tuple[Part, ...]:
    return tuple(
        Part(
            what=title_of(str(one.get("school"))),
            children=_whole(one.get("children")),
            known={"unanswered": unanswered(one), **one},
            calls=calls_of(one),
        )
        for one in messages
        if one.get("outcome") == outcome
    )


def calls_of(row: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    """Return the calls that were made about something, each with what came of it in words."""
    return tuple({**each, "came_of": came_of(each)} for each in _objects(row.get("attempts")))


def _objects(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
