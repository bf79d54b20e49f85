"""What stands between a socket and every service's app: bounded bodies, security headers."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.runtime.problems import problem

LARGEST_BODY_BYTES = 2 * 1024 * 1024
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
