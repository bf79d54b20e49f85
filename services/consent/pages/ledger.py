"""The pages of the ledger: the lists, a page at a time, and who was told of one person.

Who may have which list the keyring decides; any other is a page that is not there. The last list is a search:
it is asked by a form alone, and what it answers never says whether somebody is known.
"""

import re
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.consent.keyring.asking import DRAWN
from services.consent.keyring.sampling import USUAL
from services.consent.pages.desk import OK, UNPROCESSABLE, Answer, Desk, absent, rows_of
from services.consent.pages.lists import KINDS, TOLD, Kind, lines
from services.vocabulary.times import NotATime, parse_date

LEDGER: Final = "/v1/ledger"
NOT_SHARED, TOLD_OF = "not-shared", "told"
PAGE: Final = 20
LONGEST_PERSON: Final = 100
ASKED: Final = ("person", "event", "role", "child")
CHILD: Final = "child"
FROM_ONE: Final = re.compile(r"[1-9]\d{0,2}", re.ASCII)
"""Which child of an event, as people count them."""
BELOW: Final = "below-threshold"
"""Asks for the VPAs with children below the threshold that reached nobody, which are listed apart."""

NEWEST: Final = "newest"
TURNS: Final = frozenset(
    {NOT_SHARED, "withheld", "overridden", "own-word", "roles", "undecided", "held-back", "put-right"}
)
"""Lists that are the oldest first, and on request the newest."""


def router(desk: Desk) -> APIRouter:
    """Return the routes of these pages. Addresses hold days and sealed cursors, nothing of anybody."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/ledger")
    async def ledgers(request: Request) -> Response:
        names = await _names(desk, request)
        if not names:
            return absent(desk, request)
        kinds = {name: kind for name, kind in {**KINDS, TOLD_OF: TOLD}.items() if name in names}
        return desk.page(request, "consent/ledgers.html", {"kinds": kinds})

    @routes.get("/ledger/told")
    async def ask_who(request: Request) -> Response:
        if TOLD_OF not in await _names(desk, request):
            return absent(desk, request)
        return desk.page(request, "consent/told.html", {"kind": TOLD, "lines": None})

    @routes.post("/ledger/told")
    async def told(request: Request) -> Response:
        sent = await desk.form(request)
        if TOLD_OF not in await _names(desk, request):
            return absent(desk, request)
        asked = _about(sent)
        if not asked:
            error = "Enter the person's id, or an event's id and the role"
            values = {"kind": TOLD, "lines": None, "error": error}
            return desk.page(request, "consent/told.html", values, UNPROCESSABLE)
        return desk.page(request, "consent/told.html", await _told(desk, request, asked))

    @routes.get("/ledger/{name}")
    async def ledger(
        request: Request, name: str, only: str = "", order: str = "", after: str = ""
    ) -> Response:
        kind = KINDS.get(name)
        if kind is None:
            return absent(desk, request)
        days = days_in(request.query_params)
        problem = problem_of(days)
        apart = {"below_threshold": str(only == BELOW).lower()} if name == NOT_SHARED else {}
        asked = {} if problem else {key: day for key, day in days.items() if day}
        turned = {"order": NEWEST} if name in TURNS and order == NEWEST else {}
        cursor = {"after": after} if after else {}
        query: Mapping[str, str | int] = {"limit": PAGE, **asked, **apart, **turned, **cursor}
        answer = await desk.ask(request, f"{LEDGER}/{name}", query)
        if answer.status != OK:
            return absent(desk, request)
        values = {
            **_listed(desk, kind, answer),
            "name": name,
            "days": days,
            "only": only if only == BELOW else "",
            "below": BELOW,
            "turns": name in TURNS,
            "turned": turned,
            "drawn_from": name in DRAWN,
            "usual": USUAL,
        }
        if problem:
            values |= {"error": problem, "lines": []}
        return desk.page(request, "consent/ledger.html", values, UNPROCESSABLE if problem else OK)

    return routes


async def _names(desk: Desk, request: Request) -> tuple[str, ...]:
    """Return the lists the visitor may have."""
    answer = await desk.ask(request, LEDGER)
    found = answer.body.get("lists") if answer.status == OK else None
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _about(sent: FormData) -> Mapping[str, str]:
    """Return who a form asks about: a person's id, or else whom an event names in a role. Empty: nobody."""
    person, event, role, child = (str(sent.get(name, "")).strip() for name in ASKED)
    if person:
        return {"person": person[:LONGEST_PERSON]}
    if role == CHILD:
        role = f"children[{int(child) - 1}]" if FROM_ONE.fullmatch(child) else ""
    return {"event": event[:LONGEST_PERSON], "role": role[:LONGEST_PERSON]} if event and role else {}


async def _told(desk: Desk, request: Request, asked: Mapping[str, str]) -> Mapping[str, object]:
    """Return what was told of a person. Somebody unknown and somebody nothing was told of look alike."""
    answer = await desk.ask(request, f"{LEDGER}/{TOLD_OF}", asked)
    if answer.status != OK:
        return {"kind": TOLD, "lines": []}
    return _listed(desk, TOLD, answer)


def _listed(desk: Desk, kind: Kind, answer: Answer) -> dict[str, object]:
    return {
        "kind": kind,
        "lines": lines(kind, rows_of(answer.body, "rows"), desk),
        "more": answer.body.get("more") is True,
        "next": answer.body.get("next"),
    }


def days_in(sent: Mapping[str, object]) -> Mapping[str, str]:
    """Return the first and the last day asked about, as they were typed."""
    return {key: str(sent.get(key, "")).strip() for key in ("from", "to")}


def problem_of(days: Mapping[str, str]) -> str | None:
    """Return what is wrong with the days asked for, or None."""
    try:
        first, last = (parse_date(day) if day else None for day in days.values())
    except NotATime:
        return "Enter real dates, such as 2024-09-02"
    if first is not None and last is not None and first > last:
        return "The first day must be the same as or before the last day"
    return None
