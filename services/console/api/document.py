"""The public API as one OpenAPI document, composed of what its owners say of themselves."""

import asyncio
import json
from collections.abc import Mapping

import httpx
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from services.console.api.passing import DISPOSABLE, OWNERS, address_of, public
from services.runtime.described import REFUSALS
from services.runtime.problems import PROBLEM
from services.runtime.settings import Settings
from services.runtime.web import busy

PATH = "/openapi.json"
DOCUMENTED = tuple(dict.fromkeys(known.owner for known in OWNERS if known.owner not in DISPOSABLE))
"""Whose paths the document has. What may be away is not in it, so that it is the same at all times."""

AWAY = 503
RETRY = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 1}}}
TITLE = "Sightline"
SECURITY = {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}


def install(app: FastAPI, settings: Settings, http: httpx.AsyncClient) -> None:
    """Serve the composed document in the place of the console's own."""
    app.router.routes[:] = [route for route in app.router.routes if getattr(route, "path", "") != PATH]
    routes = APIRouter()

    @routes.get(PATH, include_in_schema=False)
    async def document() -> JSONResponse:
        try:
            return JSONResponse(await whole(settings, http))
        except (httpx.HTTPError, ValueError):
            return busy("a service does not describe itself just now: ask again")

    app.include_router(routes)


async def whole(settings: Settings, http: httpx.AsyncClient) -> dict[str, object]:
    """Return the document as it is now. Raises HTTPError or ValueError where an owner says no part."""
    parts = await asyncio.gather(*(_part(http, name, settings) for name in DOCUMENTED))
    return composed(dict(zip(DOCUMENTED, parts, strict=True)))


def composed(parts: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """Return one document of the paths each service owns; its schemas are prefixed with its name."""
    paths: dict[str, object] = {}
    schemas: dict[str, object] = {}
    for owner, part in parts.items():
        named = _prefixed(part, owner)
        found = _mapping(named, "paths")
        paths.update({path: _may_be_away(found[path], owner) for path in public(found, owner)})
        schemas.update(_mapping(_mapping(named, "components"), "schemas"))
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1"},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": SECURITY},
        "security": [{"token": []}],
    }


def _may_be_away(path: object, owner: str) -> object:
    """Return a path whose every operation may be answered by us that its owner is away."""
    away = {
        "description": REFUSALS[AWAY],
        "headers": RETRY,
        "content": {PROBLEM: {"schema": {"$ref": f"#/components/schemas/{owner}.Problem"}}},
    }
    for operation in path.values() if isinstance(path, dict) else ():
        operation.get("responses", {}).setdefault(str(AWAY), away)
    return path


def _prefixed(part: Mapping[str, object], owner: str) -> Mapping[str, object]:
    """Return a part with every schema's name and every reference to it starting with the owner's."""
    old = "#/components/schemas/"
    renamed: dict[str, object] = json.loads(json.dumps(part).replace(f'"{old}', f'"{old}{owner}.'))
    components = dict(_mapping(renamed, "components"))
    schemas = _mapping(components, "schemas")
    components["schemas"] = {f"{owner}.{name}": schema for name, schema in schemas.items()}
    return {**renamed, "components": components}


def _mapping(part: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = part.get(name)
    return value if isinstance(value, dict) else {}


async def _part(http: httpx.AsyncClient, owner: str, settings: Settings) -> Mapping[str, object]:
    answer = await http.get(address_of(owner, settings) + PATH)
    answer.raise_for_status()
    part: object = answer.json()
    return part if isinstance(part, dict) else {}
