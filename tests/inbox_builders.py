"""A desk at which one practitioner sits: services answer as told, and what they are told is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.console.pages.rendering import Pages
from services.projections.pages.routes import TEMPLATES, router

PAGES = Pages({"projections": TEMPLATES})
"""Made once: a template is compiled by whoever makes pages."""

NOW = datetime(2024, 9, 9, 9, 0, tzinfo=UTC)
"""A Monday."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a service answers."""

    status: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    agency: str = "dafsu"
    person: str = "p-dafsu-1"
    name: str = "Verundrielle Frostgarlandby"
    title: str = "Domestic Abuse Family Safety Unit"
    role: str = "practitioner"


@dataclass(slots=True)
class OneDesk:
    """`cases` are what the agency holds, in the order of its inbox, `opened` what somebody there opened,
    `door` what the door says; `asked` are the questions about cases, answered without looking at filters.
    `account` is what the keyring says of an incident, to the Hub; `timeline` what it says of a person;
    `own` what it says of the agency's own events, and `questions` are those about them; `others` are the
    visitor's colleagues."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    opens: Mapping[str, object] = field(default_factory=dict)
    door: Given = Given(201, {"status": "accepted"})
    told: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    pressed: set[str] = field(default_factory=set)
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    flags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    who: Person = field(default_factory=Person)
    account: Mapping[str, object] = field(default_factory=dict)
    timeline: Given = Given(404, {})
    own: Given = Given(404, {})
    questions: list[Mapping[str, Any]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)

    def visitor(self, request: Request) -> Person:
        return self.who

    def now(self) -> datetime:
        return NOW

    def done(self, request: Request) -> set[str]:
        return self.pressed

    def flagged(self, request: Request) -> dict[str, tuple[str, ...]]:
        return self.flags

    def name_of(self, person: str) -> str:
        return person

    def colleagues(self, request: Request) -> list[tuple[str, str]]:
        return self.others

    def title_of(self, agency: str) -> str:
        return agency.title()

    def schools(self) -> list[tuple[str, str]]:
        return [("900101", "Oakenbrookham Primary School, Sandbach")]

    async def ask(
        self, request: Request, path: str, query: Mapping[str, str | int | Sequence[str]] | None = None
    ) -> Given:
        if path == "/v1/cases":
            return self._page(query or {})
        if path.endswith(("/account", "/sharing")):
            return Given(200, self.account)
        if path.endswith("/own"):
            self.questions.append(query or {})
            return self.own
        alias = path.removeprefix("/v1/incidents/")
        found = next((one for one in self.cases if one["incident"] == alias), None)
        return Given(200, {**found, "opened": self.opened}) if found else Given(404, {})

    def _page(self, query: Mapping[str, Any]) -> Given:
        self.asked.append(query)
        places = {one["cursor"]: place for place, one in enumerate(self.cases, 1)}
        start = places.get(query.get("after"), 0)
        found = self.cases[start : start + query["limit"]]
        following = found[-1]["cursor"] if len(found) == query["limit"] else None
        return Given(200, {"cases": [{**one, "opened": self.opened} for one in found], "next": following})

    async def tell(self, request: Request, path: str, body: Mapping[str, object]) -> Given:
        self.told.append((path, body))
        if path == "/v1/timeline":
            return self.timeline
        return self.door if path == "/v1/events" else Given(200, {"sections": self.opens, "opening_id": "o"})

    async def form(self, request: Request) -> FormData:
        return await request.form()

    def page(
        self, request: Request, template: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        given = {**values, "visitor": self.who, "form_token": "t", "title_of": self.title_of}
        return PAGES.page(template, given, status)

    def to(self, path: str) -> Response:
        return RedirectResponse(path, status_code=303)


def a_row(seq: int = 1, **fields: Any) -> dict[str, Any]:
    """Return one release as the read model answers it, expecting contact within 5 working days."""
    usual = {
        "release_id": f"release-{seq}", "kind": "new", "event_id": f"event-{seq}",
        "event_type": "VpaReviewed", "ground": "high-risk", "source": "police", "incident": "alias",
        "decided_at": "2024-09-02T08:30:00Z", "expects": "make contact within 5 working days",
        "sections": ["facts", "victim", "contact"],
    }  # fmt: skip
    return {**usual, "seq": seq, **fields}


def a_case(*rows: dict[str, Any], incident: str = "alias", answers: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return one incident as the read model answers it; `answers` are releases said to be done."""
    return {
        "incident": incident,
        "cursor": f"cursor-{incident}",
        "releases": [{**row, "incident": incident} for row in rows or (a_row(),)],
        "answers": [{"release_id": one, "outcome": "done", "at": None} for one in answers],
    }


def visit(desk: OneDesk, path: str, **sent: str) -> httpx.Response:
    """Look at a page, or press a button on it where something is sent."""
    app = FastAPI()
    app.include_router(router(desk))

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            return await client.post(path, data=sent) if sent else await client.get(path)

    return anyio.run(go)
