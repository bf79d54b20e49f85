"""RFC 9457 problem details: how every service says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from services.runtime.pointers import pointer

BUSY_SECONDS = 1
FIX = "send what /openapi.json says"
PROBLEM = "application/problem+json"


def problem(status: int, title: str, detail: str, **extra: Any) -> JSONResponse:
    """Return RFC 9457 problem details. `detail` says what to do next; `headers` are sent as headers."""
    headers: Mapping[str, str] | None = extra.pop("headers", None)
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail, **extra}
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=headers)


def busy(detail: str, **extra: Any) -> JSONResponse:
    """Return the 503 that says come back in a second."""
    return problem(503, "busy", detail, headers={"retry-after": str(BUSY_SECONDS)}, **extra)


class Answered(Exception):
    """What a dependency of a route says before the route is reached: the whole answer."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


def handle_problems(app: FastAPI) -> None:
    """Answer whatever goes wrong in an app with problem details, and never with what an exception says."""
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Answered, _answered)
    app.add_exception_handler(Exception, _unexpected)


async def http_error(_request: Request, error: Exception) -> Response:
    """Return what an HTTPException says as problem details."""
    assert isinstance(error, HTTPException)
    title = str(error.detail) if error.detail else "refused"
    return problem(error.status_code, title, title, headers=error.headers)


async def _answered(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Answered)
    return error.answer


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    reasons = [
        {
            "pointer": pointer(*found["loc"][1:]) or "/",
            "rule": found["type"],
            "detail": found["msg"],
            "fix": FIX,
        }
        for found in error.errors()
    ]
    return problem(422, "not understood", "the request does not fit: see reasons", reasons=reasons)


async def _unexpected(_request: Request, error: Exception) -> Response:
    return problem(500, "unexpected", f"a fault of ours, logged as {type(error).__name__}: try again later")
