"""Read models started with a wrong key set releases aside; mended, they read them again, in order."""

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.cli.settling import Stuck
from services.eventlog.access import Access
from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.runtime.certificates import ADMIN
from tests.door_builders import example
from tests.system import Running, eventually, running_system

OWNER, TOPIC = "dafsu", "to.dafsu"
SPOILT = "to.mycwa"
"""Where a record is planted that nobody will ever read."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A system of its own: its key is spoilt for a while."""
    with running_system(tmp_path_factory.mktemp("redriving")) as running:
        yield running


@pytest.fixture(scope="module")
def cli(system: Running) -> System:
    return System(system.url, system.data)


@pytest.fixture(scope="module")
def mended(system: Running, cli: System) -> Running:
    """One release is read; the next comes under a wrong key, the last under the right one again."""
    key = system.data / "secrets" / "routing.key"
    right = key.read_bytes()
    review(cli, "one")
    started_with(system, cli, key, bytes(32))
    review(cli, "two")
    started_with(system, cli, key, right)
    with pytest.raises(Stuck):
        review(cli, "three")
    plant(system, SPOILT)
    with pytest.raises(Stuck):
        settle(cli)
    return system


def review(cli: System, name: str) -> None:
    """The Hub reviews an incident as high risk: DAFSU is told, as soon as all has settled."""
    form = example("VpaReviewed")
    form["facts"].update(risk="high", previous_risk=None)
    assert publish(cli, [("police", {**form, "id": f"redrive-{name}", "incident": f"R-{name}"})]).complete
    settle(cli)


def started_with(system: Running, cli: System, key: Path, content: bytes) -> None:
    """Start the read models again, with that key in the file."""
    key.write_bytes(content)
    before = system.pids()["projections"]
    os.kill(before, signal.SIGKILL)
    eventually(lambda: system.pids()["projections"] != before and cli.get("/readyz").status == 200)


def plant(system: Running, topic: str) -> None:
    """Put something into a topic that is no release."""
    described = json.loads((system.data / "run" / "system.json").read_text())
    writer = KafkaWriter(Access.at(described["kafka"], system.data / "credentials", ADMIN))
    writer.append(topic, [Record(key=b"k", value=b"no release")])
    writer.close()


def asked(system: Running, *words: str, check: bool = True) -> list[dict[str, Any]]:
    done = system.cli("ops", "dead", *words, "--json", check=check)
    return [json.loads(line) for line in done.stdout.splitlines()]


def numbers(cli: System) -> list[int]:
    return [row["seq"] for row in cli.get("/v1/inbox?limit=100", agency=OWNER).good()["releases"]]


def aside(system: Running, topic: str) -> list[str]:
    return [row["reason"] for row in asked(system) if row["topic"] == topic]


def lag(system: Running) -> dict[str, Any]:
    """Return what `ops lag` says; it may end with 1, which says that somebody has waited for long."""
    found: dict[str, Any] = json.loads(system.cli("ops", "lag", "--json", check=False).stdout)
    return found


def test_who_is_stuck_behind_it_is_said_with_since_when_although_every_record_was_read(
    mended: Running,
) -> None:
    found = lag(mended)

    stuck = found["waiting"]["projections"]
    assert {row["records"] for row in found["readers"]} == {0}
    assert stuck["recipients"] == stuck["behind_aside"] > 0
    assert stuck["since"] is not None
    assert found["waiting"]["notify"]["recipients"] == 0


def test_settling_fails_at_once_and_says_who_is_stuck_and_how_it_is_mended(mended: Running) -> None:
    began = time.monotonic()

    done = mended.cli("settle", "--timeout", "120", check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert "projections takes nothing more for" in done.stderr
    assert "sightline ops dead --redrive --now" in done.stderr
    assert time.monotonic() - began < 30


def test_what_was_set_aside_is_in_the_read_model_once_it_was_read_again(mended: Running, cli: System) -> None:
    before, stuck = numbers(cli), lag(mended)["waiting"]["projections"]["recipients"]
    (shown,) = asked(mended, "--redrive", "--topic", TOPIC)
    still = numbers(cli), aside(mended, TOPIC)

    (done,) = asked(mended, "--redrive", "--now", "--topic", TOPIC)

    assert before == [1]
    assert still == ([1], ["tampered"])
    assert (shown["done"], shown["counts"]["applied"], done["done"]) == (False, 2, True)
    assert (numbers(cli), aside(mended, TOPIC)) == ([1, 2, 3], [])
    assert lag(mended)["waiting"]["projections"]["recipients"] == stuck - 1


def test_what_nobody_can_read_stays_aside_and_says_how_often_it_was_tried(mended: Running) -> None:
    asked(mended, "--redrive", "--now", "--topic", SPOILT)

    (row,) = [row for row in asked(mended) if row["topic"] == SPOILT]
    assert (row["reason"], row["times"]) == ("undecodable", 1)


def test_who_had_it_read_again_is_on_record_by_id_and_place(mended: Running, cli: System) -> None:
    told = cli.get("/v1/operations/projections/parked").good()["redrives"]

    assert {one["person"] for one in told} == {cli.first_person("police")}
    assert {one["topic"] for one in told} <= {TOPIC, SPOILT}


def test_now_without_redrive_does_nothing_and_says_so(mended: Running) -> None:
    assert mended.cli("ops", "dead", "--now", check=False).returncode != 0
