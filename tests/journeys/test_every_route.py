"""Every route of every service, asked for another agency's things by somebody else and by nobody.

The table stands beside what the source declares: a route that is in one alone fails. What is hidden from a
person looks like what is not there.
"""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final

import httpx
import pytest

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.runtime.clock import SystemClock
from services.runtime.identity import mint
from services.runtime.places import ROOT
from tests.door_builders import Event, example
from tests.system import Running, eventually, sized

OTHER, PERSON = "housing", "p-housing-2"
"""Somebody who is told nothing of a VPA, and has no list of the ledger."""

OWNER: Final = "dafsu"
SANDBOX: Final = "sandbox:police"
METHODS: Final = {"get", "post", "put", "patch", "delete", "head", "options", "api_route", "websocket"}
UNSEEN: Final = {"add_api_route", "add_route", "add_websocket_route", "mount"}
"""Ways to make a route that the table would not see."""

BUSY: Final = 503
HTML: Final = {"accept": "text/html"}
Route = tuple[str, str]


class Seen(Enum):
    """What somebody of another agency is answered."""

    OPEN = "what everybody may see, signed in or not"
    OWN = "what is for everybody who is signed in, or their own agency's"
    HIDDEN = "what is answered where there is nothing"


OPEN, OWN, HIDDEN = Seen

TABLE: Final[Mapping[Route, Seen]] = {
    ("get", "/"): OWN,
    ("get", "/assets/{name}"): OPEN,
    ("get", "/calls"): HIDDEN,
    ("get", "/catalogue"): OWN,
    ("get", "/catalogue/{event_type}"): OWN,
    ("get", "/events/{event}/explanation"): HIDDEN,
    ("get", "/healthz"): OPEN,
    ("get", "/inbox"): OWN,
    ("get", "/incidents/{alias}"): HIDDEN,
    ("get", "/incidents/{alias}/open/{release}"): HIDDEN,
    ("post", "/incidents/{alias}/open/{release}"): HIDDEN,
    ("get", "/ledger"): HIDDEN,
    ("get", "/ledger/told"): HIDDEN,
    ("post", "/ledger/told"): HIDDEN,
    ("get", "/ledger/{name}"): HIDDEN,
    ("post", "/ledger/overridden"): HIDDEN,
    ("post", "/ledger/own-word"): HIDDEN,
    ("get", "/interface"): OWN,
    ("get", "/metrics"): OPEN,
    ("get", "/openapi.json"): OPEN,
    ("get", "/people/{alias}"): HIDDEN,
    ("get", "/policy"): OWN,
    ("get", "/policy/diff"): HIDDEN,
    ("get", "/policy/{which}"): HIDDEN,
    ("get", "/pulse"): HIDDEN,
    ("get", "/readyz"): OPEN,
    ("get", "/school"): HIDDEN,
    ("get", "/school/{message}"): HIDDEN,
    ("post", "/school/{message}"): HIDDEN,
    ("post", "/school/{message}/acknowledge"): HIDDEN,
    ("get", "/refer"): OWN,
    ("post", "/refer"): OWN,
    ("get", "/sign-in"): OPEN,
    ("post", "/sign-in"): OPEN,
    ("post", "/sign-in/person"): OPEN,
    ("post", "/sign-out"): OPEN,
    ("api_route", "/v1/{rest:path}"): HIDDEN,
    ("get", "/v1/catalogue"): OWN,
    ("get", "/v1/checkpoint"): OWN,
    ("get", "/v1/checkpoint/key"): OPEN,
    ("get", "/v1/decisions/redecided"): HIDDEN,
    ("post", "/v1/events"): OWN,
    ("get", "/v1/events/{event:path}/explanation"): HIDDEN,
    ("get", "/v1/export"): HIDDEN,
    ("get", "/v1/inbox"): OWN,
    ("get", "/v1/inbox/head"): OWN,
    ("get", "/v1/incidents/{alias}"): HIDDEN,
    ("get", "/v1/incidents/{alias}/sharing"): HIDDEN,
    ("get", "/v1/incidents/{alias}/own"): HIDDEN,
    ("get", "/v1/ledger"): HIDDEN,
    ("get", "/v1/ledger/summary"): HIDDEN,
    ("get", "/v1/ledger/{name}"): HIDDEN,
    ("post", "/v1/open"): HIDDEN,
    ("get", "/v1/operations/notify/parked"): HIDDEN,
    ("post", "/v1/operations/notify/redrive"): HIDDEN,
    ("get", "/v1/operations/projections/parked"): HIDDEN,
    ("post", "/v1/operations/projections/redrive"): HIDDEN,
    ("get", "/operations"): HIDDEN,
    ("post", "/operations/redrive"): HIDDEN,
    ("post", "/operations/records"): HIDDEN,
    ("post", "/operations/trace"): HIDDEN,
    ("get", "/v1/operations/records"): HIDDEN,
    ("post", "/v1/operations/trace"): HIDDEN,
    ("get", "/v1/people/{alias}"): HIDDEN,
    ("get", "/v1/policy"): OWN,
    ("get", "/v1/policy/versions"): HIDDEN,
    ("post", "/v1/policy/whatif"): HIDDEN,
    ("get", "/v1/pulse"): HIDDEN,
    ("get", "/v1/receipts/{receipt:anything}"): HIDDEN,
    ("get", "/v1/schools/bell"): HIDDEN,
    ("get", "/v1/schools/notifications"): HIDDEN,
    ("get", "/v1/schools/notifications/{notification}"): HIDDEN,
    ("get", "/v1/schools/status"): HIDDEN,
    ("get", "/v1/schools/tasks"): HIDDEN,
    ("get", "/v1/standing"): OPEN,
    ("get", "/v1/standings"): HIDDEN,
    ("get", "/calls/day"): HIDDEN,
    ("get", "/calls/{message}/outcome"): HIDDEN,
    ("post", "/calls/{message}/outcome"): HIDDEN,
    ("get", "/inbox/releases"): OWN,
    ("get", "/incidents/{alias}/answer/{release}"): HIDDEN,
    ("post", "/incidents/{alias}/answer/{release}"): HIDDEN,
    ("get", "/incidents/{alias}/not-to-share"): HIDDEN,
    ("post", "/incidents/{alias}/not-to-share"): HIDDEN,
    ("get", "/incidents/{alias}/override"): HIDDEN,
    ("post", "/incidents/{alias}/override"): HIDDEN,
    ("get", "/incidents/{alias}/recorded/{event}"): HIDDEN,
    ("get", "/incidents/{alias}/review/{release}"): HIDDEN,
    ("post", "/incidents/{alias}/review/{release}"): HIDDEN,
    ("post", "/incidents/{alias}/review/{release}/record"): HIDDEN,
    ("get", "/incidents/{alias}/say/{name}"): HIDDEN,
    ("post", "/incidents/{alias}/say/{name}"): HIDDEN,
    ("get", "/incidents/{alias}/take-back/{release}"): HIDDEN,
    ("post", "/incidents/{alias}/take-back/{release}"): HIDDEN,
    ("get", "/incidents/{alias}/timeline/{release}/{whom}"): HIDDEN,
    ("post", "/incidents/{alias}/timeline/{release}/{whom}"): HIDDEN,
    ("get", "/incidents/{alias}/unsafe/{release}/{channel}"): HIDDEN,
    ("post", "/incidents/{alias}/unsafe/{release}/{channel}"): HIDDEN,
    ("get", "/today"): HIDDEN,
    ("get", "/v1/cases"): OWN,
    ("get", "/v1/incidents/{alias}/account"): HIDDEN,
    ("post", "/v1/opened"): OWN,
    ("post", "/v1/timeline"): HIDDEN,
    ("post", "/v1/schools/calls"): HIDDEN,
}
AT_THE_DOOR: Final = {
    ("post", "/v1/events"),
    ("get", "/v1/receipts/{receipt:anything}"),
    ("get", "/v1/catalogue"),
}
"""What a sandbox's token is good for; everywhere else it is nobody's."""

QUERIES: Final = {
    "/v1/schools/status": "?from=2024-01-01&to=2030-01-01",
    "/policy/diff": "?a=strict&b=strict",
}

Ids = Mapping[str, str]


@cache
def declared() -> frozenset[Route]:
    """Return every route that a decorator declares anywhere in the services."""
    return frozenset(
        route
        for file in sorted((ROOT / "services").rglob("*.py"))
        for route in _declared_in(file, ast.parse(file.read_text("utf-8")))
    )


def _declared_in(file: Path, tree: ast.Module) -> Iterator[Route]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in UNSEEN:
            raise AssertionError(f"{file.name}:{call.lineno} makes a route that the table cannot see")
    for function in ast.walk(tree):
        for one in getattr(function, "decorator_list", []):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in METHODS:
                yield one.func.attr, _path(file, one.args[0])


def _path(file: Path, given: ast.expr) -> str:
    if isinstance(given, ast.Constant):
        return str(given.value)
    assert isinstance(given, ast.Name), f"{file.name}: a route's path is a text or a name"
    name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    return str(getattr(importlib.import_module(name), given.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event that DAFSU and a school were told of, by the ids it has for them; and ids of nothing."""

    theirs: Ids
    nothing: Ids


@pytest.fixture(scope="module")
def cli(system: Running) -> System:
    return System(system.url, system.data)


@pytest.fixture(scope="module")
def told(cli: System) -> Told:
    reviewed = example("VpaReviewed")
    school = f"school:{reviewed['children'][0]['school_urn']}"
    reviewed["facts"].update(risk="high", previous_risk=None)
    assert publish(cli, [("police", {**reviewed, "id": "every-route", "incident": "EVERY-ROUTE"})]).complete
    settle(cli)
    eventually(lambda: cli.get("/v1/pulse").status != BUSY)
    answer = cli.post("/v1/events", {**reviewed, "id": "every-route", "incident": "EVERY-ROUTE"}).good()
    release = cli.get("/v1/inbox?limit=100", agency=OWNER).good()["releases"][-1]
    message = cli.get("/v1/schools/notifications", agency=school).good()["notifications"][-1]
    theirs = {
        "alias": release["incident"],
        "person": release["person"],
        "release": release["release_id"],
        "event": release["event_id"],
        "receipt": answer["results"][0]["receipt"],
        "message": message["id"],
        "notification": message["id"],
    }
    known = {
        "channel": "phone",
        "event_type": "VpaRaised",
        "name": "openings",
        "which": "strict",
        "whom": "adult-victim",
        "rest:path": "nothing",
    }
    other = {
        "channel": "phone",
        "event_type": "VpaRaised",
        "name": "no-such-list",
        "which": "f" * 64,
        "whom": "adult-victim",
        "rest:path": "nor/this",
    }
    return Told(
        theirs={**known, **theirs}, nothing={**other, **{name: _other(theirs[name]) for name in theirs}}
    )


def _other(known: str) -> str:
    """Return an id of the same form that nobody has."""
    return known[:-4] + "".join("a" if letter != "a" else "b" for letter in known[-4:])


class Browser:
    """Somebody who walks pages and calls the API: signed in as a person, or nobody."""

    def __init__(self, url: str, authorization: str | None) -> None:
        self._client = httpx.Client(base_url=url, timeout=60)
        self._authorization = authorization
        self._token = ""

    def sign_in(self, agency: str, person: str) -> None:
        """Go in as a person."""
        self._token = _token(self._client.get("/sign-in").text)
        self.ask("post", "/sign-in/person", {"agency": agency, "person": person})
        self._token = _token(self._client.get("/inbox").text)

    def ask(self, method: str, path: str, form: Mapping[str, object] | None = None) -> httpx.Response:
        """Send one request; a form goes with the token of the last page."""
        if path.startswith("/v1"):
            return self._called(method, path, form or {})
        sent = {"form_token": self._token, **(form or {})} if method == "post" else None
        return self._client.request(method, path, data=sent, headers=HTML)

    def _called(self, method: str, path: str, body: Mapping[str, object]) -> httpx.Response:
        headers = {"authorization": self._authorization} if self._authorization else {}
        if method == "post":
            return self._client.post(path, json=body, headers=headers)
        return self._client.get(path, headers=headers)


def _token(page: str) -> str:
    found = re.search('name="form_token" value="([0-9a-f]+)"', page)
    assert found, "no form on the page"
    return found[1]


@pytest.fixture(scope="module")
def other(system: Running, cli: System) -> Browser:
    browser = Browser(system.url, f"Bearer {cli.token(OTHER, PERSON)}")
    browser.sign_in(OTHER, PERSON)
    return browser


@pytest.fixture(scope="module")
def sandbox(system: Running, cli: System) -> Browser:
    return Browser(system.url, f"Bearer {cli.token(SANDBOX)}")


@pytest.fixture(scope="module")
def stranger(system: Running, cli: System) -> Browser:
    """Somebody whose token names an agency that nobody registered."""
    key = (system.data / "credentials" / "sandbox_police" / "key.pem").read_bytes()
    return Browser(system.url, f"Bearer {mint('stranger', None, key, SystemClock().now())}")


@pytest.fixture
def nobody(system: Running) -> Browser:
    return Browser(system.url, None)


def asked(browser: Browser, route: Route, ids: Ids) -> httpx.Response:
    """Ask for a route with these ids where it takes any."""
    method, path = route
    named = {**ids, "alias": ids["person"]} if "/people/" in path else ids
    for name, known in named.items():
        path = re.sub(rf"\{{{name}(:[a-z]+)?\}}", known, path)
    query = QUERIES.get(path, "")
    return browser.ask("get" if method == "api_route" else method, path + query, form_of(path, ids))


def form_of(path: str, ids: Ids) -> Mapping[str, object]:
    """Return what goes with a form or a call, as somebody who means it would send it."""
    if path == "/v1/open":
        return {"release_id": ids["release"], "purpose": "to see"}
    if path == "/v1/timeline":
        return {"release_id": ids["release"], "section": "victim", "purpose": "to see"}
    if path == "/v1/opened":
        return {"releases": [ids["release"]]}
    if path == "/v1/schools/calls":
        return {"notification": ids["notification"], "number": 1, "reached": "no-answer"}
    if path == "/v1/policy/whatif":
        return {"text": (ROOT / "services/consent/policies/strict.toml").read_text("utf-8")}
    if path == "/v1/operations/trace":
        return {"event": ids["event"]}
    if path.endswith("/redrive"):
        return {"topic": "to.dafsu"} if path.startswith("/v1") else {"reader": "notify", "topic": "door"}
    if path in ("/ledger/overridden", "/ledger/own-word"):
        return {"sample": "3"}
    if path.startswith("/incidents/"):
        return {"sections": "victim", "purpose": "to see"}
    return {"person": ids["person"]} if path == "/ledger/told" else {}


def bare(answer: httpx.Response) -> str:
    """Return an answer's text without what differs from one page to the next by chance."""
    return re.sub(r'nonce="[^"]*"|value="[0-9a-f]{32,}"', "", answer.text)


def main(page: httpx.Response) -> str:
    """Return a page's own content: the ways above it say where the address would stand."""
    return page.text.partition("<main")[2].partition("</main>")[0]


def routes(seen: Seen) -> list[Route]:
    return [route for route, known in TABLE.items() if known is seen]


def names(route: Route) -> str:
    return " ".join(route)


def test_the_table_has_every_route_that_is_declared_and_no_other() -> None:
    assert set(TABLE) == declared()


@pytest.mark.parametrize("route", routes(HIDDEN), ids=names)
def test_what_is_anothers_is_answered_like_what_is_not_there(
    route: Route, other: Browser, told: Told
) -> None:
    theirs, nothing = asked(other, route, told.theirs), asked(other, route, told.nothing)

    assert (theirs.status_code, nothing.status_code) == (404, 404), theirs.text
    assert bare(theirs) == bare(nothing)


def test_every_page_that_is_hidden_has_one_body(other: Browser, told: Told) -> None:
    pages = [route for route in routes(HIDDEN) if not route[1].startswith("/v1")]

    bodies = {main(asked(other, route, told.theirs)) for route in pages}

    assert len(bodies) == 1


@pytest.mark.parametrize("route", [*routes(HIDDEN), *routes(OWN)], ids=names)
def test_nobody_is_shown_the_way_in(route: Route, nobody: Browser, told: Told) -> None:
    answer = asked(nobody, route, told.theirs)

    if route[1] == "/v1/{rest:path}":
        assert answer.status_code == 404
    elif route[1].startswith("/v1"):
        assert answer.status_code == 401
    elif route[0] == "post":
        assert answer.status_code == 403
    else:
        assert (answer.status_code, answer.headers.get("location")) == (303, "/sign-in")


@pytest.mark.parametrize("route", [*routes(OPEN), *routes(OWN)], ids=names)
def test_what_is_shown_to_another_names_nothing_of_it(
    route: Route, other: Browser, nobody: Browser, told: Told
) -> None:
    browser = nobody if TABLE[route] is OPEN else other
    secret = {"alias", "person", "release", "event", "receipt", "message"}

    answer = asked(browser, route, told.theirs)

    assert answer.status_code < 500
    assert not [name for name in secret if told.theirs[name] in answer.text]


@pytest.mark.parametrize(
    "route", [each for each in (*routes(HIDDEN), *routes(OWN)) if each not in AT_THE_DOOR], ids=names
)
def test_a_sandbox_is_answered_as_who_is_not_registered(
    route: Route, sandbox: Browser, stranger: Browser, told: Told
) -> None:
    answer, other = asked(sandbox, route, told.theirs), asked(stranger, route, told.theirs)

    assert (answer.status_code, bare(answer)) == (other.status_code, bare(other))
    assert answer.status_code in (303, 401, 403) or route[1] == "/v1/{rest:path}"


def test_at_the_door_a_sandbox_is_answered_and_finds_no_receipt_but_its_own(
    sandbox: Browser, told: Told, cli: System
) -> None:
    sent = sandbox.ask("post", "/v1/events", example("VpaRaised"))
    (own,) = sent.json()["results"]
    receipts = [f"/v1/receipts/{each}" for each in (own["receipt"], told.theirs["receipt"])]

    assert [sandbox.ask("get", each).status_code for each in receipts] == [200, 404]
    assert cli.get(receipts[0]).status == 404
    assert sandbox.ask("get", "/v1/catalogue").status_code == 200


def test_what_a_sandbox_sends_moves_nothing(cli: System) -> None:
    settle(cli)
    before = end_of_the_log(cli)

    answers = [
        cli.post("/v1/events", batch(number), agency=SANDBOX).good()["results"]
        for number in range(sized(4, 30))
    ]
    settle(cli)

    assert {each["status"] for results in answers for each in results} == {"accepted"}
    assert end_of_the_log(cli) - before <= 1, "more than the quarter hour that may have passed"


def end_of_the_log(cli: System) -> int:
    """Return the offset after the last event, as the door knows it."""
    standings = cli.get("/v1/standings").good()["standings"]
    return int(next(each["ends"]["log"] for each in standings if each["service"] == "ingest"))


def batch(number: int) -> list[Event]:
    """Return a request full of VPAs, each with an id and an incident of its own."""
    ids = [f"tried-{number}-{one}" for one in range(100)]
    return [{**example("VpaRaised"), "id": each, "incident": each} for each in ids]


def test_its_owner_is_shown_what_is_hidden_from_the_other(cli: System, told: Told) -> None:
    assert cli.get(f"/v1/incidents/{told.theirs['alias']}", agency=OWNER).status == 200
    assert cli.get(f"/v1/people/{told.theirs['person']}", agency=OWNER).status == 200
    assert cli.get(f"/v1/events/{told.theirs['event']}/explanation", agency=OWNER).status == 200
    assert cli.get(f"/v1/receipts/{told.theirs['receipt']}").status == 200
    whom = {"release_id": told.theirs["release"], "section": "victim", "purpose": "to see"}
    parts = cli.post("/v1/timeline", whom, agency=OWNER).good()["parts"]
    assert told.theirs["alias"] in [part["incident"] for part in parts]
