"""The forms by which an agency says something of an incident, through the door, in the visitor's name.

What is typed is kept until the door has taken it. Each form carries a random press, so that what is said
twice with one form is one event, and what was changed in between another.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages.consents import Known, known
from services.projections.pages.desk import Desk
from services.projections.pages.door_words import refused
from services.projections.pages.holding import OK, UNPROCESSABLE, Row, absent, held, objects
from services.projections.pages.publishing import flagged
from services.projections.pages.questions import Form, Problem, missing, problems, read
from services.projections.pages.sayings import consent_form, referral_form
from services.vocabulary.calendar import local_date
from services.vocabulary.times import format_time

CONSENT: Final = "consent"
FORMS: Final = frozenset({CONSENT, "referral"})
PRESS: Final = re.compile("[0-9a-f]{32}", re.ASCII)
TAKEN: Final = frozenset({200, 201, 409})
"""Answers of the door that mean it is on the log, this one or the same pressed before."""


def router(desk: Desk) -> APIRouter:
    """Return the routes of the forms. URLs hold an alias and the form's name, nothing of a person."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/incidents/{alias}/say/{name}")
    async def ask(request: Request, alias: str, name: str) -> Response:
        row = await held(desk, request, alias) if name in FORMS else None
        if row is None:
            return absent(desk, request)
        now = await _known(desk, request, alias, name, row)
        return _page(desk, request, alias, _form(desk, request, name), {}, (), now)

    @routes.post("/incidents/{alias}/say/{name}")
    async def say(request: Request, alias: str, name: str) -> Response:
        sent = await desk.form(request)
        row = await held(desk, request, alias) if name in FORMS else None
        if row is None:
            return absent(desk, request)
        form = _form(desk, request, name)
        said = read(form.questions, sent)
        press = str(sent.get("press", ""))
        lacking = missing(form, said)
        found = tuple(one for one in problems(form, said) if one not in lacking)
        if not found:
            found = await _tell(
                desk, request, alias, form, said, press if PRESS.fullmatch(press) else _press()
            )
        if found:
            now = await _known(desk, request, alias, name, row)
            return _page(desk, request, alias, form, {**said, "press": press}, found, now)
        return desk.to(f"/incidents/{alias}")

    return routes


def _form(desk: Desk, request: Request, name: str) -> Form:
    if name == CONSENT:
        return consent_form(desk.title_of, dict(desk.colleagues(request)))
    return referral_form(desk.title_of)


async def _tell(
    desk: Desk, request: Request, alias: str, form: Form, said: Mapping[str, str], press: str
) -> tuple[Problem, ...]:
    """Publish what was said; return nothing where the door took it, else everything it has against it."""
    now = desk.now()
    content = form.sections(said, desk.visitor(request).person, local_date(now))
    digest = sha256(json.dumps([said, press], sort_keys=True).encode()).hexdigest()[:32]
    event = {
        "type": form.type_of(said).value,
        "id": f"said-{digest}",
        "occurred_at": format_time(now),
        "incident": alias,
        **content,
    }
    told = await desk.tell(request, "/v1/events", event)
    if told.status in TAKEN:
        lacking = tuple(one.text for one in missing(form, said))
        desk.flagged(request)[alias] = (*flagged(told), *lacking)
        return ()
    nothing_said = (Problem(name=form.questions[0].name, text="It was not taken: press again"),)
    return refused(form, objects(told.body.get("reasons"))) or nothing_said


async def _known(desk: Desk, request: Request, alias: str, name: str, row: Row) -> tuple[Known, ...]:
    """Return what is recorded of consent, for the form that asks for it."""
    return await known(desk, request, alias, row) if name == CONSENT else ()


def _page(
    desk: Desk,
    request: Request,
    alias: str,
    form: Form,
    said: Mapping[str, str],
    found: Sequence[Problem],
    now: Sequence[Known],
) -> Response:
    press = said.get("press", "")
    values = {
        "alias": alias,
        "form": form,
        "said": said,
        "press": press if PRESS.fullmatch(press) else _press(),
        "found": found,
        "known": now,
        "problems": {one.name: one.text for one in reversed(found)},
        **({"error": True} if found else {}),
    }
    return desk.page(request, "projections/say.html", values, UNPROCESSABLE if found else OK)


def _press() -> str:
    return os.urandom(16).hex()
