"""What every service's HTTP side shares: app, problem details, bounded bodies, standing, serving."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime import telemetry
from services.runtime.settings import LOOPBACK, Settings

LARGEST_BODY_BYTES = 2 * 1024 * 1024
BUSY_SECONDS = 1
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
FIX = "send what /openapi.json says"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a service has come; what `sightline settle` asks. Zero and zero means at rest.

    `behind` counts records between its committed positions and the ends of the topics it reads, `pending`
    what it has yet to send by itself; `ends` is the end of every topic it reads or writes, where known.
    """

    service: str
    behind: int
    pending: int
    ends: Mapping[str, int] = field(default_factory=dict)
    next_wake: datetime | None = None


def create_app(
    title: str, settings: Settings, *, ready: Callable[[], bool], standing: Callable[[], Standing]
) -> FastAPI:
    """Return an app with health, metrics, standing, problem details, security headers and bounded bodies."""
    app = FastAPI(title=title, docs_url=None, redoc_url=None)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(Headers)
    app.add_middleware(BoundedBody)
    _health(app, ready)
    _measures(app, standing)
    return app


def problem(status: int, title: str, detail: str, **extra: Any) -> JSONResponse:
    """Return RFC 9457 problem details. `detail` says what to do next; `headers` are sent as headers."""
    headers: Mapping[str, str] | None = extra.pop("headers", None)
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail, **extra}
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=headers)


def busy(detail: str) -> JSONResponse:
    """Return the 503 that says come back in a second."""
    return problem(503, "busy", detail, headers={"retry-after": str(BUSY_SECONDS)})


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
    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(telemetry.exposition(), media_type=telemetry.EXPOSITION_TYPE)

    @app.get("/v1/standing", include_in_schema=False)
    def where() -> JSONResponse:
        now = standing()
        wake = now.next_wake.isoformat() if now.next_wake else None
        return JSONResponse({**asdict(now), "ends": dict(now.ends), "next_wake": wake})


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = str(error.detail) if error.detail else "refused"
    return problem(error.status_code, title, title, headers=error.headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    reasons = [
        {"pointer": _pointer(found["loc"]), "rule": found["type"], "detail": found["msg"], "fix": FIX}
        for found in error.errors()
    ]
    return problem(422, "not understood", "the request does not fit: see reasons", reasons=reasons)


async def _unexpected(_request: Request, error: Exception) -> Response:
    return problem(500, "unexpected", f"a fault of ours, logged as {type(error).__name__}: try again later")


def _pointer(location: tuple[int | str, ...]) -> str:
    return "/" + "/".join(str(part) for part in location[1:])


class Headers:
    """Adds the security headers a response has not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the response's headers."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _completed(message.get("headers", []))
            await send(message)

        await self._app(scope, receive, complete if scope["type"] == "http" else send)


def _completed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    wanted = {**HEADERS, "content-security-policy": API_POLICY}
    return headers + [(n.encode(), v.encode()) for n, v in wanted.items() if n.encode() not in present]


class BoundedBody:
    """Reads a request's body whole, up to 2 MiB, before anything else sees it; a longer one is a 413."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a bounded request on, or answer 413 (without reading what was announced as too long)."""
        headers = dict(scope.get("headers", []))
        if scope["type"] != "http" or not _has_body(headers):
            return await self._app(scope, receive, send)
        body = None if _announced(headers) > LARGEST_BODY_BYTES else await _whole(receive)
        if body is None:
            answer = problem(
                413, "too large", f"a body may have {LARGEST_BODY_BYTES} bytes: send fewer events at once"
            )
            return await answer(scope, receive, send)
        await self._app(scope, _replayed(body, receive), send)


def _has_body(headers: Mapping[bytes, bytes]) -> bool:
    return b"content-length" in headers or b"transfer-encoding" in headers


def _announced(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


async def _whole(receive: Receive) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    unread = [body]

    async def replay() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return replay
