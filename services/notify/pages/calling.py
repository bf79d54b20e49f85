"""What an officer says came of a call to a school, or to the council's lead: who was told, or that nobody.

Who was told is said by role. About a child whose parent works at the school only the council's lead is told.
"""

import re
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.notify.pages.desk import ABSENT, EDUCATION, OK, UNPROCESSABLE, Answer, Desk
from services.notify.state import Reached, SpokenTo

ID: Final = re.compile("[0-9a-f]{1,64}", re.ASCII)
CONFLICT: Final = 409
NOTIFICATION: Final = "notification"
LISTING: Final = "listing"
"""What a call is about: a message to a school, or a child listed because a parent works at the school."""
REACHED: Final[Mapping[str, str]] = {
    Reached.SPOKE: "I told somebody who may be told",
    Reached.NO_MESSAGE: "Somebody else answered: I said nothing and left no message",
    Reached.NO_ANSWER: "Nobody answered: I left no message",
}
SPOKEN_TO: Final[Mapping[str, str]] = {
    SpokenTo.KEY_ADULT: "The key adult (designated safeguarding lead)",
    SpokenTo.DEPUTY: "The deputy safeguarding lead",
    SpokenTo.HEAD: "The head teacher",
}
Row = Mapping[str, object]


def router(desk: Desk) -> APIRouter:
    """Return the routes of the form. URLs hold a message's or a listing's random id and nothing else."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/calls/{message}/outcome")
    async def ask(request: Request, message: str) -> Response:
        call = await _call(desk, request, message)
        return _form(desk, request, call, {}, {}) if call else _absent(desk, request)

    @routes.post("/calls/{message}/outcome")
    async def keep(request: Request, message: str) -> Response:
        sent = await desk.form(request)
        said = {name: str(sent.get(name, "")) for name in ("about", "reached", "spoken_to", "number")}
        problems = _problems(said)
        if not problems and desk.visitor(request).agency == EDUCATION and ID.fullmatch(message):
            told = await desk.tell(request, "/v1/schools/calls", _called(message, said))
            if told.status == OK:
                return desk.to("/calls")
            problems = {"reached": _why(told)}
        call = await _call(desk, request, message)
        return _form(desk, request, call, said, problems) if call else _absent(desk, request)

    return routes


def _called(message: str, said: Mapping[str, str]) -> Row:
    told = SpokenTo.COUNCIL_LEAD if said["about"] == LISTING else said["spoken_to"]
    return {
        LISTING if said["about"] == LISTING else NOTIFICATION: message,
        "number": int(said["number"]),
        "reached": said["reached"],
        "spoken_to": told if said["reached"] == Reached.SPOKE else None,
    }


def _problems(said: Mapping[str, str]) -> dict[str, str]:
    """Return what is missing, by field; all of it at once."""
    problems = {}
    if said["reached"] not in REACHED or not re.fullmatch("[1-9][0-9]{0,2}", said["number"], re.ASCII):
        problems["reached"] = "Choose what came of the call"
    is_to_a_school = said["about"] != LISTING
    if is_to_a_school and said["reached"] == Reached.SPOKE and said["spoken_to"] not in SPOKEN_TO:
        problems["spoken_to"] = "Choose who was told"
    return problems


def _why(told: Answer) -> str:
    if told.status == CONFLICT:
        return "Somebody phoned meanwhile, or the school has answered: look at the calls again"
    return "It was not taken: press again"


def _form(
    desk: Desk, request: Request, call: Row, said: Mapping[str, str], problems: Mapping[str, str]
) -> Response:
    made = call.get("attempts")
    values = {
        "call": call,
        "about": LISTING if call.get(LISTING) else NOTIFICATION,
        "number": len(made) + 1 if isinstance(made, list) else 1,
        "said": said,
        "problems": problems,
        "reached": REACHED,
        "spoken_to": SPOKEN_TO,
        **({"error": True} if problems else {}),
    }
    return desk.page(request, "notify/call.html", values, UNPROCESSABLE if problems else OK)


async def _call(desk: Desk, request: Request, message: str) -> Row | None:
    """Return a call that is still owed; None for any other, and for whoever does not phone."""
    if desk.visitor(request).agency != EDUCATION or not ID.fullmatch(message):
        return None
    after: object = None
    while True:
        answer = await desk.ask(request, "/v1/schools/tasks", {"after": str(after)} if after else None)
        rows = answer.body.get("calls") if answer.status == OK else ()
        found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        call = next((row for row in found if message in (row.get(NOTIFICATION), row.get(LISTING))), None)
        after = answer.body.get("next")
        if call is not None or after is None:
            return call


def _absent(desk: Desk, request: Request) -> Response:
    desk.visitor(request)
    return desk.page(request, "absent.html", {}, ABSENT)
