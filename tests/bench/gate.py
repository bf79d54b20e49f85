"""The gate on a real broker, and a raw copy of the same events to as many messages of the same sizes.

The copy writes to as many topics as the gate and waits for every acknowledgement; it decides nothing and
keeps nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sequence

from services.consent.worker.gate import Gate
from services.eventlog import topics
from services.eventlog.reader import KafkaReader
from services.eventlog.records import Record, Stored
from services.eventlog.writer import KafkaWriter
from services.runtime import garbage
from services.runtime.clock import elapsed
from tests.system import KafkaSystem

BATCH = 500
WAIT_SECONDS = 1.0


def gate_seconds(gate: Gate) -> float:
    """Return how long the gate takes from the first event read to the last batch committed."""
    garbage.look_seldom()  # as its own process does
    end = gate.ends()[topics.LOG]
    began = elapsed()
    while gate.position < end:
        gate.step(WAIT_SECONDS)
    return elapsed() - began


def copy_seconds(kafka: KafkaSystem, outputs: Sequence[Stored]) -> float:
    """Return how long it takes to read the same events and write as many messages of the same sizes."""
    copies = fresh_topics(kafka, outputs)
    ready = [(copies[o.topic], Record(key=o.key, value=o.value, headers=o.headers)) for o in outputs]
    reader, writer = KafkaReader(kafka.admin, {topics.LOG: 0}), KafkaWriter(kafka.admin)
    end, read, written = reader.end(topics.LOG), 0, 0
    writer.append(kafka.fresh_topic(), [Record(key=b"warm", value=b"warm")])
    gc.freeze()  # what was made ready here is not the copy's to look through for garbage
    began = elapsed()
    while read < end:
        read += len(reader.read(BATCH, WAIT_SECONDS))
        until = len(ready) * read // end
        writer.append_many(ready[written:until])
        written = until
    return elapsed() - began


def fresh_topics(kafka: KafkaSystem, outputs: Iterable[Stored]) -> Mapping[str, str]:
    """Make a topic for each that the gate wrote to, and return them by the gate's."""
    return {topic: kafka.fresh_topic() for topic in sorted({stored.topic for stored in outputs})}


def everything(kafka: KafkaSystem) -> list[Stored]:
    """Return all the gate wrote, in each topic's order."""
    written = (name for name in topics.names(kafka.partnership) if is_written_by_gate(name))
    return [stored for topic in written for stored in whole(kafka, topic)]


def is_written_by_gate(topic: str) -> bool:
    """Say whether it is `decisions` or somebody's releases."""
    return topic == topics.DECISIONS or topic.startswith("to.")


def whole(kafka: KafkaSystem, topic: str) -> list[Stored]:
    """Return all that is in a topic."""
    reader = KafkaReader(kafka.admin, {topic: 0})
    end, found = reader.end(topic), list[Stored]()
    while len(found) < end:
        found += reader.read(BATCH, WAIT_SECONDS)
    reader.close()
    return found
