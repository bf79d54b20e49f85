"""What a school sees: its own messages in plain words, what to do and not, one press to acknowledge.

Nothing of a child is on the first page. Names are shown as the answer to a form, once a purpose was said,
and each such opening is recorded before it is shown. Acknowledging is asked for once somebody has seen who a
message is about, on the page with the names first of all: a word without a look leaves a child unsupported.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.notify.pages.desk import ABSENT, OK, UNPROCESSABLE, Desk
from services.notify.rules.wording import WHAT_TO_DO
from services.notify.state import Stage
from services.vocabulary.agencies import is_school
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_calling
from services.vocabulary.times import format_time

PURPOSES: Final = ("To support the child in school today", "To brief the key adult")
TAKEN: Final = frozenset({200, 201, 409})
"""Answers of the door that mean the acknowledgement is on the log, this one or an earlier one."""
LIVE: Final = frozenset(set(Stage) - {Stage.SUPERSEDED, Stage.RECALLED})
DONTS: Final = "Do not"
SEEN: Final = "seen:"
"""Begins what a session keeps of a message whose pupils it was just shown."""
CHILDREN: Final = "children"
"""Opens every pupil of a release, however often the form named one: a message counts each child once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as the page shows it. `seen`: somebody at the school was shown who it is about.

    What is not `live` was either `recalled` or a newer message has its place.
    """

    id: str
    release_id: str
    incident: str
    children: int
    due_at: str | None
    delivered_at: str | None
    opened_at: str | None
    acknowledged_at: str | None
    seen: bool
    acknowledged: bool
    live: bool
    recalled: bool
    late: bool

    @property
    def answered(self) -> bool:
        """Say whether nobody needs to phone: the school saw who it is about, and said that it read it."""
        return self.seen and self.acknowledged


def router(desk: Desk) -> APIRouter:
    """Return the routes of the school's page. URLs hold a message's random id and nothing else."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/school")
    async def messages(request: Request) -> Response:
        if not is_school(desk.visitor(request).agency):
            return desk.page(request, "absent.html", {}, ABSENT)
        found = sorted(await _messages(desk, request), key=_is_settled)
        return desk.page(request, "notify/school.html", {"messages": found, **_what_to_do()})

    @routes.get("/school/{message}")
    async def message(request: Request, message: str) -> Response:
        found = await _message(desk, request, message)
        return _shown(desk, request, found)

    @routes.post("/school/{message}")
    async def children(request: Request, message: str) -> Response:
        sent = await desk.form(request)
        found = await _message(desk, request, message)
        purpose = str(sent.get("purpose", ""))
        if found is None or not found.live or purpose not in PURPOSES:
            return _shown(desk, request, found, error="Choose why you need to see it")
        body = {"release_id": found.release_id, "sections": [CHILDREN], "purpose": purpose}
        answer = await desk.tell(request, "/v1/open", body)
        if answer.status != OK:
            return desk.page(request, "absent.html", {}, ABSENT)
        desk.done(request).add(SEEN + found.id)
        pupils = list(_pupils(answer.body.get("sections")))
        values = {"message": replace(found, seen=True), "pupils": pupils, **_what_to_do()}
        return desk.page(request, "notify/children.html", values)

    @routes.post("/school/{message}/acknowledge")
    async def acknowledge(request: Request, message: str) -> Response:
        await desk.form(request)
        found = await _message(desk, request, message)
        if found is None:
            return desk.page(request, "absent.html", {}, ABSENT)
        answer = await desk.tell(request, "/v1/events", _acknowledgement(found, desk.now()))
        if answer.status not in TAKEN:
            return _shown(desk, request, found, error="It was not taken: press again, or phone the Hub")
        desk.done(request).add(found.id)
        return desk.to("/school")

    return routes


def _acknowledgement(message: Message, now: datetime) -> Mapping[str, object]:
    """Return the event by which a school says that it has read this message; its id is always the same."""
    return {
        "type": EventType.SCHOOL_NOTIFICATION_ACKNOWLEDGED.value,
        "id": f"ack-{message.release_id}",
        "occurred_at": format_time(now),
        "incident": message.incident,
        "facts": {"notification": message.id},
    }


def _shown(desk: Desk, request: Request, found: Message | None, error: str | None = None) -> Response:
    if found is None:
        return desk.page(request, "absent.html", {}, ABSENT)
    values = {"message": found, "purposes": PURPOSES, "error": error, **_what_to_do()}
    return desk.page(request, "notify/message.html", values, UNPROCESSABLE if error else OK)


def _what_to_do() -> Mapping[str, object]:
    """Return the wording, what to do apart from what not to do."""
    return {
        "dos": [line for line in WHAT_TO_DO if not line.startswith(DONTS)],
        "donts": [line for line in WHAT_TO_DO if line.startswith(DONTS)],
    }


async def _message(desk: Desk, request: Request, identity: str) -> Message | None:
    if not is_school(desk.visitor(request).agency):
        return None
    answer = await desk.ask(request, f"/v1/schools/notifications/{quote(identity, safe='')}")
    return _parsed(answer.body, desk.done(request)) if answer.status == OK else None


async def _messages(desk: Desk, request: Request) -> list[Message]:
    answer = await desk.ask(request, "/v1/schools/notifications")
    rows = answer.body.get("notifications")
    found = rows if isinstance(rows, Sequence) else ()
    return [_parsed(row, desk.done(request)) for row in found if isinstance(row, Mapping)]


def _parsed(row: Mapping[str, object], done: set[str]) -> Message:
    identity, children = str(row.get("id", "")), row.get("children")
    opened_at, acknowledged_at = _text(row, "opened_at"), _text(row, "acknowledged_at")
    return Message(
        id=identity,
        release_id=str(row.get("release_id", "")),
        incident=str(row.get("incident", "")),
        children=children if isinstance(children, int) else 0,
        due_at=_text(row, "due_at"),
        delivered_at=_text(row, "delivered_at"),
        opened_at=opened_at,
        acknowledged_at=acknowledged_at,
        seen=opened_at is not None or SEEN + identity in done,
        acknowledged=acknowledged_at is not None or identity in done,
        live=row.get("state") in LIVE,
        recalled=row.get("state") == Stage.RECALLED,
        late=row.get("late") is True,
    )


def _is_settled(message: Message) -> bool:
    """Say whether nothing more is to be done about a message: what is to be done stands first."""
    return message.answered or not message.live


def _pupils(sections: object) -> Iterator[Mapping[str, str]]:
    """Yield each pupil's name, date of birth and when police attended; a pupil named twice is shown once."""
    shown = set[str]()
    for content in sections.values() if isinstance(sections, Mapping) else ():
        if isinstance(content, Mapping):
            child = _recognised_by(content)
            if child is None or child not in shown:
                yield _pupil(content)
            shown.update(() if child is None else (child,))


def _pupil(content: Mapping[str, object]) -> Mapping[str, str]:
    named = [str(content[part]) for part in ("given_name", "family_name") if content.get(part)]
    return {
        "name": " ".join(named) or "Name not known",
        "born": str(content.get("date_of_birth") or "not known"),
        "occurred_at": str(content.get("occurred_at") or ""),
    }


def _recognised_by(content: Mapping[str, object]) -> str | None:
    """Return what tells a pupil from another; None where the form does not say enough to know one again."""
    called = match_on_calling(_text(content, "given_name") or "", _text(content, "family_name") or "")
    return f"{called}\x1f{_text(content, 'date_of_birth') or ''}" if called else None


def _text(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None
