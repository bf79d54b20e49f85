"""How the keyring answers a caller, whatever is asked: what is forbidden looks like what is not there."""

import logging
from collections.abc import Callable

from fastapi.responses import JSONResponse, Response
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from services.consent.keyring.asking import NotForYou
from services.consent.keyring.opening import Busy, Refused
from services.consent.keyring.telling import NothingToTell
from services.consent.keyring.trying import OneAtATime
from services.eventlog.errors import Unavailable
from services.runtime import telemetry
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.web import busy, problem

log = logging.getLogger("sightline.keyring")


def store_away() -> Counter:
    """Return the counter of requests that the ledger, or the key store, left unanswered."""
    return telemetry.counter("keyring_store_away", "Requests for which a store of the keyring did not answer")


def nothing_here() -> JSONResponse:
    """Return the one answer for what is forbidden, unknown or erased."""
    return problem(404, "not found", "there is nothing here for you: check the id")


def answered(verifier: Verifier, authorization: str | None, answer: Callable[[Caller], Response]) -> Response:
    """Answer a caller, or say why not. Nothing tells what is forbidden from what is not there."""
    try:
        return answer(verifier.caller(authorization))
    except Unauthenticated as error:
        return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})
    except (Refused, NothingToTell, NotForYou):
        return nothing_here()
    except OneAtATime:
        return busy("the log is being decided again for somebody else: send the same when that is done")
    except Busy:
        return busy("the gate has not reached the end of the log: send the same again")
    except Unavailable:
        return busy("the log does not answer just now: send the same again")
    except SQLAlchemyError as error:
        store_away().inc()
        log.error("a store does not answer: %s", type(error).__name__)
        return busy("the ledger or the key store does not answer just now: send the same again")
