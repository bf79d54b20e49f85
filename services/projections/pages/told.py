"""What the visitor's agency was told of an incident or a person, and for the Hub who else was."""

import re
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from services.projections.pages.desk import Desk
from services.projections.pages.entries import Entry, entries, openable
from services.projections.pages.sharing import Shared, shared
from services.vocabulary.agencies import HUB, HUB_ROLES

OK, ABSENT, UNPROCESSABLE = 200, 404, 422
ALIAS: Final = re.compile("[A-Za-z0-9_-]{1,64}", re.ASCII)


async def timeline(desk: Desk, request: Request, alias: str) -> tuple[Entry, ...]:
    """Return what the visitor's agency was released about an incident."""
    return await told(desk, request, "incidents", alias)


async def told(desk: Desk, request: Request, of: str, alias: str) -> tuple[Entry, ...]:
    """Return what the visitor's agency was released about one of these; nothing for what is hidden."""
    desk.visitor(request)
    if not ALIAS.fullmatch(alias):
        return ()
    answer = await desk.ask(request, f"/v1/{of}/{alias}")
    return entries(answer.body.get("releases"), desk.title_of) if answer.status == OK else ()


async def released(desk: Desk, request: Request, alias: str, release: str) -> Entry | None:
    """Return a release of an incident that may still be opened, or None."""
    found = await timeline(desk, request, alias)
    live = openable(found)
    return next((entry for entry in found if entry.release_id == release and release in live), None)


async def sharing(desk: Desk, request: Request, alias: str) -> tuple[Shared, ...] | None:
    """Return who else was told, for the Hub alone; None for anybody else, and where it is closed to them."""
    visitor = desk.visitor(request)
    if visitor.agency != HUB or visitor.role not in HUB_ROLES or not ALIAS.fullmatch(alias):
        return None
    answer = await desk.ask(request, f"/v1/incidents/{alias}/sharing")
    return shared(answer.body, desk.title_of) if answer.status == OK else None


def absent(desk: Desk, request: Request) -> Response:
    """Return the one page for what is hidden and what is not there, to somebody signed in."""
    desk.visitor(request)
    return desk.page(request, "absent.html", {}, ABSENT)
