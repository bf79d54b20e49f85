"""What an operator asks of a running system, and that the answers hold nothing of a person."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.eventlog import topics
from tests.door_builders import example
from tests.system import Running, eventually

PLANTED = ("Zephirwyn", "Kettlebrackish", "OPS-REFERENCE-3", "the hawthornly gate", "to see the brackenmoor")


@pytest.fixture(scope="module")
def cli(system: Running) -> System:
    return System(system.url, system.data)


@pytest.fixture(scope="module")
def event(cli: System) -> str:
    """A form with planted words, decided, released, opened by its school; its publisher's own id."""
    vpa = example("VpaRaised")
    for person in (vpa["victim"], *vpa["children"]):
        person.update(given_name=PLANTED[0], family_name=PLANTED[1])
    vpa["narrative"]["text"] = PLANTED[3]
    assert publish(cli, [("police", {**vpa, "id": "ops-1", "incident": PLANTED[2]})]).complete
    settle(cli)
    school = f"school:{vpa['children'][0]['school_urn']}"
    release = cli.get("/v1/inbox?limit=100", agency=school).good()["releases"][-1]
    body = {"release_id": release["release_id"], "purpose": PLANTED[4]}
    assert PLANTED[0] in cli.post("/v1/open", body, agency=school).body.decode()
    settle(cli)
    return "ops-1"


def asked(system: Running, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in system.cli("ops", *words, "--json").stdout.splitlines()]


def peeked(cli: System, topic: str, **some: str) -> list[dict[str, Any]]:
    asked_for = {"topic": topic, **some}
    rows: list[dict[str, Any]] = cli.get("/v1/operations/records", asked_for).good()["records"]
    return rows


def test_a_system_at_rest_is_behind_in_nothing(system: Running, event: str) -> None:
    (found,) = asked(system, "lag")

    assert {row["reader"] for row in found["readers"]} == {
        "gate",
        "keyring",
        "projections",
        "notify",
        "audit",
    }
    assert {(row["records"], row["seconds"]) for row in found["readers"]} == {(0, 0)}
    nobody = {"recipients": 0, "since": None, "seconds": 0, "behind_aside": 0}
    assert found["waiting"] == {"projections": nobody, "notify": nobody}


def test_every_topic_can_be_peeked_at_and_none_shows_content(
    system: Running, cli: System, event: str
) -> None:
    shown = {topic: peeked(cli, topic) for topic in topics.names(cli.partnership)}

    assert peeked(cli, "log", **{"from": "0", "most": "5"}) == asked(
        system, "peek", "log", "--from", "0", "--count", "5"
    )
    assert all(shown[topic] for topic in ("log", "decisions", "openings", "to.schools"))
    assert [word for word in PLANTED if word in json.dumps(shown)] == []
    assert not [row for rows in shown.values() for row in rows if "unreadable" in row]
    assert shown["openings"][-1]["purpose"] == shown["openings"][-1]["person"] == "masked"


def test_a_sections_name_is_shown_and_its_ciphertext_is_not(system: Running, event: str) -> None:
    form = next(row for row in asked(system, "peek", "log") if row["type"] == "VpaRaised")

    assert "narrative" in form["sections"]
    assert form.keys() <= {
        *("topic", "partition", "offset", "appended_at", "trace"),
        *("event_id", "type", "schema_id", "recorded_at", "sections"),
    }


def test_one_event_is_followed_from_the_door_to_its_school(system: Running, event: str) -> None:
    def way() -> list[str]:
        done = system.cli("ops", "trace", event, "--json", check=False)
        return [step["name"] for step in json.loads(done.stdout)["steps"]] if done.stdout else []

    steps = ("door.take", "gate.decide", "notify.plan")
    # Each process writes its spans out in batches of its own: the last step may be seen before the first.
    eventually(lambda: set(steps) <= set(way()))

    assert tuple(name for name in dict.fromkeys(way()) if name in steps) == steps


def test_what_was_never_published_is_followed_nowhere(system: Running, event: str) -> None:
    done = system.cli("ops", "trace", "no-such-event", check=False)

    assert (done.returncode, done.stdout) == (1, "")


def test_in_a_system_that_reads_everything_nothing_was_set_aside(system: Running, event: str) -> None:
    assert asked(system, "dead") == []


def test_a_reader_that_cannot_write_is_behind_in_records_and_in_seconds(
    system: Running, cli: System, event: str
) -> None:
    with writing_held(system.data / "projections.db"):
        assert publish(
            cli, [("police", {**example("VpaRaised"), "id": "ops-2", "incident": "OPS-2"})]
        ).complete
        eventually(lambda: late(system))
        rows = late(system)
    settle(cli)

    assert all(0 < row["seconds"] < 60 for row in rows)
    assert late(system) == []


def late(system: Running) -> list[dict[str, Any]]:
    """Return the topics that the read models have not read to their end."""
    (found,) = asked(system, "lag")
    return [row for row in found["readers"] if row["records"] and row["reader"] == "projections"]


@contextmanager
def writing_held(database: Path) -> Iterator[None]:
    """Let nobody write to a database for as long as the block lasts: they wait."""
    held = sqlite3.connect(database, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        held.execute("ROLLBACK")
        held.close()
