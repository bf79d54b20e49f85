"""The document at `/openapi.json`, composed of what each service's routes say, with nothing behind them."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
from fastapi import APIRouter, FastAPI

from services.audit import api as audit
from services.consent.api import routes as keyring
from services.console.api.document import composed
from services.notify.api import board, calling
from services.notify.api import routes as notify
from services.projections.api import routes as projections
from services.runtime.settings import Settings
from services.runtime.web import create_app
from tests.door_builders import open_door

NONE: Final[Any] = None
"""What stands behind a route that nobody asks."""

REFERENCES, INSIDE = "#/components/schemas/", "#/$defs/"

Json = dict[str, Any]


@cache
def document() -> Json:
    """Return the whole document, as the console composes it."""
    found: Json = json.loads(json.dumps(composed(_parts())))
    return found


def operations(said: Json) -> Mapping[str, Json]:
    """Return the operations of a document, by method and path."""
    paths = said["paths"]
    return {f"{method.upper()} {path}": each for path in paths for method, each in paths[path].items()}


def good(operation: Json) -> Iterator[tuple[str, Json]]:
    """Yield each good answer of an operation: its media type, and what is said of it."""
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from answer["content"].items()


def examples(content: Json) -> list[Any]:
    """Return the examples of one answer."""
    several = [each["value"] for each in content.get("examples", {}).values()]
    return several + ([content["example"]] if "example" in content else [])


def validator(said: Json, schema: Json) -> Any:
    """Return what holds a value to a schema of a document."""
    inside = json.loads(json.dumps(schema).replace(REFERENCES, INSIDE))
    known = json.loads(json.dumps(said["components"]["schemas"]).replace(REFERENCES, INSIDE))
    return jsonschema_rs.validator_for({**inside, "$defs": known}, validate_formats=True)


def _parts() -> Mapping[str, Json]:
    behind: dict[str, Any] = dict.fromkeys(keyring.Keyring.__slots__, NONE)
    bundles = _app()
    names = ("trees", "bundles", "signer", "callers", "partnership", "scratch", "reader", "topics")
    audit.add_routes(bundles, **dict.fromkeys(names, NONE))
    return {
        "ingest": _door(),
        "keyring": _app(keyring.router(keyring.Keyring(**behind))).openapi(),
        "projections": _app(
            projections.router(store=NONE, verifier=NONE, statements=NONE, redriver=NONE, clock=NONE)
        ).openapi(),
        "notify": _app(
            notify.router(engine=NONE, verifier=NONE, key=b"", directory=NONE, redrives=NONE),
            calling.router(engine=NONE, verifier=NONE, clock=NONE),
            board.router(engine=NONE, verifier=NONE, years=(), clock=NONE),
        ).openapi(),
        "audit": bundles.openapi(),
    }


def _app(*routers: APIRouter) -> FastAPI:
    app = create_app("none", Settings(), ready=NONE, standing=NONE)
    for each in routers:
        app.include_router(each)
    return app


def _door() -> Json:
    """Return what an open door says of itself: some of it is what its sandbox answers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        with open_door(path / "data", f"sqlite:///{path / 'door.db'}", patience=2) as door:
            found: Json = door.publisher.get("/openapi.json").json()
    return found
