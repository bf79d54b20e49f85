"""A referral of somebody new: asked on one page, and published through the door in the visitor's name.

The door alone sends a referral back, and never one of somebody at high risk or of a child in danger: what it
cannot read of such a one is left out of it, and flagged. What was typed is on the page until it is kept, and
beside what is to be put right after that; it is in no address and in no cache.
"""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.projections.pages import referral_events as events
from services.projections.pages import referral_questions as asked
from services.projections.pages.desk import Answer, Desk
from services.projections.pages.holding import OK, UNPROCESSABLE, absent, objects
from services.projections.pages.publishing import defects
from services.projections.pages.questions import LONGEST_TEXT, Kind, Problem, Question, read
from services.projections.pages.referral_words import UNREADABLE, follows, in_order, kept, said_of
from services.vocabulary.agencies import may_refer
from services.vocabulary.calendar import local_date
from services.vocabulary.times import LEAD, format_time, time_in

PRESS: Final = re.compile("[0-9a-f]{32}", re.ASCII)
TAKEN: Final = frozenset({200, 201})
DAY: Final = timedelta(days=1)
"""A form that was shown longer ago is taken as of now."""

NOT_TAKEN: Final = "It was not taken: send it again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The form as it stands: what is asked, what was typed, for how many children, and its press."""

    questions: tuple[Question, ...]
    said: Mapping[str, str]
    children: int
    press: events.Press

    @property
    def own(self) -> tuple[Problem, ...]:
        """What the form misses of itself, in no order."""
        missing = (one for one in self.questions if one.missing and not self.said[one.name])
        unclear = asked.unclear(self.said, events.children_of(self.said, self.children))
        return (*(Problem(name=one.name, text=one.missing) for one in missing), *unclear)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the door said: why it did not take the referral, or what it flagged where it did.

    `said`: the answers as they were taken.
    """

    said: Mapping[str, str]

    refused: tuple[Problem, ...] = ()
    flagged: tuple[str, ...] = ()


def router(desk: Desk) -> APIRouter:
    """Return the routes of the form. Its address holds nothing."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/refer")
    async def ask(request: Request) -> Response:
        if not may_refer(desk.visitor(request).agency):
            return absent(desk, request)
        return _page(desk, request, _sheet(desk, request, {}), ())

    @routes.post("/refer")
    async def send(request: Request) -> Response:
        form = await desk.form(request)
        if not may_refer(desk.visitor(request).agency):
            return absent(desk, request)
        sheet = _sheet(desk, request, form)
        if form.get("more"):
            return _page(desk, request, sheet, ())
        sent = await _send(desk, request, sheet)
        if sent.refused:
            return _page(desk, request, sheet, in_order(sent.refused, sheet.own, sheet.questions))
        return _kept(desk, request, sheet, sent)

    return routes


def _sheet(desk: Desk, request: Request, sent: Mapping[str, object]) -> Sheet:
    """Return the form as somebody sent it. What is chosen from no list of ours is as if it was not chosen."""
    visitor = desk.visitor(request)
    count = str(sent.get("children", ""))
    children = int(count) if count.isdecimal() and len(count) < 3 else 1
    children = max(1, min(children + (1 if sent.get("more") else 0), asked.MOST_CHILDREN))
    others = {name: desk.title_of(name) for name in asked.HANDED_TO if name != visitor.agency}
    questions = asked.questions(others, desk.schools(), children)
    said = read(questions, sent)
    chosen = {one.name: "" for one in questions if one.options and said[one.name] not in one.options}
    return Sheet(
        questions=questions,
        said=events.compact({**said, **chosen}, children),
        children=children,
        press=_press(desk, sent, visitor.person),
    )


def _press(desk: Desk, sent: Mapping[str, object], person: str) -> events.Press:
    """Return the press a form was shown with, or a new one."""
    name, now = str(sent.get("press", "")), desk.now()
    shown = time_in(sent.get("occurred_at"))
    when = shown if shown is not None and now - DAY <= shown <= now + LEAD else now
    return events.Press(
        name=name if PRESS.fullmatch(name) else os.urandom(16).hex(),
        occurred_at=format_time(when),
        today=local_date(when),
        person=person,
    )


async def _send(desk: Desk, request: Request, sheet: Sheet) -> Sent:
    """Publish the referral, then what was consented to, then to whom it is handed on.

    1. Send what came.  2. Where it is urgent and some of it cannot be read, send it without.  3. Once it is
    taken, send the other two; what of them is not taken is flagged, and the referral stands.
    """
    said, flags = sheet.said, list[str]()
    answer = await desk.tell(request, "/v1/events", events.received(said, sheet.children, sheet.press))
    reasons = _reasons(answer)
    if reasons and _is_readable_without(sheet, answer):
        unreadable = said_of(reasons, _places(sheet), sheet.questions)
        said = without(sheet, {one.name for one in unreadable})
        labels = {question.name: question.label for question in sheet.questions}
        flags += [f"{labels[one.name]}: it could not be read, and was left out" for one in unreadable]
        answer = await desk.tell(request, "/v1/events", events.received(said, sheet.children, sheet.press))
    if answer.status not in TAKEN:
        found = said_of(_reasons(answer), _places(sheet), sheet.questions)
        return Sent(
            said=said, refused=tuple(found) or (Problem(name=sheet.questions[0].name, text=NOT_TAKEN),)
        )
    flags += [
        one.text
        for one in in_order(
            said_of(defects(answer), _places(sheet), sheet.questions), sheet.own, sheet.questions
        )
    ]
    flags += await _follow(desk, request, sheet, said)
    return Sent(said=said, flagged=tuple(dict.fromkeys(flags)))


async def _follow(desk: Desk, request: Request, sheet: Sheet, said: Mapping[str, str]) -> list[str]:
    """Publish consents and the handing on of a referral that was taken; return what was not taken of it."""
    flags = []
    if events.answered(said):
        answer = await desk.tell(request, "/v1/events", events.consented(said, sheet.press))
        if answer.status not in TAKEN:
            flags.append(
                "What the adult victim consented to was not recorded: record it on the incident's page"
            )
    if events.handed_on(said):
        answer = await desk.tell(request, "/v1/events", events.referred_on(said, sheet.children, sheet.press))
        if answer.status not in TAKEN:
            flags.append("It was not handed on: refer on from the incident's page")
    return flags


def without(sheet: Sheet, names: set[str]) -> Mapping[str, str]:
    """Return the answers without those that cannot be read; of a text that is too long, what fits."""
    kinds = {question.name: question.kind for question in sheet.questions}
    return {
        name: (text[:LONGEST_TEXT] if kinds.get(name) is Kind.TEXT else "") if name in names else text
        for name, text in sheet.said.items()
    }


def _is_readable_without(sheet: Sheet, answer: Answer) -> bool:
    urgent = events.never_waits(sheet.said, sheet.children, sheet.press.today)
    return urgent and all(row.get("rule") in UNREADABLE for row in _reasons(answer))


def _reasons(answer: Answer) -> list[Mapping[str, object]]:
    return objects(answer.body.get("reasons"))


def _places(sheet: Sheet) -> Mapping[str, str]:
    return asked.places(sheet.children)


def _kept(desk: Desk, request: Request, sheet: Sheet, sent: Sent) -> Response:
    today, title_of = sheet.press.today, desk.title_of
    values = {
        "flagged": sent.flagged,
        "kept": tuple(kept(sent.said, sheet.children, title_of)),
        "follows": tuple(follows(sent.said, sheet.children, today, title_of)),
        **_values(sheet, ()),
    }
    return desk.page(request, "projections/referred.html", values)


def _page(desk: Desk, request: Request, sheet: Sheet, found: Sequence[Problem]) -> Response:
    status = UNPROCESSABLE if found else OK
    return desk.page(request, "projections/refer.html", _values(sheet, found), status)


def _values(sheet: Sheet, found: Sequence[Problem]) -> Mapping[str, object]:
    return {
        "sheet": sheet,
        "may_add": sheet.children < asked.MOST_CHILDREN,
        "found": found,
        "problems": {one.name: one.text for one in reversed(found)},
        **({"error": True} if found else {}),
    }
