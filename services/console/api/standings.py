"""How far every service has come, in one answer, for operators.

Nobody else has it: where each recipient's topic ends says, as it happens, that somebody was told.
"""

import asyncio
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.console.api.passing import WHOLE_SERVICES, address_of
from services.runtime.identity import Caller, Verifier
from services.runtime.operators import operator_by
from services.runtime.settings import Settings
from services.runtime.web import busy

ANSWER_SECONDS = 5.0


def router(settings: Settings, http: httpx.AsyncClient, verifier: Verifier) -> APIRouter:
    """Return the route of all standings."""
    routes = APIRouter()
    Operator = Annotated[Caller, Depends(operator_by(verifier))]

    @routes.get("/v1/standings", summary="How far every service has come, for operators")
    async def standings(_operator: Operator) -> JSONResponse:
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
