"""The console passes each API path to its owner, as it was sent, and the answer back, as it came."""

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.console.api import document, passing
from services.console.api.passing import owner_of
from services.runtime.ports import free_port
from services.runtime.settings import Settings
from services.runtime.web import Standing, create_app

SERVICES = ("ingest", "gate", "keyring", "projections", "notify", "audit")


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/v1/events", "ingest"),
        ("/v1/receipts/abc", "ingest"),
        ("/v1/catalogue", "ingest"),
        ("/v1/inbox", "projections"),
        ("/v1/inbox/head", "projections"),
        ("/v1/incidents/an-alias", "projections"),
        ("/v1/people/an-alias", "projections"),
        ("/v1/timeline", "keyring"),
        ("/v1/incidents/an-alias/sharing", "keyring"),
        ("/v1/incidents/an-alias/account", "keyring"),
        ("/v1/incidents/an-alias/own", "keyring"),
        ("/v1/incidents/an-alias/anything", None),
        ("/v1/open", "keyring"),
        ("/v1/opened", "keyring"),
        ("/v1/cases", "projections"),
        ("/v1/operations/records", "audit"),
        ("/v1/operations/trace", "keyring"),
        ("/v1/events/an/id/with%2Fslashes/explanation", "keyring"),
        ("/v1/ledger/summary", "keyring"),
        ("/v1/ledger", "keyring"),
        ("/v1/policy", "keyring"),
        ("/v1/policy/versions", "keyring"),
        ("/v1/pulse", "pulse"),
        ("/v1/schools/status", "notify"),
        ("/v1/checkpoint/key", "audit"),
        ("/v1/export", "audit"),
        ("/v1/standing", None),
        ("/v1/schools/../standing", None),
        ("/v1/schools/%2e%2E/standing", None),
        ("/v1/inbox/", None),
        ("/metrics", None),
    ],
)
def test_each_path_has_one_owner_or_none(path: str, owner: str | None) -> None:
    assert owner_of(path) == owner


def an_owner(name: str) -> FastAPI:
    """A service that answers with what it was asked."""
    app = create_app(
        name, Settings(), ready=lambda: True, standing=lambda: Standing(service=name, behind=0, pending=0)
    )

    @app.api_route("/v1/{rest:path}", methods=["GET", "POST"])
    async def echo(request: Request, rest: str) -> Response:
        path = request.scope["raw_path"] + b"?" + request.scope["query_string"]
        said = request.headers.get("authorization", "")
        headers = {"x-path": path.decode(), "x-said": said, "x-cookie": request.headers.get("cookie", "")}
        return Response(await request.body(), 418, headers={**headers, "retry-after": "7"}, media_type="a/b")

    return app


class ByHost(httpx.AsyncBaseTransport):
    """Reaches each owner by its name, in this process."""

    def __init__(self) -> None:
        self._owners = {name: httpx.ASGITransport(an_owner(name)) for name in SERVICES}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._owners[request.url.host].handle_async_request(request)


def a_console(http: httpx.AsyncClient, **addresses: str) -> FastAPI:
    settings = Settings.model_validate({**{name: f"http://{name}" for name in SERVICES}, **addresses})
    app = create_app(
        "console", settings, ready=lambda: True, standing=lambda: Standing(service="c", behind=0, pending=0)
    )
    app.include_router(passing.router(settings, http))
    document.install(app, settings, http)
    return app


def ask(
    method: str,
    path: str,
    *,
    http: httpx.AsyncClient | None = None,
    addresses: dict[str, str] | None = None,
    length: int | None = None,
) -> httpx.Response:
    async def asked() -> httpx.Response:
        owners = http or httpx.AsyncClient(transport=ByHost())
        app = a_console(owners, **(addresses or {}))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
            headers = {"authorization": "Bearer a token", "cookie": "sightline_session=secret"}
            headers |= {"content-length": str(length)} if length else {}
            return await client.request(method, path, content=b"\x00a body\xff", headers=headers)

    return anyio.run(asked)


def test_status_body_and_headers_come_back_as_they_are() -> None:
    answer = ask("POST", "/v1/events?x=%20y&x=z")

    assert (answer.status_code, answer.content) == (418, b"\x00a body\xff")
    assert answer.headers["x-path"] == "/v1/events?x=%20y&x=z"
    assert answer.headers["x-said"] == "Bearer a token"
    assert (answer.headers["content-type"], answer.headers["retry-after"]) == ("a/b", "7")


def test_a_browsers_cookie_goes_no_further_than_the_console() -> None:
    assert ask("GET", "/v1/inbox").headers["x-cookie"] == ""


def test_an_owner_that_is_away_is_a_503_that_says_when_to_come_back() -> None:
    nobody = {"ingest": f"http://127.0.0.1:{free_port()}"}

    answer = ask("POST", "/v1/events", http=passing.client(), addresses=nobody)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_path_is_a_problem_not_a_page() -> None:
    answer = ask("GET", "/v1/nothing/here")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_too_large_goes_nowhere() -> None:
    answer = ask("POST", "/v1/events", length=50 * 1024 * 1024)

    assert answer.status_code == 413


def test_the_document_holds_what_each_owner_answers_for() -> None:
    part = {
        "paths": {"/v1/inbox": {"get": {"$ref": "#/components/schemas/Row"}}, "/v1/events": {"post": {}}},
        "components": {"schemas": {"Row": {"type": "object"}}},
    }

    door = {"paths": {"/v1/events": {"post": {"a": 1}}}}
    composed = document.composed({"projections": part, "ingest": door})

    assert composed["paths"] == {
        "/v1/events": {"post": {"a": 1}},
        "/v1/inbox": {"get": {"$ref": "#/components/schemas/projections.Row"}},
    }
