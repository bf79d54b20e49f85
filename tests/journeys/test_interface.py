"""The page for those who build a system: every call on it is made as it stands, and answers as described."""

import json
import re
import subprocess
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

import httpx
import jsonschema_rs
import pytest

from services.cli.client import System
from services.cli.publishing import publish, settle
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

DESCRIBED: Final = {
    "POST /v1/open", "GET /v1/inbox", "GET /v1/inbox/head", "GET /v1/receipts/{receipt}", "GET /v1/cases",
    "GET /v1/events/{event}/explanation", "GET /v1/incidents/{alias}", "GET /v1/people/{alias}",
    "GET /v1/ledger", "GET /v1/ledger/summary", "GET /v1/ledger/{name}", "POST /v1/opened",
    "POST /v1/timeline",
    "GET /v1/incidents/{alias}/sharing",
}  # fmt: skip
"""Operations whose answer is described field by field, with an example."""


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


def test_what_an_answer_is_said_to_hold_its_example_holds(cli: System) -> None:
    said = document(cli)
    good = {name: each["responses"].get("200", {}) for name, each in operations(cli).items()}
    contents = {name: each.get("content", {}).get("application/json", {}) for name, each in good.items()}
    shown = {name: each for name, each in contents.items() if "example" in each}

    wrong = {
        name: [str(error) for error in validator(said, each["schema"]).iter_errors(each["example"])]
        for name, each in shown.items()
    }

    assert set(shown) >= DESCRIBED
    assert {name: errors for name, errors in wrong.items() if errors} == {}


def validator(said: dict[str, Any], schema: dict[str, Any]) -> Any:
    """Return what holds a value to a schema of the document."""
    inside = json.loads(json.dumps(schema).replace("#/components/schemas/", "#/$defs/"))
    known = json.loads(json.dumps(said["components"]["schemas"]).replace("#/components/schemas/", "#/$defs/"))
    return jsonschema_rs.validator_for({**inside, "$defs": known})
