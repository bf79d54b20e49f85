"""What a person sees when a page cannot be shown: what happened, and what to do next."""

from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.console.pages.desk import Desk, Forged, SignedOut, Unanswered


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
            "Try again in a minute. If somebody is in danger, do not wait for this page: phone.",
        )

    app.add_exception_handler(SignedOut, signed_out)
    app.add_exception_handler(Forged, forged)
    app.add_exception_handler(Unanswered, unanswered)


def _trouble(desk: Desk, request: Request, status: int, heading: str, text: str) -> Response:
    return desk.page(request, "trouble.html", {"heading": heading, "text": text}, status)
