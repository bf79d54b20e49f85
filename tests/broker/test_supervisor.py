"""Whatever ends is started again within a second, and nothing outlives its supervisor."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.runtime.processes import Program, Supervisor
from tests.system import eventually

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
PARENT = """
import sys
from pathlib import Path
from services.runtime.processes import Program, Supervisor
sleeper = Program(name="sleeper", command=[sys.executable, "-c", "import time; time.sleep(600)"],
                  output=Path(sys.argv[1]))
supervisor = Supervisor(lambda pids: None)
supervisor.start([sleeper])
print(supervisor.pids()["sleeper"], flush=True)
supervisor.watch(lambda: False)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    supervisor = Supervisor(lambda pids: None)
    supervisor.start([Program(name="sleeper", command=SLEEPER, output=tmp_path / "out")])
    yield supervisor
    supervisor.stop()


def test_a_killed_process_is_back_within_a_second_however_often(supervisor: Supervisor) -> None:
    for _ in range(5):
        pid = supervisor.pids()["sleeper"]
        os.kill(pid, signal.SIGKILL)
        began = time.monotonic()

        supervisor.watch(lambda killed=pid: supervisor.pids()["sleeper"] != killed)  # type: ignore[misc]

        assert time.monotonic() - began < 1


def test_what_can_wait_and_keeps_ending_is_started_ever_more_rarely(tmp_path: Path) -> None:
    starts = tmp_path / "out"
    broken = Program(
        name="broken", command=[sys.executable, "-c", "print(1)"], output=starts, longest_pause=2.0
    )
    supervisor = Supervisor(lambda pids: None)
    supervisor.start([broken])

    times = []
    for number in range(1, 6):
        supervisor.watch(lambda number=number: supervisor.restarts >= number)  # type: ignore[misc]
        times.append(time.monotonic())
    supervisor.stop()

    between = [round(later - earlier) for earlier, later in itertools.pairwise(times)]
    assert between == [1, 2, 2, 2]


def test_stopping_ends_every_process_even_a_stopped_one(supervisor: Supervisor) -> None:
    pid = supervisor.pids()["sleeper"]
    os.kill(pid, signal.SIGSTOP)

    supervisor.stop()

    assert not _runs(pid)


def test_nothing_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()

    eventually(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    """Say whether a process runs; one that ended and was not collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False
