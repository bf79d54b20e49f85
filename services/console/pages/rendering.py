"""Makes pages: templates of the console and of the services, one policy for what a browser may load."""

import os
import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
)

from services.vocabulary.times import NotATime, parse_date, parse_time

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
LONDON: Final = ZoneInfo("Europe/London")
CODE: Final = re.compile("[a-z]+(_[a-z]+)+", re.ASCII)
NOTHING_ELSE: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self' 'nonce-{nonce}'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Pages:
    """Renders templates; a service's are found under its name, `projections/inbox.html`."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        owned: dict[str, BaseLoader] = {name: FileSystemLoader(folder) for name, folder in folders.items()}
        owned["govuk_frontend_jinja"] = PackageLoader("govuk_frontend_jinja")
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(TEMPLATES), PrefixLoader(owned)]),
            undefined=ChainableUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["moment"] = moment
        self._environment.filters["plain"] = plain

    def page(self, template: str, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
        """Return a page that loads nothing but our own files, and is kept nowhere."""
        nonce = os.urandom(16).hex()
        html = self._environment.get_template(template).render({**values, "cspNonce": nonce})
        headers = {"content-security-policy": NOTHING_ELSE.format(nonce=nonce), "cache-control": "no-store"}
        return HTMLResponse(html, status_code=status, headers=headers)


def moment(text: str | None) -> str:
    """Return a moment as people here say it: `2 September 2024 at 8:15am`; "not known" for none."""
    when = _parsed(text)
    if when is None:
        return "not known"
    return f"{_day(when)} at {when.hour % 12 or 12}:{when.minute:02}{'am' if when.hour < 12 else 'pm'}"


def plain(text: str) -> str:
    """Return a moment, a day or a code as people say it, and any other text as it is."""
    if CODE.fullmatch(text):
        return text.replace("_", " ")
    try:
        return _day(parse_date(text))
    except NotATime:
        return moment(text) if _parsed(text) else text


def _parsed(text: str | None) -> datetime | None:
    try:
        return parse_time(text).astimezone(LONDON) if text else None
    except NotATime:
        return None


def _day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"
