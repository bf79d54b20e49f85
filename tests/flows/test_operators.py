"""Who may see how the system runs is asked in one place, before a route and before what is sent to it."""

from pathlib import Path
from typing import Annotated

import anyio
import httpx
import pytest
from fastapi import Depends, FastAPI
from pydantic import BaseModel

from services.runtime.certificates import enrol
from services.runtime.clock import SystemClock
from services.runtime.identity import Caller, Verifier, mint
from services.runtime.operators import operator_by
from services.runtime.partnership import Partnership
from services.runtime.problems import PROBLEM, handle_problems
from services.runtime.settings import DEMO_PARTNERSHIP

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)


class Body(BaseModel):
    """What a route takes."""

    topic: str


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    enrol(tmp_path, ["police", "dafsu", "partnership"])
    return tmp_path


def asked(credentials: Path, agency: str | None, person: str | None, body: object) -> httpx.Response:
    """Ask a route that is for operators alone, as somebody or nobody."""
    app = FastAPI()
    handle_problems(app)
    allowed = Annotated[Caller, Depends(operator_by(Verifier(PARTNERSHIP, credentials)))]

    @app.post("/asked")
    def route(body: Body, caller: allowed) -> dict[str, str | None]:
        return {"person": caller.person}

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.post("/asked", json=body, headers=token_of(credentials, agency, person))

    return anyio.run(go)


def token_of(credentials: Path, agency: str | None, person: str | None) -> dict[str, str]:
    if agency is None:
        return {}
    key = (credentials / agency / "key.pem").read_bytes()
    return {"authorization": f"Bearer {mint(agency, person, key, SystemClock().now())}"}


@pytest.mark.parametrize(("agency", "person"), [("police", "p-hub-1"), ("partnership", "p-partnership-2")])
def test_the_hub_and_an_auditor_are_let_through_by_name(credentials: Path, agency: str, person: str) -> None:
    answer = asked(credentials, agency, person, {"topic": "log"})

    assert (answer.status_code, answer.json()) == (200, {"person": person})


@pytest.mark.parametrize(
    ("agency", "person"), [("dafsu", "p-dafsu-1"), ("police", "p-responder-3"), ("police", None)]
)
@pytest.mark.parametrize("body", [{"topic": "log"}, {"nothing": "like it"}])
def test_to_everybody_else_there_is_nothing_whatever_they_send(
    credentials: Path, agency: str, person: str | None, body: object
) -> None:
    answer = asked(credentials, agency, person, body)

    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json()["detail"] == "there is nothing here for you: ask the Hub or an auditor"


def test_nobody_is_asked_for_a_token(credentials: Path) -> None:
    answer = asked(credentials, None, None, {"topic": "log"})

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_an_operator_is_told_what_is_wrong_with_what_they_sent(credentials: Path) -> None:
    assert asked(credentials, "police", "p-hub-1", {}).status_code == 422
