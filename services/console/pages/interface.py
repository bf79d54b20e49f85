"""The interface for those who build a system: each operation of `/openapi.json`, with a call to make.

The calls are for a shell. Their ids are of the visitor's own newest release, where there is one; their
address is the one the page was asked at. A token is named, never shown.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.console.api.document import whole
from services.console.pages.desk import Answer, Desk, Unanswered
from services.runtime.described import JSON
from services.runtime.settings import Settings

OK: Final = 200
GIVEN: Final[Mapping[str, str]] = {
    "name": "openings",
    "topic": "log",
    "from": "2024-09-01",
    "to": "2024-09-30",
    "alias": "AN-INCIDENT-OF-YOURS",
    "event": "AN-EVENT-OF-YOURS",
    "notification": "A-MESSAGE-OF-YOURS",
    "receipt": "A-RECEIPT-OF-YOURS",
}
"""What stands in a call until the visitor has something of their own to put there."""

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: how it is called, a call of it, and an answer to it (empty where none is described)."""

    method: str
    path: str
    about: str
    call: str
    answer: str


def router(desk: Desk, settings: Settings, http: httpx.AsyncClient) -> APIRouter:
    """Return the route of the page, for everybody who is signed in. Its address holds nothing."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/interface")
    async def interface(request: Request) -> Response:
        agency = desk.visitor(request).agency
        try:
            document = await whole(settings, http)
        except (httpx.HTTPError, ValueError) as error:
            raise Unanswered from error
        own = await _own(desk, request)
        values = {
            "agency": agency,
            "operations": list(operations(document, str(request.base_url).rstrip("/"), own)),
        }
        return desk.page(request, "interface.html", values)

    return routes


async def _own(desk: Desk, request: Request) -> Row:
    """Return what the visitor can name of their own: of their newest release, of their newest message."""
    inbox = await desk.ask(request, "/v1/inbox", {"order": "newest", "limit": 1})
    messages = await desk.ask(request, "/v1/schools/notifications")
    catalogue = await desk.ask(request, "/v1/catalogue")
    release, message = _first(inbox, "releases"), _first(messages, "notifications")
    found = {
        "alias": release.get("incident"),
        "person": release.get("person"),
        "event": release.get("event_id"),
        "release_id": release.get("release_id"),
        "notification": message.get("id"),
    }
    agency = desk.visitor(request).agency
    events = _rows(catalogue, "events")
    mine = [each["type"] for each in events if agency in _texts(each.get("publishers"))]
    return {**{name: value for name, value in found.items() if value}, "types": mine}


def operations(document: Row, address: str, own: Row) -> Iterator[Operation]:
    """Yield the operations of a document with a call of each, at an address, about what is somebody's own."""
    for path, methods in _mapping(document, "paths").items():
        for method, each in _named(methods):
            responses = _mapping(each, "responses")
            answer = _example(_content(_mapping(responses, str(OK))))
            yield Operation(
                method=method.upper(),
                path=path,
                about=str(each.get("summary") or each.get("description")).partition("\n")[0],
                call=_call(method.upper(), address + _filled(path, each, own), each, own),
                answer=_shown(answer) if answer is not None else "",
            )


def _call(method: str, address: str, operation: Row, own: Row) -> str:
    words = ["curl", "--silent", "--show-error", shlex.quote(address)]
    if operation.get("security") != []:
        words += ["--header", '"authorization: Bearer $TOKEN"']
    body = _body(operation, own) if method == "POST" else None
    if body is not None:
        words += ["--header", "'content-type: application/json'", "--data", shlex.quote(_shown(body))]
    return " ".join(words)


def _filled(path: str, operation: Row, own: Row) -> str:
    """Return an address with a value for whatever it cannot do without."""
    own = {**own, "alias": own["person"]} if "/people/" in path and "person" in own else own
    query = {}
    for each in _parameters(operation):
        name = str(each.get("name"))
        value = str(own.get(name) or GIVEN.get(name, ""))
        if each.get("in") == "path":
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        elif each.get("required"):
            query[name] = value
    return f"{path}?{urlencode(query)}" if query else path


def _body(operation: Row, own: Row) -> object:
    """Return a body that may be sent: the shortest event the visitor may publish, where there is one."""
    content = _content(_mapping(operation, "requestBody"))
    named = _mapping(content, "examples")
    if named:
        mine = [each for each in _texts(own.get("types")) if each in named] or list(named)[:1]
        return min((_mapping(named, each).get("value") for each in mine), key=lambda one: len(_shown(one)))
    example = content.get("example")
    if not isinstance(example, Mapping):
        return None
    return {name: own.get(name, value) for name, value in example.items()}


def _shown(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _content(part: Row) -> Row:
    return _mapping(_mapping(part, "content"), JSON)


def _example(content: Row) -> object:
    """Return the example of an answer, the first of several; None where none is described."""
    several = [each.get("value") for _, each in _named(content.get("examples"))]
    return content.get("example", several[0] if several else None)


def _parameters(operation: Row) -> list[Row]:
    found = operation.get("parameters")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _first(answer: Answer, name: str) -> Row:
    rows = _rows(answer, name)
    return rows[0] if rows else {}


def _rows(answer: Answer, name: str) -> list[Row]:
    found = answer.body.get(name) if answer.status == OK else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _named(value: object) -> Iterator[tuple[str, Row]]:
    for name, each in value.items() if isinstance(value, Mapping) else ():
        if isinstance(each, Mapping):
            yield str(name), each


def _mapping(part: Row, name: str) -> Row:
    value = part.get(name)
    return value if isinstance(value, Mapping) else {}
