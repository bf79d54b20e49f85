"""The pages: an incident, a person, the pulse, and the form that asks for a purpose before any opening."""

from asyncio import gather
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages import (
    answering,
    hub,
    inbox,
    recording,
    referring,
    saying,
    taking_back,
    timelines,
    unsafe,
)
from services.projections.pages.cases import expected, to_be_seen
from services.projections.pages.desk import Desk
from services.projections.pages.entries import Entry, by_incident, entries, openable
from services.projections.pages.holding import OK, UNPROCESSABLE, absent, held, known_of, released
from services.projections.pages.opened import identity, parts, reach
from services.projections.pages.pulse import HEIGHT, WIDTH, pulse
from services.projections.pages.purposes import problem_of
from services.projections.pages.told import told
from services.projections.rules.expecting import unanswered
from services.projections.rules.standing import standing
from services.vocabulary.agencies import CHILDRENS_SERVICES
from services.vocabulary.calendar import local_date
from services.vocabulary.events import VPA_FAMILY

TEMPLATES: Final = Path(__file__).parents[1] / "templates"


def router(desk: Desk) -> APIRouter:
    """Return the routes of these pages. URLs hold aliases, release ids and filters, nothing of a person."""
    routes = APIRouter(include_in_schema=False)
    routes.include_router(recording.router(desk))

    for each in (inbox, answering, referring, saying, taking_back, timelines, unsafe):
        routes.include_router(each.router(desk))

    @routes.get("/incidents/{alias}")
    async def incident(request: Request, alias: str) -> Response:
        row, account = await gather(held(desk, request, alias), hub.account(desk, request, alias))
        if row is None:
            return absent(desk, request)
        found, known = entries(row.get("releases"), desk.title_of), known_of(desk, request, [row])
        newest = sorted(found, key=lambda entry: -entry.seq)
        forms = [entry.release_id for entry in newest if entry.event_type in VPA_FAMILY]
        gone = await taking_back.taken_back(desk, request, alias, found)
        values = {
            "alias": alias,
            "entries": newest,
            "to_review": next((form for form in forms if form in openable(found)), None),
            "expected": expected(found, known),
            "unanswered": {entry.release_id for entry in unanswered(found, known.answered)},
            "unseen": {entry.release_id for entry in to_be_seen(found, known)},
            "answered": known.answered,
            "standing": {entry.release_id for entry in standing(found)},
            "openable": openable(found),
            "takes_back": taking_back.left_to_take_back(desk.visitor(request), found, gone),
            "taken_back": {of: each.from_whom(desk.title_of) for of, each in gone.items()},
            "people": {entry.release_id: timelines.people(entry) for entry in found},
            "person": next((entry.person for entry in found if entry.person), None),
            "account": account,
            "own_duty": desk.visitor(request).agency in CHILDRENS_SERVICES,
            "forms_of_vpa": VPA_FAMILY,
            "flagged": desk.flagged(request).pop(alias, ()),
        }
        return desk.page(request, "projections/incident.html", values)

    @routes.get("/people/{alias}")
    async def person(request: Request, alias: str) -> Response:
        found = await told(desk, request, alias)
        if not found:
            return absent(desk, request)
        return desk.page(request, "projections/person.html", {"incidents": by_incident(found)})

    @routes.get("/incidents/{alias}/open/{release}")
    async def ask_purpose(request: Request, alias: str, release: str) -> Response:
        entry = await released(desk, request, alias, release)
        return _asked(desk, request, alias, entry) if entry else absent(desk, request)

    @routes.post("/incidents/{alias}/open/{release}")
    async def show(request: Request, alias: str, release: str) -> Response:
        sent = await desk.form(request)
        entry = await released(desk, request, alias, release)
        if entry is None:
            return absent(desk, request)
        chosen = [str(name) for name in sent.getlist("sections")]
        purpose = str(sent.get("purpose", "")).strip()
        if _problems(chosen, purpose):
            return _asked(desk, request, alias, entry, chosen, purpose, insist=True)
        return await _open(desk, request, alias, entry, chosen, purpose)

    @routes.get("/pulse")
    async def beats(request: Request) -> Response:
        answer = await desk.ask(request, "/v1/pulse")
        if answer.status != OK:
            return absent(desk, request)
        values = {"pulse": pulse(answer.body), "width": WIDTH, "height": HEIGHT}
        return desk.page(request, "projections/pulse.html", values)

    return routes


async def _open(
    desk: Desk, request: Request, alias: str, entry: Entry, chosen: list[str], purpose: str
) -> Response:
    """Answer with the content itself: it is in no address, in no history and on no disk."""
    body = {"release_id": entry.release_id, "sections": chosen, "purpose": purpose}
    answer = await desk.tell(request, "/v1/open", body)
    if answer.status != OK:
        return absent(desk, request)
    sections = answer.body.get("sections")
    values = {
        "alias": alias,
        "entry": entry,
        "purpose": purpose,
        "identity": identity(sections, local_date(desk.now())),
        "reach": reach(sections),
        "parts": parts(sections, desk.title_of),
        "opening": answer.body.get("opening_id"),
    }
    return desk.page(request, "projections/opened.html", values)


def _asked(
    desk: Desk,
    request: Request,
    alias: str,
    entry: Entry,
    chosen: list[str] | None = None,
    purpose: str = "",
    *,
    insist: bool = False,
) -> Response:
    problems = _problems(chosen or [], purpose) if insist else {}
    values = {
        "alias": alias,
        "entry": entry,
        "chosen": chosen or [],
        "purpose": purpose,
        "problems": problems,
    }
    error = {"error": True} if problems else {}
    status = UNPROCESSABLE if problems else OK
    return desk.page(request, "projections/open.html", {**values, **error}, status)


def _problems(chosen: list[str], purpose: str) -> dict[str, str]:
    """Return what is missing, by field."""
    found = {
        "sections": "" if chosen else "Choose what you need to see",
        "purpose": problem_of(purpose, missing="Enter why you need to see it"),
    }
    return {field: text for field, text in found.items() if text}
