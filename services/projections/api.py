"""What a recipient may ask over HTTP: its inbox, the signed head of it, an incident's or a person's timeline.

A caller sees releases to its own agency and nothing else; what it may not see looks like what is not there.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Annotated

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse

from services.eventlog.codec import decode_release
from services.eventlog.redriver import Redriver
from services.eventlog.redriving_answers import Asked, answered, set_aside
from services.projections.state import Row
from services.projections.store import Held, Order, Question, Store
from services.runtime.clock import Clock
from services.runtime.identity import ALGORITHM, Caller, Unauthenticated, Verifier
from services.runtime.operators import operator
from services.runtime.partnership import Role
from services.runtime.web import problem
from services.vocabulary.times import format_time

USUAL_PAGE = 100
LARGEST_PAGE = 1000
MOST_CASES = 100
SIGNER = "projections"
_WIDTH = 8
"""Bytes of a number inside a cursor."""

TOLD = tuple(field.name for field in fields(Row) if field.name not in {"value", "answers", "outcome"})
"""What of a row is told: all but the sealed bytes, and what is told as an answer."""

ALIAS = re.compile("[A-Za-z0-9_-]{1,64}", re.ASCII)

Token = Annotated[str | None, Header(alias="Authorization")]
Word = Annotated[str | None, Query(pattern="^[A-Za-z]{1,40}$")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


def router(*, store: Store, verifier: Verifier, statements: "Statements", redriver: Redriver) -> APIRouter:
    """Return the routes of the read models."""
    routes = APIRouter()

    @routes.get("/v1/inbox", summary="Releases to the caller's agency, in the order of their numbers")
    def inbox(
        authorization: Token = None,
        after: str | None = None,
        limit: Limit = USUAL_PAGE,
        order: Order = Order.OLDEST,
        kind: Word = None,
        event_type: Word = None,
    ) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        number = _number(after)
        if after is not None and number is None:
            return problem(400, "not a cursor", "`after` is not a cursor: send `next` of an earlier page")
        rows = store.page(
            Question(
                recipient=caller.agency,
                after=number,
                limit=limit,
                order=order,
                kind=kind,
                event_type=event_type,
            )
        )
        read_to = _next(rows)
        releases = [shown(row) for row in rows]
        return JSONResponse({"releases": releases, "next": read_to, "resume": read_to or after})

    @routes.get("/v1/inbox/head", summary="A signed statement of the first and last number kept")
    def head(authorization: Token = None) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        return JSONResponse(statements.of(caller.agency, store))

    @routes.get("/v1/cases", summary="The caller's incidents, the one last heard of first")
    def cases(
        authorization: Token = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_CASES)] = MOST_CASES,
    ) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        number = _number(after)
        if after is not None and number is None:
            return problem(400, "not a cursor", "`after` is not a cursor: send `next` of an earlier page")
        found = store.cases(caller.agency, number, limit)
        read_to = _cursor(found[-1].rows[-1].seq) if len(found) == limit else None
        return JSONResponse({"cases": [_case(each, told) for each in found], "next": read_to})

    @routes.get("/v1/incidents/{alias}", summary="What the caller's agency was released about one incident")
    def incident(alias: str, authorization: Token = None) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        rows = store.timeline(caller.agency, alias) if ALIAS.fullmatch(alias) else ()
        if not rows:
            return problem(404, "not found", "there is no such incident in your inbox")
        answers = store.answers(caller.agency, [row.release_id for row in rows])
        return JSONResponse(_case(Held(rows=rows, answers=answers), shown))

    @routes.get("/v1/people/{alias}", summary="What the caller's agency was released about one adult victim")
    def person(alias: str, authorization: Token = None) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        rows = store.of_person(caller.agency, alias) if ALIAS.fullmatch(alias) else ()
        if not rows:
            return problem(404, "not found", "there is no such person in your inbox")
        return JSONResponse({"person": alias, "releases": [shown(row) for row in rows]})

    @routes.get("/v1/operations/projections/parked", summary="Records the read models cannot read, and why")
    def parked(authorization: Token = None) -> JSONResponse:
        caller = operator(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        return JSONResponse(set_aside(store.found()))

    @routes.post("/v1/operations/projections/redrive", summary="Read again what was set aside, tried first")
    def redrive(body: Asked, authorization: Token = None) -> JSONResponse:
        caller = operator(verifier, authorization)
        return caller if isinstance(caller, JSONResponse) else answered(redriver, caller, body)

    return routes


def _case(held: Held, line: Callable[[Row], dict[str, object]]) -> dict[str, object]:
    """Return an incident as its recipient holds it: its releases, and what it said came of them."""
    return {
        "incident": held.rows[0].incident,
        "cursor": _cursor(held.rows[-1].seq),
        "releases": [line(row) for row in held.rows],
        "answers": [
            {"release_id": one.release_id, "outcome": one.outcome, "at": one.at} for one in held.answers
        ],
    }


class Statements:
    """Signs what is kept, so that a recipient can show what it was told it had (design 1, promise 3)."""

    def __init__(self, *, private_key_pem: bytes, partition: int, clock: Clock) -> None:
        key = load_pem_private_key(private_key_pem, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("the signing key is not Ed25519: make one with sightline up")
        self._key = key
        self._partition = partition
        self._clock = clock

    def of(self, recipient: str, store: Store) -> dict[str, object]:
        """Return the statement's fields and, as `statement`, the same fields as a compact JWS."""
        kept = asdict(store.head(recipient))
        at = format_time(self._clock.now())
        fields: dict[str, object] = {"recipient": recipient, "partition": self._partition, **kept, "at": at}
        payload = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
        signed = jwt.PyJWS().encode(payload, self._key, algorithm=ALGORITHM, headers={"kid": SIGNER})
        return {**fields, "statement": signed}


def shown(row: Row) -> dict[str, object]:
    """Return a row as an inbox line: every field of a release, and of its sealed sections the names.

    `header` is the event's own header, byte for byte, as base64url: what the log's tree is made of.
    """
    header = base64.urlsafe_b64encode(decode_release(row.value).header).decode()
    return {**told(row), "header": header}


def told(row: Row) -> dict[str, object]:
    """Return a row as a page of cases tells it: as an inbox line, without the header."""
    fields = {name: getattr(row, name) for name in TOLD}
    return {**fields, "sections": list(row.sections)}


def _person(verifier: Verifier, authorization: str | None) -> Caller | JSONResponse:
    """Return who asks, or the refusal: an inbox is read by a named person (design 11)."""
    try:
        caller = verifier.caller(authorization)
    except Unauthenticated as error:
        return problem(401, "not authenticated", str(error), headers={"www-authenticate": "Bearer"})
    if caller.person is None:
        return problem(403, "nobody named", "an inbox is read by a named person: put `sub` in the token")
    if caller.role is Role.RESPONDER:
        return problem(
            403, "not for first responders", "the Hub reads this inbox: ask somebody who acts for it"
        )
    return caller


def _next(rows: tuple[Row, ...]) -> str | None:
    """Return where the next page begins, or None where nothing more has come.

    `resume` beside it is never lost: a poller that read everything sends it to hear what comes later.
    """
    return _cursor(rows[-1].seq) if rows else None


def _cursor(seq: int) -> str:
    return base64.urlsafe_b64encode(seq.to_bytes(_WIDTH, "big")).decode().rstrip("=")


def _number(cursor: str | None) -> int | None:
    try:
        raw = base64.b64decode((cursor or "") + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    number = int.from_bytes(raw, "big")
    return number if len(raw) == _WIDTH and number < 2**63 else None
