"""The keyring's HTTP side: open, explain, count, show the policy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from services.consent.keyring.counts import summary
from services.consent.keyring.opening import Busy, Opener, Refused, Request
from services.consent.keyring.rights import sees_all
from services.consent.keyring.telling import NothingToTell, Teller
from services.consent.store.ledger import Days, Ledger
from services.eventlog.errors import Unavailable
from services.runtime.identity import Caller, Unauthenticated, Verifier
from services.runtime.partnership import Role
from services.runtime.web import busy, problem

Token = Annotated[str | None, Header(alias="Authorization")]
LONGEST_PURPOSE = 500
LONGEST_NAME = 100
MOST_SECTIONS = 100


class Opening(BaseModel):
    """What to open: a release, all of its sections or some, and what for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    release_id: Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_NAME)]
    purpose: Annotated[StrictStr, Field(min_length=1, max_length=LONGEST_PURPOSE, pattern=r"\S")]
    sections: (
        Annotated[list[Annotated[StrictStr, Field(max_length=LONGEST_NAME)]], Field(max_length=MOST_SECTIONS)]
        | None
    ) = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """What the keyring answers from."""

    verifier: Verifier
    opener: Opener
    teller: Teller
    ledger: Ledger
    recipients: tuple[str, ...]


def router(keyring: Keyring) -> APIRouter:
    """Return the keyring's routes."""
    routes = APIRouter()
    _opening(routes, keyring)
    _telling(routes, keyring)
    _counting(routes, keyring)
    return routes


def nothing_here() -> JSONResponse:
    """Return the one answer for what is forbidden, unknown or erased."""
    return problem(404, "not found", "there is nothing here for you: check the id")


def _opening(routes: APIRouter, keyring: Keyring) -> None:
    @routes.post("/v1/open", summary="Open sections that were released to the caller's agency")
    def open_sections(body: Opening, authorization: Token = None) -> JSONResponse:
        def opened(caller: Caller) -> JSONResponse:
            if caller.person is None and caller.role is not Role.SERVICE:
                return problem(403, "nobody named", "opening is by a named person: put `sub` in the token")
            sections = tuple(body.sections) if body.sections is not None else None
            found = keyring.opener.open(
                caller, Request(release_id=body.release_id, purpose=body.purpose.strip(), sections=sections)
            )
            return JSONResponse({"sections": found.sections, "opening_id": found.opening_id})

        return _answered(keyring.verifier, authorization, opened)


def _telling(routes: APIRouter, keyring: Keyring) -> None:
    @routes.get("/v1/events/{event:path}/explanation", summary="Who may see an event, and why")
    def explanation(event: str, authorization: Token = None, to: str | None = None) -> JSONResponse:
        return _answered(
            keyring.verifier,
            authorization,
            lambda caller: JSONResponse(keyring.teller.about_event(caller, event, to)),
        )

    @routes.get("/v1/incidents/{alias}/sharing", summary="Who may see what of an incident, for the Hub")
    def sharing(alias: str, authorization: Token = None) -> JSONResponse:
        return _answered(
            keyring.verifier,
            authorization,
            lambda caller: JSONResponse(keyring.teller.about_incident(caller, alias)),
        )


def _counting(routes: APIRouter, keyring: Keyring) -> None:
    @routes.get("/v1/ledger/summary", summary="What was shared and what was not, by ground and reason")
    def ledger_summary(
        authorization: Token = None,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
    ) -> JSONResponse:
        def counted(caller: Caller) -> JSONResponse:
            if not (sees_all(caller) or caller.agency == "partnership"):
                return nothing_here()
            if first is not None and last is not None and first > last:
                return problem(422, "no such days", "`from` is after `to`: give the earlier day first")
            days = Days(first=first, last=last)
            return JSONResponse(summary(keyring.ledger, keyring.recipients, days))

        return _answered(keyring.verifier, authorization, counted)

    @routes.get("/v1/policy", summary="The policy in force, or one that was adopted, by its hash")
    def policy(
        authorization: Token = None,
        hash_: Annotated[str | None, Query(alias="hash", pattern="^[0-9a-f]{12,64}$")] = None,
    ) -> JSONResponse:
        def shown(_caller: Caller) -> JSONResponse:
            found = keyring.ledger.policy(hash_)
            if found is None and hash_ is not None:
                return nothing_here()
            if found is None:
                return problem(404, "no policy", "no policy is adopted yet: publish a PolicyAdopted")
            return JSONResponse(
                {
                    "hash": found.hash,
                    "name": found.name,
                    "version": found.version,
                    "text": found.text,
                    "adopted_at": found.adopted_at,
                }
            )

        return _answered(keyring.verifier, authorization, shown)


def _answered(
    verifier: Verifier, authorization: str | None, answer: Callable[[Caller], JSONResponse]
) -> JSONResponse:
    """Answer a caller, or say why not. Nothing tells what is forbidden from what is not there."""
    try:
        return answer(verifier.caller(authorization))
    except Unauthenticated as error:
        return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})
    except (Refused, NothingToTell):
        return nothing_here()
    except Busy:
        return busy("the gate has not reached the end of the log: send the same again")
    except Unavailable:
        return busy("the log does not answer just now: send the same again")
