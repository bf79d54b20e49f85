"""Run what the bench measures against in processes of their own, and check that they did the same work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.eventlog.records import Stored
from services.eventlog.topics import DECISIONS
from services.runtime.places import ROOT
from tests.bench.gate import fresh_topics, whole
from tests.bench.same_work import Job
from tests.system import KafkaSystem

OURS = sys.executable
THEIRS = str(ROOT / "infra" / "bench" / "venv" / "bin" / "python")
"""Where Quix Streams and cedarpy are: infra/bench/setup.sh puts them there."""

MOST_SECONDS = 150


class LeftOut(Exception):
    """a row cannot be measured here; says why"""


def same_work_seconds(
    module: str, python: str, kafka: KafkaSystem, outputs: Sequence[Stored], events: int, routing_key: bytes
) -> float:
    """Return how long an application takes to do the gate's decoding, filtering and encoding again.

    Requires that every message it wrote is the gate's, byte for byte. Raises `LeftOut`.
    """
    access = kafka.admin
    job = Job(
        bootstrap=access.bootstrap,
        certificate=str(access.certificate),
        ca=str(access.ca),
        routing_key=routing_key,
        events=events,
        messages=len(outputs),
        copies=fresh_topics(kafka, outputs),
        decisions=[stored.value for stored in outputs if stored.topic == DECISIONS],
    )
    file = kafka.data / f"{module}.job"
    job.write(file)
    said = run(module, python, str(file))
    _require_the_same(kafka, job, outputs)
    return float(said["seconds"])


def run(module: str, python: str, *arguments: str) -> dict[str, Any]:
    """Run a module of the bench and return what it printed. Raises `LeftOut`."""
    if not Path(python).exists():
        raise LeftOut("it could not be installed: infra/bench/setup.sh says why")
    command = [python, "-m", f"tests.bench.{module}", *arguments]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise LeftOut(f"it was not done within {MOST_SECONDS} s") from None
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise LeftOut(f"it ended with {done.returncode}: {done.stderr.strip()[-600:]}")
    said: dict[str, Any] = json.loads(lines[-1])
    return said


def _require_the_same(kafka: KafkaSystem, job: Job, outputs: Sequence[Stored]) -> None:
    for topic, copy in job.copies.items():
        ours = [(stored.key, stored.value) for stored in outputs if stored.topic == topic]
        theirs = [(stored.key, stored.value) for stored in whole(kafka, copy)]
        if ours != theirs:
            raise LeftOut(f"it wrote {len(theirs)} messages to its copy of `{topic}`, not our {len(ours)}")
