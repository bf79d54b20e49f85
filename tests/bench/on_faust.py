"""The same work as a Faust application: `python -m tests.bench.on_faust JOB`.

One process, concurrency 1, no table, at least once: events are taken 500 at a time, and acknowledged to
Faust once the broker has all their messages. Faust commits its position itself, every few seconds, which is
not waited for. Prints the seconds from the first event handled until the last acknowledgement.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter
from typing import Any

import faust

from services.eventlog.topics import LOG
from tests.bench.same_work import AT_ONCE, Job, Work

WITHIN_SECONDS = 0.25
"""How long a batch that is not full is waited for: the gate's own wait."""


class Pipeline:
    """Log to copies of the gate's topics."""

    def __init__(self, job: Job, app: faust.App) -> None:
        self._work = Work(job)
        self._left = job.events
        self._began = 0.0
        self._topics = {name: _raw(app, name) for name in job.copies.values()}

    async def run(self, stream: Any) -> AsyncIterator[None]:
        """Handle batches until everything is through, then say how long it took and end the process."""
        async for batch in stream.take(AT_ONCE, within=WITHIN_SECONDS):
            self._began = self._began or perf_counter()
            await self._handle(batch)
            self._left -= len(batch)
            if self._left <= 0:
                print(json.dumps({"seconds": perf_counter() - self._began}), flush=True)
                os._exit(0)
            yield None

    async def _handle(self, batch: list[bytes]) -> None:
        sent = []
        for value in batch:
            for topic, record in self._work.of(value):
                headers = dict(record.headers)
                send = self._topics[topic].send(key=record.key, value=record.value, headers=headers)
                sent.append(await send)
        await asyncio.gather(*sent)


def _raw(app: faust.App, name: str) -> Any:
    return app.topic(name, key_serializer="raw", value_serializer="raw", partitions=1, replicas=1)


def application(job: Job, place: Path) -> faust.App:
    """Return an application on the broker of a job, which keeps its files in a place."""
    context = ssl.create_default_context(cafile=job.ca)
    context.load_cert_chain(job.certificate)
    return faust.App(
        "bench-faust",
        broker=f"kafka://{job.bootstrap}",
        broker_credentials=faust.SSLCredentials(context=context),
        store="memory://",
        datadir=place / "faust",
        processing_guarantee="at_least_once",
        topic_replication_factor=1,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_linger_ms=5,
        producer_max_batch_size=1_000_000,
        producer_max_request_size=10_000_000,
        web_enabled=False,
        autodiscover=False,
    )


def main(file: Path) -> None:
    """Do the job in a file."""
    job = Job.read(file)
    app = application(job, file.parent)
    app.agent(_raw(app, LOG), concurrency=1)(Pipeline(job, app).run)
    faust.Worker(app, loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
