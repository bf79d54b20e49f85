"""The console, as the pages of notify see it: only the calls they need."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Protocol

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import FormData

OK, ABSENT, UNPROCESSABLE = 200, 404, 422
EDUCATION: Final = "education"
"""The authority's officers and its council lead."""


class Visitor(Protocol):
    """A signed-in person."""

    @property
    def agency(self) -> str:
        """Which agency or school the person belongs to."""


class Answer(Protocol):
    """What a service said: its status, and a JSON object (empty where it was none)."""

    @property
    def status(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> Mapping[str, object]:
        """The JSON object."""


class Desk(Protocol):
    """The console, as these pages see it."""

    def visitor(self, request: Request) -> Visitor:
        """Return who is signed in."""

    def now(self) -> datetime:
        """Return the partnership's time."""

    def title_of(self, agency: str) -> str:
        """Return what people call an agency or school."""

    def done(self, request: Request) -> set[str]:
        """Return ids this person just pressed, which may not have come round yet."""

    async def ask(self, request: Request, path: str, query: Mapping[str, str | int] | None = None) -> Answer:
        """Ask a service in the visitor's name."""

    async def tell(self, request: Request, path: str, body: Mapping[str, object]) -> Answer:
        """Tell a service something in the visitor's name."""

    async def form(self, request: Request) -> FormData:
        """Return what was sent with a form of ours."""

    def page(
        self, request: Request, template: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        """Return a page."""

    def to(self, path: str) -> Response:
        """Send the browser on to a page."""
