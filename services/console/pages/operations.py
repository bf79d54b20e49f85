"""How the system runs, for operators: who is behind, what was set aside and why, and reading it again.

Nothing of a person is on these pages: services, topics, places, counts, reasons, and who had what read again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from services.console.api.figures import measured, standings
from services.console.pages import lagging
from services.console.pages.desk import Desk, Unanswered
from services.runtime.clock import SystemClock
from services.runtime.identity import Caller
from services.runtime.operators import operates
from services.runtime.partnership import Role
from services.runtime.settings import Settings
from services.runtime.spans import TRACE, step_line, steps_of

OK, ABSENT, CONFLICT = 200, 404, 409
READERS: Final = ("projections", "notify")
"""Who sets aside what it cannot read."""

DOOR: Final = "door"
"""Stands in the place of a topic where the door would not have what notify said."""

MOST_SHOWN: Final = 50
"""Places of one topic that a page names; more are counted."""

OLDEST: Final = "sightline_gate_oldest_undecided_seconds"
REASONS: Final[Mapping[str, str]] = {
    "undecodable": "it is not what its schema says",
    "unknownschema": "its schema is not known here",
    "tampered": "it does not open with the key that is here",
}
UNDECIDED: Final = "/v1/ledger/undecided"
FAILED: Final[Mapping[str, str]] = {
    "unreadable": "it cannot be read, look at its schema and at the door",
    "no-policy": "no policy was adopted when it came",
    "rule-error": "a rule failed, look at the rule",
}
SAYS: Final[Mapping[str, str]] = {
    "applied": "will be taken: it is the next of its recipient",
    "held": "are there already, and are left alone",
    "early": "wait for an earlier one that is missing",
    "taken": "will be taken where they stand, once",
    "sent": "will be sent again, the same bytes under the same id",
    "unreadable": "still cannot be read, and stay set aside",
}
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What one reader set aside of one topic: places and reasons, in order."""

    reader: str
    topic: str
    records: tuple[Row, ...]
    more: int = 0
    """Records that stand aside too and are not named."""


def router(desk: Desk, settings: Settings, http: httpx.AsyncClient) -> APIRouter:
    """Return the routes of these pages. Addresses hold nothing."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/operations")
    async def operations(request: Request) -> Response:
        if not _operates(desk, request):
            return _absent(desk, request)
        stands = await standings(http, settings)
        said = {reader: await _parked(desk, request, reader) for reader in READERS}
        topics = await lagging.behind(desk, request, lagging.unread(stands))
        at_work = (await measured(http, settings, lagging.GATE)).get(OLDEST)
        values = {
            "services": lagging.services(stands),
            "topics": sorted(
                {topic for one in stands.values() if one for topic in _mapping(one.get("ends"))}
            ),
            "behind": topics,
            "oldest": lagging.undecided(at_work, topics),
            "lasting": lagging.lasting,
            "stuck": list(lagging.stuck(stands, SystemClock().now())),
            "silent": [reader for reader, one in said.items() if one is None],
            "aside": [each for reader, one in said.items() if one for each in _aside(reader, one)],
            "redrives": _redrives(desk, said),
            "undecided": await _undecided(desk, request),
        }
        return desk.page(request, "operations.html", values)

    @routes.post("/operations/redrive")
    async def redrive(request: Request) -> Response:
        sent = await desk.form(request)
        reader, topic, plan = (str(sent.get(name, "")) for name in ("reader", "topic", "plan"))
        if not _operates(desk, request) or reader not in READERS:
            return _absent(desk, request)
        path = f"/v1/operations/{reader}/redrive"
        answer = await desk.tell(request, path, {"topic": topic, **({"plan": plan} if plan else {})})
        changed = answer.status == CONFLICT
        if changed:
            answer = await desk.tell(request, path, {"topic": topic})
        if answer.status != OK or answer.body.get("done") is True:
            return desk.to("/operations")
        values = {
            "reader": reader,
            "tried": answer.body,
            "counts": _counts(answer.body),
            **_listed(answer.body),
        }
        error = {"error": "It has changed since it was shown: this is how it stands now"} if changed else {}
        return desk.page(request, "redrive.html", {**values, **error}, CONFLICT if changed else OK)

    @routes.post("/operations/records")
    async def records(request: Request) -> Response:
        sent = await desk.form(request)
        if not _operates(desk, request):
            return _absent(desk, request)
        topic, start = str(sent.get("topic", "")), str(sent.get("from", "")).strip()
        asked = {"topic": topic, **({"from": start} if start else {})}
        answer = await desk.ask(request, "/v1/operations/records", asked)
        if answer.status != OK:
            return desk.to("/operations")
        found = [
            {"place": row.get("offset"), "fields": _fields(row)} for row in _rows(answer.body.get("records"))
        ]
        return desk.page(request, "records.html", {"topic": topic, "records": found})

    @routes.post("/operations/trace")
    async def trace(request: Request) -> Response:
        sent = await desk.form(request)
        if not _operates(desk, request):
            return _absent(desk, request)
        given = str(sent.get("trace", "")).strip()
        which, steps = given, await _steps(settings.data, given)
        if given and not steps and (came_in := await _trace_of(desk, request, given)) is not None:
            which, steps = came_in, await _steps(settings.data, came_in)
        lines = [step_line(step) for step in steps]
        return desk.page(request, "trace.html", {"trace": which, "lines": lines})

    return routes


async def _steps(data: Path, trace: str) -> list[dict[str, Any]]:
    """Return the steps of a trace; none for what is no trace's id."""
    return await run_in_threadpool(steps_of, data, trace) if TRACE.fullmatch(trace) else []


async def _trace_of(desk: Desk, request: Request, event: str) -> str | None:
    """Return the trace an event came in, known by the log's id or its publisher's; None: there is none."""
    answer = await desk.tell(request, "/v1/operations/trace", {"event": event})
    trace = answer.body.get("trace") if answer.status == OK else None
    return trace if isinstance(trace, str) else None


def _fields(row: Row) -> list[tuple[str, str]]:
    """Return what is shown of a record, name by name, without what says the place again."""
    return [
        (name.replace("_", " "), ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in row.items()
        if name not in ("topic", "partition", "offset") and value is not None
    ]


def _operates(desk: Desk, request: Request) -> bool:
    visitor = desk.visitor(request)
    return operates(Caller(agency=visitor.agency, person=visitor.person, role=Role(visitor.role)))


def _absent(desk: Desk, request: Request) -> Response:
    return desk.page(request, "absent.html", {}, ABSENT)


async def _parked(desk: Desk, request: Request, reader: str) -> Row | None:
    """Return what a reader says it set aside; None where it does not answer."""
    try:
        answer = await desk.ask(request, f"/v1/operations/{reader}/parked")
    except Unanswered:
        return None
    return answer.body if answer.status == OK else None


async def _undecided(desk: Desk, request: Request) -> Row:
    """Return what the gate could not decide, the latest first. `rows` None where nobody answers."""
    try:
        answer = await desk.ask(request, UNDECIDED, {"limit": MOST_SHOWN, "order": "newest"})
    except Unanswered:
        return {"rows": None, "more": False}
    if answer.status != OK:
        return {"rows": None, "more": False}
    rows = [_not_decided(desk, row) for row in _rows(answer.body.get("rows"))]
    return {"rows": rows, "more": answer.body.get("more") is True}


def _not_decided(desk: Desk, row: Row) -> Row:
    recipient, why = row.get("recipient"), str(row.get("reason"))
    return {
        "place": row.get("offset"),
        "what": row.get("event_type"),
        "event": row.get("event_id"),
        "to": desk.title_of(str(recipient)) if recipient else "everybody",
        "why": FAILED.get(why, why),
    }


def _aside(reader: str, said: Row) -> Iterator[Aside]:
    records = _rows(said.get("records"))
    for topic in dict.fromkeys(str(row.get("topic")) for row in records):
        own = tuple(_record(row) for row in records if row.get("topic") == topic)
        yield _first_of(reader, topic, own)
    if refused := tuple(_refused(row) for row in _rows(said.get("refused"))):
        yield _first_of(reader, DOOR, refused)


def _first_of(reader: str, topic: str, records: Sequence[Row]) -> Aside:
    return Aside(
        reader=reader,
        topic=topic,
        records=tuple(records[:MOST_SHOWN]),
        more=max(len(records) - MOST_SHOWN, 0),
    )


def _record(row: Row) -> Row:
    return {"place": row.get("offset"), "why": _why(row.get("reason")), "times": row.get("times")}


def _refused(row: Row) -> Row:
    rules = [f"{one.get('pointer')} {one.get('rule')}" for one in _rows(row.get("reasons"))]
    return {
        "place": row.get("event"),
        "why": f"the door refused it: {', '.join(rules) or 'no reason'}",
        "times": 0,
    }


def _listed(body: Row) -> Row:
    rows = _tried(body)
    return {"rows": rows[:MOST_SHOWN], "more": max(len(rows) - MOST_SHOWN, 0)}


def _tried(body: Row) -> list[Row]:
    return [
        {
            "place": row.get("offset"),
            "was": _why(row.get("was")),
            "times": row.get("times"),
            "becomes": _why(row.get("reason")) if row.get("reason") else None,
        }
        for row in _rows(body.get("records"))
    ]


def _counts(body: Row) -> list[tuple[int, str]]:
    counts = _mapping(body.get("counts"))
    return [(number, words) for says, words in SAYS.items() if (number := _number(counts.get(says)) or 0)]


def _redrives(desk: Desk, said: Mapping[str, Row | None]) -> list[Row]:
    """Return who had what read again, the latest first."""
    found = [
        {**row, "reader": reader, "name": desk.name_of(str(row.get("person")))}
        for reader, one in said.items()
        for row in _rows((one or {}).get("redrives"))
    ]
    return sorted(found, key=lambda row: str(row.get("at")), reverse=True)


def _why(reason: object) -> str:
    return REASONS.get(str(reason), str(reason))


def _rows(value: object) -> Sequence[Row]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
