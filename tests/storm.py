"""Weather for a running system: events published while its processes are killed, at random and aimed."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.cli.client import System
from services.cli.publishing import Result, publish
from services.runtime.partnership import Partnership
from services.runtime.places import DEMO_PARTNERSHIP
from services.synthetic.month import year
from tests.system import Running

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
STEPS = ("gate-after-decisions", "gate-after-releases", "gate-before-commit", "door-after-append")
"""Where the gate and the door are killed: between steps 3, 4 and 5, and between append and receipt."""

AT_ONCE = 25
HELD_BACK = 16
HOLD_SECONDS = 8.0
PAUSE_SECONDS = 0.15
VICTIMS = ("ingest", "gate", "projections", "notify", "broker")
CALM_SECONDS = (0.2, 4.0)
BROKER_BACK_SECONDS = 8.0
PATIENCE_SECONDS = 600.0


def some_events(count: int, seed: int) -> list[dict[str, Any]]:
    """Return that many events of the police: VPAs, reviews, and consents given and withdrawn later."""
    found: list[dict[str, Any]] = []
    for number, event in enumerate(year(seed, PARTNERSHIP)):
        found.append(event)
        if event["type"] == "VpaReviewed" and number % 5:
            found += _second_thoughts(event)
        if len(found) >= count:
            return found[:count]
    raise AssertionError(f"a synthetic year has only {len(found)} events")


def _second_thoughts(reviewed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a late consent to every recipient that may need one, and its withdrawal."""
    about = {"incident": reviewed["incident"], "occurred_at": reviewed["occurred_at"]}
    asked = ("cheshire-cares", "cedah", "family-help")
    given = {
        "type": "ConsentRecorded",
        "id": f"{reviewed['id']}-given",
        "consent": dict.fromkeys(asked, "given"),
    }
    withdrawn = {"type": "ConsentWithdrawn", "id": f"{reviewed['id']}-withdrawn"}
    return [{**given, **about}, {**withdrawn, **about}]


@dataclass
class Storm:
    """What was killed, by process; at which step, where the kill was aimed; and how often each shall be."""

    random_each: int
    aimed_each: int
    random_kills: Counter[str] = field(default_factory=Counter)
    aimed_kills: Counter[str] = field(default_factory=Counter)

    def is_over(self) -> bool:
        """Say whether everything was killed as often as it shall be."""
        return all(self.random_kills[name] >= self.random_each for name in VICTIMS) and all(
            self.aimed_kills[step] >= self.aimed_each for step in STEPS
        )


def published(
    running: Running, events: Sequence[dict[str, Any]], weather: Storm | None = None
) -> list[Result]:
    """Publish through the door as the police, retried until answered; return every answer.

    The last batches are held back for as long as the weather has something to strike, within reason.
    """
    results: list[Result] = []
    system = System(running.url, running.data)
    for start in range(0, len(events), AT_ONCE):
        if weather is not None and start >= len(events) - HELD_BACK * AT_ONCE:
            _wait_for(weather)
        items = (("police", event) for event in events[start : start + AT_ONCE])
        publish(system, items, on_result=results.append, timeout=PATIENCE_SECONDS)
    return results


def _wait_for(weather: Storm) -> None:
    until = time.monotonic() + HOLD_SECONDS
    while not weather.is_over() and time.monotonic() < until:
        time.sleep(0.05)


@contextmanager
def storm(running: Running, seed: int, *, random_each: int, aimed_each: int) -> Iterator[Storm]:
    """Kill -9 while the block runs: each process so often at random moments, and so often at each step."""
    over = threading.Event()
    weather = Storm(random_each=random_each, aimed_each=aimed_each)
    threads = [
        threading.Thread(target=_at_random, args=(running, random.Random(seed), over, weather)),
        threading.Thread(target=_aimed, args=(running, over, weather)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield weather
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _at_random(running: Running, rng: random.Random, over: threading.Event, weather: Storm) -> None:
    order = [name for name in VICTIMS for _ in range(weather.random_each)]
    rng.shuffle(order)
    while order and not over.wait(rng.uniform(*CALM_SECONDS)):
        if _killed(running.pids().get(order[-1])):
            name = order.pop()
            weather.random_kills[name] += 1
            if name == "broker":
                over.wait(BROKER_BACK_SECONDS)


def _aimed(running: Running, over: threading.Event, weather: Storm) -> None:
    seen: Counter[str] = Counter()
    while not over.is_set():
        for step in STEPS:
            pids = paused(running.data, step)
            if (
                len(pids) > seen[step]
                and weather.aimed_kills[step] < weather.aimed_each
                and _killed(pids[-1])
            ):
                weather.aimed_kills[step] += 1
            seen[step] = len(pids)
        time.sleep(0.01)


def paused(data: Path, step: str) -> list[int]:
    """Return the process ids that paused at a step, in the order they did."""
    file = data / "run" / "pauses" / step
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def _killed(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def pauses() -> dict[str, str]:
    """Return the environment that pauses the gate and the door at every step a kill is aimed at."""
    return {"SIGHTLINE_PAUSE": json.dumps(dict.fromkeys(STEPS, PAUSE_SECONDS))}
