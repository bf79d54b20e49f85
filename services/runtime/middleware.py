"""What stands between a socket and every service's app: bounded bodies, security headers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from fastapi.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime.problems import problem

LARGEST_BODY_BYTES = 2 * 1024 * 1024

DISCARDED_BYTES = 64 * 1024 * 1024
"""How much of a body that is too long is read and thrown away, so that its sender hears the answer."""

DISCARDING_SECONDS = 5.0
"""How long that may take."""

HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}
API_POLICY = "default-src 'none'; frame-ancestors 'none'"


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
    """Reads a request's body whole, up to 2 MiB, before anything else sees it; a longer one is a 413.

    Of a longer one the rest is discarded first, within bounds: a connection closed on a sender that still
    writes is reset, and the answer lost. A sender that asks before it sends (`Expect`) is answered at once.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a bounded request on, or answer 413."""
        headers = dict(scope.get("headers", []))
        if scope["type"] != "http" or not _has_body(headers):
            return await self._app(scope, receive, send)
        body = None
        if _announced(headers) <= LARGEST_BODY_BYTES:
            body = await _whole(receive)
        elif not _asks_first(headers):
            await _discard(receive)
        if body is None:
            return await _too_large()(scope, receive, send)
        await self._app(scope, _replayed(body, receive), send)


def _too_large() -> Response:
    """Return the 413, in the shape of every refusal; `results` are none, for no event was looked at."""
    detail = f"a body may have {LARGEST_BODY_BYTES} bytes"
    reason = {"pointer": "", "rule": "size", "detail": detail, "fix": "send fewer events at once"}
    return problem(413, "too large", f"{detail}: send fewer events at once", reasons=[reason], results=[])


async def _discard(receive: Receive) -> None:
    """Read on until the body ends, the sender goes away, or enough was thrown away."""
    size = 0
    try:
        async with asyncio.timeout(DISCARDING_SECONDS):
            while size <= DISCARDED_BYTES:
                message = await receive()
                if not message.get("more_body", False):
                    return
                size += len(message.get("body", b""))
    except TimeoutError:
        return


def _asks_first(headers: Mapping[bytes, bytes]) -> bool:
    return headers.get(b"expect", b"").lower() == b"100-continue"


def _has_body(headers: Mapping[bytes, bytes]) -> bool:
    return b"content-length" in headers or b"transfer-encoding" in headers


def _announced(headers: Mapping[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


async def _whole(receive: Receive) -> bytes | None:
    """Return a body, or None once one that is too long was discarded."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        ends = not message.get("more_body", False)
        if size > LARGEST_BODY_BYTES:
            if not ends:
                await _discard(receive)
            return None
        if ends:
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    unread = [body]

    async def replay() -> Message:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        return await receive()

    return replay
