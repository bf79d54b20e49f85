"""The pulse in a whole system: it shows what was published, and nothing else notices when it is away."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import httpx
import pytest

from services.cli.client import System
from tests.pulse_builders import FORMS, an_hour_passes, of, publish, raised, some_forms_raised
from tests.system import Running, eventually

PATIENCE_SECONDS = 120.0
AS_EVER_SECONDS = 10.0
"""Longer than any of these answers takes on a busy machine, and far shorter than waiting for a dead one."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with some_forms_raised(tmp_path_factory.mktemp("pulse")) as running:
        yield running


def everything_else_answers(running: Running) -> None:
    """Publish, settle, read an inbox and ask how the whole is: as ever, and in the time it takes as ever."""
    publish(running, f"forms-{time.monotonic_ns()}")
    began = time.monotonic()
    running.cli("settle", "--timeout", "10")
    inbox = running.cli("inbox", "--as", "police").stdout.splitlines()
    statuses = [
        httpx.get(f"{running.url}{path}").status_code for path in ("/readyz", "/metrics", "/openapi.json")
    ]
    statuses.append(System(running.url, running.data).get("/v1/standings").status)

    assert time.monotonic() - began < AS_EVER_SECONDS
    assert len(inbox) >= 2 * FORMS
    assert statuses == [200] * 4


def test_the_hub_sees_how_many_were_raised_in_a_quarter_hour(system: Running) -> None:
    eventually(lambda: raised(system), PATIENCE_SECONDS)

    assert raised(system) == {"2024-09-02T08:00:00Z": FORMS}


def test_others_do_not_learn_that_there_is_one(system: Running) -> None:
    unknown = of(system).get("/v1/nothing-like-it", agency="dafsu")

    assert of(system).get("/v1/pulse", agency="dafsu").status == unknown.status == 404


def test_killed_it_comes_back_and_nothing_else_notices(system: Running) -> None:
    pid = system.pids()["pulse"]
    others = {name: pid for name, pid in system.pids().items() if name != "pulse"}

    os.kill(pid, signal.SIGKILL)
    everything_else_answers(system)

    eventually(lambda: raised(system), PATIENCE_SECONDS)
    assert system.pids()["pulse"] != pid
    assert {name: pid for name, pid in system.pids().items() if name != "pulse"} == others


def test_stopped_it_holds_up_nobody_and_a_day_later_it_catches_up(system: Running) -> None:
    pid = system.pids()["pulse"]
    os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(24):
            an_hour_passes(system)
        everything_else_answers(system)
        an_hour_passes(system)
    finally:
        os.kill(pid, signal.SIGCONT)

    # It may still show the day before, or nothing yet, for a moment.
    eventually(lambda: list(raised(system).values()) == [FORMS], PATIENCE_SECONDS)
