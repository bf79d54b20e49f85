"""Everything of one person: every incident and every part they have there, as far as the visitor may open it.

Asked from a release of an incident, for a purpose that goes on record first. The keyring says where the
person stands; what was told there, what is expected and what was answered, the read models say. A timeline is
the answer to its form and has no address of its own.
"""

import re
from asyncio import gather
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages.cases import Known
from services.projections.pages.desk import Desk
from services.projections.pages.entries import Entry, entries
from services.projections.pages.holding import (
    OK,
    UNPROCESSABLE,
    Row,
    absent,
    held,
    known_of,
    objects,
    released,
)
from services.projections.pages.purposes import problem_of
from services.projections.rules.expecting import unanswered
from services.projections.rules.standing import standing
from services.vocabulary.sides import Part

CHILD: Final = re.compile(r"children\[(\d{1,3})\]", re.ASCII)
SECTIONS: Final = {"victim": "adult-victim", "person_causing_harm": "person-causing-harm"}
WORDS: Final = {"adult-victim": "the adult victim", "person-causing-harm": "the person causing harm"}
PARTS: Final[Mapping[str, str]] = {
    Part.ADULT_VICTIM: "As the adult victim",
    Part.CHILD: "As a child",
    Part.PERSON_CAUSING_HARM: "As the person causing harm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Somebody a release has a section about: what they are in addresses and in words, and the section."""

    code: str
    words: str
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InPart:
    """What was told of somebody in one part, the newest first; `title` is what that part is called."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InIncident:
    """One incident of somebody's. `standing` and `unanswered` are releases, of all of the incident."""

    alias: str
    began: str | None
    parts: tuple[InPart, ...]
    standing: AbstractSet[str]
    unanswered: AbstractSet[str]


def people(entry: Entry) -> tuple[Whom, ...]:
    """Return everybody a release has a section about, in its order."""
    return tuple(whom for name in entry.names if (whom := _whom(name)) is not None)


def router(desk: Desk) -> APIRouter:
    """Return the routes of timelines. URLs hold an alias, a release id, and which of its people it is."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/incidents/{alias}/timeline/{release}/{whom}")
    async def ask_purpose(request: Request, alias: str, release: str, whom: str) -> Response:
        found = await _about(desk, request, alias, release, whom)
        return _asked(desk, request, alias, *found) if found else absent(desk, request)

    @routes.post("/incidents/{alias}/timeline/{release}/{whom}")
    async def show(request: Request, alias: str, release: str, whom: str) -> Response:
        sent = await desk.form(request)
        found = await _about(desk, request, alias, release, whom)
        if found is None:
            return absent(desk, request)
        purpose = str(sent.get("purpose", "")).strip()
        problem = problem_of(purpose, missing="Enter why you need to see it")
        if problem:
            return _asked(desk, request, alias, *found, purpose, problem)
        return await _show(desk, request, alias, *found, purpose)

    return routes


async def _show(desk: Desk, request: Request, alias: str, entry: Entry, whom: Whom, purpose: str) -> Response:
    body = {"release_id": entry.release_id, "section": whom.section, "purpose": purpose}
    answer = await desk.tell(request, "/v1/timeline", body)
    if answer.status != OK:
        return absent(desk, request)
    parts = objects(answer.body.get("parts"))
    aliases = dict.fromkeys(str(part.get("incident")) for part in parts)
    rows = [row for row in await gather(*(held(desk, request, each) for each in aliases)) if row is not None]
    known = known_of(desk, request, rows)
    incidents = tuple(_incident(row, parts, known, desk) for row in rows)
    values = {
        "alias": alias,
        "whom": whom,
        "purpose": purpose,
        "incidents": tuple(each for each in incidents if each.parts),
        "answered": known.answered,
    }
    return desk.page(request, "projections/timeline.html", values)


def _incident(row: Row, parts: Sequence[Row], known: Known, desk: Desk) -> InIncident:
    found, alias = entries(row.get("releases"), desk.title_of), str(row.get("incident"))
    return InIncident(
        alias=alias,
        began=min((each.occurred_at for each in found if each.occurred_at), default=None),
        parts=tuple(_parts(found, [part for part in parts if part.get("incident") == alias])),
        standing={each.release_id for each in standing(found)},
        unanswered={each.release_id for each in unanswered(found, known.answered)},
    )


def _parts(found: Sequence[Entry], parts: Sequence[Row]) -> Iterator[InPart]:
    """Yield each part in which something is told: what the read models have not heard of yet is left out."""
    for part in parts:
        named = {str(one.get("release_id")) for one in objects(part.get("releases"))}
        told = sorted((one for one in found if one.release_id in named), key=lambda one: -one.seq)
        if told:
            yield InPart(title=PARTS.get(str(part.get("part")), ""), entries=tuple(told))


async def _about(
    desk: Desk, request: Request, alias: str, release: str, whom: str
) -> tuple[Entry, Whom] | None:
    """Return a release that the visitor may open, and whom of it they ask about; None for any other."""
    entry = await released(desk, request, alias, release)
    found = next((one for one in people(entry) if one.code == whom), None) if entry else None
    return (entry, found) if entry and found else None


def _asked(
    desk: Desk,
    request: Request,
    alias: str,
    entry: Entry,
    whom: Whom,
    purpose: str = "",
    problem: str = "",
) -> Response:
    values = {
        "alias": alias,
        "entry": entry,
        "whom": whom,
        "purpose": purpose,
        "problem": problem,
        **({"error": True} if problem else {}),
    }
    status = UNPROCESSABLE if problem else OK
    return desk.page(request, "projections/timeline-purpose.html", values, status)


def _whom(section: str) -> Whom | None:
    if section in SECTIONS:
        code = SECTIONS[section]
        return Whom(code=code, words=WORDS[code], section=section)
    child = CHILD.fullmatch(section)
    if child is None:
        return None
    number = int(child[1]) + 1
    return Whom(code=f"child-{number}", words=f"child {number}", section=section)
