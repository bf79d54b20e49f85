"""Signing in as a named demo person, and out. For a demonstration on this machine alone.

Production puts OpenID Connect in its place; nothing else on the pages changes.
"""

from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.pages.desk import Desk
from services.console.pages.sessions import Visitor
from services.runtime.partnership import Partnership, Person
from services.runtime.settings import Settings
from services.vocabulary.agencies import HUB, HUB_ROLES, is_school

LOOPBACK_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class NotADemonstration(Exception):
    """The demo sign-in would be reachable from elsewhere: it asks for no password, so it does not start."""


def require_demonstration(settings: Settings) -> None:
    """Refuse to go on where the console's address is not this machine's own. Raises NotADemonstration."""
    if settings.console and urlsplit(settings.console).hostname not in LOOPBACK_NAMES:
        raise NotADemonstration(
            f"the demo sign-in does not start at `{settings.console}`: use this machine's own, 127.0.0.1"
        )


EDUCATION: Final = "education"
"""Whose officers have calls to make by the bell: that is what they see first."""


def home_of(agency: str, role: str) -> str:
    """Return the page a person of an agency starts from."""
    if is_school(agency):
        return "/school"
    if agency == HUB and role in HUB_ROLES:
        return "/today"
    return "/calls" if agency == EDUCATION else "/inbox"


def router(desk: Desk, partnership: Partnership) -> APIRouter:
    """Return the routes of the way in and the way out."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def start(request: Request) -> Response:
        visitor = desk.visitor(request)
        return desk.to(home_of(visitor.agency, visitor.role))

    @routes.get("/sign-in")
    async def ask_agency(request: Request) -> Response:
        return _agencies(desk, partnership, request)

    @routes.post("/sign-in")
    async def ask_person(request: Request) -> Response:
        sent = await desk.form(request)
        agency = str(sent.get("agency", ""))
        if not partnership.people_of(agency):
            return _agencies(desk, partnership, request, error="Choose an agency or school")
        return _people(desk, partnership, request, agency)

    @routes.post("/sign-in/person")
    async def enter(request: Request) -> Response:
        sent = await desk.form(request)
        agency, person = str(sent.get("agency", "")), partnership.person(str(sent.get("person", "")))
        if not partnership.people_of(agency):
            return _agencies(desk, partnership, request, error="Choose an agency or school")
        if person is None or person.agency != agency:
            return _people(desk, partnership, request, agency, error="Choose who you are")
        return _signed_in(desk, request, person)

    @routes.post("/sign-out")
    async def leave(request: Request) -> Response:
        await desk.form(request)
        desk.sessions.end(desk.identity(request))
        response = desk.to("/sign-in")
        desk.remember(response, desk.sessions.fresh())
        return response

    return routes


def _signed_in(desk: Desk, request: Request, person: Person) -> Response:
    desk.sessions.end(desk.identity(request))
    visitor = Visitor(
        person=person.id,
        name=person.name,
        agency=person.agency,
        title=desk.title_of(person.agency),
        role=person.role,
    )
    response = desk.to(home_of(person.agency, person.role))
    desk.remember(response, desk.sessions.begin(visitor))
    return response


def _agencies(desk: Desk, partnership: Partnership, request: Request, error: str | None = None) -> Response:
    names = [name for name in partnership.publishers() if partnership.people_of(name)]
    choices = [{"value": name, "text": desk.title_of(name)} for name in names]
    values = {"choices": choices, "error": error}
    return desk.page(request, "sign-in.html", values, 422 if error else 200)


def _people(
    desk: Desk, partnership: Partnership, request: Request, agency: str, error: str | None = None
) -> Response:
    values = {
        "agency": agency,
        "people": [{"value": known.id, "text": known.name} for known in partnership.people_of(agency)],
        "error": error,
    }
    return desk.page(request, "sign-in-person.html", values, 422 if error else 200)
