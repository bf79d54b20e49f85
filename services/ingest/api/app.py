"""The door's HTTP surface."""

from collections.abc import Callable
from dataclasses import asdict
from threading import BoundedSemaphore

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DBAPIError

from services.ingest.api import answers
from services.ingest.api.described import EVENTS, RECEIPTS, describe
from services.ingest.api.receiving import Receiving
from services.ingest.settings import BATCHES_AT_ONCE
from services.ingest.store.outbox import Outbox
from services.runtime import telemetry
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.settings import Settings
from services.runtime.web import Standing, busy, create_app


def build(
    receiving: Receiving,
    outbox: Outbox,
    verifier: Verifier,
    settings: Settings,
    *,
    ready: Callable[[], bool],
    standing: Callable[[], Standing],
) -> FastAPI:
    """Return the app. Its routes authenticate, hand over and answer."""
    app = create_app("Sightline: the door", settings, ready=ready, standing=standing)
    room = BoundedSemaphore(BATCHES_AT_ONCE)

    @app.post("/v1/events", openapi_extra=EVENTS)
    async def events(request: Request) -> Response:
        """Publish one event, or up to 100."""
        try:
            caller = verifier.caller(request.headers.get("authorization"))
        except Unauthenticated as error:
            return answers.unauthenticated(str(error))
        body = await request.body()
        if not room.acquire(blocking=False):
            return busy("the door is full: send the same again, under the same ids")
        try:
            return await run_in_threadpool(_receive, receiving, caller, body, dict(request.headers))
        finally:
            room.release()

    @app.get("/v1/receipts/{receipt}", openapi_extra=RECEIPTS)
    def receipts(receipt: str, request: Request) -> Response:
        """Say where the event behind a receipt lies in the log, to its own publisher."""
        try:
            caller = verifier.caller(request.headers.get("authorization"))
        except Unauthenticated as error:
            return answers.unauthenticated(str(error))
        found = (
            outbox.receipt(receipt, caller.agency) if receipt.isascii() and receipt.isprintable() else None
        )
        return answers.absent() if found is None else JSONResponse({**asdict(found), "status": "appended"})

    describe(app, receiving.types)
    return app


def _receive(receiving: Receiving, caller: Caller, body: bytes, headers: dict[str, str]) -> Response:
    try:
        with telemetry.continued(headers):
            return receiving.receive(caller, body)
    except DBAPIError as error:
        if error.connection_invalidated or type(error).__name__ == "OperationalError":
            return busy("the door cannot keep events just now: send the same again, under the same ids")
        raise
