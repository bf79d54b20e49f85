"""What the console lends to the services' pages: who is signed in, calls in their name, forms, templates.

A page never holds more rights than the person in front of it: it asks over HTTP, with a token of theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import httpx
from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.console.api.passing import address_of, owner_of
from services.console.pages.navigation import ways
from services.console.pages.rendering import Pages
from services.console.pages.sessions import Session, Sessions, Visitor
from services.runtime.clock import Clock, SystemClock
from services.runtime.identity import folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.settings import Settings

COOKIE: Final = "sightline_session"
FORM_TOKEN: Final = "form_token"


class SignedOut(Exception):
    """Nobody is signed in: show the way in."""


class Forged(Exception):
    """A form did not come from a page of this session."""


class Unanswered(Exception):
    """A service did not answer: ask the person to try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service said: a status, and a JSON object (empty where it was none)."""

    status: int
    body: Mapping[str, object]


class Desk:
    """One per console. `clock` is the partnership's time, for what is published in a person's name."""

    def __init__(
        self,
        *,
        settings: Settings,
        partnership: Partnership,
        sessions: Sessions,
        pages: Pages,
        http: httpx.AsyncClient,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._partnership = partnership
        self.sessions = sessions
        self._pages = pages
        self._http = http
        self._clock = clock

    def now(self) -> datetime:
        """Return the partnership's time."""
        return self._clock.now()

    def title_of(self, agency: str) -> str:
        """Return what people call an agency or school."""
        return self._partnership.title_of(agency)

    def name_of(self, person: str) -> str:
        """Return the name of a registered member of staff, or the id of who is not."""
        known = self._partnership.person(person)
        return known.name if known is not None else person

    def colleagues(self, request: Request) -> list[tuple[str, str]]:
        """Return the id and the name of everybody else of the visitor's agency. Raises SignedOut."""
        visitor = self.visitor(request)
        people = self._partnership.people_of(visitor.agency)
        return [(each.id, each.name) for each in people if each.id != visitor.person]

    def schools(self) -> list[tuple[str, str]]:
        """Return the number and the name of every school of the area, and of those known beyond it."""
        of_area = [(each.urn, each.name) for each in self._partnership.schools]
        beyond = [(each.urn, each.name) for each in self._partnership.neighbours]
        return sorted((*of_area, *beyond), key=lambda each: each[1])

    def visitor(self, request: Request) -> Visitor:
        """Return who is signed in. Raises SignedOut."""
        return self._session(request).visitor

    def done(self, request: Request) -> set[str]:
        """Return the ids of what this person just pressed, kept for as long as they are signed in."""
        return self._session(request).done

    def flagged(self, request: Request) -> dict[str, tuple[str, ...]]:
        """Return what the door flagged in what this person sent, kept for as long as they are signed in."""
        return self._session(request).flagged

    async def ask(
        self, request: Request, path: str, query: Mapping[str, str | int | Sequence[str]] | None = None
    ) -> Answer:
        """Ask a service in the visitor's name. Raises SignedOut and Unanswered."""
        return await self._call("GET", self.visitor(request), path, query=query)

    async def tell(self, request: Request, path: str, body: Mapping[str, object]) -> Answer:
        """Tell a service something in the visitor's name. Raises SignedOut and Unanswered."""
        return await self._call("POST", self.visitor(request), path, body=body)

    async def form(self, request: Request) -> FormData:
        """Return what was sent with a form. Raises Forged where we did not give out that form."""
        sent = await request.form(max_files=0)
        identity = self.identity(request)
        if identity is None or not self.sessions.is_token(identity, str(sent.get(FORM_TOKEN, ""))):
            raise Forged
        return sent

    def page(
        self, request: Request, template: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        """Return a page for whoever is there, with the token its forms must send back."""
        identity = self.identity(request) or self.sessions.fresh()
        session = self.sessions.of(identity)
        given: dict[str, object] = {
            **values,
            "visitor": session.visitor if session else None,
            "form_token": self.sessions.token(identity),
            "title_of": self.title_of,
            "ways": ways(session.visitor, request.url.path) if session else [],
        }
        response = self._pages.page(template, given, status)
        self.remember(response, identity)
        return response

    def identity(self, request: Request) -> str | None:
        """Return the id in this browser's cookie, signed in or not."""
        return self.sessions.unsealed(request.cookies.get(COOKIE))

    def remember(self, response: Response, identity: str) -> None:
        """Give the browser its cookie: gone with the browser, hidden from scripts, sent to us alone."""
        response.set_cookie(
            COOKIE, self.sessions.sealed(identity), httponly=True, samesite="strict", path="/"
        )

    def to(self, path: str) -> Response:
        """Send the browser on to a page, after a form."""
        return RedirectResponse(path, status_code=303)

    def _session(self, request: Request) -> Session:
        session = self.sessions.of(self.identity(request))
        if session is None:
            raise SignedOut
        return session

    async def _call(
        self,
        method: str,
        visitor: Visitor,
        path: str,
        *,
        query: Mapping[str, str | int | Sequence[str]] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Answer:
        owner = owner_of(path)
        if owner is None:
            raise Unanswered
        url = address_of(owner, self._settings) + path
        headers = {"authorization": f"Bearer {self._token(visitor)}"}
        try:
            answer = await self._http.request(method, url, params=query, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unanswered from error
        if answer.status_code >= 500:
            raise Unanswered
        return Answer(status=answer.status_code, body=_object(answer))

    def _token(self, visitor: Visitor) -> str:
        key = self._settings.credentials / folder_of(visitor.agency) / "key.pem"
        return mint(visitor.agency, visitor.person, key.read_bytes(), SystemClock().now())


def _object(answer: httpx.Response) -> Mapping[str, object]:
    try:
        body: object = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
