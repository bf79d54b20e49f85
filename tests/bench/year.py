"""A year of Cheshire East, decided and released, and the services that pages come from, on PostgreSQL.

Nothing is written past a service: the door seals the year, the gate decides it, the read models follow their
topics, and what was opened was opened by the keyring, for a named person. All of it was recorded on one
morning, and it is still that morning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from services.cli.client import Answer, System
from services.cli.topology import BROKER, Options, Topology
from services.eventlog import topics
from services.eventlog.writer import KafkaWriter
from services.projections.store.tables import RELEASES
from services.runtime.clock import SharedClock, clock_path
from services.runtime.database import engine_at, reading
from services.runtime.processes import Supervisor
from tests.bench.gate import gate_seconds
from tests.bench.parts import gate_on, sealed_events
from tests.door_builders import NOW
from tests.system import KafkaSystem, eventually, own_kafka, own_postgres, postgres_database

SERVING = ("keyring", "projections", "console")
READY_SECONDS = 120.0
LEFT_UNOPENED = 30
"""Releases to an agency, the latest, that nobody has opened yet: what came since they last looked."""

NOTHING_HERE = 404
OPENING_AT_ONCE = 4
PURPOSE = "support today"


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A system that answers about a year: where, and how much there is."""

    system: System
    releases: Mapping[str, int]
    opened: int

    @property
    def rows(self) -> int:
        """Return how many releases the store holds."""
        return sum(self.releases.values())


@contextmanager
def a_year(data: Path, events: int, agencies: Sequence[str]) -> Iterator[Year]:
    """Run a console, a keyring and read models that hold a year; `agencies` have opened most of theirs."""
    with own_postgres() as server, postgres_database(server) as database, own_kafka(data) as kafka:
        _decide(kafka, database, events)
        with _serving(kafka, database) as system:
            opened = sum(_open_most(system, agency) for agency in agencies)
            eventually(partial(_is_level, system.url), READY_SECONDS)
            yield Year(system=system, releases=_counted(database), opened=opened)


def _decide(kafka: KafkaSystem, database: str, events: int) -> None:
    records = sealed_events(kafka.data / "door", events, database)
    KafkaWriter(kafka.admin).append(topics.LOG, records)
    gate_seconds(gate_on(kafka, kafka.data / "door", kafka.data, database=database))


@contextmanager
def _serving(kafka: KafkaSystem, database: str) -> Iterator[System]:
    """Run what pages come from, as `sightline up` does, and wait until it has read everything."""
    SharedClock.start(clock_path(kafka.data), NOW)
    chosen = Topology.of(Options(data=kafka.data, simulate_from=NOW))
    bootstrap = int(kafka.broker.bootstrap.rpartition(":")[2])
    topology = replace(chosen, ports={**chosen.ports, BROKER: bootstrap})
    supervisor = Supervisor(lambda pids: topology.describe(pids, ""))
    programs = [each for each in topology.programs() if each.name in SERVING]
    on_postgres = {"SIGHTLINE_DATABASE": database}
    try:
        supervisor.start([replace(p, environment={**p.environment, **on_postgres}) for p in programs])
        for name in SERVING:
            eventually(partial(_is_level, topology.url(name)), READY_SECONDS)
        yield System(topology.url("console"), kafka.data)
    finally:
        supervisor.stop()


def _is_level(url: str) -> bool:
    """Say whether a service answers, and has read all there is to read."""
    try:
        answer = httpx.get(f"{url}/v1/standing", timeout=10)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and answer.json()["behind"] == 0


def _open_most(system: System, agency: str) -> int:
    """Have an agency's first person open what they may, but for the latest. Returns how many they did.

    Of what is about themselves, their home or the other side of a case they get nothing, as anybody does.
    """
    last = {one["event_id"]: one for one in _inbox(system, agency)}
    told = [one for one in last.values() if one["kind"] != "recalled" and set(one["sections"]) - {"facts"}]
    with ThreadPoolExecutor(OPENING_AT_ONCE) as several:
        answers = list(several.map(partial(_open, system, agency), told[:-LEFT_UNOPENED]))
    return sum(bool(answer.good()) for answer in answers if answer.status != NOTHING_HERE)


def _open(system: System, agency: str, release: Mapping[str, Any]) -> Answer:
    body = {"release_id": release["release_id"], "purpose": PURPOSE}
    return system.post("/v1/open", body, agency=agency)


def _inbox(system: System, agency: str) -> list[Mapping[str, Any]]:
    """Return all an agency was released, in the order of its numbers."""
    found: list[Mapping[str, Any]] = []
    after = ""
    while True:
        page = system.get("/v1/inbox", {"limit": "1000", "after": after}, agency=agency).good()
        if not page["releases"]:
            return found
        found, after = [*found, *page["releases"]], page["next"]


def _counted(database: str) -> Mapping[str, int]:
    query = select(RELEASES.c.recipient, func.count()).group_by(RELEASES.c.recipient)
    engine = engine_at(database)
    with reading(engine) as conn:
        counted = {name: int(count) for name, count in conn.execute(query)}
    engine.dispose()
    return counted
