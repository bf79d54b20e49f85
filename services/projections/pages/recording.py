"""The Hub's forms that publish, and the page that says what became of each.

Each is for whoever acts for the Hub and an incident that is open to them; to anybody else it is absent. An
override is children's services' too, for themselves alone and of an incident they hold something of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages import deciding, review, words
from services.projections.pages.deciding import NOT_TO_SHARE, OVERRIDE, OWN_DUTY, Kind
from services.projections.pages.desk import Answer, Desk
from services.projections.pages.entries import Entry
from services.projections.pages.holding import OK, UNPROCESSABLE, absent, held, released
from services.projections.pages.opened import identity, parts, reach
from services.projections.pages.publishing import (
    OWN_ID,
    Problem,
    Stamp,
    flagged,
    problems,
    shown,
    stamp,
    stamp_in,
)
from services.projections.pages.purposes import LONGEST
from services.projections.pages.told import sharing
from services.vocabulary.agencies import CHILDRENS_SERVICES
from services.vocabulary.calendar import local_date
from services.vocabulary.events import VPA_FAMILY

USUAL_PURPOSE: Final = "Secondary assessment of this VPA"
QUIET: Final = frozenset({"police", "partnership"})
"""Who has each event anyway: naming them says nothing of what a record changed."""

KINDS: Final = {kind.path: kind for kind in (OVERRIDE, NOT_TO_SHARE)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A review in hand: of which release, opened for what, how it is filled in, and what it carries on."""

    alias: str
    entry: Entry
    form: review.Filled
    original: review.Content
    stamp: Stamp
    purpose: str


def router(desk: Desk) -> APIRouter:
    """Return the routes of these pages. Addresses hold aliases and random ids, nothing of a person."""
    routes = APIRouter(include_in_schema=False)
    _reviewing(routes, desk)
    _deciding(routes, desk)

    @routes.get("/incidents/{alias}/recorded/{event}")
    async def recorded(request: Request, alias: str, event: str) -> Response:
        told = await sharing(desk, request, alias)
        is_theirs = told is None and await _is_own_duty(desk, request, alias)
        if (told is None and not is_theirs) or not OWN_ID.fullmatch(event):
            return absent(desk, request)
        answer = await desk.ask(request, f"/v1/events/{event}/explanation")
        answered = answer.status == OK and answer.body.get("incident") == alias
        if not answered and event not in desk.done(request):
            return absent(desk, request)
        event_type = str(answer.body.get("event_type", "")) if answered else ""
        values = {
            "alias": alias,
            "event": event,
            "answered": answered,
            "flagged": desk.flagged(request).get(event, ()),
            "recorded": words.TYPES.get(event_type, ""),
            "own_duty": is_theirs,
            "receives": [line for line in told or () if line.told and line.code not in QUIET],
        }
        return desk.page(request, "projections/recorded.html", values)

    return routes


def _reviewing(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/incidents/{alias}/review/{release}")
    async def why(request: Request, alias: str, release: str) -> Response:
        entry = await _form(desk, request, alias, release)
        if entry is None:
            return absent(desk, request)
        values = {"alias": alias, "entry": entry, "purpose": USUAL_PURPOSE, "problem": ""}
        return desk.page(request, "projections/review-purpose.html", values)

    @routes.post("/incidents/{alias}/review/{release}")
    async def show(request: Request, alias: str, release: str) -> Response:
        sent = await desk.form(request)
        entry = await _form(desk, request, alias, release)
        if entry is None:
            return absent(desk, request)
        purpose = str(sent.get("purpose", "")).strip()
        if not purpose or len(purpose) > LONGEST:
            values = {"alias": alias, "entry": entry, "purpose": purpose, "error": True}
            values["problem"] = f"Enter why you need to see it, in {LONGEST} characters or fewer"
            return desk.page(request, "projections/review-purpose.html", values, UNPROCESSABLE)
        return await _opened(desk, request, alias, entry, purpose)

    @routes.post("/incidents/{alias}/review/{release}/record")
    async def record(request: Request, alias: str, release: str) -> Response:
        sent = await desk.form(request)
        entry = await _form(desk, request, alias, release)
        of = stamp_in(sent)
        if entry is None or of is None:
            return absent(desk, request)
        try:
            original = review.read(str(sent.get("original", "")))
        except review.NotAnOriginal:
            return absent(desk, request)
        form = review.filled(sent)
        wrong = review.lacking(form, original)
        if not wrong:
            answer = await desk.tell(request, "/v1/events", review.event(form, original, alias, of))
            wrong = problems(answer, review.FIELDS)
            if not wrong:
                return _done(desk, request, alias, of, answer)
        sheet = _Sheet(
            alias=alias,
            entry=entry,
            form=form,
            original=original,
            stamp=of,
            purpose=str(sent.get("purpose", "")),
        )
        return _review(desk, request, sheet, wrong)


async def _opened(desk: Desk, request: Request, alias: str, entry: Entry, purpose: str) -> Response:
    """Open the original, all of it or nothing, and show the form it fills."""
    names = [name for name, _ in entry.sections]
    body = {"release_id": entry.release_id, "sections": names, "purpose": purpose}
    answer = await desk.tell(request, "/v1/open", body)
    sections = answer.body.get("sections")
    if answer.status != OK or not isinstance(sections, Mapping):
        return absent(desk, request)
    sheet = _Sheet(
        alias=alias,
        entry=entry,
        form=review.first(sections),
        original=review.kept(sections),
        stamp=stamp(desk.now()),
        purpose=purpose,
    )
    return _review(desk, request, sheet, ())


def _review(desk: Desk, request: Request, sheet: _Sheet, wrong: tuple[Problem, ...]) -> Response:
    carried = {name: value for name, value in _named(sheet.original).items() if name != "facts"}
    values = {
        "sheet": sheet,
        "original": review.written(sheet.original),
        "before": review.graded(sheet.original),
        "identity": identity(carried, local_date(desk.now())),
        "reach": reach(carried),
        "parts": parts(carried, desk.title_of),
        "choices": {"risk": review.RISKS, "children": review.CHILDREN, "adults": review.ADULTS},
        "answers": review.ANSWERS,
        "asked_for": review.ASKED_FOR,
        **shown(wrong),
    }
    return desk.page(request, "projections/review.html", values, UNPROCESSABLE if wrong else OK)


def _deciding(routes: APIRouter, desk: Desk) -> None:
    @routes.get("/incidents/{alias}/override")
    @routes.get("/incidents/{alias}/not-to-share")
    async def ask(request: Request, alias: str) -> Response:
        kind = await _kind(desk, request, alias)
        if kind is None:
            return absent(desk, request)
        empty = deciding.Filled(facts={}, rationale="")
        return _decision(desk, request, (alias, kind), (empty, stamp(desk.now())), ())

    @routes.post("/incidents/{alias}/override")
    @routes.post("/incidents/{alias}/not-to-share")
    async def record(request: Request, alias: str) -> Response:
        sent = await desk.form(request)
        kind, of = await _kind(desk, request, alias), stamp_in(sent)
        if kind is None or of is None:
            return absent(desk, request)
        whom = {"recipient": desk.visitor(request).agency} if kind is OWN_DUTY else {}
        form = deciding.filled(kind, {**sent, **whom})
        wrong = deciding.lacking(kind, form)
        if not wrong:
            answer = await desk.tell(request, "/v1/events", deciding.event(kind, form, alias, of))
            wrong = problems(answer, deciding.fields(kind), kind.said)
            if not wrong:
                return _done(desk, request, alias, of, answer)
        return _decision(desk, request, (alias, kind), (form, of), wrong)


async def _kind(desk: Desk, request: Request, alias: str) -> Kind | None:
    """Return what the visitor may decide on the page with this address; None: nothing."""
    kind = KINDS[request.url.path.rpartition("/")[2]]
    if kind is OVERRIDE and await _is_own_duty(desk, request, alias):
        return OWN_DUTY
    return kind if await sharing(desk, request, alias) is not None else None


async def _is_own_duty(desk: Desk, request: Request, alias: str) -> bool:
    """Say whether the visitor works for children's services that hold something of an incident."""
    of_theirs = desk.visitor(request).agency in CHILDRENS_SERVICES
    return of_theirs and await held(desk, request, alias) is not None


def _decision(
    desk: Desk,
    request: Request,
    page: tuple[str, Kind],
    filled: tuple[deciding.Filled, Stamp],
    wrong: tuple[Problem, ...],
) -> Response:
    (alias, kind), (form, of) = page, filled
    values = {
        "alias": alias,
        "form": form,
        "stamp": of,
        "recipients": [(name, desk.title_of(name)) for name in kind.recipients],
        "ranks": kind.ranks,
        "reasons": deciding.WHY_NOT,
        "colleagues": desk.colleagues(request),
        **shown(wrong),
    }
    return desk.page(request, kind.template, values, UNPROCESSABLE if wrong else OK)


def _done(desk: Desk, request: Request, alias: str, of: Stamp, answer: Answer) -> Response:
    desk.done(request).add(of.id)
    desk.flagged(request)[of.id] = flagged(answer)
    return desk.to(f"/incidents/{alias}/recorded/{of.id}")


async def _form(desk: Desk, request: Request, alias: str, release: str) -> Entry | None:
    """Return the release of a form that the visitor may review, or None."""
    if await sharing(desk, request, alias) is None:
        return None
    entry = await released(desk, request, alias, release)
    return entry if entry is not None and entry.event_type in VPA_FAMILY else None


def _named(original: review.Content) -> Mapping[str, object]:
    """Return what is carried as it was opened: each child under a name of its own."""
    children = original.get("children")
    each = children if isinstance(children, list) else []
    numbered = {f"children[{number}]": child for number, child in enumerate(each)}
    return {**{name: value for name, value in original.items() if name != "children"}, **numbered}
