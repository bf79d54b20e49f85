"""The page that says of one event who may see it, and why: every answer the visitor may know."""

import re
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.consent.pages.desk import OK, Desk, Row, absent, rows_of, text_of
from services.consent.pages.words import sections, why
from services.vocabulary.grounds import Outcome
from services.vocabulary.titles import TYPES

EVENT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
"""An id of the log. A publisher's own may be a reference, and is no part of an address."""

EVERY_OTHER_SCHOOL: Final = ("school:*", "Every other school")
SHORT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The answer for one recipient. `policy`: the hash of the version it was given under."""

    recipient: str
    told: bool
    why: str
    rule: str
    sections: str
    decided_at: str
    policy: str
    text: str


def router(desk: Desk) -> APIRouter:
    """Return the route of this page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/events/{event}/explanation")
    async def explanation(request: Request, event: str) -> Response:
        if not EVENT.fullmatch(event):
            return absent(desk, request)
        answer = await desk.ask(request, f"/v1/events/{event}/explanation")
        if answer.status != OK:
            return absent(desk, request)
        found = [_explained(row, desk) for row in rows_of(answer.body, "decisions")]
        event_type = text_of(answer.body, "event_type")
        values = {
            "answers": sorted(found, key=lambda each: not each.told),
            "event_type": TYPES.get(event_type, event_type),
            "incident": text_of(answer.body, "incident"),
            "linked": await _linked(desk, request),
        }
        return desk.page(request, "consent/explanation.html", values)

    return routes


async def _linked(desk: Desk, request: Request) -> frozenset[str]:
    """Return the hashes of the policies whose pages are there for the visitor."""
    every = await desk.ask(request, "/v1/policy/versions")
    if every.status == OK:
        return frozenset(text_of(row, "hash") for row in rows_of(every.body, "versions"))
    in_force = await desk.ask(request, "/v1/policy")
    return frozenset({text_of(in_force.body, "hash")} if in_force.status == OK else ())


def _explained(row: Row, desk: Desk) -> Explained:
    return Explained(
        recipient=_title(text_of(row, "recipient"), desk),
        told=row.get("outcome") == Outcome.PERMIT,
        why=why(row),
        rule=text_of(row, "rule"),
        sections=sections(row) or "Nothing",
        decided_at=text_of(row, "decided_at"),
        policy=text_of(row, "policy"),
        text=text_of(row, "text"),
    )


def _title(recipient: str, desk: Desk) -> str:
    code, title = EVERY_OTHER_SCHOOL
    return title if recipient == code else desk.title_of(recipient)
