"""Notify as it runs: its own process on a real broker, with its own certificate; a door and a keyring."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.eventlog.codec import encode_release
from services.eventlog.ids import release_id
from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.notify.__main__ import own_key
from services.runtime.ports import free_port
from services.runtime.settings import Settings
from services.vocabulary.agencies import topic_of
from services.vocabulary.grounds import ReleaseKind
from tests.notify_builders import AN_HOUR_LATER, SCHOOL, Front, a_release, an_opening, answering
from tests.system import KafkaSystem, eventually, own_kafka

HAPPENED = "2024-09-10T23:10:00+01:00"
CHILD = {
    "given_name": "Brindlewyck",
    "family_name": "Ostrovendale",
    "date_of_birth": "2016-03-04",
    "school_urn": "900101",
    "occurred_at": HAPPENED,
}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSystem]:
    with own_kafka(tmp_path_factory.mktemp("notify-kafka")) as system:
        yield system


@pytest.fixture
def front() -> Front:
    return Front(opens={"children[0]": CHILD, "facts": {"child_count": 1, "occurred_at": HAPPENED}})


def append(kafka: KafkaSystem, to: str, section: str) -> None:
    release = a_release(
        to, 1, "event-1", (section,), event_type="VpaRaised", kind=ReleaseKind.NEW, incident=f"1@{to}"
    )
    writer = KafkaWriter(kafka.access("consent"))
    writer.append(topic_of(to), [Record(key=to.encode(), value=encode_release(release))])
    writer.close()


def look(kafka: KafkaSystem) -> None:
    """The school is shown its pupil: the keyring has put it on record."""
    writer = KafkaWriter(kafka.access("keyring"))
    writer.append("openings", [an_opening(SCHOOL, release_id("new1", "event-1", SCHOOL), AN_HOUR_LATER)])
    writer.close()


@contextmanager
def running(settings: Settings, front: str) -> Iterator[str]:
    """Run `python -m services.notify` until the block ends; yields its address."""
    port = free_port()
    environment = {
        **os.environ,
        "SIGHTLINE_DATA": str(settings.data),
        "SIGHTLINE_KAFKA": settings.kafka,
        "SIGHTLINE_PORT": str(port),
        "SIGHTLINE_INGEST": front,
        "SIGHTLINE_KEYRING": front,
    }
    process = subprocess.Popen([sys.executable, "-m", "services.notify"], env=environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def asked(url: str, path: str) -> Any:
    try:
        return httpx.get(url + path).json()
    except httpx.HTTPError:
        return {}


def test_from_a_release_on_the_broker_to_what_the_door_hears_and_across_a_kill(
    broker: KafkaSystem, front: Front, tmp_path: Path
) -> None:
    settings = broker.settings(tmp_path / "data")
    append(broker, "partnership", "facts")
    append(broker, SCHOOL, "children")

    for _ in range(2):
        with answering(front) as behind, running(settings, behind) as url:
            eventually(lambda url=url: asked(url, "/readyz") == {"ready": True})
            eventually(lambda url=url: is_at_rest(asked(url, "/v1/standing")))

    with answering(front) as behind, running(settings, behind) as url:
        look(broker)
        eventually(lambda: is_at_rest(asked(url, "/v1/standing"), openings=1))

    said = [event["type"] for heard in front.heard if isinstance(heard, list) for event in heard]
    assert said == [
        "SchoolNotificationPlanned",
        "SchoolNotificationDelivered",
        "SchoolNotificationEscalated",
        "SchoolNotificationOpened",
    ]


def is_at_rest(standing: dict[str, Any], *, openings: int = 0) -> bool:
    read = standing.get("ends", {})
    came = bool(read) and (read["to.schools"], read["openings"]) == (1, openings)
    return came and standing["behind"] == standing["pending"] == 0


def test_its_key_is_made_once_and_readable_by_nobody_else(broker: KafkaSystem, tmp_path: Path) -> None:
    settings = broker.settings(tmp_path / "data")

    assert own_key(settings) == own_key(settings)
    assert (tmp_path / "data" / "secrets" / "notify.key").stat().st_mode & 0o077 == 0
