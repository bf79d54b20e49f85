"""How each service stands and what it measures just now, one by one: one that is away hides no other."""

import asyncio
from collections.abc import Mapping

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.console.api.passing import WHOLE_SERVICES, address_of
from services.runtime.settings import Settings

ANSWER_SECONDS = 2.0
"""How long a service may take before it is shown as not answering."""

Standing = Mapping[str, object]


async def standings(http: httpx.AsyncClient, settings: Settings) -> dict[str, Standing | None]:
    """Return each service's standing; None for one that does not answer."""
    asked = [_standing(http, address_of(name, settings)) for name in WHOLE_SERVICES]
    return dict(zip(WHOLE_SERVICES, await asyncio.gather(*asked), strict=True))


async def measured(http: httpx.AsyncClient, settings: Settings, service: str) -> Mapping[str, float]:
    """Return what a service measures, by metric; nothing where it does not answer."""
    answer = await _asked(http, f"{address_of(service, settings)}/metrics")
    try:
        families = list(text_string_to_metric_families(answer.text)) if answer else []
    except ValueError:
        return {}
    return {sample.name: sample.value for family in families for sample in family.samples}


async def _standing(http: httpx.AsyncClient, address: str) -> Standing | None:
    answer = await _asked(http, f"{address}/v1/standing")
    try:
        found: object = answer.json() if answer else None
    except ValueError:
        return None
    return found if isinstance(found, Mapping) else None


async def _asked(http: httpx.AsyncClient, url: str) -> httpx.Response | None:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            answer = await http.get(url)
    except (httpx.HTTPError, TimeoutError):
        return None
    return answer if answer.status_code == httpx.codes.OK else None
