"""Says what happened to the partnership, through the door like anyone else, in order and at least once."""

import logging
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import httpx
from sqlalchemy import Engine

from services.notify.store import outbox, traces
from services.notify.worker.signals import Signals
from services.runtime import telemetry
from services.runtime.clock import rest
from services.runtime.database import reading, writing

BATCH = 100
FEW = 32
"""Events waiting up to which each trace is carried on through the door by itself."""

IDLE_SECONDS = 0.25
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 2.0
ANSWER_SECONDS = 30.0
ANSWERED = (200, 201, 409, 422)
"""Statuses with a result for each event."""

log = logging.getLogger("sightline.notify")


class DoorShut(Exception):
    """The door does not take events now: come again."""


class Publisher:
    """Empties the outbox. `token` makes a fresh token for each call. One thread of its own."""

    def __init__(self, *, engine: Engine, door: str, token: Callable[[], str], signals: Signals) -> None:
        self._engine = engine
        self._client = httpx.Client(base_url=door, timeout=ANSWER_SECONDS)
        self._token = token
        self._signals = signals

    def run(self) -> None:
        """Publish for ever; while the door is shut, come again after twice as long."""
        wait = FIRST_PAUSE_SECONDS
        while True:
            try:
                if not self.step():
                    self._signals.outbox.wait(IDLE_SECONDS)
                    self._signals.outbox.clear()
                wait = FIRST_PAUSE_SECONDS
            except DoorShut:
                rest(wait)
                wait = min(wait * 2, LONGEST_PAUSE_SECONDS)

    def step(self) -> int:
        """Send the first batch that waits. Returns how many events it held; raises DoorShut.

        1. Read in order.  2. Send, each trace by itself where few wait.  3. Keep the answers: taken, or
        refused with its reasons. What is sent again after a crash is the same bytes under the same id,
        which the door knows.
        """
        with reading(self._engine) as conn:
            batch = outbox.waiting(conn, BATCH)
        for run in _runs(batch):
            with traces.continued(_trace(run), "notify.publish") as span:
                span.set_attribute("events", len(run))
                results = self._send(run)
            self._keep(run, results)
        return len(batch)

    def _send(self, batch: Sequence[outbox.Waiting]) -> Sequence[Mapping[str, Any]]:
        headers = {
            "authorization": f"Bearer {self._token()}",
            "content-type": "application/json",
            **telemetry.carrier(),
        }
        body = "[" + ",".join(one.event for one in batch) + "]"
        try:
            answer = self._client.post("/v1/events", content=body.encode(), headers=headers)
        except httpx.HTTPError as error:
            raise DoorShut from error
        if answer.status_code not in ANSWERED:
            telemetry.counter("notify_door_shut", "batches the door did not take").inc()
            log.warning("the door answered %s: coming again", answer.status_code)
            raise DoorShut
        results = answer.json().get("results")
        if not isinstance(results, list) or len(results) != len(batch):
            raise DoorShut
        return results

    def _keep(self, batch: Sequence[outbox.Waiting], results: Sequence[Mapping[str, Any]]) -> None:
        taken = [one.id for one, result in zip(batch, results, strict=True) if _is_taken(result)]
        with writing(self._engine) as conn:
            outbox.taken(conn, taken)
            for one, result in zip(batch, results, strict=True):
                if result.get("status") == "refused":
                    _alarm(one, result)
                    outbox.park(conn, one.id, result.get("reasons"))


def _runs(batch: Sequence[outbox.Waiting]) -> list[Sequence[outbox.Waiting]]:
    """Split a few events where the trace changes, so that each goes on in its own; a backlog goes as one."""
    if len(batch) > FEW:
        return [batch]
    return [tuple(run) for _, run in groupby(batch, key=attrgetter("traceparent"))]


def _trace(run: Sequence[outbox.Waiting]) -> str | None:
    """Return the trace that everything in a run belongs to; None where they are several."""
    found = {one.traceparent for one in run}
    return found.pop() if len(found) == 1 else None


def _is_taken(result: Mapping[str, Any]) -> bool:
    return result.get("status") in ("accepted", "duplicate")


def _alarm(one: outbox.Waiting, result: Mapping[str, Any]) -> None:
    telemetry.counter("notify_refused", "events the door would not have").inc()
    rules = [reason.get("rule") for reason in result.get("reasons") or ()]
    log.error("the door refused %s: %s", one.id, ", ".join(str(rule) for rule in rules))
