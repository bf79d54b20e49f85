"""What schools and officers may ask over HTTP. What a caller may not see looks like what is not there.

GET /v1/schools/status          officers: every child of a period told, escalated or listed
GET /v1/schools/notifications   a school: its own messages; officers: all
GET /v1/schools/tasks           officers: phone calls owed, and children whom no school is told of
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse
from sqlalchemy import Engine

from services.notify.channels.secure_inbox import SecureInbox
from services.notify.rules.report import Report, Row, outcome_of, report
from services.notify.rules.tokens import occurrence_token
from services.notify.rules.wording import WHAT_TO_DO
from services.notify.state import Listing, Notification
from services.notify.store import listing
from services.runtime.database import reading
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.partnership import Role
from services.runtime.web import problem
from services.vocabulary.agencies import is_school
from services.vocabulary.calendar import at_wall_clock
from services.vocabulary.times import format_time

OFFICERS = frozenset({"police", "education", "partnership"})
"""Who answers for Operation Encompass as a whole; a first responder does not."""

Token = Annotated[str | None, Header(alias="Authorization")]
Json = dict[str, object]


def router(*, engine: Engine, verifier: Verifier, key: bytes) -> APIRouter:
    """Return the routes. `key` makes the ids under which occurrences are named."""
    routes = APIRouter()
    inbox = SecureInbox(engine)

    @routes.get("/v1/schools/status", summary="Every child told, escalated or listed, by day of occurrence")
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
            found = listing.occurrences(conn, _midnight(first), _midnight(last + timedelta(days=1)))
        return JSONResponse(_status(report(found), key))

    @routes.get("/v1/schools/notifications", summary="A school's own messages; officers see all")
    def notifications(authorization: Token = None) -> JSONResponse:
        caller = _caller(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        if is_school(caller.agency):
            return JSONResponse({"notifications": [_shown(one) for one in inbox.of(caller.agency)]})
        if not _is_officer(caller):
            return _absent()
        with reading(engine) as conn:
            found = listing.every_message(conn)
        return JSONResponse({"notifications": [_shown(one) for one in found]})

    @routes.get("/v1/schools/tasks", summary="Phone calls owed, and children whom no school is told of")
    def tasks(authorization: Token = None) -> JSONResponse:
        caller = _caller(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        if not _is_officer(caller):
            return _absent()
        with reading(engine) as conn:
            calls, listed = listing.open_calls(conn), listing.open_listings(conn)
        return JSONResponse(
            {"calls": [_call(one) for one in calls], "listed": [_listed(one) for one in listed]}
        )

    return routes


def _caller(verifier: Verifier, authorization: str | None) -> Caller | JSONResponse:
    try:
        return verifier.caller(authorization)
    except Unauthenticated as error:
        return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})


def _is_officer(caller: Caller) -> bool:
    return caller.agency in OFFICERS and caller.role is not Role.RESPONDER


def _absent() -> JSONResponse:
    return problem(404, "not found", "there is nothing here for you: ask as a school or an officer")


def _midnight(day: date) -> datetime:
    return at_wall_clock(day, time.min)


def _status(found: Report, key: bytes) -> Json:
    reasons: Counter[str] = Counter()
    for row in found.rows:
        reasons.update(row.reasons)
    return {
        "occurrences": len(found.rows),
        **found.total,
        "home_educated": dict(found.home_educated),
        "by_reason": dict(sorted(reasons.items())),
        "rows": [_row(row, key) for row in found.rows],
    }


def _row(row: Row, key: bytes) -> Json:
    account = row.account
    return {
        "occurrence": occurrence_token(key, row.occurrence),
        "occurred_at": format_time(row.occurred_at),
        "children": account.children,
        "told": account.told,
        "escalated": account.escalated,
        "listed": account.listed,
        "unaccounted": account.unaccounted,
        "overcounted": account.overcounted,
        "notifications": [_message(one) for one in row.notifications],
        "listed_reasons": dict(row.reasons),
    }


def _message(one: Notification) -> Json:
    return {
        "school": one.school,
        "children": len(one.children),
        "due_at": format_time(one.due_at),
        "delivered_at": _time(one.delivered_at),
        "sent_at": _time(one.sent_at),
        "acknowledged_at": _time(one.acknowledged_at),
        "escalated_at": _time(one.escalated_at),
        "outcome": outcome_of(one),
        "late": one.late,
    }


def _shown(one: Notification) -> Json:
    return {
        "id": one.id,
        "incident": one.incident,
        "release_id": one.release_id,
        "event_id": one.event_id,
        "state": one.stage.value,
        "planned_at": format_time(one.planned_at),
        **_message(one),
        "what_to_do": list(WHAT_TO_DO),
    }


def _call(one: listing.Call) -> Json:
    return {
        "notification": one.task.notification,
        "school": one.notification.school,
        "children": len(one.notification.children),
        "owner": one.task.owner,
        "reason": one.task.reason,
        "opened_at": format_time(one.task.opened_at),
        "due_at": format_time(one.task.due_at),
    }


def _listed(one: Listing) -> Json:
    return {
        "listing": one.id,
        "incident": one.incident,
        "release_id": one.release_id,
        "event_id": one.event_id,
        "owner": one.owner,
        "reason": one.reason,
        "listed_at": format_time(one.listed_at),
        "due_at": format_time(one.due_at),
    }


def _time(at: datetime | None) -> str | None:
    return format_time(at) if at else None
