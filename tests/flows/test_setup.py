"""What the set-up looks at before it calls a machine ready."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from services.runtime.places import ROOT

SETUP = ROOT / "infra" / "setup.sh"


def set_up(place: Path, java: str) -> str:
    """Run the set-up beside a Java that calls itself so, and a package manager that installs nothing.

    Returns what it said it has to install.
    """
    for name, script in {"java": f"echo '{java}' >&2", "apt-get": "exit 1"}.items():
        (place / name).write_text(f"#!/bin/sh\n{script}\n")
        (place / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{place}:{os.environ['PATH']}"}
    done = subprocess.run([SETUP], env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "java",
    ['openjdk version "11.0.2" 2019-01-15', 'java version "1.8.0_292"', "no such thing"],
)
def test_a_java_that_is_too_old_is_not_taken_for_one(tmp_path: Path, java: str) -> None:
    assert "default-jre-headless" in set_up(tmp_path, java)


@pytest.mark.parametrize(
    "java", ['openjdk version "17.0.19" 2026-04-21', 'java version "21" 2023-09-19', 'x version "25-ea"']
)
def test_a_java_of_17_or_newer_is(tmp_path: Path, java: str) -> None:
    assert "default-jre-headless" not in set_up(tmp_path, java)


def test_whatever_is_installed_by_pip_itself_has_its_version_named() -> None:
    text = SETUP.read_text()
    installed = re.findall(r"-m pip install --quiet (\S+)", text)

    assert installed == ['"uv==$uv"']
    assert re.search(r"^uv=[0-9]+\.[0-9]+\.[0-9]+ ", text, re.MULTILINE)
