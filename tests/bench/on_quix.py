"""The same work as a Quix Streams application: `python -m tests.bench.on_quix JOB`.

Runs in the environment that has Quix Streams. One process, no state, at least once, a checkpoint every 500
events, and the producer's settings are the writer's. Prints the seconds from the first event handled until
everything was acknowledged and the position committed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from quixstreams import Application
from quixstreams.kafka.configuration import ConnectionConfig
from quixstreams.models import Serializer

from services.eventlog.records import Record
from services.eventlog.topics import LOG
from tests.bench.same_work import AT_ONCE, Job, Work

Sent = tuple[str, Record]


class Value(Serializer):  # type: ignore[misc]
    """Write a record's bytes as they are."""

    def __call__(self, value: Sent, ctx: Any) -> bytes:
        """Return the message's value."""
        return value[1].value


class Pipeline:
    """Log to copies of the gate's topics."""

    def __init__(self, job: Job) -> None:
        self._work = Work(job)
        self._messages = job.messages
        self.began = 0.0
        self._app = _application(job)
        self._topics = {
            name: self._app.topic(name, key_serializer="bytes", value_serializer=Value())
            for name in job.copies.values()
        }
        source = self._app.topic(LOG, key_deserializer="bytes", value_deserializer="bytes")
        frame = self._app.dataframe(source)
        frame = frame.apply(self._become, expand=True, metadata=True)
        frame = frame.set_headers(_headers)
        frame.to_topic(self._topic, key=_key)

    def run(self) -> float:
        """Run until everything is through, and return the seconds."""
        self._app.run(count=self._messages, collect=False)
        return perf_counter() - self.began

    def _become(self, value: bytes, _key: Any, _timestamp: int, _headers: Any) -> list[Sent]:
        self.began = self.began or perf_counter()
        return self._work.of(value)

    def _topic(self, value: Sent, _key: Any, _timestamp: int, _headers: Any) -> Any:
        return self._topics[value[0]]


def _key(value: Sent) -> bytes:
    return value[1].key


def _headers(value: Sent, _key: Any, _timestamp: int, _headers: Any) -> list[tuple[str, bytes]]:
    return list(value[1].headers)


def _application(job: Job) -> Application:
    return Application(
        broker_address=ConnectionConfig(
            bootstrap_servers=job.bootstrap,
            security_protocol="ssl",
            ssl_certificate_location=job.certificate,
            ssl_key_location=job.certificate,
            ssl_ca_location=job.ca,
        ),
        consumer_group="bench-quix",
        auto_offset_reset="earliest",
        commit_every=AT_ONCE,
        auto_create_topics=False,
        loglevel="ERROR",
        producer_extra_config={
            "enable.idempotence": True,
            "acks": "all",
            "linger.ms": 5,
            "batch.size": 1_000_000,
            "compression.type": "none",
            "queue.buffering.max.messages": 500_000,
        },
    )


def main(file: Path) -> None:
    """Do the job in a file."""
    print(json.dumps({"seconds": Pipeline(Job.read(file)).run()}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
