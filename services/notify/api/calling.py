"""What an officer of the authority tells of a phone call to a school, or to the council's lead.

POST /v1/schools/calls    what came of a call; the same number about the same message, or listing, again is
                          the same call
"""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from pydantic.config import JsonDict
from sqlalchemy import Connection, Engine

from services.notify.api import examples
from services.notify.api.described import Kept, KeptOfLead
from services.notify.flow import phoned
from services.notify.rules.placement import is_by_phone
from services.notify.rules.report import is_lead_owed
from services.notify.state import Attempt, Listing, Notification, Reached, SpokenTo
from services.notify.store import calls, messages
from services.runtime.clock import Clock
from services.runtime.database import writing
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.partnership import Role
from services.runtime.web import problem

CALLERS = frozenset({"education"})
"""Whose people phone schools."""

MOST_CALLS = 100
"""Calls about one message or listing."""

WHO_MAY_BE_TOLD: Final = (
    "`spoken_to` goes with `spoke` alone, and `council-lead` with a `listing` alone: give who was told"
)

MADE: JsonDict = {"notification": "0a1b2c", "number": 1, "reached": "no-answer"}
Token = Annotated[str | None, Header(alias="Authorization")]


Id = Annotated[StrictStr, Field(min_length=1, max_length=64, pattern="^[0-9a-f]+$")]


class Called(BaseModel):
    """One call: about which message or listing, which call about it this is, and what came of it.

    Exactly one of `notification` and `listing` is given. A listing is that of a child whose parent works at
    the school: the council's lead is phoned, and is the only one who may be told.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [MADE]})

    notification: Id | None = None
    listing: Id | None = None
    number: Annotated[int, Field(ge=1, le=MOST_CALLS, strict=True)]
    reached: Reached
    spoken_to: SpokenTo | None = None

    @property
    def about(self) -> str:
        """Return the id of what the call was about."""
        return self.notification or self.listing or ""

    @property
    def is_to_who_may_be_told(self) -> bool:
        """Say whether who was told may be: nobody without `spoke`, and of a listing the lead alone."""
        if self.spoken_to is None or self.reached is not Reached.SPOKE:
            return self.spoken_to is None and self.reached is not Reached.SPOKE
        return (self.spoken_to is SpokenTo.COUNCIL_LEAD) == (self.listing is not None)


def router(*, engine: Engine, verifier: Verifier, clock: Clock) -> APIRouter:
    """Return the route. `clock` is the partnership's: a call is an event of that time."""
    routes = APIRouter()

    @routes.post(
        "/v1/schools/calls",
        summary="What came of a phone call to a school, or to the council's lead",
        response_model=Kept | KeptOfLead,
        responses=examples.CALLED,
    )
    def called(body: Called, authorization: Token = None) -> JSONResponse:
        try:
            caller = verifier.caller(authorization)
        except Unauthenticated as error:
            return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})
        if not _phones(caller):
            return _absent()
        if (body.notification is None) == (body.listing is None):
            return problem(422, "about what", "a call is about `notification` or `listing`: give one of them")
        if not body.is_to_who_may_be_told:
            return problem(422, "who was told", WHO_MAY_BE_TOLD)
        attempt = Attempt(
            notification=body.about,
            number=body.number,
            person=caller.person or "",
            reached=body.reached,
            spoken_to=body.spoken_to,
            at=clock.now(),
        )
        with writing(engine) as conn:
            return _keep(conn, body, attempt)

    return routes


def _keep(conn: Connection, body: Called, attempt: Attempt) -> JSONResponse:
    """Keep a call once: what it says, the task it ends and the event, in one transaction."""
    about = _about(conn, body)
    if about is None:
        return _absent()
    made = calls.attempts(conn, [about.id])
    before = next((one for one in made if one.number == attempt.number), None)
    if before is not None:
        said = (before.reached, before.spoken_to, before.person)
        is_same = said == (attempt.reached, attempt.spoken_to, attempt.person)
        return _answer(body) if is_same else _changed()
    if not _is_owed(conn, about, made) or attempt.number != len(made) + 1:
        return _changed()
    messages.keep(conn, phoned(about, attempt), attempt.at)
    return _answer(body)


def _about(conn: Connection, body: Called) -> Notification | Listing | None:
    """Return what a call was about, held; None for what is not there, or nobody is phoned about."""
    if body.notification is not None:
        return messages.held(conn, body.notification)
    listing = messages.listing_held(conn, body.about)
    return listing if listing is not None and is_by_phone(listing.reason) else None


def _is_owed(conn: Connection, about: Notification | Listing, made: Sequence[Attempt]) -> bool:
    if isinstance(about, Listing):
        return is_lead_owed(about, made)
    return calls.is_owed(conn, about.id)


def _answer(body: Called) -> JSONResponse:
    kind = "notification" if body.notification is not None else "listing"
    return JSONResponse({kind: body.about, "number": body.number})


def _changed() -> JSONResponse:
    return problem(409, "not owed", "somebody phoned meanwhile, or the school has answered: look again")


def _phones(caller: Caller) -> bool:
    return caller.agency in CALLERS and caller.person is not None and caller.role is not Role.AUDITOR


def _absent() -> JSONResponse:
    return problem(404, "not found", "there is nothing here for you: ask as who phones schools")
