"""How far every service has come: in one answer, and for operators alone."""

from pathlib import Path

import anyio
import httpx
import pytest
from fastapi import FastAPI

from services.console.api import standings
from services.console.api.passing import WHOLE_SERVICES
from services.runtime.certificates import enrol
from services.runtime.clock import SystemClock
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.problems import handle_problems
from services.runtime.settings import Settings
from services.runtime.web import Standing, create_app
from tests.office_builders import HUB, LEAD, PARTNERSHIP, RESPONDER

Who = tuple[str, str | None]


def a_service(name: str) -> FastAPI:
    standing = Standing(service=name, behind=0, pending=0, ends={"to.dafsu": 7})
    return create_app(name, Settings(), ready=lambda: True, standing=lambda: standing)


class ByHost(httpx.AsyncBaseTransport):
    """Reaches each service by its name, in this process."""

    def __init__(self) -> None:
        self._services = {name: httpx.ASGITransport(a_service(name)) for name in WHOLE_SERVICES}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._services[request.url.host].handle_async_request(request)


def ask(credentials: Path, who: Who | None) -> httpx.Response:
    settings = Settings.model_validate({name: f"http://{name}" for name in WHOLE_SERVICES})
    app = FastAPI()
    http = httpx.AsyncClient(transport=ByHost())
    handle_problems(app)
    app.include_router(standings.router(settings, http, Verifier(PARTNERSHIP, credentials)))

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
            headers = {"authorization": f"Bearer {token(credentials, who)}"} if who else {}
            return await client.get("/v1/standings", headers=headers)

    return anyio.run(asked)


def token(credentials: Path, who: Who) -> str:
    agency, person = who
    enrol(credentials, [agency])
    key = (credentials / folder_of(agency) / "key.pem").read_bytes()
    return mint(agency, person, key, SystemClock().now())


def test_an_operator_has_all_standings_in_one_answer(tmp_path: Path) -> None:
    answer = ask(tmp_path, HUB).json()

    assert [one["service"] for one in answer["standings"]] == list(WHOLE_SERVICES)


@pytest.mark.parametrize("who", [LEAD, RESPONDER])
def test_to_everybody_else_where_a_recipients_releases_end_is_not_there(tmp_path: Path, who: Who) -> None:
    answer = ask(tmp_path, who)

    assert answer.status_code == 404
    assert "dafsu" not in answer.text


def test_without_a_token_it_is_not_told_that_somebody_was_told(tmp_path: Path) -> None:
    answer = ask(tmp_path, None)

    assert answer.status_code == 401
    assert "dafsu" not in answer.text
