"""Passes each API path on to its owner, and the owner's answer back, as they are."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from services.runtime import telemetry
from services.runtime.settings import Settings
from services.runtime.web import busy, problem

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 60.0
KEEP_IDLE_SECONDS: Final = 2.0
"""Shorter than the owners keep an idle connection: none is used in the moment it closes."""

METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
HOP_BY_HOP: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer"}
    | {b"transfer-encoding", b"upgrade"}
)
NOT_SENT_ON: Final = HOP_BY_HOP | {b"host", b"content-length", b"accept-encoding", b"cookie", b"traceparent"}
NOT_SENT_BACK: Final = HOP_BY_HOP | {b"content-length", b"date", b"server", b"set-cookie"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A public path, or a family of them, and the service that answers for it."""

    pattern: re.Pattern[str]
    owner: str


def _path(pattern: str, owner: str) -> Path:
    return Path(pattern=re.compile(pattern), owner=owner)


OWNERS: Final = (
    _path(r"/v1/events", "ingest"),
    _path(r"/v1/receipts/[^/]+", "ingest"),
    _path(r"/v1/catalogue", "ingest"),
    _path(r"/v1/inbox(/head)?", "projections"),
    _path(r"/v1/cases", "projections"),
    _path(r"/v1/incidents/[^/]+", "projections"),
    _path(r"/v1/people/[^/]+", "projections"),
    _path(r"/v1/incidents/[^/]+/(sharing|account|own)", "keyring"),
    _path(r"/v1/open", "keyring"),
    _path(r"/v1/opened", "keyring"),
    _path(r"/v1/timeline", "keyring"),
    _path(r"/v1/events/.+/explanation", "keyring"),
    _path(r"/v1/ledger(/.*)?", "keyring"),
    _path(r"/v1/policy(/versions|/whatif)?", "keyring"),
    _path(r"/v1/decisions/redecided", "keyring"),
    _path(r"/v1/pulse", "pulse"),
    _path(r"/v1/operations/projections/(parked|redrive)", "projections"),
    _path(r"/v1/operations/notify/(parked|redrive)", "notify"),
    _path(r"/v1/operations/records", "audit"),
    _path(r"/v1/operations/trace", "keyring"),
    _path(r"/v1/schools(/.*)?", "notify"),
    _path(r"/v1/checkpoint(/.*)?", "audit"),
    _path(r"/v1/export", "audit"),
)
WHOLE_SERVICES: Final = ("ingest", "gate", "keyring", "projections", "notify", "audit")
"""Every service whose standing counts."""

DISPOSABLE: Final = frozenset({"pulse"})
"""Services that nothing waits for: when one is away, its own paths are and nothing else."""

STREAMED: Final = frozenset({"/v1/export", "/v1/policy/whatif", "/v1/decisions/redecided"})
"""Answers too large to hold, or told line by line; others are read whole, so that a broken one is a 503."""


def owner_of(path: str) -> str | None:
    """Return the service that owns a path as it was sent (not decoded), or None for an unknown one."""
    if {".", ".."} & set(path.replace("%2e", ".").replace("%2E", ".").split("/")):
        return None
    return next((known.owner for known in OWNERS if known.pattern.fullmatch(path)), None)


def address_of(owner: str, settings: Settings) -> str:
    """Return where a service answers on loopback."""
    addresses: Mapping[str, str] = {
        "ingest": settings.ingest,
        "gate": settings.gate,
        "keyring": settings.keyring,
        "projections": settings.projections,
        "pulse": settings.pulse,
        "notify": settings.notify,
        "audit": settings.audit,
    }
    return addresses[owner].rstrip("/")


def client() -> httpx.AsyncClient:
    """Return the one client the console reaches its services with."""
    limits = httpx.Limits(
        max_connections=200, max_keepalive_connections=50, keepalive_expiry=KEEP_IDLE_SECONDS
    )
    timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    return httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False)


def router(settings: Settings, http: httpx.AsyncClient) -> APIRouter:
    """Return the routes that pass everything under `/v1` on to its owner."""
    routes = APIRouter()

    @routes.api_route("/v1/{rest:path}", methods=METHODS, include_in_schema=False)
    async def passed(request: Request, rest: str) -> Response:
        path = request.scope["raw_path"].decode("ascii", "replace")
        owner = owner_of(path)
        if owner is None:
            return problem(404, "not found", "there is nothing at this address: see /openapi.json")
        span = telemetry.tracer().start_as_current_span("console.pass")
        with telemetry.continued(_trace(request)), span:
            sent = await _sent_on(http, request, address_of(owner, settings) + path)
            return await _answer(http, sent, path)

    return routes


async def _sent_on(http: httpx.AsyncClient, request: Request, url: str) -> httpx.Request:
    query = request.scope["query_string"].decode("latin-1")
    headers = [(name, value) for name, value in request.headers.raw if name not in NOT_SENT_ON]
    headers += [(name.encode(), value.encode()) for name, value in telemetry.carrier().items()]
    return http.build_request(
        request.method,
        f"{url}?{query}" if query else url,
        headers=[*headers, (b"accept-encoding", b"identity")],
        content=await request.body(),
    )


async def _answer(http: httpx.AsyncClient, sent: httpx.Request, path: str) -> Response:
    try:
        answer = await http.send(sent, stream=True)
        if path in STREAMED:
            return _streamed(answer)
        body = b"".join([part async for part in answer.aiter_raw()])
        await answer.aclose()
    except httpx.HTTPError:
        return busy("the service that answers this is not there just now: send the same again")
    return _with_headers(Response(body, answer.status_code), answer.headers)


def _streamed(answer: httpx.Response) -> Response:
    parts: AsyncIterator[bytes] = answer.aiter_raw()
    response = StreamingResponse(parts, answer.status_code, background=BackgroundTask(answer.aclose))
    return _with_headers(response, answer.headers)


def _with_headers(response: Response, headers: httpx.Headers) -> Response:
    own = [pair for pair in response.raw_headers if pair[0] == b"content-length"]
    kept = [(name.lower(), value) for name, value in headers.raw if name.lower() not in NOT_SENT_BACK]
    response.raw_headers = own + kept
    return response


def _trace(request: Request) -> dict[str, str]:
    parent = request.headers.get("traceparent")
    return {"traceparent": parent} if parent else {}


def public(paths: Iterable[str], owner: str) -> list[str]:
    """Return those of a service's documented paths that the console passes on to it."""
    return [path for path in paths if owner_of(path) == owner]
