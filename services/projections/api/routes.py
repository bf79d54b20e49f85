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
from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import JSONResponse

from services.eventlog.codec import decode_release
from services.eventlog.described import PARKED, REDRIVEN
from services.eventlog.redriver import Redriver
from services.eventlog.redriving_answers import Asked, answered, set_aside
from services.projections.api import described
from services.projections.state import Place, Row, Show
from services.projections.store.cases import Held, Wanted
from services.projections.store.models import Order, Question, Store
from services.runtime.clock import Clock
from services.runtime.identity import ALGORITHM, Caller, Unauthenticated, Verifier
from services.runtime.operators import operator_by
from services.runtime.partnership import Role
from services.runtime.web import problem
from services.vocabulary.events import EventType
from services.vocabulary.times import format_time

USUAL_PAGE = 100
LARGEST_PAGE = 1000
MOST_CASES = 100
SIGNER = "projections"
_WIDTH = 8
"""Bytes of a number inside a cursor."""

_WAITS, _RESTS = b"\1", b"\0"
"""How the cursor of a case begins: among those that wait to be opened, or among the rest."""

TOLD = tuple(field.name for field in fields(Row) if field.name not in {"value", "answers", "outcome"})
"""What of a row is told: all but the sealed bytes, and what is told as an answer."""

ALIAS = re.compile("[A-Za-z0-9_-]{1,64}", re.ASCII)

Token = Annotated[str | None, Header(alias="Authorization")]
Word = Annotated[str | None, Query(pattern="^[A-Za-z]{1,40}$")]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE)]


def router(
    *, store: Store, verifier: Verifier, statements: "Statements", redriver: Redriver, clock: Clock
) -> APIRouter:
    """Return the routes of the read models. What is overdue is so by `clock`, the partnership's time."""
    routes = APIRouter()
    Operator = Annotated[Caller, Depends(operator_by(verifier))]

    @routes.get(
        "/v1/inbox",
        summary="Releases to the caller's agency, in the order of their numbers",
        responses=described.INBOX,
    )
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

    @routes.get(
        "/v1/inbox/head",
        summary="A signed statement of the first and last number kept",
        responses=described.HEAD,
    )
    def head(authorization: Token = None) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        return JSONResponse(statements.of(caller.agency, store))

    @routes.get(
        "/v1/cases",
        summary="The caller's incidents, what nobody there has opened first",
        responses=described.CASES,
    )
    def cases(
        authorization: Token = None,
        after: str | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST_CASES)] = MOST_CASES,
        show: Annotated[list[Show] | None, Query()] = None,
        happened: EventType | None = None,
    ) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        place = _place(after)
        if after is not None and place is None:
            return problem(400, "not a cursor", "`after` is not a cursor: send `next` of an earlier page")
        found = store.cases(
            Wanted(
                recipient=caller.agency,
                limit=limit,
                now=clock.now(),
                after=place,
                show=frozenset(show or ()),
                happened=happened,
            )
        )
        read_to = _cursor_of(found[-1].place) if len(found) == limit else None
        return JSONResponse({"cases": [_case(each, told) for each in found], "next": read_to})

    @routes.get(
        "/v1/incidents/{alias}",
        summary="What the caller's agency was released about one incident",
        responses=described.INCIDENT,
    )
    def incident(alias: str, authorization: Token = None) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        held = store.case(caller.agency, alias) if ALIAS.fullmatch(alias) else None
        if held is None:
            return problem(404, "not found", "there is no such incident in your inbox")
        return JSONResponse(_case(held, shown))

    @routes.get(
        "/v1/people/{alias}",
        summary="What the caller's agency was released about one adult victim",
        responses=described.PERSON_TOLD,
    )
    def person(alias: str, authorization: Token = None) -> JSONResponse:
        caller = _person(verifier, authorization)
        if isinstance(caller, JSONResponse):
            return caller
        rows = store.of_person(caller.agency, alias) if ALIAS.fullmatch(alias) else ()
        if not rows:
            return problem(404, "not found", "there is no such person in your inbox")
        return JSONResponse({"person": alias, "releases": [shown(row) for row in rows]})

    @routes.get(
        "/v1/operations/projections/parked",
        summary="Records the read models cannot read, and why",
        responses=PARKED,
    )
    def parked(_operator: Operator) -> JSONResponse:
        return JSONResponse(set_aside(store.found()))

    @routes.post(
        "/v1/operations/projections/redrive",
        summary="Read again what was set aside, tried first",
        responses=REDRIVEN,
    )
    def redrive(body: Asked, caller: Operator) -> JSONResponse:
        return answered(redriver, caller, body)

    return routes


def _case(held: Held, line: Callable[[Row], dict[str, object]]) -> dict[str, object]:
    """Return an incident as its recipient holds it: its releases, what it said came of them, and which were
    opened there. `cursor` is where what follows it begins.
    """
    return {
        "incident": held.rows[0].incident,
        "cursor": _cursor_of(held.place),
        "releases": [line(row) for row in held.rows],
        "answers": [
            {"release_id": one.release_id, "outcome": one.outcome, "at": one.at} for one in held.answers
        ],
        "opened": list(held.opened),
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
    return _written(_bytes(seq))


def _cursor_of(place: Place) -> str:
    return _written((_WAITS if place.waits else _RESTS) + _bytes(place.seq))


def _number(cursor: str | None) -> int | None:
    raw = _read(cursor)
    number = int.from_bytes(raw, "big")
    return number if len(raw) == _WIDTH and number < 2**63 else None


def _place(cursor: str | None) -> Place | None:
    """Return the place a case's cursor names; None for what is none, as a release's is not."""
    raw = _read(cursor)
    kind, number = raw[:1], int.from_bytes(raw[1:], "big")
    if len(raw) != 1 + _WIDTH or kind not in (_WAITS, _RESTS) or number >= 2**63:
        return None
    return Place(waits=kind == _WAITS, seq=number)


def _bytes(seq: int) -> bytes:
    return seq.to_bytes(_WIDTH, "big")


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(cursor: str | None) -> bytes:
    """Return what a cursor says; nothing for what is none, or is not in its one spelling."""
    text = cursor or ""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return raw if _written(raw) == text else b""
