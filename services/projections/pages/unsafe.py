"""A stop before a way to reach somebody that is not marked safe is shown (NA 3.20).

The first page shows nothing of it: it says why it is held back and what to do instead. Going on opens the
contact section anew, for a purpose of its own, and that opening is on record before anything is shown.
"""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages import words
from services.projections.pages.desk import Desk
from services.projections.pages.entries import Entry
from services.projections.pages.holding import OK, UNPROCESSABLE, absent, released
from services.projections.pages.purposes import problem_of
from services.projections.rules.safe_contact import channels

CONTACT: Final = "contact"
ON_RECORD: Final = "not marked safe, {channel}: {purpose}"
"""The purpose as it goes on record, so that whoever reads the openings sees what was passed over."""


def router(desk: Desk) -> APIRouter:
    """Return the routes of the stop. URLs hold an alias, a release id and the kind of channel."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/incidents/{alias}/unsafe/{release}/{channel}")
    async def stop(request: Request, alias: str, release: str, channel: str) -> Response:
        entry = await _with_contact(desk, request, alias, release, channel)
        return _stop(desk, request, alias, entry, channel) if entry else absent(desk, request)

    @routes.post("/incidents/{alias}/unsafe/{release}/{channel}")
    async def go_on(request: Request, alias: str, release: str, channel: str) -> Response:
        sent = await desk.form(request)
        entry = await _with_contact(desk, request, alias, release, channel)
        if entry is None:
            return absent(desk, request)
        purpose = str(sent.get("purpose", "")).strip()
        problem = problem_of(purpose, missing="Enter why it has to be this way", called="reason")
        if problem:
            return _stop(desk, request, alias, entry, channel, purpose, problem)
        return await _show(desk, request, alias, entry, channel, purpose)

    return routes


async def _show(
    desk: Desk, request: Request, alias: str, entry: Entry, channel: str, purpose: str
) -> Response:
    recorded = ON_RECORD.format(channel=channel, purpose=purpose)
    body = {"release_id": entry.release_id, "sections": [CONTACT], "purpose": recorded}
    answer = await desk.tell(request, "/v1/open", body)
    sections = answer.body.get("sections")
    content = sections.get(CONTACT) if isinstance(sections, dict) else None
    if answer.status != OK or not isinstance(content, dict):
        return absent(desk, request)
    values = {
        "alias": alias,
        "words": words.CHANNELS[channel],
        "channel": next(each for each in channels(content) if each.name == channel),
        "purpose": recorded,
    }
    return desk.page(request, "projections/unsafe-shown.html", values)


def _stop(
    desk: Desk, request: Request, alias: str, entry: Entry, channel: str, purpose: str = "", problem: str = ""
) -> Response:
    values = {
        "alias": alias,
        "entry": entry,
        "channel": channel,
        "words": words.CHANNELS[channel],
        "purpose": purpose,
        "problem": problem,
        **({"error": True} if problem else {}),
    }
    return desk.page(request, "projections/unsafe.html", values, UNPROCESSABLE if problem else OK)


async def _with_contact(desk: Desk, request: Request, alias: str, release: str, channel: str) -> Entry | None:
    """Return a release with a contact section that the visitor may open; None for any other."""
    if channel not in words.CHANNELS:
        return None
    entry = await released(desk, request, alias, release)
    return entry if entry and CONTACT in {name for name, _ in entry.sections} else None
