"""Style sheets and scripts, served by ourselves: no crown, no GOV.UK logo, no GDS font, no other host."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.runtime.settings import ROOT

MODULES: Final = ROOT / "infra" / "web" / "node_modules"
OWN: Final = Path(__file__).parents[1] / "static"
GOVUK: Final = Path("govuk-frontend/dist/govuk")
MOJ: Final = Path("@ministryofjustice/frontend/moj")
FRESH: Final = {"cache-control": "public, max-age=3600"}

FONT_FACE: Final = re.compile(r"@font-face\{[^}]*\}")
GDS_FONT: Final = "GDS Transport,arial,sans-serif"
SYSTEM_FONT: Final = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",arial,sans-serif'
NO_MAPS: Final = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S*")


class AssetsMissing(Exception):
    """The front-end packages are not installed."""


def load(modules: Path = MODULES) -> Mapping[str, Response]:
    """Read every file the pages use. Raises AssetsMissing with what to run."""
    try:
        return {
            "govuk-frontend.min.css": _style(modules / GOVUK / "govuk-frontend.min.css"),
            "moj-frontend.min.css": _style(modules / MOJ / "moj-frontend.min.css"),
            "govuk-frontend.min.js": _script(modules / GOVUK / "govuk-frontend.min.js"),
            "sightline.css": _style(OWN / "sightline.css"),
            "start.js": _script(OWN / "start.js"),
            "mark.svg": Response((OWN / "mark.svg").read_bytes(), media_type="image/svg+xml", headers=FRESH),
        }
    except FileNotFoundError as error:
        raise AssetsMissing(f"`{error.filename}` is not installed: run make setup") from error


def router(files: Mapping[str, Response]) -> APIRouter:
    """Return the routes of the files: these and no others."""
    routes = APIRouter()

    @routes.get("/assets/{name}", include_in_schema=False)
    async def asset(name: str) -> Response:
        if name not in files:
            raise HTTPException(404)
        return files[name]

    return routes


def _style(path: Path) -> Response:
    text = NO_MAPS.sub("", FONT_FACE.sub("", path.read_text("utf-8"))).replace(GDS_FONT, SYSTEM_FONT)
    return Response(text, media_type="text/css", headers=FRESH)


def _script(path: Path) -> Response:
    text = NO_MAPS.sub("", path.read_text("utf-8"))
    return Response(text, media_type="text/javascript", headers=FRESH)
