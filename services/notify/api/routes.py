"""What schools and officers may ask over HTTP. What a caller may not see looks like what is not there.

GET /v1/schools/status                officers: every child of a period told, escalated or listed
GET /v1/schools/notifications         a school: its own messages; officers: all
GET /v1/schools/notifications/{id}    one of them
GET /v1/schools/tasks                 officers: phone calls owed, children whom no school is told of, and
                                      messages no school has answered
GET /v1/operations/notify/parked      operators: what could not be read, and what the door would not have
POST /v1/operations/notify/redrive    operators: have it read again, or said again; tried first
"""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import JSONResponse
from sqlalchemy import Engine

from services.eventlog.described import PARKED_AND_REFUSED, REDRIVEN
from services.eventlog.redriving_answers import Asked, Redrives, answered, set_aside
from services.notify.api import described, examples, shown
from services.notify.channels.secure_inbox import SecureInbox
from services.notify.rules.report import report
from services.notify.state import Notification
from services.notify.store import calls, listing, messages, outbox
from services.notify.store.aside import Aside
from services.runtime.database import reading
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.operators import operator_by
from services.runtime.partnership import Partnership, Role
from services.runtime.web import problem
from services.vocabulary.agencies import is_school
from services.vocabulary.calendar import at_wall_clock

OFFICERS = frozenset({"police", "education", "partnership"})
"""Who answers for Operation Encompass as a whole; a first responder does not."""

Token = Annotated[str | None, Header(alias="Authorization")]


def router(
    *, engine: Engine, verifier: Verifier, key: bytes, directory: Partnership, redrives: Redrives
) -> APIRouter:
    """Return the routes. `key` makes the ids under which occurrences are named; `directory` names staff."""
    routes = APIRouter()
    Operator = Annotated[Caller, Depends(operator_by(verifier))]
    inbox = SecureInbox(engine)

    @routes.get(
        "/v1/schools/status",
        summary="Every child told, escalated or listed, by day of occurrence",
        response_model=described.Status,
        responses=examples.STATUS,
    )
    def status(
        first: Annotated[date, Query(alias="from")],
        last: Annotated[date, Query(alias="to")],
        authorization: Token = None,
    ) -> JSONResponse:
        caller = _caller(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        if not _is_officer(caller):
            return _absent()
        if not first <= last < date.max:
            return problem(
                422, "no such period", "`to` is before `from`, or is no day of ours: turn them round"
            )
        with reading(engine) as conn:
            found = report(listing.occurrences(conn, _midnight(first), _midnight(last + timedelta(days=1))))
            made = calls.attempts(conn, found.phoned)
        return JSONResponse(shown.status(found, key, made, directory))

    @routes.get(
        "/v1/schools/notifications",
        summary="A school's own messages; officers see all",
        response_model=described.Messages,
        responses=examples.MESSAGES,
    )
    def notifications(authorization: Token = None) -> JSONResponse:
        caller = _caller(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        if is_school(caller.agency):
            return JSONResponse({"notifications": [shown.message(one) for one in inbox.of(caller.agency)]})
        if not _is_officer(caller):
            return _absent()
        with reading(engine) as conn:
            found = listing.every_message(conn)
        return JSONResponse({"notifications": [shown.message(one) for one in found]})

    @routes.get(
        "/v1/schools/notifications/{notification}",
        summary="One message, for its school and officers",
        response_model=described.OwnMessage,
        responses=examples.MESSAGE,
    )
    def notification(notification: str, authorization: Token = None) -> JSONResponse:
        caller = _caller(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        with reading(engine) as conn:
            found = messages.notification(conn, notification) if notification.isprintable() else None
        if found is None or not _may_see(caller, found):
            return _absent()
        return JSONResponse(shown.message(found))

    @routes.get(
        "/v1/schools/tasks",
        summary="Phone calls owed, children whom no school is told of, and messages not yet answered",
        response_model=described.Tasks,
        responses=examples.TASKS,
    )
    def tasks(after: Annotated[str | None, Query()] = None, authorization: Token = None) -> JSONResponse:
        caller = _caller(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        if not _is_officer(caller):
            return _absent()
        place = shown.place(after) if after else None
        if after and place is None:
            return problem(422, "no such page", "`after` is not what an answer gave as `next`: leave it out")
        with reading(engine) as conn:
            owed = listing.owed(conn, place)
            made = calls.attempts(conn, owed.phoned)
        return JSONResponse(shown.owed(owed, made, directory))

    @routes.get(
        "/v1/operations/notify/parked",
        summary="Records and events that went no further, and why",
        responses=PARKED_AND_REFUSED,
    )
    def parked(_operator: Operator) -> JSONResponse:
        with reading(engine) as conn:
            refused = [shown.refused(one) for one in outbox.refused(conn)]
        return JSONResponse({**set_aside(Aside(engine).found()), "refused": refused})

    @routes.post(
        "/v1/operations/notify/redrive",
        summary="Read, or say, again what went no further",
        responses=REDRIVEN,
    )
    def redrive(body: Asked, caller: Operator) -> JSONResponse:
        return answered(redrives, caller, body)

    return routes


def _caller(verifier: Verifier, authorization: str | None) -> Caller | JSONResponse:
    try:
        return verifier.caller(authorization)
    except Unauthenticated as error:
        return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})


def _is_officer(caller: Caller) -> bool:
    return caller.agency in OFFICERS and caller.role is not Role.RESPONDER


def _may_see(caller: Caller, found: Notification) -> bool:
    """Say whether a message is the caller's: a school's own once it is delivered, an officer's always."""
    if is_school(caller.agency):
        return found.school == caller.agency and found.delivered_at is not None
    return _is_officer(caller)


def _absent() -> JSONResponse:
    return problem(404, "not found", "there is nothing here for you: ask as a school or an officer")


def _midnight(day: date) -> datetime:
    return at_wall_clock(day, time.min)
