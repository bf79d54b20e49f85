"""Taking back what the visitor's agency published: the form, and what follows once the door took it.

It is reached from the agency's own release of the event, whose id stands in the address. Whoever may not take
it back finds nothing there. What follows is the answer to the form and has no address of its own; sent twice
it is one event and one answer. What was taken back from everybody is not taken back again.
"""

from asyncio import gather
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages import retracting
from services.projections.pages.desk import Answer, Desk, Visitor
from services.projections.pages.entries import Entry, entries
from services.projections.pages.holding import OK, UNPROCESSABLE, absent, held
from services.projections.pages.own import NOTHING, Own, own
from services.projections.pages.publishing import (
    CONFLICT,
    Problem,
    Stamp,
    flagged,
    problems,
    shown,
    stamp,
    stamp_in,
)
from services.projections.pages.retracting import EMPTY, FIELDS, SAID, Filled
from services.projections.pages.told import is_of_the_hub, sharing
from services.vocabulary.agencies import HUB
from services.vocabulary.events import RETRACTABLE, VPA_FAMILY, EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A retraction in hand: of what, and what became of that before; from whom it may be taken back, how the
    form stands, and its stamp.
    """

    alias: str
    entry: Entry
    before: Own
    recipients: Mapping[str, str]
    form: Filled
    stamp: Stamp


def may_take_back(visitor: Visitor, found: Iterable[Entry]) -> frozenset[str]:
    """Return the releases of what the visitor's agency published and the visitor may take back.

    Of police, the Hub alone: a first responder takes nothing back.
    """
    if visitor.agency == HUB and not is_of_the_hub(visitor):
        return frozenset()
    return frozenset(entry.release_id for entry in found if entry.own and entry.event_type in RETRACTABLE)


def left_to_take_back(visitor: Visitor, found: Iterable[Entry], gone: Mapping[str, Own]) -> frozenset[str]:
    """Return the releases of what the visitor may take back and was not taken back from everybody before."""
    left = (entry for entry in found if not gone.get(entry.event_id, NOTHING).from_everybody)
    return may_take_back(visitor, left)


async def taken_back(desk: Desk, request: Request, alias: str, found: Iterable[Entry]) -> Mapping[str, Own]:
    """Return what the agency took back of an incident, by the log's ids.

    It is asked where the incident holds a retraction of the agency's own.
    """
    retracts = any(entry.own and entry.event_type == EventType.EVENT_RETRACTED for entry in found)
    return await own(desk, request, alias) if retracts else {}


def router(desk: Desk) -> APIRouter:
    """Return the routes of the form. URLs hold an alias and a release id, nothing of a person."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/incidents/{alias}/take-back/{release}")
    async def ask(request: Request, alias: str, release: str) -> Response:
        entry = await _own(desk, request, alias, release)
        if entry is None:
            return absent(desk, request)
        sheet = await _sheet(desk, request, alias, entry, stamp(desk.now()))
        return _page(desk, request, sheet)

    @routes.post("/incidents/{alias}/take-back/{release}")
    async def take_back(request: Request, alias: str, release: str) -> Response:
        sent = await desk.form(request)
        entry, of = await _own(desk, request, alias, release), stamp_in(sent)
        if entry is None or of is None:
            return absent(desk, request)
        sheet = await _sheet(desk, request, alias, entry, of)
        if sheet.before.from_everybody:
            return _page(desk, request, sheet, status=CONFLICT)
        sheet = replace(sheet, form=retracting.filled(sent, sheet.recipients))
        wrong = retracting.lacking(sheet.form)
        if wrong:
            return _page(desk, request, sheet, wrong, UNPROCESSABLE)
        answer = await desk.tell(request, "/v1/events", retracting.event(sheet.form, entry.event_id, of))
        wrong = problems(answer, FIELDS, SAID)
        if wrong:
            return _page(desk, request, sheet, wrong, UNPROCESSABLE)
        desk.done(request).add(of.id)
        return _taken_back(desk, request, sheet, answer)

    return routes


def _page(
    desk: Desk, request: Request, sheet: _Sheet, wrong: tuple[Problem, ...] = (), status: int = OK
) -> Response:
    """Show the form; where everybody was asked to give it back already, that alone."""
    values = {
        "sheet": sheet,
        "reasons": retracting.REASONS,
        "scopes": retracting.SCOPES,
        "may_stand_again": sheet.entry.event_type == EventType.VPA_REVIEWED,
        "is_a_form": sheet.entry.event_type in VPA_FAMILY,
        "gone_from": sheet.before.from_whom(desk.title_of),
        **shown(wrong),
    }
    return desk.page(request, "projections/take-back.html", values, status)


def _taken_back(desk: Desk, request: Request, sheet: _Sheet, answer: Answer) -> Response:
    titles = [sheet.recipients[name] for name in sheet.form.to]
    values = {
        "sheet": sheet,
        "flagged": flagged(answer),
        "follows": retracting.follows(sheet.form, sheet.entry.event_type, titles),
        "of_the_hub": is_of_the_hub(desk.visitor(request)),
    }
    return desk.page(request, "projections/taken-back.html", values)


async def _own(desk: Desk, request: Request, alias: str, release: str) -> Entry | None:
    """Return the agency's own release of what the visitor may take back; None for any other."""
    row = await held(desk, request, alias)
    found = entries(row.get("releases"), desk.title_of) if row else ()
    may = may_take_back(desk.visitor(request), found)
    return next((entry for entry in found if entry.release_id == release and release in may), None)


async def _sheet(desk: Desk, request: Request, alias: str, entry: Entry, made: Stamp) -> _Sheet:
    """Return an empty form: from whom it may be taken back is by what people call them.

    A form that was pressed already is as it was then: sent again, it is the same event and the same answer.
    """
    published, told = await gather(own(desk, request, alias, entry.event_id), sharing(desk, request, alias))
    found = published.get(entry.event_id, NOTHING)
    before = NOTHING if made.id in desk.done(request) else found
    known = {*found.names, *found.taken_back, *(line.code for line in told or () if line.told)}
    names = retracting.offered(entry.event_type, desk.visitor(request).agency, known, gone=before.taken_back)
    return _Sheet(
        alias=alias,
        entry=entry,
        before=before,
        recipients={name: desk.title_of(name) for name in names},
        form=EMPTY,
        stamp=made,
    )
