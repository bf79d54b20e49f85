"""The page for those who build a system: every call on it is made as it stands, and answers as described."""

import re
import subprocess
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

import httpx
import pytest

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.runtime.described import JSON
from tests.door_builders import example
from tests.system import Running

AGENCY, PERSON = "dafsu", "p-dafsu-1"
STATUS: Final = ["--output", "/dev/null", "--write-out", "%{http_code}"]
ANSWERED: Final = {
    "GET /v1/cases",
    "GET /v1/catalogue",
    "GET /v1/checkpoint",
    "GET /v1/checkpoint/key",
    "GET /v1/events/{event}/explanation",
    "GET /v1/inbox",
    "GET /v1/inbox/head",
    "GET /v1/incidents/{alias}",
    "GET /v1/incidents/{alias}/own",
    "GET /v1/ledger",
    "GET /v1/ledger/{name}",
    "GET /v1/people/{alias}",
    "GET /v1/policy",
    "GET /v1/policy/versions",
    "POST /v1/events",
    "POST /v1/open",
    "POST /v1/opened",
    "POST /v1/timeline",
}
"""What a lead of DAFSU has an answer to; everything else is not theirs, and looks absent or is not taken."""


@pytest.fixture(scope="module")
def cli(system: Running) -> System:
    cli = System(system.url, system.data)
    reviewed = example("VpaReviewed")
    reviewed["facts"].update(risk="high", previous_risk=None)
    assert publish(cli, [("police", {**reviewed, "id": "interface", "incident": "INTERFACE"})]).complete
    settle(cli)
    return cli


@pytest.fixture(scope="module")
def calls(cli: System) -> Mapping[str, str]:
    """The call of each operation, off the page as a lead of DAFSU sees it."""
    page = seen(cli, AGENCY, PERSON)
    found = re.findall(r'aria-label="A call of ([^"]+)" tabindex="0"><pre[^>]*>(.*?)</pre>', page, re.DOTALL)
    return {unescape(name): unescape(call) for name, call in found}


def seen(cli: System, agency: str, person: str) -> str:
    """Return the page as somebody sees it."""
    with httpx.Client(base_url=cli.url, timeout=60, headers={"accept": "text/html"}) as browser:
        form = {"agency": agency, "person": person, "form_token": _token(browser.get("/sign-in").text)}
        browser.post("/sign-in/person", data=form)
        answer = browser.get("/interface")
    assert answer.status_code == 200
    return answer.text


def _token(page: str) -> str:
    found = re.search('name="form_token" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def document(cli: System) -> dict[str, Any]:
    found: dict[str, Any] = cli.get("/openapi.json").good()
    return found


def operations(cli: System) -> dict[str, dict[str, Any]]:
    paths = document(cli)["paths"]
    return {f"{method.upper()} {path}": each for path in paths for method, each in paths[path].items()}


def test_every_operation_of_the_document_has_a_call(cli: System, calls: Mapping[str, str]) -> None:
    assert set(calls) == set(operations(cli))


def test_every_call_can_be_made_as_it_stands(cli: System, calls: Mapping[str, str]) -> None:
    statuses = {name: made(cli, call) for name, call in calls.items()}
    said = {name: set(each["responses"]) for name, each in operations(cli).items()}

    assert {name for name, status in statuses.items() if status[0] == "2"} == ANSWERED
    assert {name: status for name, status in statuses.items() if status not in said[name]} == {}


def made(cli: System, call: str) -> str:
    """Make a call in a shell that has a token, and return the status it was answered with."""
    script = f"{call} {' '.join(STATUS)}"
    done = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": "/usr/bin:/bin", "TOKEN": cli.token(AGENCY, PERSON)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_command_signs_the_token_the_page_asks_for(cli: System, system: Running) -> None:
    token = system.cli("token", "--as", AGENCY).stdout.strip()

    answer = httpx.get(f"{cli.url}/v1/inbox/head", headers={"authorization": f"Bearer {token}"})

    assert (answer.status_code, answer.json()["recipient"]) == (200, AGENCY)


def test_every_answer_is_shown_on_the_page_by_an_example(cli: System) -> None:
    said = operations(cli)
    of_json = {
        name for name, each in said.items() if JSON in each["responses"].get("200", {}).get("content", {})
    }
    page = seen(cli, AGENCY, PERSON)

    assert of_json
    assert {name for name in of_json if f'aria-label="An answer to {name}"' not in page} == set()
