"""What the visitor's agency holds of an incident, asked in the visitor's name: nothing for what is hidden."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from services.projections.pages.cases import Known
from services.projections.pages.desk import Desk
from services.projections.pages.entries import Entry, entries, openable
from services.runtime.bank_holidays import bank_holidays

OK, ABSENT, UNPROCESSABLE = 200, 404, 422
ALIAS: Final = re.compile("[A-Za-z0-9_-]{1,64}", re.ASCII)

Row = Mapping[str, object]


async def held(desk: Desk, request: Request, alias: str) -> Row | None:
    """Return what the visitor's agency holds of one incident, as the read model answers; None for nothing."""
    desk.visitor(request)
    if not ALIAS.fullmatch(alias):
        return None
    answer = await desk.ask(request, f"/v1/incidents/{alias}")
    return answer.body if answer.status == OK and answer.body.get("releases") else None


async def released(desk: Desk, request: Request, alias: str, release: str) -> Entry | None:
    """Return one release of an incident that the visitor may open; None for any other."""
    row = await held(desk, request, alias)
    found = entries(row.get("releases"), desk.title_of) if row else ()
    live = openable(found)
    return next((entry for entry in found if entry.release_id == release and release in live), None)


def known_of(desk: Desk, request: Request, rows: Iterable[Row]) -> Known:
    """Return what is known of these incidents besides their releases: what was opened and what was answered,
    a press that has not come round yet among it.
    """
    found = tuple(rows)
    answered = {str(one.get("release_id")) for row in found for one in objects(row.get("answers"))}
    return Known(
        opened=frozenset(each for row in found for each in _texts(row.get("opened"))),
        answered=answered | desk.done(request),
        now=desk.now(),
        bank_holidays=bank_holidays(),
    )


def objects(value: object) -> list[Row]:
    """Return the objects of a list in an answer."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def absent(desk: Desk, request: Request) -> Response:
    """Return the one page for what is hidden and for what is not there."""
    desk.visitor(request)
    return desk.page(request, "absent.html", {}, ABSENT)
