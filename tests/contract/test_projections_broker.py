"""The read models on a real broker, as their service wires them."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.eventlog.errors import Unavailable
from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.projections import commands
from services.projections.__main__ import Service
from services.projections.state import Head
from services.runtime.settings import Settings
from services.vocabulary.agencies import topic_of
from tests.projections_builders import ROUTING_KEY, a_release
from tests.system import KafkaSystem, own_kafka

PATIENCE_SECONDS = 30.0
SCHOOL = "school:900101"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSystem]:
    """A broker of its own: these tests count every release on it, and one kills it."""
    with own_kafka(tmp_path_factory.mktemp("kafka")) as running:
        yield running


@pytest.fixture
def settings(system: KafkaSystem, tmp_path: Path, database_url: str) -> Settings:
    settings = system.settings(tmp_path / "data", database=database_url)
    (settings.data / "secrets" / "routing.key").write_bytes(ROUTING_KEY)
    return settings


@pytest.fixture(scope="module")
def released(system: KafkaSystem) -> dict[str, int]:
    """Forty releases to DAFSU and two to a school, some of them twice."""
    append(system, "dafsu", *(a_release(seq=n) for n in range(1, 41)))
    append(system, "dafsu", *(a_release(seq=n) for n in range(30, 41)))
    append(system, SCHOOL, *(a_release(SCHOOL, n, sections=("children",)) for n in (1, 2)))
    return {"dafsu": 40, SCHOOL: 2}


def append(system: KafkaSystem, recipient: str, *releases: bytes) -> None:
    records = [Record(key=recipient.encode(), value=value) for value in releases]
    KafkaWriter(system.access("consent")).append(topic_of(recipient), records)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def caught_up(service: Service) -> Service:
    while service.behind():
        service.following.step(0.1)
    return service


def kept(service: Service, released: dict[str, int]) -> dict[str, int]:
    return {recipient: service.store.head(recipient).last for recipient in released}


def test_every_release_is_kept_once_and_nothing_is_left_behind(
    settings: Settings, released: dict[str, int]
) -> None:
    service = caught_up(Service(settings))

    assert kept(service, released) == released
    assert service.standing().behind == 0
    assert service.store.parked() == 0


def test_a_rebuild_from_the_broker_equals_live(settings: Settings, released: dict[str, int]) -> None:
    service = caught_up(Service(settings))
    live = list(commands.dump(service.store))

    read = commands.rebuild(service.store, service.restart, service.behind)

    assert read == 40 + 11 + 2
    assert list(commands.dump(service.store)) == live
    assert len(live) == 40 + 2 + 2 + 2


def test_two_services_on_one_store_do_no_harm(settings: Settings, released: dict[str, int]) -> None:
    first, second = Service(settings), Service(settings)
    threads = [threading.Thread(target=caught_up, args=(service,)) for service in (first, second)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)

    assert kept(first, released) == released
    assert not any(thread.is_alive() for thread in threads)


def test_standing_is_cheap_enough_to_be_asked_again_and_again(
    settings: Settings, released: dict[str, int]
) -> None:
    service = caught_up(Service(settings))
    service.standing()

    started = time.perf_counter()
    for _ in range(20):
        service.standing()

    assert (time.perf_counter() - started) / 20 < 0.05


def test_a_broker_that_is_killed_is_waited_for(system: KafkaSystem, settings: Settings) -> None:
    service = caught_up(Service(settings))
    before = service.store.head("cedah")
    system.broker.kill()
    service.following.step(0.1)
    with pytest.raises(Unavailable):
        service.standing()

    system.broker.start()
    system.broker.await_ready()
    append(system, "cedah", a_release("cedah", before.last + 1))
    until(lambda: service.following.step(0.2) > 0)

    assert service.store.head("cedah") == Head(first_kept=1, last=before.last + 1)
