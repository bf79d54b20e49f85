"""Signing in to the demonstration: named people, a session that ends, forms that are ours."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI

from services.console.__main__ import app_of
from services.console.pages.sessions import IDLE, LONGEST, Sessions, Visitor
from services.console.pages.sign_in import NotADemonstration
from services.runtime.partnership import Role
from services.runtime.settings import Settings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOMEBODY = Visitor(
    person="p-dafsu-1", name="Iveedwynora Keengarlandby", agency="dafsu", title="DAFSU", role=Role.LEAD
)


class Watch:
    """A clock for sessions."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def sessions(watch: Watch) -> Sessions:
    return Sessions(now=watch.now, key=b"k" * 32)


@pytest.fixture
def console(tmp_path: Path) -> FastAPI:
    return app_of(Settings(data=tmp_path))


def visit(
    console: FastAPI, *steps: tuple[str, str, dict[str, str]], accept: str = "*/*"
) -> list[httpx.Response]:
    """Take steps (method, path, form) as one browser; a form without a token of its own gets the page's."""

    async def walk() -> list[httpx.Response]:
        answers: list[httpx.Response] = []
        transport = httpx.ASGITransport(console)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            token = ""
            for method, path, form in steps:
                given = {"form_token": token, **form} if method == "POST" else None
                answers.append(await browser.request(method, path, data=given, headers={"accept": accept}))
                token = _token(answers[-1].text) or token
        return answers

    return anyio.run(walk)


def _token(page: str) -> str | None:
    found = re.search('name="form_token" value="([0-9a-f]+)"', page)
    return found[1] if found else None


Step = tuple[str, str, dict[str, str]]
ARRIVE: Step = ("GET", "/sign-in", {})
CHOOSE = ("POST", "/sign-in", {"agency": "dafsu"})
ENTER = ("POST", "/sign-in/person", {"agency": "dafsu", "person": "p-dafsu-1"})


def test_a_session_ends_when_it_is_left_alone(sessions: Sessions, watch: Watch) -> None:
    identity = sessions.begin(SOMEBODY)

    watch.at += IDLE + timedelta(seconds=1)

    assert sessions.of(identity) is None


def test_a_session_ends_however_busy_it_is(sessions: Sessions, watch: Watch) -> None:
    identity = sessions.begin(SOMEBODY)

    for _ in range(int(LONGEST / IDLE) + 1):
        watch.at += IDLE - timedelta(seconds=1)
        last = sessions.of(identity)

    assert last is None


def test_signing_out_ends_it_at_once(sessions: Sessions) -> None:
    identity = sessions.begin(SOMEBODY)

    sessions.end(identity)

    assert sessions.of(identity) is None


def test_a_cookie_somebody_else_made_is_nobodys(sessions: Sessions) -> None:
    identity = sessions.begin(SOMEBODY)

    forged = [identity, f"{identity}.", f"{identity}.{'0' * 64}", "", ".", "ü.ü", None]

    assert {sessions.unsealed(cookie) for cookie in forged} == {None}
    assert sessions.unsealed(sessions.sealed(identity)) == identity


def test_a_forms_token_is_good_for_its_own_session_alone(sessions: Sessions) -> None:
    one, other = sessions.begin(SOMEBODY), sessions.begin(SOMEBODY)

    assert sessions.is_token(one, sessions.token(one))
    assert not sessions.is_token(other, sessions.token(one))
    assert not sessions.is_token(one, sessions.sealed(one).partition(".")[2])


def test_a_person_signs_in_and_is_sent_to_the_inbox(console: FastAPI) -> None:
    *_, entered, home = visit(console, ARRIVE, CHOOSE, ENTER, ("GET", "/", {}))

    assert (entered.status_code, entered.headers["location"]) == (303, "/inbox")
    assert (home.status_code, home.headers["location"]) == (303, "/inbox")


def test_what_is_not_there_looks_to_a_person_like_what_is_hidden(console: FastAPI) -> None:
    look: list[Step] = [
        ("GET", path, {}) for path in ("/incidents/not.an.alias", "/nothing", "/assets/nothing.css")
    ]
    hidden, *absent = visit(console, ARRIVE, CHOOSE, ENTER, *look, accept="text/html,*/*;q=0.8")[3:]

    assert {answer.status_code for answer in (hidden, *absent)} == {404}
    assert {_without_nonce(answer) for answer in absent} == {_without_nonce(hidden)}


def test_a_system_is_told_in_json_that_nothing_is_there(console: FastAPI) -> None:
    (answer,) = visit(console, ("GET", "/nothing", {}), accept="application/json")
    (of_the_api,) = visit(console, ("GET", "/v1/nothing", {}), accept="text/html")

    assert {each.status_code for each in (answer, of_the_api)} == {404}
    assert {each.headers["content-type"] for each in (answer, of_the_api)} == {"application/problem+json"}


def _without_nonce(answer: httpx.Response) -> tuple[str, str]:
    return re.sub('nonce="[0-9a-f]+"', "", answer.text), answer.headers["content-type"]


def test_signing_in_gives_a_new_cookie_hidden_from_scripts_and_other_sites(console: FastAPI) -> None:
    arrived, *_, entered = visit(console, ARRIVE, CHOOSE, ENTER)

    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert cookie.partition(";")[0] != arrived.headers["set-cookie"].partition(";")[0]


def test_a_form_without_the_pages_token_is_refused(console: FastAPI) -> None:
    *_, refused = visit(console, ARRIVE, ("POST", "/sign-in", {"agency": "dafsu", "form_token": "0" * 64}))

    assert refused.status_code == 403


def test_a_form_that_a_service_does_not_answer_can_be_sent_again_by_loading_the_page_again(
    console: FastAPI, tmp_path: Path
) -> None:
    key = tmp_path / "credentials" / "dafsu" / "key.pem"
    key.parent.mkdir(parents=True)
    signing = Ed25519PrivateKey.generate()
    key.write_bytes(signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    steps: list[Step] = [("GET", "/refer", {}), ("POST", "/refer", {}), ("GET", "/inbox", {})]
    *_, sent, looked_at = visit(console, ARRIVE, CHOOSE, ENTER, *steps)

    assert (sent.status_code, looked_at.status_code) == (503, 503)
    assert "Load this page again, and what you typed is sent again" in sent.text
    assert "Load this page again" not in looked_at.text


def test_nobody_signs_in_as_another_agencys_person(console: FastAPI) -> None:
    stranger = ("POST", "/sign-in/person", {"agency": "dafsu", "person": "p-hub-1"})

    *_, refused, home = visit(console, ARRIVE, stranger, ("GET", "/", {}))

    assert refused.status_code == 422
    assert home.headers["location"] == "/sign-in"


@pytest.mark.parametrize("path", ["/", "/inbox", "/incidents/an-alias", "/incidents/a/open/b", "/school/x"])
def test_every_page_sends_a_stranger_to_the_way_in(console: FastAPI, path: str) -> None:
    (answer,) = visit(console, ("GET", path, {}))

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_signed_out_cookie_opens_nothing(console: FastAPI) -> None:
    *_, home = visit(console, ARRIVE, CHOOSE, ENTER, ARRIVE, ("POST", "/sign-out", {}), ("GET", "/inbox", {}))

    assert home.headers["location"] == "/sign-in"


def test_a_page_loads_nothing_from_elsewhere_and_is_kept_nowhere(console: FastAPI) -> None:
    (page,) = visit(console, ARRIVE)

    policy = page.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert not re.search('(src|href)="(https?:)?//', page.text)


def test_a_page_wears_no_crown(console: FastAPI) -> None:
    page, style = visit(console, ARRIVE, ("GET", "/assets/govuk-frontend.min.css", {}))

    text = page.text.lower()
    assert "crown" not in text
    assert "gov.uk</" not in text
    assert "GDS Transport" not in style.text
    assert "@font-face" not in style.text


def test_every_file_a_page_names_is_there(console: FastAPI) -> None:
    (page,) = visit(console, ARRIVE)
    named = sorted(set(re.findall('(?:src|href)="(/assets/[^"]+)"', page.text)))

    answers = visit(console, *(("GET", path, {}) for path in named))

    assert len(named) == 5
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize(
    "address", ["http://10.0.0.7:8080", "https://sightline.example", "http://0.0.0.0:80"]
)
def test_the_demo_sign_in_does_not_start_where_others_could_reach_it(tmp_path: Path, address: str) -> None:
    with pytest.raises(NotADemonstration):
        app_of(Settings(data=tmp_path, console=address))


@pytest.mark.parametrize(
    "path",
    [
        "/policy",
        "/policy/strict",
        "/policy/No-Policy",
        "/policy/diff",
        "/ledger",
        "/ledger/told",
        "/ledger/nothing-like-it",
        "/events/nothing-like-it/explanation",
    ],
)
def test_whoever_is_signed_out_is_shown_the_way_in_whether_the_page_is_there_or_not(
    console: FastAPI, path: str
) -> None:
    (answer,) = visit(console, ("GET", path, {}))

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
