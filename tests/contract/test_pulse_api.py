"""What may be asked of the pulse over HTTP, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import httpx
import pytest
from fastapi import FastAPI

from services.projections.pulse.api import router
from services.projections.rules.pulse import Cell
from services.runtime.certificates import issue
from services.runtime.clock import FixedClock, SystemClock
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP, Settings
from services.runtime.web import Standing, create_app

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
QUARTER = timedelta(minutes=15)
NINE = datetime(2024, 9, 2, 9, tzinfo=UTC)
HUB_LEAD, HUB_OFFICER, RESPONDER, AUDITOR = (
    ("police", 0),
    ("police", 1),
    ("police", 2),
    ("partnership", 1),
)
NOBODY = -1
"""A token that names no person: an agency's own system."""


@dataclass(slots=True, kw_only=True)
class Counts:
    """Counts that stand still."""

    found: Mapping[Cell, int]

    def counts(self) -> Mapping[Cell, int]:
        return self.found


@dataclass(slots=True, kw_only=True)
class Pulse:
    """The pulse's HTTP side an hour and a half after nine."""

    credentials: Path
    counts: Counts = field(default_factory=lambda: Counts(found={Cell("VpaRaised", NINE): 7}))
    complete: bool = True

    def ask(self, who: tuple[str, int] | None) -> httpx.Response:
        app = create_app(
            "pulse",
            Settings(),
            ready=lambda: True,
            standing=lambda: Standing(service="pulse", behind=0, pending=0),
        )
        app.include_router(
            router(
                counts=self.counts,
                complete=lambda: self.complete,
                verifier=Verifier(PARTNERSHIP, self.credentials),
                clock=FixedClock(NINE + timedelta(minutes=90)),
            )
        )
        return anyio.run(_got, app, self._headers(who))

    def _headers(self, who: tuple[str, int] | None) -> dict[str, str]:
        if who is None:
            return {}
        agency, which = who
        person = PARTNERSHIP.people_of(agency)[which].id if which != NOBODY else None
        key = (self.credentials / folder_of(agency) / "key.pem").read_bytes()
        return {"authorization": f"Bearer {mint(agency, person, key, SystemClock().now())}"}


async def _got(app: FastAPI, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pulse") as client:
        return await client.get("/v1/pulse", headers=headers)


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("credentials")
    issue(folder, ("police", "partnership", "dafsu", "notify"))
    return folder


@pytest.fixture
def pulse(credentials: Path) -> Pulse:
    return Pulse(credentials=credentials)


@pytest.mark.parametrize("who", [HUB_LEAD, HUB_OFFICER, AUDITOR])
def test_the_hubs_people_and_auditors_see_it(pulse: Pulse, who: tuple[str, int]) -> None:
    assert pulse.ask(who).status_code == 200


@pytest.mark.parametrize(
    "who",
    [RESPONDER, ("partnership", 0), ("dafsu", 0), ("police", NOBODY), ("dafsu", NOBODY), ("notify", NOBODY)],
)
def test_for_everybody_else_there_is_nothing(pulse: Pulse, who: tuple[str, int]) -> None:
    assert pulse.ask(who).status_code == 404


def test_nothing_is_said_without_a_token(pulse: Pulse) -> None:
    assert pulse.ask(None).status_code == 401


def test_a_window_says_from_when_until_when_and_what_may_be_told(pulse: Pulse) -> None:
    said = pulse.ask(HUB_LEAD).json()

    (told,) = [window for window in said["windows"] if window["from"] == "2024-09-02T09:00:00Z"]
    assert said["delayed_minutes"] == 15
    assert told == {
        "from": "2024-09-02T09:00:00Z",
        "to": "2024-09-02T09:15:00Z",
        "counts": [{"event_type": "VpaRaised", "count": 7, "suppressed": False}],
    }


def test_what_is_suppressed_has_no_number_and_no_total_stands_beside_it(pulse: Pulse) -> None:
    pulse.counts = Counts(found={Cell("VpaRaised", NINE): 7, Cell("VpaRaised", NINE + QUARTER): 3})

    said = pulse.ask(HUB_LEAD).json()

    assert set(said) == {"delayed_minutes", "windows"}
    assert {tuple(window) for window in said["windows"]} == {("from", "to", "counts")}
    (few,) = [window for window in said["windows"] if window["from"] == "2024-09-02T09:15:00Z"]
    assert few["counts"] == [{"event_type": "VpaRaised", "count": None, "suppressed": True}]


def test_until_everything_was_counted_nothing_is_shown(pulse: Pulse) -> None:
    pulse.complete = False

    answer = pulse.ask(HUB_LEAD)

    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
