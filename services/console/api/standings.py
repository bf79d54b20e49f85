"""How far every service has come, in one answer: what `sightline settle` asks again and again."""

import asyncio

import httpx
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.console.api.passing import WHOLE_SERVICES, address_of
from services.runtime.settings import Settings
from services.runtime.web import busy

ANSWER_SECONDS = 5.0


def router(settings: Settings, http: httpx.AsyncClient) -> APIRouter:
    """Return the route of all standings."""
    routes = APIRouter()

    @routes.get("/v1/standings", summary="How far every service has come")
    async def standings() -> JSONResponse:
        asked = [_standing(http, address_of(name, settings)) for name in WHOLE_SERVICES]
        try:
            return JSONResponse({"standings": await asyncio.gather(*asked)})
        except (httpx.HTTPError, ValueError):
            return busy("a service does not say how far it has come: ask again")

    return routes


async def _standing(http: httpx.AsyncClient, address: str) -> object:
    answer = await http.get(f"{address}/v1/standing", timeout=ANSWER_SECONDS)
    answer.raise_for_status()
    return answer.json()
