"""The pages of consent before a keyring that answers for real: one person at a desk, and what is shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio
import httpx
from anyio.to_thread import run_sync
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from services.consent.pages import TEMPLATES, router
from services.consent.state.heard import Heard
from services.consent.store.openings import Opening
from services.console.pages.navigation import ways
from services.console.pages.rendering import Pages
from services.console.pages.sessions import Visitor
from services.eventlog.catalogue_files import load_catalogue, load_examples
from services.ingest.api.catalogued import event
from tests.gate_builders import a_form
from tests.office_builders import PARTNERSHIP, Office

PAGES = Pages({"consent": TEMPLATES})
"""Made once: a template is compiled by whoever makes pages."""

Who = tuple[str, str]


@cache
def the_catalogue() -> list[dict[str, object]]:
    """Return what the door's catalogue holds."""
    catalogue, examples = load_catalogue(), load_examples()
    return [event(catalogue, catalogue.event(name), examples[name]) for name in catalogue.types()]


@dataclass(frozen=True, slots=True)
class Given:
    """What the keyring answered."""

    status: int
    body: Mapping[str, object]


class KeyringDesk:
    """A desk at which one person sits; what its pages ask, a keyring answers."""

    def __init__(self, office: Office, who: Who) -> None:
        self._office = office
        self._who = who
        self.asked: list[str] = []

    def visitor(self, request: Request) -> Visitor:
        agency, person = self._who
        known = PARTNERSHIP.person(person)
        assert known is not None
        return Visitor(person=person, name=known.name, agency=agency, title=agency, role=known.role)

    def now(self) -> datetime:
        return self._office.bench.clock.now()

    def title_of(self, agency: str) -> str:
        return PARTNERSHIP.title_of(agency)

    def name_of(self, person: str) -> str:
        known = PARTNERSHIP.person(person)
        return known.name if known is not None else person

    async def ask(self, request: Request, path: str, query: Mapping[str, str | int] | None = None) -> Given:
        target = f"{path}?{urlencode(query)}" if query else path
        self.asked.append(target)
        if path == "/v1/catalogue":
            return Given(200, {"events": the_catalogue()})
        answer = await run_sync(self._office.ask, self._who, target)
        return Given(answer.status_code, answer.json())

    async def form(self, request: Request) -> FormData:
        return await request.form()

    def page(
        self, request: Request, template: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        visitor = self.visitor(request)
        given = {
            **values,
            "visitor": visitor,
            "form_token": "t",
            "ways": ways(visitor, request.url.path),
            "title_of": self.title_of,
        }
        return PAGES.page(template, given, status)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: its status, its HTML, and the words on it."""

    status: int
    html: str

    @property
    def text(self) -> str:
        """Return what there is to read between header and footer, each run of space as one."""
        main = self.html.partition("<main")[2].partition("</main>")[0]
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())

    @property
    def title(self) -> str:
        """Return the page's title."""
        found = re.search(r"<title[^>]*>(.*?)</title>", self.html, re.DOTALL)
        return found[1].strip() if found else ""

    @property
    def links(self) -> list[str]:
        """Return every address it leads to, from its content."""
        main = self.html.partition("<main")[2].partition("</main>")[0]
        return [unescape(each) for each in re.findall(r'href="([^"]*)"', main)]


def look(office: Office, who: Who, path: str, **sent: str) -> Shown:
    """Look at a page as somebody; send a form where something is sent."""
    app = FastAPI()
    app.include_router(router(KeyringDesk(office, who)))

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            return await client.post(path, data=sent) if sent else await client.get(path)

    answer = anyio.run(go)
    return Shown(answer.status_code, answer.text)


def new_office(folder: Path) -> Office:
    """Return a keyring over tables of its own."""
    return Office(f"sqlite:///{folder}/office.db", folder)


def an_opening(**fields: Any) -> Opening:
    """Return an opening on record, of children for Operation Encompass unless told otherwise."""
    usual: dict[str, Any] = {
        "offset": 0, "opening_id": "0" * 32, "at": "2024-09-03T08:00:00Z", "release_id": "f" * 32,
        "event_id": None, "recipient": None, "purpose": "Operation Encompass planning",
        "sections": ("children[0]",), "refused": False, "party": False,
    }  # fmt: skip
    return Opening(**{**usual, **fields})


def form(number: int, **fields: Any) -> Heard:
    """Return a form of an incident of its own, with an id that an address can hold."""
    return a_form(event_id=f"00000000-0000-4000-8000-{number:012x}", incident=f"incident {number}", **fields)


def events_of(page: Shown) -> list[int]:
    """Return the forms whose explanations a page leads to, by their numbers, in order."""
    found = [re.search(r"/events/\S+-([0-9a-f]+)/explanation", each) for each in page.links]
    return [int(each[1], 16) for each in found if each is not None]


def seed_of(page: Shown) -> str:
    """Return the seed a page says it drew by."""
    found = re.search(r"<code>([^<]+)</code>", page.html)
    assert found
    return found[1]
