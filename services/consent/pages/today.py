"""What the Hub does today: what waits for it, what went nowhere, and what was decided against consent.

Each list is the first few of one in the ledger, and leads to the whole of it. Nothing here is opened.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.consent.pages.clocks import clock
from services.consent.pages.desk import OK, Desk, Row, absent, rows_of, text_of
from services.consent.pages.words import CHILDREN, NO_PART, REASONS, RISKS, sentence
from services.vocabulary.agencies import HUB, HUB_ROLES
from services.vocabulary.calendar import local_date
from services.vocabulary.events import EventType
from services.vocabulary.sides import Looked
from services.vocabulary.times import time_in
from services.vocabulary.titles import TYPES

FEW: Final = 5
"""Rows of each list on this page."""

MANY: Final = 1000
"""Rows looked through where only some of a list belong here."""

HELD_BACK: Final = "held-back"

LATEST: Final[Mapping[str, str | int]] = {"limit": FEW, "order": "newest"}
"""What never leaves a list by itself would hide today's: the newest stand here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line: what it is, when that was, what there is to know, and its clock where one runs."""

    what: str
    moment: str
    says: str
    incident: str
    by: str = ""
    clock: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One short list. `empty`: what will stand here once there is something."""

    id: str
    title: str
    empty: str
    href: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A list of the ledger as it stands on this page, with how a row of it is read and which belong here."""

    id: str
    title: str
    empty: str
    name: str
    href: str
    query: Mapping[str, str | int]
    read: Callable[[Row, Desk], Item]
    belongs: Callable[[Row], bool] = lambda _: True


def router(desk: Desk) -> APIRouter:
    """Return the route of this page, which is for those who act for the Hub."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/today")
    async def today(request: Request) -> Response:
        visitor = desk.visitor(request)
        if visitor.agency != HUB or visitor.role not in HUB_ROLES:
            return absent(desk, request)
        queues = [await _queue(desk, request, wanted) for wanted in _wanted(desk.now())]
        late = any(item.late for queue in queues for item in queue.items)
        held = any(queue.items for queue in queues if queue.id == HELD_BACK)
        values = {"queues": queues, "late": late, "held_back": held}
        return desk.page(request, "consent/today.html", values)

    return routes


async def _queue(desk: Desk, request: Request, wanted: _Wanted) -> Queue:
    answer = await desk.ask(request, f"/v1/ledger/{wanted.name}", wanted.query)
    rows = rows_of(answer.body, "rows") if answer.status == OK else []
    found = [row for row in rows if wanted.belongs(row)][:FEW]
    return Queue(
        id=wanted.id,
        title=wanted.title,
        empty=wanted.empty,
        href=wanted.href,
        items=tuple(wanted.read(row, desk) for row in found),
    )


def _wanted(now: datetime) -> tuple[_Wanted, ...]:
    yesterday = (local_date(now) - timedelta(days=1)).isoformat()
    decided: Mapping[str, str | int] = {"from": yesterday, "limit": MANY, "order": "newest"}
    since = f"/ledger/overridden?from={yesterday}&order=newest"
    return (
        _Wanted(
            id="waiting",
            title="Waiting for your review",
            empty="Forms that first responders raise stand here until the Hub reviews them.",
            name="waiting",
            href="/ledger/waiting",
            query={"limit": FEW},
            read=_waiting,
        ),
        _Wanted(
            id=HELD_BACK,
            title="Danger held back",
            empty="What says danger stands here while somebody who is owed it takes no part.",
            name="held-back",
            href="/ledger/held-back?order=newest",
            query=LATEST,
            read=_held_back,
        ),
        _Wanted(
            id="withheld",
            title="Owed but withheld",
            empty="Reviewed forms stand here that somebody is owed and is not sent, with the reason.",
            name="withheld",
            href="/ledger/withheld?order=newest",
            query=LATEST,
            read=_withheld,
        ),
        _Wanted(
            id="nobody",
            title="Shared with nobody",
            empty="Reviewed forms stand here that went to nobody who can act.",
            name="not-shared",
            href="/ledger/not-shared?order=newest",
            query={**LATEST, "below_threshold": "false"},
            read=_nobody,
        ),
        _Wanted(
            id="below",
            title="Shared with nobody, with children below the early help threshold",
            empty="Reviewed forms stand here that went nowhere although children are named in them.",
            name="not-shared",
            href="/ledger/not-shared?only=below-threshold&order=newest",
            query={**LATEST, "below_threshold": "true"},
            read=_nobody,
        ),
        _Wanted(
            id="overrides",
            title="Overrides since yesterday",
            empty="Overrides stand here until the end of the day after each was recorded.",
            name="overridden",
            href=since,
            query=decided,
            read=_decided,
            belongs=lambda row: row.get("event_type") == EventType.OVERRIDE_RECORDED,
        ),
        _Wanted(
            id="not-to-share",
            title="Decided not to share since yesterday",
            empty="Decisions not to share stand here until the end of the day after each was recorded.",
            name="overridden",
            href=since,
            query=decided,
            read=_decided,
            belongs=lambda row: row.get("event_type") == EventType.DECIDED_NOT_TO_SHARE,
        ),
        _Wanted(
            id="roles",
            title="Roles that wait for you",
            empty="Reports stand here that turn round who harms whom, until the Hub says which is so.",
            name="roles",
            href="/ledger/roles",
            query={"limit": MANY},
            read=_turned,
            belongs=lambda row: row.get("looked") == Looked.WAITS,
        ),
        _Wanted(
            id="unanswered",
            title="Expected of somebody, and overdue",
            empty="What somebody was told stands here once they should have acted on it and have not.",
            name="unanswered",
            href="/ledger/unanswered",
            query={**LATEST, "overdue": "true"},
            read=_unanswered,
        ),
    )


def _waiting(row: Row, desk: Desk) -> Item:
    by, now = time_in(text_of(row, "review_by")), desk.now()
    return Item(
        what="VPA",
        moment=text_of(row, "began"),
        says=_grades("Initial risk", row),
        incident=text_of(row, "incident"),
        by=text_of(row, "review_by"),
        clock=clock(by, now) if by is not None else "No set time",
        late="Late" if row.get("overdue") is True or (by is not None and by <= now) else "",
    )


def _held_back(row: Row, desk: Desk) -> Item:
    reason, code = text_of(row, "reason"), text_of(row, "event_type")
    return Item(
        what=f"{desk.title_of(text_of(row, 'recipient'))}: {TYPES.get(code, code)}",
        moment=text_of(row, "since"),
        says=f"{sentence(NO_PART.get(reason, reason))}. {_grades('Risk', row)}",
        incident=text_of(row, "incident"),
    )


def _withheld(row: Row, desk: Desk) -> Item:
    reason = text_of(row, "reason")
    return Item(
        what=f"{desk.title_of(text_of(row, 'recipient'))}: VPA",
        moment=text_of(row, "began"),
        says=f"{sentence(REASONS.get(reason, reason))}.",
        incident=text_of(row, "incident"),
    )


def _nobody(row: Row, desk: Desk) -> Item:
    withheld = row.get("withheld")
    owed = ", ".join(desk.title_of(str(name)) for name in withheld) if isinstance(withheld, Mapping) else ""
    return Item(
        what="VPA",
        moment=text_of(row, "began"),
        says=f"{_grades('Reviewed risk', row)}{f' Owed and withheld: {owed}.' if owed else ''}",
        incident=text_of(row, "incident"),
    )


def _decided(row: Row, desk: Desk) -> Item:
    to = text_of(row, "recipient")
    return Item(
        what=f"For {desk.title_of(to)}: decided" if to else "Decided",
        moment=text_of(row, "decided_at"),
        says=f"By {desk.title_of(text_of(row, 'publisher'))}.{_for_nothing(row)}",
        incident=text_of(row, "incident"),
    )


def _for_nothing(row: Row) -> str:
    return "" if row.get("counts") is True else " It counts for nothing: the list of overrides says why."


def _turned(row: Row, desk: Desk) -> Item:
    code = text_of(row, "event_type")
    return Item(
        what=f"{TYPES.get(code, code)}: waits since",
        moment=text_of(row, "since"),
        says=f"By {desk.title_of(text_of(row, 'publisher'))}.",
        incident=text_of(row, "incident"),
    )


def _unanswered(row: Row, desk: Desk) -> Item:
    return Item(
        what=f"{desk.title_of(text_of(row, 'recipient'))}: told",
        moment=text_of(row, "told_at"),
        says=f"Expected: {text_of(row, 'expects')}.",
        incident=text_of(row, "incident"),
    )


def _grades(risk: str, row: Row) -> str:
    graded, children = text_of(row, "risk"), text_of(row, "children")
    grade = RISKS.get(graded, graded).lower()
    return f"{risk}: {grade}. Children: {CHILDREN.get(children, children).lower()}."
