"""What a school and an officer see, and what their presses say: pages over answers given here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from services.console.pages.rendering import Pages
from services.notify.pages.listed import CALLS, CAME_OF, LISTED
from services.notify.pages.routes import TEMPLATES, router
from services.notify.pages.school import PURPOSES
from services.notify.rules.placement import Reason
from services.notify.state import Reached, SpokenTo
from tests.notify_builders import AN_HOUR_LATER, SCHOOL

PAGES = Pages({"notify": TEMPLATES})
"""Made once: a template is compiled by whoever makes pages."""

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

    def title_of(self, agency: str) -> str:
        return agency.upper()

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
        return PAGES.page(template, given, status)

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


def test_a_pupil_named_twice_without_a_birthday_is_shown_once() -> None:
    undated = {**ANA, "date_of_birth": None}
    desk = a_desk(a_message(), opens={"children[0]": undated, "children[1]": undated})

    page = visit(desk, "/school/m1", purpose=PURPOSES[0]).text

    assert page.count("Anaquillory") == 1


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


PRESS_TO_ACKNOWLEDGE, PRESS_TO_SEE = "Acknowledge this message", "Show who it is about"
UNSEEN = "nobody at your school has seen who it is about yet"


def test_a_message_nobody_has_seen_is_not_acknowledged_in_a_press_but_looked_at() -> None:
    desk = a_desk(a_message())

    pages = [visit(desk, path).text for path in ("/school", "/school/m1")]

    assert [PRESS_TO_ACKNOWLEDGE in page for page in pages] == [False, False]
    assert [PRESS_TO_SEE in page for page in pages] == [True, True]


def test_what_somebody_has_seen_is_acknowledged_in_one_press_wherever_it_stands() -> None:
    desk = a_desk(a_message(opened_at="2024-09-11T06:00:00Z"))

    for path in ("/school", "/school/m1"):
        assert 'action="/school/m1/acknowledge"' in visit(desk, path).text


def test_the_page_with_the_names_acknowledges_in_one_press_though_the_look_has_not_come_round() -> None:
    desk = a_desk(a_message(), opens={"children[0]": ANA})

    names = visit(desk, "/school/m1", purpose=PURPOSES[0]).text
    after = visit(desk, "/school").text

    assert 'action="/school/m1/acknowledge"' in names
    assert 'action="/school/m1/acknowledge"' in after
    assert UNSEEN not in after.casefold()


def test_a_message_acknowledged_unseen_stays_first_warns_and_promises_no_peace() -> None:
    unseen = a_message(id="m2", acknowledged_at="2024-09-11T06:00:00Z")
    settled = a_message(
        id="m1", acknowledged_at="2024-09-11T06:00:00Z", opened_at="2024-09-11T05:00:00Z"
    )  # fmt: skip
    desk = a_desk(settled, unseen)

    page = visit(desk, "/school").text

    assert page.index("/school/m2") < page.index("/school/m1")
    assert page.count("Nobody needs to phone you") == 1
    assert page.casefold().count(UNSEEN) == 1
    assert "the authority phones the school before 11 September 2024 at 8:45am" in page


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


A_ROW = {
    "notifications": [
        {"school": SCHOOL, "children": 1, "outcome": "told"},
        {"school": "school:900102", "children": 1, "outcome": "escalated"},
        {"school": "school:900103", "children": 1, "outcome": "superseded"},
    ],
    "listed_reasons": {"home-educated": 1},
}


A_BELL = {"since": "2024-09-06", "until": "2024-09-09", "unaccounted": []}


def an_office(calls: list[Any], listed: list[Any], more: str | None = None) -> OneDesk:
    body = {"calls": calls, "listed": listed, "more": more is not None, "next": more}
    status = {"children": 4, "told": 1, "escalated": 1, "listed": 1, "unaccounted": 1, "rows": [A_ROW]}
    answers: dict[str, object] = {
        "/v1/schools/tasks": body, "/v1/schools/status": status, "/v1/schools/bell": A_BELL,
    }  # fmt: skip
    return OneDesk(agency="education", answers=answers)


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
    assert ("/v1/schools/tasks", {"after": "2024-09-11T07:45:00Z~m1"}) in desk.asked


def test_the_officers_page_is_absent_for_everybody_else() -> None:
    assert visit(OneDesk(agency="dafsu"), "/calls").status_code == 404
    assert visit(OneDesk(agency=SCHOOL), "/calls").status_code == 404


def test_every_reason_has_words() -> None:
    assert set(LISTED) == set(Reason)
    assert {"not-acknowledged", "heard-too-late", Reason.CONFLICT} == set(CALLS)


def test_the_sum_of_what_is_told_before_this_bell_stands_above_the_calls_each_part_with_its_list() -> None:
    desk = an_office([a_call()], [])

    page = visit(desk, "/calls").text

    asked = [query for path, query in desk.asked if path == "/v1/schools/status"]
    assert asked == [{"from": "2024-09-06", "to": "2024-09-09"}]
    assert "Before this bell, 6 September 2024 to 9 September 2024:</strong> 4 children in" in page
    for part in ("1 told", "1 escalated", "1 listed"):
        assert part in page
    for place in ("told", "escalated", "listed"):
        assert f'href="/calls/day?on=2024-09-09&amp;since=2024-09-06#{place}"' in page
    assert "1 not accounted for" in page


def test_an_earlier_day_that_does_not_add_up_stays_above_the_calls() -> None:
    desk = an_office([], [])
    owed = [{"day": "2024-07-19", "children": 1}, {"day": "2024-08-30", "children": 3}]
    desk.answers["/v1/schools/bell"] = {**A_BELL, "unaccounted": owed}

    page = visit(desk, "/calls").text

    assert "Not accounted for before that, ask the Hub:" in page
    assert 'href="/calls/day?on=2024-07-19">1 child of 19 July 2024</a>' in page
    assert 'href="/calls/day?on=2024-08-30">3 children of 30 August 2024</a>' in page
    assert "Not accounted for before that" not in visit(an_office([], []), "/calls").text


def test_some_days_have_their_lists_together_and_lead_to_the_day_before_them() -> None:
    desk = an_office([], [])

    page = visit(desk, "/calls/day?on=2024-09-09&since=2024-09-06").text

    assert ("/v1/schools/status", {"from": "2024-09-06", "to": "2024-09-09"}) in desk.asked
    assert "Children of 6 September 2024 to 9 September 2024" in page
    assert 'href="/calls/day?on=2024-09-05"' in page


def test_before_the_first_day_there_is_none() -> None:
    first = visit(an_office([], []), "/calls/day?on=0001-01-01")

    assert first.status_code == 200
    assert "The day before" not in first.text


def test_each_part_of_the_sum_has_its_list_and_what_no_longer_stands_is_in_none() -> None:
    page = visit(an_office([], []), "/calls/day?on=2024-09-10").text

    told, escalated = page.index('id="told"'), page.index('id="escalated"')
    assert told < page.index("SCHOOL:900101: 1 child") < escalated < page.index("SCHOOL:900102: 1 child")
    assert page.index('id="listed"') < page.index("Educated at home: 1 child")
    assert "900103" not in page


def test_the_day_is_absent_for_everybody_else_and_for_what_is_no_day() -> None:
    assert visit(OneDesk(agency="dafsu"), "/calls/day").status_code == 404
    assert visit(an_office([], []), "/calls/day?on=yesterday").status_code == 404
    assert visit(an_office([], []), "/calls/day?on=2024-09-09&since=friday").status_code == 404


def test_the_first_day_there_is_has_none_before_it() -> None:
    first, second = (visit(an_office([], []), f"/calls/day?on=0001-01-0{day}") for day in (1, 2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert "The day before" not in first.text
    assert 'href="/calls/day?on=0001-01-01"' in second.text


def test_what_came_of_a_call_is_told_by_role_with_the_number_of_the_call() -> None:
    desk = an_office([a_call(notification="ab12")], [])
    desk.answers["/v1/schools/calls"] = {"notification": "ab12", "number": 2}

    pressed = visit(desk, "/calls/ab12/outcome", reached="spoke", spoken_to="head", number="2")

    ((path, body),) = desk.told
    assert (pressed.status_code, pressed.headers["location"], path) == (303, "/calls", "/v1/schools/calls")
    assert body == {"notification": "ab12", "number": 2, "reached": "spoke", "spoken_to": "head"}


def test_a_second_call_about_a_message_has_the_next_number_and_the_first_is_on_the_board() -> None:
    made = {"number": 1, "at": "2024-09-11T07:35:00Z", "by": "Darorandiva", "reached": "no-answer"}
    desk = an_office([a_call(notification="ab12", attempts=[made])], [])

    board = visit(desk, "/calls").text
    form = visit(desk, "/calls/ab12/outcome").text

    assert "Phoned 11 September 2024 at 8:35am by Darorandiva: nobody answered." in board
    assert 'name="number" value="2"' in form


def test_a_message_nobody_has_answered_stands_on_the_board_by_its_bell_and_how_far_it_has_come() -> None:
    later = {"due_at": "2024-09-12T07:45:00Z", "opened_at": "2024-09-11T06:00:00Z"}
    unseen = {"due_at": "2024-09-11T07:45:00Z", "acknowledged_at": "2024-09-11T06:00:00Z"}
    desk = an_office([], [])
    waiting = [a_waiting(), a_waiting(**unseen), a_waiting(**later)]
    desk.answers["/v1/schools/tasks"] = {"calls": [], "listed": [], "messages": waiting}

    page = visit(desk, "/calls").text

    first, second = page.index(f">Before {AT_THE_BELL}"), page.index(">Before 12 September 2024 at 8:45am")
    assert first < page.index("2 children, not yet seen, phoned at 11 September 2024 at 8:30am") < second
    assert first < page.index("acknowledged, but nobody there has seen who it is about") < second
    assert second < page.index("seen, not yet acknowledged")


def a_waiting(**changed: Any) -> dict[str, Any]:
    row = {
        "notification": "m1", "school": SCHOOL, "phone": None, "children": 2, "state": "delivered",
        "due_at": "2024-09-11T07:45:00Z", "phone_by": "2024-09-11T07:30:00Z",
        "delivered_at": "2024-09-10T23:10:00Z", "opened_at": None, "acknowledged_at": None,
    }  # fmt: skip
    return row | changed


AT_THE_BELL = "11 September 2024 at 8:45am"
UNHEARD = {"number": 1, "at": "2024-09-11T07:35:00Z", "by": "Darorandiva", "reached": "no-answer"}
HEARD = {"number": 2, "at": "2024-09-11T07:40:00Z", "by": "Ulrimberlyn", "reached": "spoke"}
MADE = [UNHEARD, {**HEARD, "spoken_to": "head"}]


@pytest.mark.parametrize("path", ["/calls", "/calls/day?on=2024-09-10"])
def test_who_was_told_on_the_phone_when_and_by_whom_is_not_gone_with_the_call(path: str) -> None:
    message = {"school": SCHOOL, "children": 2, "outcome": "escalated", "attempts": MADE}
    desk = an_office([], [])
    desk.answers["/v1/schools/status"] = {
        "children": 2,
        "escalated": 2,
        "rows": [{"notifications": [message]}],
    }

    page = visit(desk, path).text

    unheard = page.index("Phoned 11 September 2024 at 8:35am by Darorandiva: nobody answered.")
    told = page.index("Phoned 11 September 2024 at 8:40am by Ulrimberlyn: the head teacher was told.")
    assert page.index("SCHOOL:900101") < unheard < told


def test_a_day_says_when_its_schools_saw_and_acknowledged() -> None:
    answered = {"opened_at": "2024-09-11T06:00:00Z", "acknowledged_at": "2024-09-11T06:05:00Z"}
    message = {"school": SCHOOL, "children": 1, "outcome": "told"}
    desk = an_office([], [])
    rows = [{"notifications": [message | answered, message | {"school": "school:900102"}]}]
    desk.answers["/v1/schools/status"] = {"children": 2, "told": 2, "rows": rows}

    page = visit(desk, "/calls/day?on=2024-09-10").text

    assert "Seen 11 September 2024 at 7:00am, acknowledged 11 September 2024 at 7:05am." in page
    assert page.index("SCHOOL:900102: 1 child") < page.index("Not yet seen.")


def a_lead(**changed: Any) -> dict[str, Any]:
    return a_call(
        notification=None, listing="cd34", incident="alias", school=None, phone=None, children=1,
        reason="conflict", owner_name="Brinabrintha Dunfennimore", **changed,
    )  # fmt: skip


def test_what_came_of_a_call_to_the_council_lead_is_said_in_one_question() -> None:
    desk = an_office([a_lead()], [a_listing(listing="cd34", reason="conflict")])
    desk.answers["/v1/schools/calls"] = {"listing": "cd34", "number": 1}

    board = visit(desk, "/calls").text
    form = visit(desk, "/calls/cd34/outcome").text
    pressed = visit(desk, "/calls/cd34/outcome", about="listing", reached="spoke", number="1")

    assert 'href="/calls/cd34/outcome"' in board
    assert ("Brinabrintha Dunfennimore, council lead" in form, "spoken_to" in form) == (True, False)
    assert "tell nobody but the council lead" in form
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/calls")
    ((_, body),) = desk.told
    assert body == {"listing": "cd34", "number": 1, "reached": "spoke", "spoken_to": "council-lead"}


def test_a_child_whose_lead_was_told_stays_listed_with_the_call() -> None:
    told = {**HEARD, "spoken_to": "council-lead"}
    rows = [{"listed_reasons": {"conflict": 1}, "leads": [{"listing": "cd34", "attempts": [told]}]}]
    desk = an_office([], [a_listing(listing="cd34", reason="conflict")])
    desk.answers["/v1/schools/status"] = {"children": 1, "listed": 1, "rows": rows}

    board, day = visit(desk, "/calls").text, visit(desk, "/calls/day").text

    assert "There are none. A child no school" not in board
    words = "Phoned 11 September 2024 at 8:40am by Ulrimberlyn: the council lead was told."
    assert (words in board, words in day) == (True, True)


def test_every_outcome_of_a_call_has_words() -> None:
    assert {*Reached, *SpokenTo} - {Reached.SPOKE} == set(CAME_OF)


def test_who_was_told_is_asked_for_and_what_was_said_is_kept() -> None:
    desk = an_office([a_call(notification="ab12")], [])

    page = visit(desk, "/calls/ab12/outcome", reached="spoke", number="1")

    assert (page.status_code, desk.told) == (422, [])
    assert 'href="#spoken_to"' in page.text
    assert 'value="spoke" checked' in page.text


def test_a_call_that_is_not_owed_has_no_form_and_nobody_else_has_one() -> None:
    assert visit(an_office([], []), "/calls/ab12/outcome").status_code == 404
    other = OneDesk(agency="dafsu")
    assert visit(other, "/calls/ab12/outcome", reached="no-answer", number="1").status_code == 404
    assert other.told == []


def test_what_a_school_has_still_to_do_stands_before_what_it_has_done() -> None:
    done = a_message(id="m1", acknowledged_at="2024-09-11T06:00:00Z", opened_at="2024-09-11T05:00:00Z")

    page = visit(a_desk(done, a_message(id="m2"), a_message(id="m3", state="recalled")), "/school").text

    assert page.index('href="/school/m2"') < page.index('href="/school/m1"')


def test_a_school_reads_who_covers_for_the_key_adult_and_what_happens_if_nobody_does() -> None:
    page = visit(a_desk(a_message()), "/school/m1").text

    assert "Nobody at your school has seen who it is about yet." in page
    assert "If the key adult is away, the deputy or the head teacher reads and acknowledges it." in page
    assert "If nobody does, the authority phones the school before 11 September 2024 at 8:45am." in page


def test_a_school_reads_that_somebody_there_has_seen_who_it_is_about() -> None:
    page = visit(a_desk(a_message(opened_at="2024-09-11T06:00:00Z")), "/school/m1").text

    assert "Somebody at your school saw who it is about on 11 September 2024 at 7:00am." in page


def test_nobody_phones_about_what_is_history() -> None:
    page = visit(a_desk(a_message(late=True)), "/school/m1").text

    assert "the authority phones" not in page


SEEN_AT = {"opened_at": "2024-09-11T07:00:00Z"}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"state": "recalled"}, "Nobody at your school was shown who it is about, so you do not need"),
        ({"state": "recalled", **SEEN_AT}, "destroy every copy and note of it within 1 working day"),
        ({"state": "superseded"}, "A newer message has taken the place of this one. Go by that one."),
        ({"state": "superseded", **SEEN_AT}, "Go by that one, and put right what you noted from this one."),
    ],
)
def test_a_message_that_no_longer_stands_says_what_whoever_read_it_is_to_do(
    said: dict[str, Any], words: str
) -> None:
    desk = a_desk(a_message(**said))

    pages = [visit(desk, "/school").text, visit(desk, "/school/m1").text]

    assert [words in page for page in pages] == [True, True]
    assert "Police attended" not in pages[1].partition("<h1")[2].partition("</h1>")[0]
