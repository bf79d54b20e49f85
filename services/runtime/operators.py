"""Who looks after the running system: what an operator may see, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Header
from fastapi.responses import JSONResponse

from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.partnership import Role
from services.runtime.problems import Answered, problem
from services.vocabulary.agencies import HUB, HUB_ROLES

Token = Annotated[str | None, Header(alias="Authorization")]


def operates(caller: Caller) -> bool:
    """Say whether a caller may see how the system runs: the Hub's people, and auditors."""
    return caller.role is Role.AUDITOR or (caller.agency == HUB and caller.role in HUB_ROLES)


def operator_by(verifier: Verifier) -> Callable[[str | None], Caller]:
    """Return what a route depends on that is for operators alone: whom the token names.

    Everybody else is answered before the route is reached: 401 to who is nobody, to the others nothing.
    """

    def operator(authorization: Token = None) -> Caller:
        try:
            caller = verifier.caller(authorization)
        except Unauthenticated as error:
            bearer = {"www-authenticate": "Bearer"}
            raise Answered(problem(401, "not authenticated", str(error), headers=bearer)) from error
        if not operates(caller):
            raise Answered(nothing())
        return caller

    return operator


def nothing() -> JSONResponse:
    """Return the answer to whoever is no operator."""
    return problem(404, "not found", "there is nothing here for you: ask the Hub or an auditor")
