"""Taking back what the visitor's agency published: the form, and what follows once the door took it.

It is reached from the agency's own release of the event, whose id stands in the address. Whoever may not take
it back finds nothing there. What follows is the answer to the form and has no address of its own; sent twice
it is one event and one answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages import retracting
from services.projections.pages.desk import Answer, Desk, Visitor
from services.projections.pages.entries import Entry, entries
from services.projections.pages.holding import OK, UNPROCESSABLE, absent, held
from services.projections.pages.publishing import Problem, Stamp, flagged, problems, shown, stamp, stamp_in
from services.projections.pages.retracting import EMPTY, FIELDS, SAID, Filled
from services.projections.pages.told import is_of_the_hub, sharing
from services.vocabulary.agencies import HUB
from services.vocabulary.events import RETRACTABLE, EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A retraction in hand: of what, from whom it may be taken back, how the form stands, its stamp."""

    alias: str
    entry: Entry
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


def router(desk: Desk) -> APIRouter:
    """Return the routes of the form. URLs hold an alias and a release id, nothing of a person."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/incidents/{alias}/take-back/{release}")
    async def ask(request: Request, alias: str, release: str) -> Response:
        entry = await _own(desk, request, alias, release)
        if entry is None:
            return absent(desk, request)
        recipients = await _recipients(desk, request, alias, entry)
        return _page(
            desk,
            request,
            _Sheet(alias=alias, entry=entry, recipients=recipients, form=EMPTY, stamp=stamp(desk.now())),
            (),
        )

    @routes.post("/incidents/{alias}/take-back/{release}")
    async def take_back(request: Request, alias: str, release: str) -> Response:
        sent = await desk.form(request)
        entry, of = await _own(desk, request, alias, release), stamp_in(sent)
        if entry is None or of is None:
            return absent(desk, request)
        recipients = await _recipients(desk, request, alias, entry)
        form = retracting.filled(sent, recipients)
        sheet = _Sheet(alias=alias, entry=entry, recipients=recipients, form=form, stamp=of)
        wrong = retracting.lacking(form)
        if wrong:
            return _page(desk, request, sheet, wrong)
        answer = await desk.tell(request, "/v1/events", retracting.event(form, entry.event_id, of))
        wrong = problems(answer, FIELDS, SAID)
        return _page(desk, request, sheet, wrong) if wrong else _taken_back(desk, request, sheet, answer)

    return routes


def _page(desk: Desk, request: Request, sheet: _Sheet, wrong: tuple[Problem, ...]) -> Response:
    values = {
        "sheet": sheet,
        "reasons": retracting.REASONS,
        "scopes": retracting.SCOPES,
        "may_stand_again": sheet.entry.event_type == EventType.VPA_REVIEWED,
        **shown(wrong),
    }
    return desk.page(request, "projections/take-back.html", values, UNPROCESSABLE if wrong else OK)


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


async def _recipients(desk: Desk, request: Request, alias: str, entry: Entry) -> Mapping[str, str]:
    """Return from whom it may be taken back, by what people call them; schools as far as the Hub told any."""
    told = await sharing(desk, request, alias) or ()
    names = retracting.offered(
        entry.event_type, desk.visitor(request).agency, {line.code for line in told if line.told}
    )
    return {name: desk.title_of(name) for name in names}
