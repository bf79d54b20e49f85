"""What these pages need of the console: who is there, calls in their name, forms, templates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import FormData


class Visitor(Protocol):
    """A signed-in person."""

    @property
    def agency(self) -> str:
        """Whose releases the person may see."""

    @property
    def person(self) -> str:
        """Who it is, by id."""

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
        """Return who is signed in."""

    def now(self) -> datetime:
        """Return the partnership's time."""

    def done(self, request: Request) -> set[str]:
        """Return ids this person just pressed, which may not have come round yet."""

    def flagged(self, request: Request) -> dict[str, tuple[str, ...]]:
        """Return what the door flagged in what this person sent, by incident or event, to be shown there."""

    def name_of(self, person: str) -> str:
        """Return the name of a registered member of staff, or the id of who is not."""

    def colleagues(self, request: Request) -> list[tuple[str, str]]:
        """Return the id and the name of everybody else of the visitor's agency."""

    def title_of(self, agency: str) -> str:
        """Return what people call an agency or school."""

    def schools(self) -> list[tuple[str, str]]:
        """Return the number and the name of every school of the area, and of those known beyond it."""

    async def ask(
        self, request: Request, path: str, query: Mapping[str, str | int | Sequence[str]] | None = None
    ) -> Answer:
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
