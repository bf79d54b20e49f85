"""The door's HTTP surface."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from threading import BoundedSemaphore
from typing import Any, Protocol

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError, SQLAlchemyError, TimeoutError
from starlette.convertors import PathConvertor, register_url_convertor

from services.eventlog.catalogue_files import load_examples
from services.ingest.api import answers
from services.ingest.api.described import EVENTS, PATH, RECEIPTS, describe
from services.ingest.api.receiving import Receiving
from services.ingest.api.rehearsing import Rehearsing
from services.ingest.settings import BATCHES_AT_ONCE, REHEARSALS_AT_ONCE
from services.ingest.store.outbox import Outbox
from services.runtime import telemetry
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.settings import Settings
from services.runtime.web import Standing, busy, create_app
from services.vocabulary.events import ABOUT_PERSONS, SCHOOL_NOTIFICATIONS
from services.vocabulary.sandbox import is_sandbox

log = logging.getLogger("sightline.door")

NO_TABLE = "42P01"
"""How PostgreSQL says that a table is not there."""

NAMES_ALIASES = ABOUT_PERSONS | SCHOOL_NOTIFICATIONS
"""Events that name an incident or persons by what a release to their publisher called them."""


class Anything(PathConvertor):
    """Whatever stands in a receipt's place, slashes and line breaks too: all are absent alike."""

    regex = "(?s:.*)"


register_url_convertor("anything", Anything())


class Receiver(Protocol):
    """Whoever answers a request that carries events."""

    def receive(self, caller: Caller, body: bytes) -> Response:
        """Return the answer to one request."""


def store_away() -> Counter:
    """Return the counter of requests that the outbox, or the key store, left unanswered."""
    return telemetry.counter("door_store_away", "Requests for which a store of the door did not answer")


def build(
    receiving: Receiving,
    rehearsing: Rehearsing,
    outbox: Outbox,
    verifier: Verifier,
    settings: Settings,
    *,
    ready: Callable[[], bool],
    standing: Callable[[], Standing],
) -> FastAPI:
    """Return the app. Its routes authenticate, hand over and answer.

    A sandbox is answered by `rehearsing` alone, in a room of its own: it never takes a publisher's place.
    """
    app = create_app("Sightline: the door", settings, ready=ready, standing=standing)
    store_away()
    room, aside = BoundedSemaphore(BATCHES_AT_ONCE), BoundedSemaphore(REHEARSALS_AT_ONCE)

    @app.post(PATH, openapi_extra=EVENTS)
    async def events(request: Request) -> Response:
        """Publish one event, or up to 100."""
        try:
            caller = verifier.caller(request.headers.get("authorization"))
        except Unauthenticated as error:
            return answers.unauthenticated(str(error))
        body = await request.body()
        receiver: Receiver = rehearsing if is_sandbox(caller.agency) else receiving
        place = aside if is_sandbox(caller.agency) else room
        if not place.acquire(blocking=False):
            return answers.full()
        try:
            return await run_in_threadpool(_receive, receiver, caller, body, dict(request.headers))
        finally:
            place.release()

    @app.get("/v1/receipts/{receipt:anything}", openapi_extra=RECEIPTS)
    def receipts(receipt: str, request: Request) -> Response:
        """Say where the event behind a receipt lies in the log, to its own publisher."""
        try:
            caller = verifier.caller(request.headers.get("authorization"))
        except Unauthenticated as error:
            return answers.unauthenticated(str(error))
        kept = rehearsing if is_sandbox(caller.agency) else outbox
        found = kept.receipt(receipt, caller.agency) if receipt.isascii() and receipt.isprintable() else None
        return answers.absent() if found is None else JSONResponse({**asdict(found), "status": "appended"})

    describe(app, receiving.types, _as_they_stand(load_examples()), rehearsing.foretold)
    return app


def _as_they_stand(examples: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the examples a publisher can send without knowing anything of a running system."""
    return {name: event for name, event in examples.items() if name not in NAMES_ALIASES}


def _receive(receiver: Receiver, caller: Caller, body: bytes, headers: dict[str, str]) -> Response:
    try:
        with telemetry.continued(headers):
            return receiver.receive(caller, body)
    except SQLAlchemyError as error:
        if not _is_away(error):
            raise
        store_away().inc()
        log.error("a store does not answer: %s", type(error).__name__)
        return busy("the door cannot keep events just now: send the same again, under the same ids")


def _is_away(error: SQLAlchemyError) -> bool:
    """Say whether a database, or a table of it, is away. Anything else is a fault of ours."""
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) == NO_TABLE
    invalidated = isinstance(error, DBAPIError) and error.connection_invalidated
    return invalidated or isinstance(error, OperationalError | TimeoutError)
