"""What every service's HTTP side shares: one shape of app, standing, serving."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from services.runtime import telemetry
from services.runtime.described import describe
from services.runtime.middleware import LARGEST_BODY_BYTES, BoundedBody, Headers
from services.runtime.problems import busy, handle_problems, problem
from services.runtime.settings import LOOPBACK, Settings
from services.runtime.standing import Standing, Watch, as_json

__all__ = ["LARGEST_BODY_BYTES", "Standing", "busy", "create_app", "problem", "serve"]


def create_app(
    title: str, settings: Settings, *, ready: Callable[[], bool], standing: Callable[[], Standing]
) -> FastAPI:
    """Return an app with health, metrics, standing, problem details, security headers and bounded bodies.

    An address has one spelling: a redirect to another would name this service's own address to whom the
    console passes it on, and say of a route that it is there.
    """
    app = FastAPI(title=title, docs_url=None, redoc_url=None, redirect_slashes=False)
    describe(app)
    handle_problems(app)
    app.add_middleware(Headers)
    app.add_middleware(BoundedBody)
    _health(app, ready)
    _measures(app, standing)
    return app


def serve(app: FastAPI, settings: Settings, *workers: Callable[[], None]) -> None:
    """Answer on the loopback port of `settings` until SIGTERM, with each worker in a thread of its own.

    A worker that raises ends the process with code 1 (its supervisor starts it again): a service never
    answers for work that has stopped. Never returns.
    """
    for worker in workers:
        threading.Thread(target=_work, args=(worker,), daemon=True).start()
    config = uvicorn.Config(
        app, host=LOOPBACK, port=settings.port, log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _heard)  # the server raises what it was sent once more when it has stopped
    try:
        uvicorn.Server(config).run()
    finally:
        telemetry.flush()
        os._exit(0)


def _heard(_number: int, _frame: FrameType | None) -> None:
    """Do nothing more: the server has stopped, and the process ends in order."""


def _work(worker: Callable[[], None]) -> None:
    try:
        worker()
    except BaseException as error:
        log = logging.getLogger("sightline")
        log.error("a worker stopped: %s", telemetry.describe(error))
        telemetry.flush()
        os._exit(1)


def _health(app: FastAPI, ready: Callable[[], bool]) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, bool]:
        return {"alive": True}

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> Response:
        if ready():
            return JSONResponse({"ready": True})
        return busy("not ready yet: ask again")


def _measures(app: FastAPI, standing: Callable[[], Standing]) -> None:
    watch = Watch(standing)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(telemetry.exposition(watch.look()), media_type=telemetry.EXPOSITION_TYPE)

    @app.get("/v1/standing", include_in_schema=False)
    def where() -> JSONResponse:
        return JSONResponse(as_json(standing()))
