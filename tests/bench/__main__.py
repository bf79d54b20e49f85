"""The gate against a raw copy, in one run, on a real broker: `make bench` (design 12).

Both read the same sealed events from the same topic. The copy writes as many messages of the same sizes
as the gate wrote, to as many topics, and waits for every acknowledgement; it decides nothing and keeps
nothing. The ratio is events a second of the gate over events a second of the copy. No figure is held to
anything here: this prints what was seen, and on what.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from services.eventlog import topics
from services.eventlog.reader import KafkaReader
from services.eventlog.records import Record, Stored
from services.eventlog.writer import KafkaWriter
from services.runtime.clock import elapsed
from tests.bench_parts import gate_on, sealed_events
from tests.system import KafkaSystem, own_kafka

EVENTS = int(os.environ.get("BENCH_EVENTS", "6000"))
BATCH = 500


def main() -> None:
    """Print the gate row of design 12."""
    with tempfile.TemporaryDirectory() as directory, own_kafka(Path(directory) / "kafka") as kafka:
        say(f"sealing {EVENTS} events through the door's own code")
        records = sealed_events(Path(directory) / "door", EVENTS)
        KafkaWriter(kafka.admin).append(topics.LOG, records)
        say("deciding them")
        seconds = gate_seconds(kafka, Path(directory))
        outputs = everything(kafka)
        say(f"copying them to {len(outputs)} messages of the same sizes")
        raw = copy_seconds(kafka, outputs)
    report(seconds, raw, len(outputs))


def gate_seconds(kafka: KafkaSystem, directory: Path) -> float:
    """Return how long the gate takes from the first event read to the last batch committed."""
    gate = gate_on(kafka, directory / "door", directory / "gate")
    end = gate.ends()[topics.LOG]
    began = elapsed()
    while gate.position < end:
        gate.step(1.0)
    return elapsed() - began


def copy_seconds(kafka: KafkaSystem, outputs: Sequence[Stored]) -> float:
    """Return how long it takes to read the same events and write as many messages of the same sizes."""
    copies = {topic: kafka.fresh_topic() for topic in {stored.topic for stored in outputs}}
    ready = [(copies[o.topic], Record(key=o.key, value=o.value, headers=o.headers)) for o in outputs]
    reader, writer = KafkaReader(kafka.admin, {topics.LOG: 0}), KafkaWriter(kafka.admin)
    end, read, written = reader.end(topics.LOG), 0, 0
    writer.append(kafka.fresh_topic(), [Record(key=b"warm", value=b"warm")])
    began = elapsed()
    while read < end:
        read += len(reader.read(BATCH, 1.0))
        until = len(ready) * read // end
        writer.append_many(ready[written:until])
        written = until
    return elapsed() - began


def everything(kafka: KafkaSystem) -> list[Stored]:
    """Return all the gate wrote, in each topic's order."""
    found: list[Stored] = []
    for topic in topics.names(kafka.partnership):
        if topic == topics.DECISIONS or topic.startswith("to."):
            reader = KafkaReader(kafka.admin, {topic: 0})
            end, there = reader.end(topic), 0
            while there < end:
                some = reader.read(BATCH, 1.0)
                there += len(some)
                found += some
            reader.close()
    return found


def report(gate: float, raw: float, outputs: int) -> None:
    """Print the row."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite"
    print(f"gate: log to decisions and releases, state committed ({machine})")
    print(f"  events {EVENTS}, messages written {outputs}")
    print(f"  gate      {EVENTS / gate:10,.0f} events/s")
    print(f"  raw copy  {EVENTS / raw:10,.0f} events/s")
    print(f"  ratio     {raw / gate:10.2f}")


def say(text: str) -> None:
    """Tell what is being done, on standard error."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
