"""How the whole system is, at its one address: ready when every service is, and all their metrics in one.

Metrics are for this machine alone, where Prometheus runs, or what it scrapes through: they say as it happens
that something was sent. To whoever comes from elsewhere, or through a proxy, they are not there.
"""

import asyncio
from ipaddress import ip_address
from typing import Final

import httpx
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from services.console.api.exposition import composed
from services.console.api.passing import WHOLE_SERVICES, address_of
from services.runtime import telemetry
from services.runtime.operators import nothing
from services.runtime.settings import Settings
from services.runtime.web import busy

READY, METRICS = "/readyz", "/metrics"
OWN: Final = "console"
PASSED_ON: Final = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
"""Headers a proxy adds to what it passes on."""

LONGEST_SECONDS: Final = 2.0
"""How long a service may take to say how it is; one that takes longer is not ready, and not up."""


def install(app: FastAPI, settings: Settings, http: httpx.AsyncClient) -> None:
    """Answer for the whole system in the place of the console alone; nothing is remembered in between."""
    replaced = {READY, METRICS}
    app.router.routes[:] = [
        route for route in app.router.routes if getattr(route, "path", "") not in replaced
    ]
    routes = APIRouter(include_in_schema=False)

    async def said(path: str) -> dict[str, str | None]:
        asked = [_said(http, address_of(name, settings) + path) for name in WHOLE_SERVICES]
        return dict(zip(WHOLE_SERVICES, await asyncio.gather(*asked), strict=True))

    @routes.get(READY)
    async def readyz() -> Response:
        missing = [name for name, text in (await said(READY)).items() if text is None]
        if missing:
            return busy(f"not ready: {', '.join(missing)}: ask again", not_ready=missing)
        return JSONResponse({"ready": True})

    @routes.get(METRICS)
    async def metrics(request: Request) -> Response:
        if not is_from_here(request):
            return nothing()
        services = await said(METRICS)
        own = telemetry.exposition().decode("utf-8")
        return Response(composed({**services, OWN: own}), media_type=telemetry.EXPOSITION_TYPE)

    app.include_router(routes)


def is_from_here(request: Request) -> bool:
    """Say whether it was asked on this machine, and by no proxy for somebody else."""
    try:
        here = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return here and PASSED_ON.isdisjoint(request.headers.keys())


async def _said(http: httpx.AsyncClient, url: str) -> str | None:
    """Return what a service answers with 200 in time; None for anything else."""
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            answer = await http.get(url)
    except (httpx.HTTPError, TimeoutError):
        return None
    return answer.text if answer.status_code == httpx.codes.OK else None
