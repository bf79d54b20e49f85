"""What schools and officers may ask of notify over HTTP, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI

from services.notify.api import router
from services.runtime.certificates import issue
from services.runtime.clock import SystemClock
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership, Role
from services.runtime.settings import DEMO_PARTNERSHIP
from tests.notify_builders import BELL, KEY, OTHER_SCHOOL, SCHOOL, Child, Notify

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
ANA = Child(name="Anaquillory")
EVE = Child(name="Evangelowyn", home_educated=True, school=None)
SEPTEMBER = {"from": "2024-09-01", "to": "2024-09-30"}
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("credentials")
    issue(folder, ("police", "education", "partnership", "dafsu", SCHOOL, OTHER_SCHOOL))
    return folder


@pytest.fixture
def notify(database_url: str) -> Notify:
    notify = Notify(url=database_url)
    notify.police_attended({SCHOOL: [ANA], "education": [EVE]})
    notify.rest()
    return notify


@pytest.fixture
def ask(notify: Notify, credentials: Path) -> Ask:
    app = FastAPI()
    app.include_router(router(engine=notify.engine, verifier=Verifier(PARTNERSHIP, credentials), key=KEY))

    def ask(path: str, agency: str | None, person: str | None = None, **query: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {token(credentials, agency, person)}"} if agency else {}
        return anyio.run(_get, app, path, query, headers)

    return ask


def token(credentials: Path, agency: str, person: str | None) -> str:
    private = (credentials / folder_of(agency) / "key.pem").read_bytes()
    return mint(agency, person, private, SystemClock().now())


async def _get(app: FastAPI, path: str, query: dict[str, str], headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notify") as client:
        return await client.get(path, params=query, headers=headers)


def found(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_month_adds_up_for_an_officer(ask: Ask) -> None:
    status = found(ask("/v1/schools/status", "police", **SEPTEMBER))

    assert {name: status[name] for name in ("occurrences", "children", "told", "escalated", "listed")} == {
        "occurrences": 1,
        "children": 2,
        "told": 1,
        "escalated": 0,
        "listed": 1,
    }
    assert (status["unaccounted"], status["home_educated"]) == (0, {"occurrences": 1, "children": 1})


def test_each_row_says_where_its_children_went(ask: Ask) -> None:
    (row,) = found(ask("/v1/schools/status", "education", **SEPTEMBER))["rows"]

    assert row["listed_reasons"] == {"home-educated": 1}
    assert [(one["school"], one["children"], one["outcome"]) for one in row["notifications"]] == [
        (SCHOOL, 1, "told")
    ]
    assert row["occurrence"] not in ("", "1@partnership")


def test_a_day_outside_has_nothing(ask: Ask) -> None:
    status = found(ask("/v1/schools/status", "partnership", **{"from": "2024-09-11", "to": "2024-09-30"}))

    assert (status["occurrences"], status["rows"]) == (0, [])


def test_the_last_day_is_included(ask: Ask) -> None:
    status = found(ask("/v1/schools/status", "partnership", **{"from": "2024-09-10", "to": "2024-09-10"}))

    assert status["occurrences"] == 1


@pytest.mark.parametrize(
    "period",
    [
        {"from": "2024-09-01", "to": "9999-12-31"},
        {"from": "2024-09-30", "to": "2024-09-01"},
    ],
)
def test_a_period_that_is_none_is_said_to_be_none(ask: Ask, period: dict[str, str]) -> None:
    answer = ask("/v1/schools/status", "police", **period)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "`to`" in answer.json()["detail"]


def test_a_school_sees_its_own_messages_and_what_to_do(ask: Ask) -> None:
    (own,) = found(ask("/v1/schools/notifications", SCHOOL))["notifications"]

    assert (own["state"], own["children"], own["incident"]) == ("delivered", 1, f"1@{SCHOOL}")
    assert any("either parent" in line for line in own["what_to_do"])
    assert found(ask("/v1/schools/notifications", OTHER_SCHOOL))["notifications"] == []


def test_an_officer_sees_every_message_and_what_is_owed(ask: Ask, notify: Notify) -> None:
    notify.at(BELL)

    tasks = found(ask("/v1/schools/tasks", "education"))

    assert [(call["school"], call["owner"]) for call in tasks["calls"]] == [(SCHOOL, "p-education-2")]
    assert [(one["reason"], one["owner"]) for one in tasks["listed"]] == [("home-educated", "p-education-1")]
    assert len(found(ask("/v1/schools/notifications", "police"))["notifications"]) == 1


@pytest.mark.parametrize("path", ["/v1/schools/status", "/v1/schools/tasks"])
@pytest.mark.parametrize("agency", ["dafsu", SCHOOL])
def test_what_is_for_officers_is_absent_for_others(ask: Ask, path: str, agency: str) -> None:
    assert ask(path, agency, **SEPTEMBER).status_code == 404


def test_an_agency_that_is_no_school_has_no_messages(ask: Ask) -> None:
    assert ask("/v1/schools/notifications", "dafsu").status_code == 404


def test_a_first_responder_is_no_officer(ask: Ask) -> None:
    responder = next(one.id for one in PARTNERSHIP.people_of("police") if one.role is Role.RESPONDER)

    assert ask("/v1/schools/status", "police", responder, **SEPTEMBER).status_code == 404


def test_nobody_asks_without_a_token(ask: Ask) -> None:
    assert ask("/v1/schools/status", None, **SEPTEMBER).status_code == 401


def test_no_name_leaves_notify(ask: Ask) -> None:
    answers = [
        ask("/v1/schools/status", "police", **SEPTEMBER),
        ask("/v1/schools/notifications", SCHOOL),
        ask("/v1/schools/tasks", "education"),
    ]

    text = "".join(answer.text for answer in answers).casefold()
    assert "anaquillory" not in text
    assert "ostrovendale" not in text
