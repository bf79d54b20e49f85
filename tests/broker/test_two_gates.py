"""Two gates on one partition, one stopped through a batch of the other: the same output as from one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.cli.client import System
from services.cli.publishing import settle
from services.consent.store.gate import GateStore
from services.runtime.database import engine_for
from services.runtime.ports import free_port
from services.runtime.settings import Settings
from tests.refolding import happened, refolded
from tests.storm import PARTNERSHIP, paused, published, some_events
from tests.system import Running, eventually, running_system, sized

STEP = "gate-after-releases"
"""Stopped here, before step 5: a process stopped inside it would hold SQLite's write lock."""

EVENTS = sized(300, 3_000)
STOPS = sized(3, 20)


def test_two_gates_one_stopped_through_a_batch_of_the_other_say_what_one_says(tmp_path: Path) -> None:
    environment = {"SIGHTLINE_PAUSE": json.dumps({STEP: 0.3})}
    with running_system(tmp_path / "data", environment=environment) as running, second_gate(running):
        settings = running.settings
        publishing = threading.Thread(target=published, args=(running, some_events(EVENTS, seed=5)))
        publishing.start()
        overtaken = sum(stopped_through_a_batch(running, settings) for _ in range(STOPS))
        publishing.join()
        settle(System(running.url, running.data), 240)

        both = happened(settings, PARTNERSHIP)
        one = refolded(settings, PARTNERSHIP, tmp_path)

    assert overtaken == STOPS
    assert one.decisions == both.decisions
    assert one.releases == both.releases
    assert one.ledger == both.ledger


def stopped_through_a_batch(running: Running, settings: Settings) -> bool:
    """Stop the next gate that pauses before its commit until the other has committed; then let it go on."""
    before = len(paused(running.data, STEP))
    eventually(lambda: len(paused(running.data, STEP)) > before, 60)
    pid, store = paused(running.data, STEP)[-1], GateStore(engine_for("consent", settings))
    at = store.position()
    os.kill(pid, signal.SIGSTOP)
    try:
        eventually(lambda: store.position() > at, 60)
    finally:
        os.kill(pid, signal.SIGCONT)
    return True


@contextmanager
def second_gate(running: Running) -> Iterator[int]:
    """Run another gate beside the system's own, configured as that one is, on a port of its own."""
    own = Path(f"/proc/{running.pids()['gate']}/environ").read_bytes().split(b"\0")
    environment = dict(line.decode().split("=", 1) for line in own if b"=" in line)
    with open(running.data / "second.log", "ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.consent", "gate"],
            env={**environment, "SIGHTLINE_PORT": str(free_port())},
            stdout=output,
            stderr=output,
        )
    try:
        yield process.pid
        assert process.poll() is None, (running.data / "second.log").read_text()[-2000:]
    finally:
        process.terminate()
        process.wait(30)
