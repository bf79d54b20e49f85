"""The inbox: cases, what is new first; and beside it every release by itself, in the order it came."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.projections.pages import words
from services.projections.pages.cases import Case, News, case
from services.projections.pages.desk import Desk
from services.projections.pages.entries import entries
from services.projections.pages.holding import OK, Row, absent, known_of, objects, unopened
from services.projections.pages.narrowing import SHOWN, Narrowing, narrowing
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind

PAGE: Final = 20
AT_ONCE: Final = 100
"""Incidents read in one question where only some may be shown."""

QUESTIONS: Final = 10
"""Questions asked for one page at most: what is not found by then is looked for on the next."""

FIRST: Final = {News.NEW: 0, News.CHANGED: 0, News.OPENED: 1}


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
            "cases": sorted(cases, key=lambda each: FIRST[each.news]),
            "older": asked.address(older) if older else None,
            "asked": asked,
            "shown": SHOWN,
            "types": words.TYPES,
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
    """Return a page of the cases asked for, and where the next begins; None where there is no inbox."""
    found: list[Row] = []
    place: str | None = after
    for _ in range(QUESTIONS):
        cursor = {"after": place} if place else {}
        limit = AT_ONCE if asked.narrows else PAGE + 1
        answer = await desk.ask(request, "/v1/cases", {"limit": limit, **cursor})
        if answer.status != OK:
            return None
        found += await _admitted(desk, request, asked, objects(answer.body.get("cases")))
        following = answer.body.get("next")
        place = str(following) if following else None
        if len(found) > PAGE:
            place = str(found[PAGE - 1].get("cursor"))
        if place is None or len(found) > PAGE:
            break
    shown = found[:PAGE]
    known = await known_of(desk, request, shown)
    return [each for row in shown if (each := case(row, known, desk.title_of))], place


async def _admitted(desk: Desk, request: Request, asked: Narrowing, rows: Iterable[Row]) -> list[Row]:
    """Return the incidents asked for. Whether they were opened is asked only where that decides it."""
    held = list(rows)
    known = await known_of(desk, request, held) if asked.by_news else unopened(desk, request, held)
    cases = ((row, case(row, known, desk.title_of)) for row in held)
    return [row for row, each in cases if each is not None and asked.admits(each)]


def _filter(kind: str, event_type: str) -> Mapping[str, str]:
    """Return the filters that mean something; any other is as if it was not sent."""
    asked = {}
    if kind in set(ReleaseKind):
        asked["kind"] = kind
    if event_type in set(EventType):
        asked["event_type"] = event_type
    return asked
