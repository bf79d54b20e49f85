"""What the authority's officers see: calls to make by the bell, and children whom no school is told of.

Nothing of a child is on the page: who it is, an officer opens at the incident, for a purpose, on the record.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.notify.pages.day import Day, day_of
from services.notify.pages.desk import ABSENT, EDUCATION, OK, Desk
from services.notify.pages.listed import CALLS, LISTED
from services.notify.rules.placement import is_by_phone
from services.vocabulary.calendar import local_date
from services.vocabulary.times import NotATime, parse_date, parse_time

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
            "days": [day for day in [await _day(desk, request, on) for on in _last_night(desk)] if day],
        }
        return desk.page(request, "notify/calls.html", values)

    @routes.get("/calls/day")
    async def day(request: Request, on: str = "") -> Response:
        if desk.visitor(request).agency != EDUCATION:
            return desk.page(request, "absent.html", {}, ABSENT)
        asked = _asked(on, desk)
        found = await _day(desk, request, asked) if asked else None
        if found is None:
            return desk.page(request, "absent.html", {}, ABSENT)
        values = {"day": found, "before": _before(asked) if asked else None}
        return desk.page(request, "notify/day.html", values)

    return routes


def _last_night(desk: Desk) -> tuple[date, date]:
    """Return yesterday and today: what happened last night is of either."""
    today = local_date(desk.now())
    return today - timedelta(days=1), today


def _asked(on: str, desk: Desk) -> date | None:
    """Return the day asked for, today where none is; None for what is no day."""
    try:
        return parse_date(on) if on else local_date(desk.now())
    except NotATime:
        return None


def _before(day: date) -> date | None:
    """Return the day before, or None for the first there is."""
    return day - timedelta(days=1) if day > date.min else None


async def _day(desk: Desk, request: Request, on: date) -> Day | None:
    answer = await desk.ask(request, "/v1/schools/status", {"from": on.isoformat(), "to": on.isoformat()})
    return day_of(on, answer.body, desk.title_of) if answer.status == OK else None


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
