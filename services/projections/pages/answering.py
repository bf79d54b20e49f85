"""Saying what came of what was expected: done, in one press, or not possible, with the reason (NA 6.184).

That a recall was seen is said the same way: what it expects is that nobody goes on using what it took back.
It is published through the door in the visitor's name. What is said twice is one event under one id.
"""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages.cases import to_be_seen
from services.projections.pages.desk import Answer, Desk
from services.projections.pages.door_words import elsewhere
from services.projections.pages.entries import Entry, entries
from services.projections.pages.holding import OK, UNPROCESSABLE, absent, held, known_of, objects
from services.projections.rules.expecting import unanswered
from services.vocabulary.events import EventType
from services.vocabulary.times import format_time

DONE: Final = "done"
OUTCOMES: Final[Mapping[str, str]] = {DONE: "It is done", "not_possible": "It was not possible"}
REASONS: Final[Mapping[str, str]] = {
    "no_safe_way": "There was no safe way to reach the person",
    "not_reached": "The person was not reached",
    "declined": "The person did not want it",
    "held_elsewhere": "Another agency is already doing it",
    "not_ours": "It is not for our agency",
}
TAKEN: Final = frozenset({200, 201, 409})
"""Answers of the door that mean it is on the log. A conflict does: only the time differs under one id."""

BACK: Final = {"inbox": "/inbox"}
"""Where a press leads back to, other than to the incident."""


def router(desk: Desk) -> APIRouter:
    """Return the routes by which an expectation is answered. URLs hold aliases and release ids alone."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/incidents/{alias}/answer/{release}")
    async def ask_outcome(request: Request, alias: str, release: str) -> Response:
        entry = await _open_one(desk, request, alias, release)
        return _page(desk, request, alias, entry, {}) if entry and entry.expects else absent(desk, request)

    @routes.post("/incidents/{alias}/answer/{release}")
    async def answer(request: Request, alias: str, release: str) -> Response:
        sent = await desk.form(request)
        said = {name: str(sent.get(name, "")) for name in ("outcome", "reason", "back")}
        back = BACK.get(said["back"], f"/incidents/{alias}")
        entry = await _open_one(desk, request, alias, release)
        if entry is None:
            return await _again(desk, request, alias, release, back)
        if not entry.expects and said["outcome"] != DONE:
            return absent(desk, request)
        problems = _problems(said)
        if not problems:
            told = await desk.tell(request, "/v1/events", _met(entry, said, format_time(desk.now())))
            problems = {} if told.status in TAKEN else _refusals(told)
        if problems:
            return _page(desk, request, alias, entry, said, problems)
        desk.done(request).add(release)
        return desk.to(back)

    return routes


def _met(entry: Entry, said: Mapping[str, str], now: str) -> Mapping[str, object]:
    """Return the event that answers a release.

    One outcome of one release, for one reason, always has the same id: another reason is another event, the
    last of which holds.
    """
    outcome = said["outcome"]
    reason = None if outcome == DONE else said["reason"]
    return {
        "type": EventType.EXPECTATION_MET.value,
        "id": "-".join(["met", entry.release_id, outcome, *([reason] if reason else [])]),
        "occurred_at": now,
        "incident": entry.incident,
        "facts": {
            "release": entry.release_id,
            "outcome": outcome,
            "reason": reason,
        },
    }


def _problems(said: Mapping[str, str]) -> dict[str, str]:
    if said["outcome"] not in OUTCOMES:
        return {"outcome": "Choose what came of it"}
    if said["outcome"] != DONE and said["reason"] not in REASONS:
        return {"reason": "Choose why it was not possible"}
    return {}


def _refusals(told: Answer) -> dict[str, str]:
    """Return every reason the door gave, at the first question of the form: nothing else was asked."""
    reasons = [elsewhere(one) for one in objects(told.body.get("reasons"))]
    return {"outcome": "; ".join(reasons) or "It was not taken: press again"}


def _page(
    desk: Desk,
    request: Request,
    alias: str,
    entry: Entry,
    said: Mapping[str, str],
    problems: Mapping[str, str] | None = None,
) -> Response:
    values = {
        "alias": alias,
        "entry": entry,
        "said": said,
        "problems": problems or {},
        "outcomes": OUTCOMES,
        "reasons": REASONS,
        **({"error": True} if problems else {}),
    }
    return desk.page(request, "projections/answer.html", values, UNPROCESSABLE if problems else OK)


async def _open_one(desk: Desk, request: Request, alias: str, release: str) -> Entry | None:
    """Return a release of the incident that still waits for an answer; None for any other."""
    row = await held(desk, request, alias)
    if row is None:
        return None
    known = known_of(desk, request, [row])
    told = entries(row.get("releases"), desk.title_of)
    found = (*unanswered(told, known.answered), *to_be_seen(told, known))
    return next((entry for entry in found if entry.release_id == release), None)


async def _again(desk: Desk, request: Request, alias: str, release: str, back: str) -> Response:
    """Lead on from a second press of what is answered already; anything else is absent."""
    row = await held(desk, request, alias)
    found = entries(row.get("releases"), desk.title_of) if row else ()
    seen = known_of(desk, request, [row]).answered if row else ()
    if any(entry.release_id == release and (entry.expects or release in seen) for entry in found):
        return desk.to(back)
    return absent(desk, request)
