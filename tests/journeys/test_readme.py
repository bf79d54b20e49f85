"""What README.md says to type, typed: the walk by hand, and the example in every command's help."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from services.cli.__main__ import app
from services.runtime.places import ROOT
from tests.system import first_line

LEFT_OUT = {"up", "demo"}
"""Each starts a system of its own: the first block does, and the demo takes minutes."""


def blocks() -> list[str]:
    """Return what README.md says to type by hand: one block a terminal."""
    by_hand = (ROOT / "README.md").read_text().partition("## By hand\n")[2].partition("\n## ")[0]
    return re.findall(r"^```\n(.*?)^```$", by_hand, re.DOTALL | re.MULTILINE)


def typed(block: str, place: Path) -> subprocess.CompletedProcess[str]:
    """Type a block in a terminal of its own, and stop at the first line that fails."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=place, env=_clean(), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory like a fresh clone after the set-up, with the first terminal's block running in it."""
    place = tmp_path_factory.mktemp("readme")
    (place / ".venv").symlink_to(ROOT / ".venv")
    with open(place / "up.err", "wb") as errors:
        up = subprocess.Popen(
            ["bash", "-c", blocks()[0]],
            cwd=place, env=_clean(), stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True,
        )  # fmt: skip
    try:
        assert first_line(up, place)["checkpoint_key"]
        yield place
    finally:
        os.killpg(up.pid, signal.SIGTERM)
        up.wait(60)


@pytest.fixture(scope="module")
def walked(place: Path) -> subprocess.CompletedProcess[str]:
    """The second terminal's block, typed to its end."""
    return typed(blocks()[1], place)


def test_the_walk_by_hand_goes_through_as_it_stands(walked: subprocess.CompletedProcess[str]) -> None:
    assert walked.returncode == 0, walked.stdout + walked.stderr
    assert "accepted   example-vpa-raised" in walked.stdout
    assert "accepted   example-vpa-reviewed" in walked.stdout
    assert "sound\n" in walked.stdout


def test_on_the_walk_something_is_released_and_opened(walked: subprocess.CompletedProcess[str]) -> None:
    (released,) = [json.loads(line) for line in walked.stdout.splitlines() if line.startswith("{")]

    assert released["event_type"] == "VpaRaised"
    assert released["sections"]["children[0]"]["given_name"]


def test_every_commands_example_does_what_it_says(
    place: Path, walked: subprocess.CompletedProcess[str]
) -> None:
    assert walked.returncode == 0
    there = place / "examples"
    there.mkdir()
    (there / "data").symlink_to(place / "var" / "mine")
    (there / ".venv").symlink_to(ROOT / ".venv")

    for line in examples():
        done = typed(f". .venv/bin/activate\n{line}", there)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def examples() -> list[str]:
    """Return every command's example, in the order of the commands."""
    return [line for line in _examples(typer.main.get_command(app)) if shlex.split(line)[1] not in LEFT_OUT]


def _examples(command: Any) -> Iterator[str]:
    for one in command.commands.values():
        if hasattr(one, "commands"):
            yield from _examples(one)
        else:
            yield one.help.partition("Example: ")[2].splitlines()[0]
