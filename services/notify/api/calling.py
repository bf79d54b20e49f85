"""What an officer of the authority tells of a phone call to a school.

POST /v1/schools/calls    what came of a call; the same number of the same message again is the same call
"""

from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from pydantic.config import JsonDict
from sqlalchemy import Connection, Engine

from services.notify.flow import phoned
from services.notify.state import Attempt, Reached, SpokenTo
from services.notify.store import calls, messages
from services.runtime.clock import Clock
from services.runtime.database import writing
from services.runtime.described import refusals
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.partnership import Role
from services.runtime.web import problem

CALLERS = frozenset({"education"})
"""Whose people phone schools."""

MOST_CALLS = 100
"""Calls about one message."""

MADE: JsonDict = {"notification": "0a1b2c", "number": 1, "reached": "no-answer"}
Token = Annotated[str | None, Header(alias="Authorization")]


class Called(BaseModel):
    """One call: about which message, which call about it this is, and what came of it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [MADE]})

    notification: Annotated[StrictStr, Field(min_length=1, max_length=64, pattern="^[0-9a-f]+$")]
    number: Annotated[int, Field(ge=1, le=MOST_CALLS, strict=True)]
    reached: Reached
    spoken_to: SpokenTo | None = None


def router(*, engine: Engine, verifier: Verifier, clock: Clock) -> APIRouter:
    """Return the route. `clock` is the partnership's: a call is an event of that time."""
    routes = APIRouter()

    @routes.post(
        "/v1/schools/calls", summary="What came of a phone call to a school", responses=refusals(404, 409)
    )
    def called(body: Called, authorization: Token = None) -> JSONResponse:
        try:
            caller = verifier.caller(authorization)
        except Unauthenticated as error:
            return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})
        if not _phones(caller):
            return _absent()
        if (body.reached is Reached.SPOKE) != (body.spoken_to is not None):
            return problem(422, "who was told", "`spoken_to` goes with `spoke` alone: give both or neither")
        attempt = Attempt(
            notification=body.notification,
            number=body.number,
            person=caller.person or "",
            reached=body.reached,
            spoken_to=body.spoken_to,
            at=clock.now(),
        )
        with writing(engine) as conn:
            return _keep(conn, attempt)

    return routes


def _keep(conn: Connection, attempt: Attempt) -> JSONResponse:
    """Keep a call once: what it says, the task it ends and the event, in one transaction."""
    notification = messages.held(conn, attempt.notification)
    if notification is None:
        return _absent()
    made = calls.attempts(conn, [attempt.notification])
    before = next((one for one in made if one.number == attempt.number), None)
    if before is not None:
        said = (before.reached, before.spoken_to, before.person)
        is_same = said == (attempt.reached, attempt.spoken_to, attempt.person)
        return _answer(before) if is_same else _changed()
    if not calls.is_owed(conn, attempt.notification) or attempt.number != len(made) + 1:
        return _changed()
    messages.keep(conn, phoned(notification, attempt), attempt.at)
    return _answer(attempt)


def _answer(attempt: Attempt) -> JSONResponse:
    return JSONResponse({"notification": attempt.notification, "number": attempt.number})


def _changed() -> JSONResponse:
    return problem(409, "not owed", "somebody phoned meanwhile, or the school has answered: look again")


def _phones(caller: Caller) -> bool:
    return caller.agency in CALLERS and caller.person is not None and caller.role is not Role.AUDITOR


def _absent() -> JSONResponse:
    return problem(404, "not found", "there is nothing here for you: ask as who phones schools")
