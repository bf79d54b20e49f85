"""What the authority's officers see: calls to make by the bell, and children whom no school is told of.

Nothing of a child is on the page: who it is, an officer opens at the incident, for a purpose, on the record.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.notify.pages.desk import ABSENT, EDUCATION, OK, Desk
from services.notify.rules.placement import Reason, is_by_phone
from services.vocabulary.times import NotATime, parse_time

CALLS: Final[Mapping[str, str]] = {
    "not-acknowledged": "The school has not said that it read the message.",
    "heard-too-late": "The message came too late for the school to read it before the bell.",
    Reason.CONFLICT: "A parent works at the child's school: the school is not told.",
}
"""Why somebody is phoned."""

LISTED: Final[Mapping[str, str]] = {
    Reason.HOME_EDUCATED: "Educated at home",
    Reason.TOO_YOUNG: "Too young for school",
    Reason.TOO_OLD: "Too old for the school named",
    Reason.NO_SCHOOL: "No school named",
    Reason.OUT_OF_AREA: "School in another area",
    Reason.UNKNOWN_SCHOOL: "School not known",
    Reason.CONFLICT: "A parent works at the school",
    Reason.NOT_TO_BE_TOLD: "Their school is not to be told",
    Reason.NOT_OPENED: "Not yet known why",
}
"""Why no school is told of a child."""

Row = Mapping[str, object]


def router(desk: Desk) -> APIRouter:
    """Return the route of the officers' page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/calls")
    async def calls(request: Request) -> Response:
        if desk.visitor(request).agency != EDUCATION:
            return desk.page(request, "absent.html", {}, ABSENT)
        after = request.query_params.get("after")
        answer = await desk.ask(request, "/v1/schools/tasks", {"after": after} if after else None)
        if answer.status != OK:
            return desk.page(request, "absent.html", {}, ABSENT)
        values = {
            "calls": [_call(row, desk) for row in _rows(answer.body, "calls")],
            "listed": [_listed(row, desk) for row in _rows(answer.body, "listed") if not _is_call(row)],
            "later": answer.body.get("next"),
        }
        return desk.page(request, "notify/calls.html", values)

    return routes


def _rows(body: Row, name: str) -> list[Row]:
    rows = body.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, Sequence) else []


def _is_call(listed: Row) -> bool:
    """Say whether a listing stands among the calls already."""
    return is_by_phone(str(listed.get("reason")))


def _call(row: Row, desk: Desk) -> Row:
    reason = str(row.get("reason"))
    return {**row, "why": CALLS.get(reason, reason), "overdue": _is_over(row, desk)}


def _listed(row: Row, desk: Desk) -> Row:
    reason = str(row.get("reason"))
    return {**row, "why": LISTED.get(reason, reason), "overdue": _is_over(row, desk)}


def _is_over(row: Row, desk: Desk) -> bool:
    try:
        return parse_time(str(row.get("due_at"))) < desk.now()
    except NotATime:
        return False
