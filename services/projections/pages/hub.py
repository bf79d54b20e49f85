"""What the Hub's incident page says beside the timeline: who was told, who opened it, and what is new now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import Request

from services.projections.pages import words
from services.projections.pages.desk import Desk
from services.projections.pages.holding import ALIAS, OK
from services.projections.pages.sharing import Shared, shared, told_why
from services.projections.pages.told import is_of_the_hub
from services.vocabulary.calendar import local_date
from services.vocabulary.due import Due, Precision
from services.vocabulary.grounds import Outcome
from services.vocabulary.times import NotATime, parse_time

Row = Mapping[str, object]
OURS: Final = {"notify": "The system, for Operation Encompass"}
"""Our own services among those who open, as people may know them."""

WHERE_ELSE: Final = "Nothing: asked where else somebody in it stands"
SAME: Final = "As it stands"
MORE: Final = "Different: it would be told now, and is not"
LESS: Final = "Different: it would not be told now, and is"
OTHER_GROUND: Final = "Different: it is told, and would be on another ground"
OTHER_SECTIONS: Final = "Different: it is told, and would see other parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One opening, or one refused, in words."""

    at: str
    who: str
    agency: str
    purpose: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """What one recipient would be answered now, and how that differs from what stands, in words."""

    recipient: str
    told: bool
    why: str
    rule: str
    differs: str
    same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review that an incident waits for, and by when; `due` None: it has no set time."""

    text: str
    due: Due | None
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that is said of an incident: who may see what, who opened it, how it would be decided now.

    `person`: what the adult victim is called where the Hub asks who was told of them; empty: nobody is known.
    `review`: what is expected of the Hub while the form waits for it, None where none does.
    """

    person: str
    sharing: tuple[Shared, ...]
    opened: tuple[Opened, ...]
    routed: tuple[Routed, ...]
    review: Review | None


async def account(desk: Desk, request: Request, alias: str) -> Account | None:
    """Return what is said, in one question, for the Hub alone.

    None for anybody else, and where the incident is closed to them. Openings are the latest first; of how it
    would be decided now, what differs comes first, then those who would be told.
    """
    if not is_of_the_hub(desk.visitor(request)) or not ALIAS.fullmatch(alias):
        return None
    answer = await desk.ask(request, f"/v1/incidents/{alias}/account")
    if answer.status != OK:
        return None
    routed = [_routed(row, desk) for row in _rows(answer.body, "routing")]
    return Account(
        person=_text(answer.body, "person"),
        sharing=shared(answer.body, desk.title_of),
        opened=tuple(_opened(row, desk) for row in _rows(answer.body, "openings")),
        routed=tuple(sorted(routed, key=lambda line: (line.same, not line.told))),
        review=_review(answer.body.get("review"), desk.now()),
    )


def _review(found: object, now: datetime) -> Review | None:
    """Return the review that is waited for. It is overdue once the gate says so, or its time is past."""
    if not isinstance(found, Mapping):
        return None
    by = _time(found.get("review_by"))
    due = Due(over_at=by, day=local_date(by), precision=Precision.MOMENT) if by is not None else None
    late = found.get("overdue") is True or (by is not None and by <= now)
    return Review(text="Review this VPA.", due=due, overdue=late)


def differs(now: Row, stands: Row) -> str:
    """Return how an answer of now differs from the one that stands, in words."""
    would, is_told = (row.get("outcome") == Outcome.PERMIT for row in (now, stands))
    if would != is_told:
        return MORE if would else LESS
    if not would:
        return SAME
    if now.get("ground") != stands.get("ground"):
        return OTHER_GROUND
    return SAME if now.get("sections") == stands.get("sections") else OTHER_SECTIONS


def _routed(row: Row, desk: Desk) -> Routed:
    stands = row.get("stands")
    difference = differs(row, stands if isinstance(stands, Mapping) else {})
    told, why = told_why(row)
    return Routed(
        recipient=desk.title_of(_text(row, "recipient")),
        told=told,
        why=why,
        rule=_text(row, "rule"),
        differs=difference,
        same=difference == SAME,
    )


def _opened(row: Row, desk: Desk) -> Opened:
    person, agency = _text(row, "person"), _text(row, "agency")
    names = row.get("sections")
    sections = [words.section(str(name)) for name in names] if isinstance(names, Sequence) else []
    return Opened(
        at=_text(row, "at"),
        who=OURS.get(person) or desk.name_of(person),
        agency=OURS.get(agency) or desk.title_of(agency),
        purpose=_text(row, "purpose"),
        what="Refused" if row.get("refused") is True else ", ".join(dict.fromkeys(sections)) or WHERE_ELSE,
    )


def _rows(body: Row, name: str) -> tuple[Row, ...]:
    rows = body.get(name)
    return tuple(row for row in rows if isinstance(row, Mapping)) if isinstance(rows, Sequence) else ()


def _time(value: object) -> datetime | None:
    try:
        return parse_time(value) if isinstance(value, str) else None
    except NotATime:
        return None


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
