"""Killed anywhere, nothing accepted is lost, nothing is decided differently, nobody misses a number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from services.cli.client import System
from services.cli.publishing import Result, settle
from services.eventlog import topics
from services.eventlog.ids import event_id
from services.runtime.database import engine_for, reading
from services.runtime.secrets import Secrets
from services.runtime.settings import Settings
from tests.refolding import every_record, gaps, happened, refolded
from tests.storm import PARTNERSHIP, STEPS, VICTIMS, Storm, pauses, published, some_events, storm
from tests.system import running_system, sized

EVENTS = sized(1_000, 10_000)
RANDOM_EACH = sized(2, 10)
AIMED_EACH = sized(2, 10)
SEED = 20_240_901
SETTLE_SECONDS = 300.0

pytestmark = pytest.mark.timeout(sized(900, 5_400))


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """A system after the storm, settled, with every answer its publisher got."""

    settings: Settings
    results: tuple[Result, ...]
    weather: Storm


@pytest.fixture(scope="module")
def survived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survived]:
    print(f"seed of the storm: {SEED}")
    data = tmp_path_factory.mktemp("storm")
    with running_system(data, environment=pauses()) as running:
        with storm(running, SEED, random_each=RANDOM_EACH, aimed_each=AIMED_EACH) as weather:
            results = published(running, some_events(EVENTS, SEED), weather)
        settle(System(running.url, running.data), SETTLE_SECONDS)
        print(f"killed: {dict(weather.random_kills)}, aimed: {dict(weather.aimed_kills)}")
        yield Survived(settings=running.settings, results=tuple(results), weather=weather)


def test_every_process_was_killed_and_every_step_was_hit(survived: Survived) -> None:
    weather = survived.weather

    assert all(weather.random_kills[name] > 0 for name in VICTIMS), weather
    assert all(weather.aimed_kills[step] > 0 for step in STEPS), weather


def test_every_accepted_event_is_in_the_log_with_one_set_of_bytes(survived: Survived) -> None:
    copies: dict[str, set[bytes]] = defaultdict(set)
    for record in every_record(survived.settings, topics.LOG):
        copies[record.key.decode()].add(record.value)

    id_key = Secrets.load(survived.settings).id
    accepted = [event_id(id_key, "police", result.id or "") for result in survived.results]

    assert {result.status for result in survived.results} <= {"accepted", "duplicate"}
    assert len(set(accepted)) == EVENTS
    assert set(accepted) <= set(copies)
    assert all(len(values) == 1 for values in copies.values())


def test_the_log_folded_once_undisturbed_says_the_same(survived: Survived, tmp_path: Path) -> None:
    disturbed = happened(survived.settings, PARTNERSHIP)

    calm = refolded(survived.settings, PARTNERSHIP, tmp_path)

    assert calm.decisions == disturbed.decisions
    assert calm.releases == disturbed.releases
    assert calm.ledger == disturbed.ledger


def test_every_readers_rows_are_gap_free_and_once_each(survived: Survived) -> None:
    released = set(happened(survived.settings, PARTNERSHIP).releases)

    with reading(engine_for("projections", survived.settings)) as conn:
        rows = [(r.recipient, r.seq) for r in conn.execute(text("SELECT * FROM projections_release"))]

    assert len(rows) == len(set(rows))
    assert set(rows) == released
    assert gaps(rows) == {}
