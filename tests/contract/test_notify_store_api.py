"""What schools and officers may ask of notify over HTTP, on SQLite and on PostgreSQL."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from services.notify.api import board, calling, described
from services.notify.api.routes import router
from services.notify.store import arrivals, listing, outbox
from services.notify.store.tables import OUTBOX
from services.runtime.certificates import issue
from services.runtime.clock import SystemClock
from services.runtime.database import reading, writing
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership, Role
from services.runtime.problems import handle_problems
from services.runtime.settings import DEMO_PARTNERSHIP
from tests.notify_builders import BELL, HOUR_TO_PHONE, KEY, OTHER_SCHOOL, SCHOOL, YEAR, Child, Notify, london

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
ANA = Child(name="Anaquillory")
BEA, CAT = Child(name="Beatrixaline"), Child(name="Catharinolda")
EVE = Child(name="Evangelowyn", home_educated=True, school=None)
FAY = Child(name="Fayorindle", conflict=True)
AFTER_THE_BELL = london("2024-09-11 09:30")
SEPTEMBER = {"from": "2024-09-01", "to": "2024-09-30"}
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("credentials")
    issue(folder, ("police", "education", "partnership", "dafsu", SCHOOL, OTHER_SCHOOL))
    return folder


@pytest.fixture
def notify(database_url: str) -> Notify:
    notify = Notify(url=database_url)
    notify.police_attended({SCHOOL: [ANA], "education": [EVE]})
    notify.rest()
    return notify


@pytest.fixture
def ask(notify: Notify, credentials: Path) -> Ask:
    app = FastAPI()
    handle_problems(app)
    verifier = Verifier(PARTNERSHIP, credentials)
    app.include_router(
        router(
            engine=notify.engine, verifier=verifier, key=KEY, directory=PARTNERSHIP, redrives=notify.again()
        )
    )
    app.include_router(calling.router(engine=notify.engine, verifier=verifier, clock=notify.clock))
    app.include_router(
        board.router(engine=notify.engine, verifier=verifier, years=(YEAR,), clock=notify.clock)
    )

    def ask(
        path: str,
        agency: str | None,
        person: str | None = None,
        body: dict[str, Any] | None = None,
        **query: str,
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {token(credentials, agency, person)}"} if agency else {}
        if body is not None:
            return anyio.run(_post, app, path, body, headers)
        return anyio.run(_get, app, path, query, headers)

    return ask


def token(credentials: Path, agency: str, person: str | None) -> str:
    private = (credentials / folder_of(agency) / "key.pem").read_bytes()
    return mint(agency, person, private, SystemClock().now())


async def _get(app: FastAPI, path: str, query: dict[str, str], headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notify") as client:
        return await client.get(path, params=query, headers=headers)


async def _post(app: FastAPI, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://notify") as client:
        return await client.post(path, json=body, headers=headers)


def found(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_month_adds_up_for_an_officer(ask: Ask) -> None:
    status = found(ask("/v1/schools/status", "police", **SEPTEMBER))

    assert {name: status[name] for name in ("occurrences", "children", "told", "escalated", "listed")} == {
        "occurrences": 1,
        "children": 2,
        "told": 1,
        "escalated": 0,
        "listed": 1,
    }
    assert (status["unaccounted"], status["home_educated"]) == (0, {"occurrences": 1, "children": 1})


def test_each_row_says_where_its_children_went(ask: Ask) -> None:
    (row,) = found(ask("/v1/schools/status", "education", **SEPTEMBER))["rows"]

    assert row["listed_reasons"] == {"home-educated": 1}
    assert [(one["school"], one["children"], one["outcome"]) for one in row["notifications"]] == [
        (SCHOOL, 1, "told")
    ]
    assert row["occurrence"] not in ("", "1@partnership")


def test_a_day_outside_has_nothing(ask: Ask) -> None:
    status = found(ask("/v1/schools/status", "partnership", **{"from": "2024-09-11", "to": "2024-09-30"}))

    assert (status["occurrences"], status["rows"]) == (0, [])


def test_the_last_day_is_included(ask: Ask) -> None:
    status = found(ask("/v1/schools/status", "partnership", **{"from": "2024-09-10", "to": "2024-09-10"}))

    assert status["occurrences"] == 1


@pytest.mark.parametrize(
    "period",
    [
        {"from": "2024-09-01", "to": "9999-12-31"},
        {"from": "9999-12-31", "to": "9999-12-31"},
        {"from": "2024-09-30", "to": "2024-09-01"},
    ],
)
def test_a_period_that_is_none_is_said_to_be_none(ask: Ask, period: dict[str, str]) -> None:
    answer = ask("/v1/schools/status", "police", **period)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "`to`" in answer.json()["detail"]


def test_a_school_sees_its_own_messages_and_what_to_do(ask: Ask) -> None:
    (own,) = found(ask("/v1/schools/notifications", SCHOOL))["notifications"]

    assert (own["state"], own["children"], own["incident"]) == ("delivered", 1, f"1@{SCHOOL}")
    assert any("either parent" in line for line in own["what_to_do"])
    assert found(ask("/v1/schools/notifications", OTHER_SCHOOL))["notifications"] == []


def test_a_message_is_found_by_its_id_however_many_came_after_it(ask: Ask) -> None:
    (own,) = found(ask("/v1/schools/notifications", SCHOOL))["notifications"]

    assert found(ask(f"/v1/schools/notifications/{own['id']}", SCHOOL)) == own
    assert found(ask(f"/v1/schools/notifications/{own['id']}", "education")) == own


def test_anothers_message_looks_like_one_that_is_not_there(ask: Ask) -> None:
    (own,) = found(ask("/v1/schools/notifications", SCHOOL))["notifications"]

    anothers = ask(f"/v1/schools/notifications/{own['id']}", OTHER_SCHOOL)

    assert anothers.status_code == 404
    assert anothers.text == ask("/v1/schools/notifications/nothing", OTHER_SCHOOL).text
    assert anothers.text == ask("/v1/schools/notifications/%00", OTHER_SCHOOL).text
    assert ask(f"/v1/schools/notifications/{own['id']}", "dafsu").status_code == 404


def test_an_officer_sees_every_message_and_what_is_owed(ask: Ask, notify: Notify) -> None:
    notify.at(BELL)

    tasks = found(ask("/v1/schools/tasks", "education"))

    assert [(call["school"], call["owner"]) for call in tasks["calls"]] == [(SCHOOL, "p-education-2")]
    assert [(one["reason"], one["owner"]) for one in tasks["listed"]] == [("home-educated", "p-education-1")]
    assert len(found(ask("/v1/schools/notifications", "police"))["notifications"]) == 1


def test_a_child_whose_parent_works_at_the_school_is_a_call_to_a_named_lead_and_counts_as_listed(
    ask: Ask, notify: Notify
) -> None:
    notify.police_attended({"education": [FAY]}, number=2, occurrence=2)
    notify.rest()

    tasks = found(ask("/v1/schools/tasks", "education"))

    (call,) = tasks["calls"]
    assert (call["owner"], call["reason"], call["due_at"]) == (
        "p-education-3",
        "conflict",
        "2024-09-11T07:45:00Z",
    )
    assert (call["school"], call["notification"]) == (None, None)
    assert call["listing"] in [one["listing"] for one in tasks["listed"]]
    assert found(ask("/v1/schools/status", "police", **SEPTEMBER))["by_reason"]["conflict"] == 1


def test_what_is_owed_comes_page_by_page_earliest_first_and_none_is_left_out(notify: Notify) -> None:
    for number in range(2, 7):
        notify.police_attended({SCHOOL: [ANA], "education": [EVE]}, number=number, occurrence=number)
    notify.police_attended({OTHER_SCHOOL: [BEA]}, number=7, occurrence=7, occurred_at=AFTER_THE_BELL)
    notify.at(AFTER_THE_BELL)
    pages: list[listing.Owed] = []

    with reading(notify.engine) as conn:
        whole = listing.owed(conn)
        while not pages or pages[-1].next is not None:
            pages.append(listing.owed(conn, pages[-1].next if pages else None, most=5))

    counts = [len(page.calls) + len(page.listings) + len(page.messages) for page in pages]
    assert counts == [5, 5, 3]
    assert tuple(call for page in pages for call in page.calls) == whole.calls
    assert tuple(one for page in pages for one in page.listings) == whole.listings
    assert tuple(one for page in pages for one in page.messages) == whole.messages
    assert [one.due_at for one in whole.listings] == sorted(one.due_at for one in whole.listings)


@pytest.mark.parametrize("after", ["yesterday", "2024-09-11T07:45:00Z~\x00"])
def test_a_page_that_no_answer_gave_is_refused(ask: Ask, after: str) -> None:
    assert ask("/v1/schools/tasks", "education", after=after).status_code == 422
    assert found(ask("/v1/schools/tasks", "education"))["more"] is False


@pytest.mark.parametrize("path", ["/v1/schools/status", "/v1/schools/tasks"])
@pytest.mark.parametrize("agency", ["dafsu", SCHOOL])
def test_what_is_for_officers_is_absent_for_others(ask: Ask, path: str, agency: str) -> None:
    assert ask(path, agency, **SEPTEMBER).status_code == 404


def test_an_agency_that_is_no_school_has_no_messages(ask: Ask) -> None:
    assert ask("/v1/schools/notifications", "dafsu").status_code == 404


def test_a_first_responder_is_no_officer(ask: Ask) -> None:
    responder = next(one.id for one in PARTNERSHIP.people_of("police") if one.role is Role.RESPONDER)

    assert ask("/v1/schools/status", "police", responder, **SEPTEMBER).status_code == 404


def test_nobody_asks_without_a_token(ask: Ask) -> None:
    assert ask("/v1/schools/status", None, **SEPTEMBER).status_code == 401


def test_no_name_leaves_notify(ask: Ask) -> None:
    answers = [
        ask("/v1/schools/status", "police", **SEPTEMBER),
        ask("/v1/schools/notifications", SCHOOL),
        ask("/v1/schools/tasks", "education"),
    ]

    text = "".join(answer.text for answer in answers).casefold()
    assert "anaquillory" not in text
    assert "ostrovendale" not in text


OFFICER = "p-education-2"
CALLS = "/v1/schools/calls"


def a_call(notify: Notify, number: int = 1, reached: str = "no-answer", **more: str) -> dict[str, Any]:
    """Return what an officer tells of a call about the message that is owed one."""
    notification = notify.calls()[0].notification.id
    return {"notification": notification, "number": number, "reached": reached, **more}


def test_a_school_that_was_told_on_the_phone_is_owed_no_call_and_the_partnership_hears_by_role(
    ask: Ask, notify: Notify
) -> None:
    notify.at(BELL)

    answer = ask(CALLS, "education", OFFICER, a_call(notify, reached="spoke", spoken_to="head"))

    assert answer.status_code == 200
    assert notify.calls() == ()
    with reading(notify.engine) as conn:
        said = json.loads(outbox.waiting(conn, 100)[-1].event)
    assert (said["type"], said["facts"]["channel"]) == ("SchoolNotificationDelivered", "phone")
    assert (said["facts"]["reason"], said["facts"]["owner"]) == ("spoke-head", OFFICER)


def test_a_call_nobody_answered_is_on_record_and_another_is_owed(ask: Ask, notify: Notify) -> None:
    notify.at(BELL)

    ask(CALLS, "education", OFFICER, a_call(notify))

    (owed,) = found(ask("/v1/schools/tasks", "education"))["calls"]
    assert [(one["number"], one["reached"]) for one in owed["attempts"]] == [(1, "no-answer")]
    assert notify.said()[-1] == "phone-1"


def test_what_came_of_every_call_stands_with_its_message_when_no_call_is_owed(
    ask: Ask, notify: Notify
) -> None:
    notify.at(BELL)
    ask(CALLS, "education", OFFICER, a_call(notify))

    ask(CALLS, "education", OFFICER, a_call(notify, 2, "spoke", spoken_to="head"))

    (row,) = found(ask("/v1/schools/status", "education", **SEPTEMBER))["rows"]
    made = row["notifications"][0]["attempts"]
    assert [(one["number"], one["reached"], one["spoken_to"]) for one in made] == [
        (1, "no-answer", None),
        (2, "spoke", "head"),
    ]
    assert {one["by"] for one in made} == {"Ulrimberlyn Thornquillerton"}


def test_a_message_is_owed_an_answer_until_it_is_answered_or_phoned_about(ask: Ask, notify: Notify) -> None:
    def owed() -> list[tuple[str, str, str]]:
        told = found(ask("/v1/schools/tasks", "education"))["messages"]
        return [(one["school"], one["state"], one["due_at"]) for one in told]

    notify.police_attended({OTHER_SCHOOL: [BEA]}, number=2, occurrence=2)
    notify.rest()
    at_first = owed()
    notify.look(OTHER_SCHOOL)
    notify.acknowledge(OTHER_SCHOOL, 9, 2)
    notify.rest()

    assert sorted(school for school, _, _ in at_first) == [SCHOOL, OTHER_SCHOOL]
    assert owed() == [(SCHOOL, "delivered", "2024-09-11T07:45:00Z")]
    notify.at(HOUR_TO_PHONE)
    assert owed() == []


def test_a_call_told_twice_is_one_call(ask: Ask, notify: Notify) -> None:
    notify.at(BELL)
    told = a_call(notify, reached="spoke", spoken_to="deputy")

    answers = [ask(CALLS, "education", OFFICER, told).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert [step for step in notify.said() if step.startswith("phone")] == ["phone-1"]


def test_a_call_that_somebody_else_made_meanwhile_is_not_written_over(ask: Ask, notify: Notify) -> None:
    notify.at(BELL)
    told = a_call(notify)
    ask(CALLS, "education", OFFICER, told)

    other = ask(CALLS, "education", "p-education-1", {**told, "reached": "spoke", "spoken_to": "head"})

    assert other.status_code == 409
    assert len(notify.calls()) == 1


def test_a_call_changes_no_count(ask: Ask, notify: Notify) -> None:
    notify.at(BELL)
    before = found(ask("/v1/schools/status", "education", **SEPTEMBER))

    ask(CALLS, "education", OFFICER, a_call(notify, reached="spoke", spoken_to="head"))

    after = found(ask("/v1/schools/status", "education", **SEPTEMBER))
    assert {name: after[name] for name in ("children", "told", "escalated", "listed")} == {
        name: before[name] for name in ("children", "told", "escalated", "listed")
    }


def test_only_who_phones_schools_says_what_came_of_a_call(ask: Ask, notify: Notify) -> None:
    notify.at(BELL)
    told = a_call(notify)

    refused = [ask(CALLS, agency, None, told).status_code for agency in ("police", "dafsu", SCHOOL)]

    assert refused == [404, 404, 404]
    assert ask(CALLS, "education", None, told).status_code == 404
    assert ask(CALLS, None, None, told).status_code == 401
    unknown = {**told, "notification": "ab12"}
    assert ask(CALLS, "education", OFFICER, unknown).status_code == 404


@pytest.fixture
def lead(notify: Notify) -> str:
    """A child whose parent works at the school, by the id of the listing: the council's lead is phoned."""
    notify.police_attended({"education": [FAY]}, number=2, occurrence=2)
    notify.rest()
    with reading(notify.engine) as conn:
        return next(one.id for one in listing.owed(conn).listings if one.reason == "conflict")


TOLD = {"number": 1, "reached": "spoke", "spoken_to": "council-lead"}


def test_a_council_lead_who_was_told_is_owed_no_call_and_the_child_stays_listed(
    ask: Ask, notify: Notify, lead: str
) -> None:
    answer = ask(CALLS, "education", OFFICER, {"listing": lead, **TOLD})

    assert answer.json() == {"listing": lead, "number": 1}
    owed = found(ask("/v1/schools/tasks", "education"))
    assert [one["listing"] for one in owed["calls"]] == []
    assert lead in [one["listing"] for one in owed["listed"]]
    rows = found(ask("/v1/schools/status", "education", **SEPTEMBER))["rows"]
    (made,) = [one["attempts"] for row in rows for one in row["leads"]]
    assert [(one["reached"], one["spoken_to"]) for one in made] == [("spoke", "council-lead")]


def test_a_call_to_a_council_lead_is_on_the_log_once_and_names_nobody(
    ask: Ask, notify: Notify, lead: str
) -> None:
    answers = [ask(CALLS, "education", OFFICER, {"listing": lead, **TOLD}).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert notify.said().count("phone-1") == 1
    with reading(notify.engine) as conn:
        said = json.loads(outbox.waiting(conn, 100)[-1].event)
    assert (said["recipient"], said["incident"]) == ("education", "2@education")
    assert (said["facts"]["notification"], said["facts"]["reason"]) == (lead, "spoke-council-lead")


def test_a_council_lead_who_was_not_reached_is_phoned_again(ask: Ask, notify: Notify, lead: str) -> None:
    ask(CALLS, "education", OFFICER, {"listing": lead, "number": 1, "reached": "no-answer"})

    (owed,) = found(ask("/v1/schools/tasks", "education"))["calls"]
    assert [(one["number"], one["reached"]) for one in owed["attempts"]] == [(1, "no-answer")]
    told = {**TOLD, "number": 2}
    assert ask(CALLS, "education", OFFICER, {"listing": lead, **told}).status_code == 200
    third = {"number": 3, "reached": "no-answer"}
    assert ask(CALLS, "education", OFFICER, {"listing": lead, **third}).status_code == 409


def test_of_a_child_whose_parent_works_at_the_school_the_school_is_not_told_by_phone_either(
    ask: Ask, notify: Notify, lead: str
) -> None:
    notify.at(BELL)
    school = a_call(notify)

    for about in (
        {"listing": lead, **TOLD, "spoken_to": "head"},
        {**school, **TOLD},
        {**school, "listing": lead},
        {"number": 1, "reached": "no-answer"},
    ):
        assert ask(CALLS, "education", OFFICER, about).status_code == 422


def test_about_a_child_listed_for_another_reason_nobody_is_phoned(ask: Ask, notify: Notify) -> None:
    with reading(notify.engine) as conn:
        (at_home,) = listing.owed(conn).listings

    assert ask(CALLS, "education", OFFICER, {"listing": at_home.id, **TOLD}).status_code == 404


@pytest.mark.parametrize("said", [{"reached": "spoke"}, {"reached": "no-answer", "spoken_to": "head"}])
def test_who_was_told_goes_with_a_school_that_was_told(
    ask: Ask, notify: Notify, said: dict[str, str]
) -> None:
    notify.at(BELL)

    assert ask(CALLS, "education", OFFICER, {**a_call(notify), **said}).status_code == 422


def test_every_field_of_every_answer_is_described(ask: Ask, notify: Notify, lead: str) -> None:
    notify.police_attended({SCHOOL: [ANA]}, number=3, occurrence=3, counted=2, occurred_at=AFTER_THE_BELL)
    notify.at(AFTER_THE_BELL)
    kept = ask(CALLS, "education", OFFICER, {"listing": lead, "number": 1, "reached": "no-answer"})
    also_kept = ask(CALLS, "education", OFFICER, a_call(notify))
    notify.clock.advance(MONDAY_MORNING)
    own = found(ask("/v1/schools/notifications", SCHOOL))
    tasks = described.Tasks.model_validate(found(ask("/v1/schools/tasks", "education")))
    status = described.Status.model_validate(found(ask("/v1/schools/status", "education", **SEPTEMBER)))
    bell = described.Bell.model_validate(found(ask("/v1/schools/bell", "education")))

    described.Messages.model_validate(own)
    described.Kept.model_validate(found(also_kept))
    described.KeptOfLead.model_validate(found(kept))
    assert all((tasks.calls, tasks.listed, tasks.messages, status.rows, bell.unaccounted))
    assert {len(row.leads) for row in status.rows} == {0, 1}


def test_the_served_document_describes_what_each_path_answers(ask: Ask) -> None:
    document = found(ask("/openapi.json", None))

    answers = {
        path: next(iter(way.values()))["responses"]["200"]["content"]["application/json"]["schema"]
        for path, way in document["paths"].items()
        if path.startswith("/v1/schools/")
    }
    assert len(answers) == 6
    assert all("$ref" in answer or "anyOf" in answer for answer in answers.values())
    assert "leads" in document["components"]["schemas"]["Occurrence"]["properties"]


def test_what_went_no_further_is_told_to_operators_and_to_nobody_else(ask: Ask, notify: Notify) -> None:
    reasons = [{"pointer": "/recipient", "rule": "missing", "detail": "Quenivaldra", "fix": "mend it"}]
    with writing(notify.engine) as conn:
        arrivals.park(conn, "to.schools", 7, "undecodable")
        event = conn.scalars(select(OUTBOX.c.id).limit(1)).one()
        outbox.park(conn, event, reasons)

    told = ask("/v1/operations/notify/parked", "police", "p-hub-1")

    assert told.json() == {
        "records": [{"topic": "to.schools", "offset": 7, "reason": "undecodable", "times": 0}],
        "redrives": [],
        "refused": [{"event": event, "reasons": [{"pointer": "/recipient", "rule": "missing"}]}],
    }
    assert ask("/v1/operations/notify/parked", SCHOOL).status_code == 404


FRIDAY_EVENING, MONDAY_MORNING = london("2024-09-13 19:00"), london("2024-09-16 08:00")


def test_on_a_monday_what_happened_since_friday_is_of_this_bell(ask: Ask, notify: Notify) -> None:
    notify.clock.advance(london("2024-09-13 20:00"))
    notify.police_attended({SCHOOL: [ANA]}, number=2, occurrence=2, occurred_at=FRIDAY_EVENING)
    notify.at(MONDAY_MORNING)

    bell = found(ask("/v1/schools/bell", "education"))

    assert (bell["since"], bell["until"]) == ("2024-09-13", "2024-09-16")
    period = {"from": bell["since"], "to": bell["until"]}
    assert found(ask("/v1/schools/status", "education", **period))["children"] == 1


def test_an_earlier_day_stays_until_its_children_are_accounted_for(ask: Ask, notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]}, number=2, occurrence=2, counted=3)
    notify.at(MONDAY_MORNING)

    owed = found(ask("/v1/schools/bell", "education"))["unaccounted"]

    assert owed == [{"day": "2024-09-10", "children": 2}]
    notify.police_attended({SCHOOL: [BEA, CAT]}, number=3, occurrence=2, counted=3, event_type="VpaReviewed")
    notify.rest()
    assert found(ask("/v1/schools/bell", "education"))["unaccounted"] == []


def test_a_child_two_schools_are_told_of_makes_up_for_nobody(ask: Ask, notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA], OTHER_SCHOOL: [ANA]}, number=2, occurrence=2, counted=2)
    notify.at(MONDAY_MORNING)

    owed = found(ask("/v1/schools/bell", "education"))["unaccounted"]

    assert owed == [{"day": "2024-09-10", "children": 1}]


def test_two_children_of_one_name_are_both_accounted_for(ask: Ask, notify: Notify) -> None:
    younger = Child(name=ANA.name, born=date(2018, 5, 6))
    notify.police_attended({SCHOOL: [ANA, younger]}, number=2, occurrence=2)
    notify.at(MONDAY_MORNING)

    assert found(ask("/v1/schools/bell", "education"))["unaccounted"] == []


def test_a_day_of_this_bell_that_does_not_add_up_is_no_earlier_day(ask: Ask, notify: Notify) -> None:
    notify.police_attended({SCHOOL: [ANA]}, number=2, occurrence=2, counted=3)
    notify.at(BELL)

    assert found(ask("/v1/schools/bell", "education"))["unaccounted"] == []


@pytest.mark.parametrize("agency", ["police", "partnership", "dafsu", SCHOOL])
def test_the_board_is_the_authority_s_officer_s_alone(ask: Ask, agency: str) -> None:
    assert ask("/v1/schools/bell", agency).status_code == 404
    assert ask("/v1/schools/bell", None).status_code == 401
