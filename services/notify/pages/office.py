"""What the authority's officers see: calls to make by the bell, and children whom no school is told of.

Nothing of a child is on the page: who it is, an officer opens at the incident, for a purpose, on the record.
The sum above it is of everything that is told before the coming bell: on a Monday since Friday, after the
holidays since the last day of term; and an earlier day that does not add up stays until it does.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.notify.pages.day import Days, calls_of, days_of
from services.notify.pages.desk import ABSENT, EDUCATION, OK, Desk
from services.notify.pages.listed import CALLS, LISTED, unanswered
from services.vocabulary.calendar import local_date
from services.vocabulary.times import NotATime, date_in, parse_date, parse_time

Row = Mapping[str, object]


def router(desk: Desk) -> APIRouter:
    """Return the route of the officers' page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/calls")
    async def board(request: Request) -> Response:
        if desk.visitor(request).agency != EDUCATION:
            return desk.page(request, "absent.html", {}, ABSENT)
        after = request.query_params.get("after")
        answer = await desk.ask(request, "/v1/schools/tasks", {"after": after} if after else None)
        if answer.status != OK:
            return desk.page(request, "absent.html", {}, ABSENT)
        calls = _rows(answer.body, "calls")
        among = {row.get("listing") for row in calls}
        listed = [row for row in _rows(answer.body, "listed") if row.get("listing") not in among]
        values = {
            "calls": [_call(row, desk) for row in calls],
            "listed": [_listed(row, desk) for row in listed],
            "bells": _bells(_rows(answer.body, "messages")),
            "later": answer.body.get("next"),
            **await _bell(desk, request),
        }
        return desk.page(request, "notify/calls.html", values)

    @routes.get("/calls/day")
    async def days(request: Request, on: str = "", since: str = "") -> Response:
        if desk.visitor(request).agency != EDUCATION:
            return desk.page(request, "absent.html", {}, ABSENT)
        last = _asked(on) if on else local_date(desk.now())
        first = _asked(since) if since else last
        found = await _days(desk, request, first, last) if first and last else None
        if found is None:
            return desk.page(request, "absent.html", {}, ABSENT)
        before = found.since - timedelta(days=1) if found.since > date.min else None
        return desk.page(request, "notify/day.html", {"day": found, "before": before})

    return routes


def _asked(on: str) -> date | None:
    """Return the day asked for; None for what is no day."""
    try:
        return parse_date(on)
    except NotATime:
        return None


async def _bell(desk: Desk, request: Request) -> Row:
    """Return the sum of what is told before the coming bell, and the earlier days that do not add up."""
    answer = await desk.ask(request, "/v1/schools/bell")
    since, until = date_in(answer.body.get("since")), date_in(answer.body.get("until"))
    if answer.status != OK or since is None or until is None:
        return {}
    earlier = [
        {"day": day, "children": row.get("children")}
        for row in _rows(answer.body, "unaccounted")
        if (day := date_in(row.get("day"))) is not None
    ]
    return {"bell": await _days(desk, request, since, until), "earlier": earlier}


async def _days(desk: Desk, request: Request, since: date, until: date) -> Days | None:
    period = {"from": since.isoformat(), "to": until.isoformat()}
    answer = await desk.ask(request, "/v1/schools/status", period)
    return days_of(since, until, answer.body, desk.title_of) if answer.status == OK else None


def _rows(body: Row, name: str) -> list[Row]:
    rows = body.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, Sequence) else []


def _call(row: Row, desk: Desk) -> Row:
    reason = str(row.get("reason"))
    words = {"why": CALLS.get(reason, reason), "overdue": _is_over(row, desk)}
    return {**row, **words, "attempts": calls_of(row)}


def _bells(messages: list[Row]) -> list[Row]:
    """Return the messages no school has answered yet, by the bell before which they are to be read."""
    in_order = groupby(messages, key=lambda row: str(row.get("due_at")))
    return [
        {"due_at": due_at, "messages": [{**row, "unanswered": unanswered(row)} for row in rows]}
        for due_at, rows in in_order
    ]


def _listed(row: Row, desk: Desk) -> Row:
    reason = str(row.get("reason"))
    return {**row, "why": LISTED.get(reason, reason), "overdue": _is_over(row, desk)}


def _is_over(row: Row, desk: Desk) -> bool:
    try:
        return parse_time(str(row.get("due_at"))) < desk.now()
    except NotATime:
        return False
