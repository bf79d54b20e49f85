"""Who looks after the running system: what an operator may see, and nobody else."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.partnership import Role
from services.runtime.problems import problem
from services.vocabulary.agencies import HUB, HUB_ROLES


def operates(caller: Caller) -> bool:
    """Say whether a caller may see how the system runs: the Hub's people, and auditors."""
    return caller.role is Role.AUDITOR or (caller.agency == HUB and caller.role in HUB_ROLES)


def operator(verifier: Verifier, authorization: str | None) -> Caller | JSONResponse:
    """Return the operator a token names, or the answer to everybody else: there is nothing."""
    try:
        caller = verifier.caller(authorization)
    except Unauthenticated as error:
        return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})
    return caller if operates(caller) else nothing()


def nothing() -> JSONResponse:
    """Return the answer to whoever is no operator."""
    return problem(404, "not found", "there is nothing here for you: ask the Hub or an auditor")
