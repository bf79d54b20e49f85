"""Somebody is made unreadable, from the order to the destroyed key, and all proofs still hold (promise 6).

So it stays when the system is stopped and started again.
"""

import json
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.cli.settling import advance, clock_of
from services.eventlog.keys import PERSONS, TOKENS
from services.runtime.database import engine_for, reading
from services.runtime.settings import Settings
from tests.door_builders import example
from tests.journeys.test_opening import opened
from tests.system import Running, running_system

Event = dict[str, Any]
START = "2024-09-02T08:01:00Z"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_system(tmp_path_factory.mktemp("erasing") / "data", "--simulate-from", START) as system:
        yield system


def told(system: System, agency: str, event: Event) -> None:
    now = clock_of(system).now().isoformat()
    assert publish(system, [(agency, {**event, "occurred_at": now})]).complete
    settle(system)


def a_form() -> Event:
    form = example("VpaReviewed")
    facts = {**form["facts"], "risk": "high", "children": "none", "previous_risk": None}
    return {**form, "id": "to-be-erased", "incident": "ERASED-1", "facts": facts, "children": []}


def last(system: System, recipient: str) -> dict[str, Any]:
    releases: list[dict[str, Any]] = system.get("/v1/inbox?limit=100", agency=recipient).good()["releases"]
    return releases[-1]


def rows(system: System) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = system.get("/v1/ledger/erasures", agency="partnership").good()["rows"]
    return found


def keys(settings: Settings) -> int:
    with reading(engine_for("keys", settings)) as conn:
        return len(conn.scalars(select(PERSONS.c.person).where(PERSONS.c.wrapped.is_not(None))).all())


def tokens(settings: Settings) -> int:
    with reading(engine_for("keys", settings)) as conn:
        return len(conn.scalars(select(TOKENS.c.token)).all())


def test_from_the_order_to_the_destroyed_key(running: Running, tmp_path: Path) -> None:
    system, settings = of(running), Settings(data=running.data)
    told(system, "police", a_form())
    release = last(system, "dafsu")["release_id"]
    before = opened(system, "dafsu", release, "victim").status
    kept, known = keys(settings), tokens(settings)
    order = example("ErasureOrdered")
    order["facts"] |= {"persons": [last(system, "partnership")["person"]], "confirmed_by": "p-partnership-2"}

    told(system, "partnership", order)
    suspended = opened(system, "dafsu", release, "victim").status
    advance(system, clock_of(system).now() + timedelta(days=30, hours=1))
    settle(system)

    assert (before, suspended, opened(system, "dafsu", release, "victim").status) == (200, 404, 404)
    assert [(row["order"], row["objections"]) for row in rows(system)] == [("erased", [])]
    assert keys(settings) == kept - 1
    assert tokens(settings) < known
    assert set(opened(system, "dafsu", release).good()["sections"]) >= {"person_causing_harm"}
    exported = json.loads(running.cli("export", "--out", str(tmp_path / "bundle"), "--json").stdout)
    assert exported
    key = tmp_path / "key.vkey"
    key.write_text(running.checkpoint_key)
    assert json.loads(running.cli("verify", str(tmp_path / "bundle"), "--key", str(key), "--json").stdout)[
        "ok"
    ]


def test_a_system_started_again_on_its_directory_goes_on_where_it_was(running: Running) -> None:
    before, now, told_last = ends(running), clock_of(of(running)).now(), last(of(running), "dafsu")
    kept = keys(Settings(data=running.data))
    running.process.send_signal(signal.SIGTERM)
    running.process.wait(60)

    with running_system(running.data, "--simulate-from", START) as again:
        assert (ends(again)["log"], again.checkpoint_key) == (before["log"], running.checkpoint_key)
        assert clock_of(of(again)).now() == now
        assert last(of(again), "dafsu") == told_last
        assert opened(of(again), "dafsu", told_last["release_id"], "victim").status == 404
        assert keys(Settings(data=again.data)) == kept


def of(running: Running) -> System:
    return System(running.url, running.data)


def ends(running: Running) -> dict[str, int]:
    found: dict[str, int] = json.loads(running.cli("settle", "--json").stdout)["ends"]
    return found
