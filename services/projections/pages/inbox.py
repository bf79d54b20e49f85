"""The inbox: cases, what is new first; and beside it every release by itself, in the order it came."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.projections.pages import words
from services.projections.pages.cases import Case, case
from services.projections.pages.desk import Desk
from services.projections.pages.entries import entries
from services.projections.pages.holding import OK, Row, absent, known_of, objects
from services.projections.pages.narrowing import SHOWN, Narrowing, narrowing
from services.vocabulary.agencies import may_refer
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind

PAGE: Final = 20
QUESTIONS: Final = 10
"""Questions asked for one page at most: what is not found by then is looked for on the next."""


def router(desk: Desk) -> APIRouter:
    """Return the routes of the inbox. URLs hold closed words and cursors, nothing of a person."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/inbox")
    async def inbox(
        request: Request,
        show: Annotated[list[str] | None, Query()] = None,
        happened: str = "",
        after: str = "",
    ) -> Response:
        asked = narrowing(show or (), happened)
        found = await _cases(desk, request, asked, after)
        if found is None:
            return absent(desk, request)
        cases, older = found
        values = {
            "cases": cases,
            "older": asked.address(older) if older else None,
            "asked": asked,
            "shown": SHOWN,
            "types": words.TYPES,
            "may_refer": may_refer(desk.visitor(request).agency),
        }
        return desk.page(request, "projections/inbox.html", values)

    @routes.get("/inbox/releases")
    async def releases(request: Request, kind: str = "", event_type: str = "", after: str = "") -> Response:
        asked = _filter(kind, event_type)
        cursor = {"after": after} if after else {}
        answer = await desk.ask(request, "/v1/inbox", {"order": "newest", "limit": PAGE, **asked, **cursor})
        if answer.status != OK:
            return absent(desk, request)
        found = entries(answer.body.get("releases"), desk.title_of)
        values = {
            "entries": found,
            "older": answer.body.get("next") if len(found) == PAGE else None,
            "asked": asked,
            "kinds": words.KINDS,
            "types": words.TYPES,
        }
        return desk.page(request, "projections/releases.html", values)

    return routes


async def _cases(
    desk: Desk, request: Request, asked: Narrowing, after: str
) -> tuple[list[Case], str | None] | None:
    """Return a page of the cases asked for, and where the next begins; None where there is no inbox.

    The read model finds them and knows their order. What was just pressed may not have come round to it yet,
    and is left out here: then there is a second question for the rest of the page.
    """
    found: list[Case] = []
    place: str | None = after
    for _ in range(QUESTIONS):
        cursor = {"after": place} if place else {}
        answer = await desk.ask(request, "/v1/cases", {"limit": PAGE + 1, **asked.query, **cursor})
        if answer.status != OK:
            return None
        found += _admitted(desk, request, asked, objects(answer.body.get("cases")))
        following = answer.body.get("next")
        place = str(following) if following else None
        if place is None or len(found) > PAGE:
            break
    return found[:PAGE], found[PAGE - 1].cursor if len(found) > PAGE else place


def _admitted(desk: Desk, request: Request, asked: Narrowing, rows: list[Row]) -> list[Case]:
    known = known_of(desk, request, rows)
    cases = (case(row, known, desk.title_of) for row in rows)
    return [each for each in cases if each is not None and asked.admits(each)]


def _filter(kind: str, event_type: str) -> Mapping[str, str]:
    """Return the filters that mean something; any other is as if it was not sent."""
    asked = {}
    if kind in set(ReleaseKind):
        asked["kind"] = kind
    if event_type in set(EventType):
        asked["event_type"] = event_type
    return asked
