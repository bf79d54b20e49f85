"""What a school and an officer see, and what their presses say: pages over answers given here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import anyio
import httpx
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.console.pages.rendering import Pages
from services.notify.pages.office import CALLS, LISTED
from services.notify.pages.routes import TEMPLATES, router
from services.notify.pages.school import PURPOSES
from services.notify.rules.placement import Reason
from tests.notify_builders import AN_HOUR_LATER, SCHOOL

ANA = {"given_name": "Anaquillory", "family_name": "Ostrovendale", "date_of_birth": "2016-03-04"}
BEA = {"given_name": "Beatrixaline", "family_name": "Ostrovendale", "date_of_birth": "2018-05-06"}
NOBODY: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Given:
    """What a service answers."""

    status: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in."""

    agency: str
    name: str = "Verundrielle Frostgarlandby"
    title: str = "A school"


@dataclass(slots=True)
class OneDesk:
    """A desk at which one person sits; services answer as told, and what they are told is kept."""

    agency: str = SCHOOL
    answers: dict[str, object] = field(default_factory=dict)
    told: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)
    pressed: set[str] = field(default_factory=set)

    def visitor(self, request: Request) -> Person:
        return Person(self.agency)

    def now(self) -> datetime:
        return AN_HOUR_LATER

    def done(self, request: Request) -> set[str]:
        return self.pressed

    async def ask(self, request: Request, path: str, query: Mapping[str, str | int] | None = None) -> Given:
        self.asked.append((path, dict(query or {})))
        found = self.answers.get(path)
        return Given(200, found) if isinstance(found, Mapping) else Given(404, {})

    async def tell(self, request: Request, path: str, body: Mapping[str, object]) -> Given:
        self.told.append((path, body))
        return await self.ask(request, path)

    async def form(self, request: Request) -> FormData:
        return await request.form()

    def page(
        self, request: Request, template: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        given = {**values, "visitor": self.visitor(request), "form_token": "t", "title_of": str.upper}
        return Pages({"notify": TEMPLATES}).page(template, given, status)

    def to(self, path: str) -> Response:
        return RedirectResponse(path, status_code=303)


def a_message(**changed: Any) -> dict[str, Any]:
    row = {
        "id": "m1", "release_id": "r1", "incident": "alias", "children": 2, "state": "delivered",
        "due_at": "2024-09-11T07:45:00Z", "delivered_at": "2024-09-10T23:10:00Z", "acknowledged_at": None,
        "late": False,
    }  # fmt: skip
    return row | changed


def a_desk(*messages: dict[str, Any], opens: Mapping[str, object] | None = None) -> OneDesk:
    answers: dict[str, object] = {"/v1/schools/notifications": {"notifications": list(messages)}}
    answers |= {f"/v1/schools/notifications/{one['id']}": one for one in messages}
    answers |= {"/v1/open": {"sections": opens or {}}, "/v1/events": {"results": []}}
    return OneDesk(answers=answers)


def visit(desk: OneDesk, path: str, **sent: str) -> httpx.Response:
    """Look at a page, or press a button on it where something is sent."""
    app = FastAPI()
    app.include_router(router(desk))

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            return await client.post(path, data=sent) if sent else await client.get(path)

    return anyio.run(go)


def test_every_pupil_of_a_message_is_named_though_the_form_named_one_twice() -> None:
    desk = a_desk(a_message(), opens={"children[0]": ANA, "children[1]": ANA, "children[2]": BEA})

    page = visit(desk, "/school/m1", purpose=PURPOSES[0]).text

    assert desk.told[0][1]["sections"] == ["children"]
    assert (page.count("Anaquillory"), page.count("Beatrixaline")) == (1, 1)


def test_two_pupils_of_whom_nothing_is_known_are_two() -> None:
    desk = a_desk(a_message(), opens={"children[0]": NOBODY, "children[1]": NOBODY})

    page = visit(desk, "/school/m1", purpose=PURPOSES[0]).text

    assert page.count("Name not known") == 2


def test_one_press_acknowledges_the_message_it_stands_by() -> None:
    desk = a_desk(a_message(id="m1"), a_message(id="m2", release_id="r2"))

    visit(desk, "/school/m2/acknowledge", form_token="t")

    ((path, event),) = desk.told
    assert (path, event["id"], event["incident"]) == ("/v1/events", "ack-r2", "alias")
    assert event["facts"] == {"notification": "m2"}


def test_a_message_is_asked_for_by_its_id() -> None:
    desk = a_desk(a_message(id="m1"))
    desk.answers["/v1/schools/notifications"] = {"notifications": []}

    assert visit(desk, "/school/m1").status_code == 200
    assert visit(desk, "/school/m2").status_code == 404


def a_call(**changed: Any) -> dict[str, Any]:
    row = {
        "notification": "m1", "listing": None, "incident": None, "school": SCHOOL, "phone": "01632 960200",
        "children": 2, "owner": "p-education-2", "owner_name": "Ulrimberlyn Thornquillerton",
        "reason": "not-acknowledged", "due_at": "2024-09-11T07:45:00Z",
    }  # fmt: skip
    return row | changed


def a_listing(**changed: Any) -> dict[str, Any]:
    row = {
        "listing": "l1", "incident": "alias", "owner": "p-education-1", "owner_name": "Darorandiva",
        "reason": "home-educated", "due_at": "2024-09-10T08:00:00Z",
    }  # fmt: skip
    return row | changed


def an_office(calls: list[Any], listed: list[Any], more: str | None = None) -> OneDesk:
    body = {"calls": calls, "listed": listed, "more": more is not None, "next": more}
    return OneDesk(agency="education", answers={"/v1/schools/tasks": body})


def test_an_officer_sees_whom_to_phone_why_and_by_when_before_the_children_of_no_school() -> None:
    page = visit(an_office([a_call()], [a_listing()]), "/calls").text

    assert "SCHOOL:900101, 01632 960200" in page
    assert "Before 11 September 2024 at 8:45am" in page
    assert page.index("Ulrimberlyn Thornquillerton phones") < page.index("Educated at home")


def test_what_was_due_and_is_not_done_is_marked() -> None:
    page = visit(an_office([a_call()], [a_listing()]), "/calls").text

    assert page.count("Overdue") == 1
    assert "It was due 10 September 2024 at 9:00am" in page


def test_a_child_whose_parent_works_at_the_school_stands_once_among_the_calls() -> None:
    call = a_call(
        notification=None, listing="l1", incident="alias", school=None, phone=None, children=1,
        reason="conflict", owner_name="Brinabrintha Dunfennimore",
    )  # fmt: skip

    page = visit(an_office([call], [a_listing(reason="conflict")]), "/calls").text

    assert "Brinabrintha Dunfennimore, council lead" in page
    assert 'href="/incidents/alias"' in page
    assert "There are none." in page


def test_what_does_not_fit_on_a_page_is_on_the_next() -> None:
    desk = an_office([a_call()], [], more="2024-09-11T07:45:00Z~m1")

    page = visit(desk, "/calls").text
    visit(desk, "/calls?after=2024-09-11T07%3A45%3A00Z~m1")

    assert 'href="/calls?after=2024-09-11T07%3A45%3A00Z~m1"' in page
    assert desk.asked[-1] == ("/v1/schools/tasks", {"after": "2024-09-11T07:45:00Z~m1"})


def test_the_officers_page_is_absent_for_everybody_else() -> None:
    assert visit(OneDesk(agency="dafsu"), "/calls").status_code == 404
    assert visit(OneDesk(agency=SCHOOL), "/calls").status_code == 404


def test_every_reason_has_words() -> None:
    assert set(LISTED) == set(Reason)
    assert {"not-acknowledged", "heard-too-late", Reason.CONFLICT} == set(CALLS)
