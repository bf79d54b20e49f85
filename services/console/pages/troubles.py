"""What a person sees when a page cannot be shown: what happened, and what to do next."""

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from services.console.pages.desk import Desk, Forged, SignedOut, Unanswered
from services.runtime.problems import http_error

ABSENT = 404
SENT = "Load this page again, and what you typed is sent again: it is not lost. "
"""What a form was sent with the browser still has, and what is sent twice counts once."""

DANGER = "If somebody is in danger, do not wait for this page: phone."
API = "/v1"


def install(app: FastAPI, desk: Desk) -> None:
    """Answer every trouble of a page with a page."""

    async def signed_out(_request: Request, _error: Exception) -> Response:
        return desk.to("/sign-in")

    async def forged(request: Request, _error: Exception) -> Response:
        return _trouble(
            desk,
            request,
            403,
            "We cannot take that form",
            "It may have been open for too long. Go back to the start and do it again: nothing was changed.",
        )

    async def unanswered(request: Request, _error: Exception) -> Response:
        return _trouble(
            desk,
            request,
            503,
            "This is not available just now",
            f"{SENT if request.method == 'POST' else ''}Try again in a minute. {DANGER}",
        )

    async def refused(request: Request, error: Exception) -> Response:
        if getattr(error, "status_code", 0) == ABSENT and _is_for_a_person(request):
            return desk.page(request, "absent.html", {}, ABSENT)
        return await http_error(request, error)

    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(SignedOut, signed_out)
    app.add_exception_handler(Forged, forged)
    app.add_exception_handler(Unanswered, unanswered)


def _is_for_a_person(request: Request) -> bool:
    """Say whether a browser asks for a page: what is not there then looks like what is hidden."""
    is_api = request.url.path == API or request.url.path.startswith(f"{API}/")
    return not is_api and "text/html" in request.headers.get("accept", "")


def _trouble(desk: Desk, request: Request, status: int, heading: str, text: str) -> Response:
    return desk.page(request, "trouble.html", {"heading": heading, "text": text}, status)
