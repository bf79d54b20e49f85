"""What the authority's officer asks before the sum of what is due at the coming bell.

GET /v1/schools/bell    officers of `education`: since when what happened is of the coming bell, and which
                        earlier days have children nobody accounts for
"""

from collections.abc import Iterable
from datetime import time
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse
from sqlalchemy import Engine

from services.notify.api import examples
from services.notify.api.described import Bell, Unaccounted
from services.notify.rules import bell
from services.notify.rules.report import report
from services.notify.store import doubt
from services.runtime.clock import Clock
from services.runtime.database import reading
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.partnership import Role
from services.runtime.web import problem
from services.vocabulary.calendar import SchoolYear, at_wall_clock, local_date

BOARD = frozenset({"education"})
"""Whose officers have the board of Operation Encompass."""

Token = Annotated[str | None, Header(alias="Authorization")]


def router(*, engine: Engine, verifier: Verifier, years: Iterable[SchoolYear], clock: Clock) -> APIRouter:
    """Return the route. `years` are the days each school keeps; `clock` is the partnership's."""
    routes = APIRouter()
    kept = tuple(years)

    @routes.get(
        "/v1/schools/bell",
        summary="Which days the coming bell is for",
        response_model=Bell,
        responses=examples.BELL_AT,
    )
    def coming(authorization: Token = None) -> JSONResponse:
        try:
            caller = verifier.caller(authorization)
        except Unauthenticated as error:
            return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})
        if not _has_the_board(caller):
            return problem(404, "not found", "there is nothing here for you: ask as an officer of education")
        today = local_date(clock.now())
        since = bell.since(today, kept)
        with reading(engine) as conn:
            before = report(doubt.in_doubt(conn, at_wall_clock(since, time.min)))
        owed = [Unaccounted(day=day, children=count) for day, count in bell.unaccounted(before).items()]
        return JSONResponse(Bell(since=since, until=today, unaccounted=owed).model_dump(mode="json"))

    return routes


def _has_the_board(caller: Caller) -> bool:
    return caller.agency in BOARD and caller.role is not Role.RESPONDER
