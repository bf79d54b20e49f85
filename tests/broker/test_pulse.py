"""The pulse on a real broker: it counts, it is killed and counts the same, and nothing else notices."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.runtime.clock import SharedClock, SystemClock, clock_path
from services.runtime.identity import folder_of, mint
from services.runtime.ports import free_port
from services.vocabulary.agencies import topic_of
from services.vocabulary.grounds import ReleaseKind
from tests.projections_builders import RECORDED, a_release
from tests.system import KafkaSystem, eventually, own_kafka

PATIENCE_SECONDS = 120.0
"""Long enough for it to find that it stands still, and to begin anew."""
HALF_AN_HOUR_LATER = RECORDED + timedelta(minutes=30)


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[KafkaSystem]:
    """A broker of its own: these tests count every release on it."""
    with own_kafka(tmp_path / "kafka") as running:
        yield running


@dataclass(slots=True, kw_only=True)
class Pulse:
    """The pulse as a process, in simulated time."""

    kafka: KafkaSystem
    data: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        settings = self.kafka.settings(self.data)
        own = {"DATA": str(self.data), "KAFKA": settings.kafka, "PORT": str(self.port), "SIMULATED": "1"}
        environment = {**os.environ, **{f"SIGHTLINE_{name}": value for name, value in own.items()}}
        with open(self.data / "pulse.log", "ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.projections.pulse"],
                env=environment,
                stdout=output,
                stderr=output,
            )

    def kill(self) -> None:
        """Kill it, if it runs."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def said(self) -> httpx.Response | None:
        """Return what it answers the Hub, None where nobody answers."""
        key = (self.kafka.credentials / folder_of("police") / "key.pem").read_bytes()
        person = self.kafka.partnership.people_of("police")[0].id
        token = mint("police", person, key, SystemClock().now())
        try:
            return httpx.get(
                f"http://127.0.0.1:{self.port}/v1/pulse", headers={"authorization": f"Bearer {token}"}
            )
        except httpx.HTTPError:
            return None

    def behind(self) -> int | None:
        """Return how many records it says it has yet to read, None where it does not say."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.port}/v1/standing")
        except httpx.HTTPError:
            return None
        behind: int | None = answer.json().get("behind")
        return behind

    def _is_complete(self) -> bool:
        """Say whether it shows anything; it is started again where it ended of itself, as `up` does."""
        if self.process is not None and self.process.poll() is not None:
            self.start()
        said = self.said()
        return said is not None and said.status_code == 200

    def windows(self) -> list[dict[str, Any]]:
        """Return the windows with a count in them, once it has counted everything."""
        eventually(self._is_complete, PATIENCE_SECONDS)
        said = self.said()
        assert said is not None
        return [w for w in said.json()["windows"] if any(c["count"] for c in w["counts"])]


@contextmanager
def running(kafka: KafkaSystem, data: Path) -> Iterator[Pulse]:
    data.mkdir()
    SharedClock.start(clock_path(data), HALF_AN_HOUR_LATER)
    pulse = Pulse(kafka=kafka, data=data)
    pulse.start()
    try:
        yield pulse
    finally:
        pulse.kill()


def release(kafka: KafkaSystem, *releases: bytes) -> None:
    records = [Record(key=b"partnership", value=value) for value in releases]
    KafkaWriter(kafka.access("consent")).append(topic_of("partnership"), records)


def reviewed(first: int, last: int, **fields: Any) -> list[bytes]:
    return [a_release("partnership", n, sections=("facts",), **fields) for n in range(first, last + 1)]


ONE_QUARTER = [
    {
        "from": "2024-09-02T08:30:00Z",
        "to": "2024-09-02T08:45:00Z",
        "counts": [{"event_type": "VpaReviewed", "count": 7, "suppressed": False}],
    }
]


def test_events_are_counted_once_whatever_comes_twice(kafka: KafkaSystem, tmp_path: Path) -> None:
    release(kafka, *reviewed(1, 7), *reviewed(4, 7), *reviewed(8, 11, kind=ReleaseKind.CHANGED, event=1))

    with running(kafka, tmp_path / "pulse") as pulse:
        assert pulse.windows() == ONE_QUARTER


def test_killed_and_started_again_it_says_the_same(kafka: KafkaSystem, tmp_path: Path) -> None:
    release(kafka, *reviewed(1, 7))

    with running(kafka, tmp_path / "pulse") as pulse:
        before = pulse.windows()
        for _ in range(2):
            pulse.kill()
            pulse.start()
            assert pulse.windows() == before == ONE_QUARTER


def test_a_day_behind_it_catches_up(kafka: KafkaSystem, tmp_path: Path) -> None:
    release(kafka, *reviewed(1, 7))

    with running(kafka, tmp_path / "pulse") as pulse:
        assert pulse.windows() == ONE_QUARTER
        pulse.kill()
        for hour in range(24):
            first = 8 + hour * 50
            release(kafka, *reviewed(first, first + 49, recorded=RECORDED + timedelta(hours=hour + 1)))
        SharedClock(clock_path(pulse.data)).advance(RECORDED + timedelta(hours=24, minutes=30))
        pulse.start()

        windows = pulse.windows()

    assert [window["counts"][0]["count"] for window in windows] == [50] * 24
    assert windows[0]["from"] == "2024-09-02T09:30:00Z"


def test_what_cannot_be_read_keeps_it_from_saying_anything(kafka: KafkaSystem, tmp_path: Path) -> None:
    release(kafka, *reviewed(1, 7), b"no release", *reviewed(9, 20))

    with running(kafka, tmp_path / "pulse") as pulse:
        eventually(lambda: pulse.behind() == 0, PATIENCE_SECONDS)
        said = pulse.said()

    assert said is not None
    assert (said.status_code, "retry-after" in said.headers) == (503, True)


def test_a_broker_that_is_killed_is_waited_for(kafka: KafkaSystem, tmp_path: Path) -> None:
    release(kafka, *reviewed(1, 3))

    with running(kafka, tmp_path / "pulse") as pulse:
        eventually(lambda: pulse.behind() == 0, PATIENCE_SECONDS)
        kafka.broker.kill()
        kafka.broker.start()
        kafka.broker.await_ready()
        release(kafka, *reviewed(4, 7))

        eventually(lambda: pulse.behind() == 0, PATIENCE_SECONDS)
        assert pulse.windows() == ONE_QUARTER


def test_it_leaves_nothing_on_disk(kafka: KafkaSystem, tmp_path: Path) -> None:
    release(kafka, *reviewed(1, 7))
    place = tmp_path / "pulse"

    with running(kafka, place) as pulse:
        pulse.windows()
        left = {path.name for path in place.iterdir()}

    assert left == {"credentials", "secrets", "run", "telemetry", "pulse.log"}
    assert not list(Path.cwd().glob("*pulse*-data"))
