"""The console, as the pages of consent see it: only the calls they need."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import FormData

OK, ABSENT, UNPROCESSABLE = 200, 404, 422

Row = Mapping[str, object]
"""A row of an answer, as it came."""


class Visitor(Protocol):
    """A signed-in person."""

    @property
    def agency(self) -> str:
        """Which agency or school the person belongs to."""

    @property
    def role(self) -> str:
        """What the person may do there."""


class Answer(Protocol):
    """What a service said: its status, and a JSON object (empty where it was none)."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> Mapping[str, object]:
        """The JSON object."""


class Desk(Protocol):
    """The console, as these pages see it. It deals with who is signed out and with services that are away."""

    def visitor(self, request: Request) -> Visitor:
        """Return who is signed in. Whoever is not is shown the way in, and nothing else."""

    def now(self) -> datetime:
        """Return the partnership's time."""

    def title_of(self, agency: str) -> str:
        """Return what people call an agency or school."""

    def name_of(self, person: str) -> str:
        """Return the name of a registered member of staff, or the id of who is not."""

    async def ask(self, request: Request, path: str, query: Mapping[str, str | int] | None = None) -> Answer:
        """Ask a service in the visitor's name."""

    async def form(self, request: Request) -> FormData:
        """Return what was sent with a form of ours."""

    def page(
        self, request: Request, template: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        """Return a page."""


def absent(desk: Desk, request: Request) -> Response:
    """Return the one page for what is hidden and what is not there, to somebody signed in."""
    desk.visitor(request)
    return desk.page(request, "absent.html", {}, ABSENT)


def rows_of(body: Row, name: str) -> list[Row]:
    """Return the rows of an answer under a name."""
    rows = body.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, Sequence) else []


def text_of(row: Row, name: str) -> str:
    """Return a field that is a text; the empty text for any other."""
    value = row.get(name)
    return value if isinstance(value, str) else ""
