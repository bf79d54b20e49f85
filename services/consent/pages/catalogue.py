"""The catalogue's pages: every type of event, and of one who may send it, what is in it, and who receives it.

What may be published the door says (`GET /v1/catalogue`); who receives it, the policy in force.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from services.consent.flow.words import GROUNDS
from services.consent.pages.desk import OK, Desk, Row, absent, rows_of, text_of
from services.consent.pages.spoken import TITLES, when_of
from services.consent.pages.words import sentence
from services.consent.rules.clauses import NAMES, both
from services.consent.rules.policy import ANY, GroundRule, Policy
from services.consent.rules.reading import parse
from services.consent.rules.receiving import Receiving, Way, received
from services.vocabulary.events import EventType
from services.vocabulary.sandbox import ANSWERS
from services.vocabulary.titles import SECTIONS, TYPES

CATALOGUE: Final = "/v1/catalogue"
KINDS: Final = {
    "school": "Any school",
    "gp": "Any GP practice",
    "hospital": "Any hospital",
    "landlord": "Any landlord",
    "area": "Any other area",
    "notify": "The school notification service",
    "ingest": "The door itself",
    "keyring": "The keyring itself",
}
WHOSE: Final = {
    "victim": "The adult victim",
    "person_causing_harm": "The person causing harm",
    "element": "Each child",
}
BESIDE: Final = {
    "incident": "incident: your own reference, or the incident of a release to you",
    "corrects": "corrects: the id you gave the event it puts right, or the event id of its receipt",
    "consent": "consent: an answer for each recipient that was asked about",
    "recipient": "recipient: whom it is about",
    "policy": "policy: the text of a policy",
}
_received = lru_cache(maxsize=256)(received)
"""What was asked of a policy once: a policy never changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A type of event in the list."""

    type: str
    title: str
    doc: str
    publishers: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who receives an event, and by one rule: when, on what ground, at most what of it."""

    recipients: str
    when: str
    grounds: str
    sections: str


def router(desk: Desk) -> APIRouter:
    """Return the routes of these pages. An address holds the name of a type of event at most."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/catalogue")
    async def catalogue(request: Request) -> Response:
        answer = await desk.ask(request, CATALOGUE)
        if answer.status != OK:
            return absent(desk, request)
        families: dict[str, list[Listed]] = {}
        for row in rows_of(answer.body, "events"):
            families.setdefault(sentence(text_of(row, "family")), []).append(_listed(row, desk))
        values = {"families": dict(sorted(families.items())), "forced": ANSWERS}
        return desk.page(request, "consent/catalogue.html", values)

    @routes.get("/catalogue/{event_type}")
    async def event(request: Request, event_type: str) -> Response:
        answer = await desk.ask(request, CATALOGUE)
        rows = rows_of(answer.body, "events") if answer.status == OK else []
        found = next((row for row in rows if text_of(row, "type") == event_type), None)
        if found is None or event_type not in TYPES:
            return absent(desk, request)
        policy = await desk.ask(request, "/v1/policy")
        text = text_of(policy.body, "text") if policy.status == OK else ""
        told = await run_in_threadpool(_told, text, EventType(event_type), desk) if text else ()
        in_force = parse(text) if text else None
        values = {
            "event": _listed(found, desk),
            "versions": _joined(found.get("versions")),
            "version": found.get("version"),
            "takes": [BESIDE.get(str(each), str(each)) for each in _texts(found.get("takes"))],
            "sections": [
                _section(row, in_force) for row in rows_of(found, "sections") if not row.get("derived")
            ],
            "example": json.dumps(found.get("example"), indent=2, ensure_ascii=False),
            "told": told,
            "policy": in_force,
        }
        return desk.page(request, "consent/catalogue-event.html", values)

    return routes


def _told(text: str, event_type: EventType, desk: Desk) -> tuple[Told, ...]:
    policy = parse(text)
    return tuple(
        _by(way, group, policy, desk) for group in _received(policy, event_type) for way in group.ways
    )


def _by(way: Way, group: Receiving, policy: Policy, desk: Desk) -> Told:
    return Told(
        recipients=", ".join(_called(each, desk) for each in group.recipients),
        when=when_of(way.rule),
        grounds=sentence("; or ".join(_ground(row) for row in policy.grounds if row.ground in way.grounds)),
        sections="All of it" if ANY in way.sections else _sections(way),
    )


def _ground(row: GroundRule) -> str:
    return f"{GROUNDS[row.ground]} ({row.source})"


def _sections(way: Way) -> str:
    ordered = [name for name in SECTIONS if name in way.sections]
    return sentence(both(SECTIONS[name].lower() if name != "dash" else SECTIONS[name] for name in ordered))


def _called(recipient: str, desk: Desk) -> str:
    if recipient in TITLES:
        return TITLES[recipient]
    return sentence(NAMES[recipient]) if recipient in NAMES else desk.title_of(recipient)


def _listed(row: Row, desk: Desk) -> Listed:
    names = _texts(row.get("publishers"))
    return Listed(
        type=text_of(row, "type"),
        title=TYPES.get(text_of(row, "type"), text_of(row, "type")),
        doc=text_of(row, "doc"),
        publishers=", ".join(KINDS.get(each) or desk.title_of(each) for each in names),
    )


def _section(row: Row, policy: Policy | None) -> Mapping[str, object]:
    """Return a section as the page has it; `passes`: the policy names its version, so it may be released."""
    name, of = text_of(row, "name"), text_of(row, "of")
    return {
        "name": name,
        "title": SECTIONS.get(name, name),
        "whose": WHOSE.get(of, "Nobody's: codes alone"),
        "compartment": text_of(row, "compartment"),
        "version": row.get("version"),
        "passes": policy is not None and f"{name}/{row.get('version')}" in policy.sections,
        "required": bool(row.get("required")),
        "fields": [
            {**field, "words": ", ".join(_texts(field.get("words")))} for field in rows_of(row, "fields")
        ],
    }


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, Sequence) else []


def _joined(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, Sequence) else ""
