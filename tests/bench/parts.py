"""What the bench is made of: events sealed by the door's own code, and a gate on a broker of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from services.consent.__main__ import GateService
from services.consent.flow.decision import DECISION_VERSION
from services.consent.worker.gate import Gate
from services.eventlog.records import Record
from services.synthetic.month import year
from tests.door_builders import open_door
from tests.system import KafkaSystem

AT_ONCE = 100
SEED = 7


def sealed_events(data: Path, count: int, database: str | None = None) -> list[Record]:
    """Return a policy adopted, and that many events of a synthetic year, as the door puts them in the log.

    The keys of those they are about are kept in `database`, by itself a file under `data`.
    """
    data.mkdir(parents=True)
    with open_door(data, database or f"sqlite:///{data / 'door.db'}", patience=60.0) as door:
        events = year(SEED, door.partnership)
        assert count <= len(events), f"a synthetic year has {len(events)} events: ask for no more"
        adopted = policy_adopted(door.partnership.policy.read_text("utf-8"))
        door.publisher.publish(adopted, "partnership").raise_for_status()
        for start in range(0, count, AT_ONCE):
            body = json.dumps(events[start : min(start + AT_ONCE, count)]).encode()
            door.publisher.post(body).raise_for_status()
        stored = door.log.reader({"log": 0}).read(1_000_000, 0.01)
    return [Record(key=each.key, value=each.value, headers=each.headers) for each in stored]


def policy_adopted(text: str) -> dict[str, object]:
    """Return the event that adopts a policy."""
    return {
        "type": "PolicyAdopted",
        "id": "bench-policy",
        "occurred_at": "2022-04-01T00:00:00Z",
        "facts": {
            "policy": "strict",
            "decision_version": DECISION_VERSION,
            "confirmed_by": "p-partnership-2",
        },
        "policy": {"text": text},
    }


def gate_on(kafka: KafkaSystem, door: Path, data: Path, **fields: object) -> Gate:
    """Return a gate on a broker, with a database of its own and the keys `door` sealed under."""
    settings = kafka.settings(data, **fields)
    shutil.rmtree(data / "secrets")
    shutil.copytree(door / "secrets", data / "secrets")
    return GateService(settings).gate
