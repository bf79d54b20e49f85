"""The command, end to end: publish, settle, read, explain, export, verify; and `up` itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.system import Running, eventually

SEPTEMBER = "2024-09-02T09:00:00+01:00"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def published(system: Running, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The example VPA raised and reviewed, under ids of this module's own, decided and projected."""
    results = []
    for event_type in ("VpaRaised", "VpaReviewed"):
        event = {**json.loads(system.cli("example", event_type).stdout), "incident": "COMMAND-1"}
        event["id"] = f"command-{event_type}"
        file = tmp_path_factory.mktemp("events") / "one.jsonl"
        file.write_text(json.dumps(event) + "\n")
        results += lines(system.cli("publish", str(file), "--as", "police", "--json").stdout)
    system.cli("settle", "--timeout", "60")
    return {"results": results, "file": file}


def of_the_review(system: Running, recipient: str, *options: str) -> dict[str, Any]:
    rows = lines(system.cli("inbox", "--as", recipient, "--json", *options).stdout)
    mine = {row["event_id"] for row in lines(system.cli("inbox", "--as", "police", "--json").stdout)}
    return [row for row in rows if row["event_type"] == "VpaReviewed" and row["event_id"] in mine][-1]


def test_an_example_is_accepted_and_gets_a_receipt(published: dict[str, Any]) -> None:
    assert [result["status"] for result in published["results"]] == ["accepted", "accepted"]
    assert all(result["receipt"] for result in published["results"])


def test_the_same_again_is_a_duplicate_with_the_same_receipt(
    system: Running, published: dict[str, Any]
) -> None:
    again = lines(system.cli("publish", str(published["file"]), "--as", "police", "--json").stdout)

    assert [result["status"] for result in again] == ["duplicate"]
    assert again[0]["receipt"] == published["results"][1]["receipt"]


def test_a_refused_line_is_printed_with_reasons_and_the_command_fails(
    system: Running, tmp_path: Path
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text('{"type": "VpaRaised", "id": "command-bad"}\n{\n')

    done = system.cli("publish", str(file), "--as", "police", "--json", check=False)

    assert done.returncode == 1
    assert [result["status"] for result in lines(done.stdout)] == ["refused", "refused"]
    assert all(result["reasons"] for result in lines(done.stdout))


def test_its_publisher_finds_it_in_its_inbox_and_may_open_it(
    system: Running, published: dict[str, Any]
) -> None:
    assert published
    row = of_the_review(system, "police", "--open", "--purpose", "test")

    assert row["ground"] == "own"
    assert row["sections"]["incident"]["reference"] == "COMMAND-1"


def test_an_event_is_explained_by_either_id(system: Running, published: dict[str, Any]) -> None:
    assert published
    event = of_the_review(system, "police")["event_id"]

    by_log = json.loads(system.cli("explain", event, "--json").stdout)
    by_publisher = json.loads(system.cli("explain", "command-VpaReviewed", "--json").stdout)

    assert by_log == by_publisher
    assert {"police", "dafsu", "cheshire-cares"} <= {one["recipient"] for one in by_log["decisions"]}


def test_one_recipients_decision_can_be_asked_for_alone(system: Running, published: dict[str, Any]) -> None:
    assert published
    found = json.loads(system.cli("explain", "command-VpaReviewed", "--to", "police", "--json").stdout)

    assert [one["outcome"] for one in found["decisions"]] == ["permit"]


def test_the_strict_policy_is_in_force_before_anything_is_published(system: Running) -> None:
    shipped = Path("services/consent/policies/strict.toml").read_text()

    assert system.cli("policy", "show").stdout == shipped
    assert json.loads(system.cli("policy", "show", "--json").stdout)["name"] == "strict"


def test_the_emergency_duty_team_takes_part_before_anything_is_published(
    system: Running, published: dict[str, Any]
) -> None:
    assert published
    found = json.loads(system.cli("explain", "command-VpaRaised", "--json").stdout)

    (team,) = [one for one in found["decisions"] if one["recipient"] == "emergency-duty-team"]
    assert team["reason"] == "awaiting-review"


def test_the_schools_status_adds_up(system: Running) -> None:
    found = json.loads(
        system.cli("schools", "status", "--from", "2024-01-01", "--to", "2026-12-31", "--json").stdout
    )

    assert found["told"] + found["escalated"] + found["listed"] == found["children"]


def test_a_bundle_verifies_against_the_key_that_up_printed(
    system: Running, published: dict[str, Any], tmp_path: Path
) -> None:
    assert published
    key = tmp_path / "vkey"
    key.write_text(system.checkpoint_key)

    system.cli("export", "--out", str(tmp_path / "bundle"))
    result = json.loads(system.cli("verify", str(tmp_path / "bundle"), "--key", str(key), "--json").stdout)

    assert (result["ok"], result["problems"]) == (True, [])
    assert result["tree_size"] >= 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("inbox", "--as", "nobody"),
        ("inbox", "--as", "dafsu", "--open"),
        ("explain", "no-such-event"),
        ("example", "NoSuchType"),
        ("verify", "tests", "--key", "pyproject.toml"),
        ("settle", "--url", "http://127.0.0.1:1", "--data", "nowhere", "--timeout", "0.2"),
    ],
)
def test_what_cannot_be_done_fails_in_one_line(system: Running, arguments: tuple[str, ...]) -> None:
    done = system.cli(*arguments, check=False)

    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_every_process_that_is_killed_is_back_and_the_system_settles(system: Running) -> None:
    before = system.pids()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)

    eventually(lambda: not set(before.values()) & set(system.pids().values()))

    system.cli("settle", "--timeout", "120")


def test_one_log_never_mixes_real_and_simulated_time(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "time").write_text("real")

    assert refusal_of_up(tmp_path).endswith("name another directory with --data\n")


def test_simulated_time_refuses_real_keys(tmp_path: Path) -> None:
    (tmp_path / "credentials" / "police").mkdir(parents=True)

    assert "holds real keys" in refusal_of_up(tmp_path)


def test_two_systems_never_share_a_directory(system: Running) -> None:
    command = [sys.executable, "-m", "services.cli", "up", "--data", str(system.data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 1
    assert "runs on" in done.stderr


def refusal_of_up(data: Path) -> str:
    command = [sys.executable, "-m", "services.cli", "up", "--data", str(data), "--simulate-from", SEPTEMBER]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    return done.stderr
