"""What a recipient may ask of the read models over HTTP, on SQLite and on PostgreSQL."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from fastapi import FastAPI

from services.eventlog.codec import decode_release
from services.eventlog.ids import release_id
from services.projections.api.routes import Statements, router
from services.runtime.certificates import issue
from services.runtime.clock import FixedClock, SystemClock
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP, Settings
from services.runtime.web import Standing, create_app
from services.vocabulary.grounds import ReleaseKind
from tests.projections_builders import RECORDED, ReadModels, a_release, an_answer, event_number
from tests.statements import asked_for

SCHOOL = Partnership.load(DEMO_PARTNERSHIP).schools[0].agency
CALLERS = ("police", "dafsu", "cedah", SCHOOL, "notify", "console", "projections")
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("credentials")
    issue(folder, CALLERS)
    return folder


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(url=database_url)


@pytest.fixture
def ask(models: ReadModels, credentials: Path) -> Ask:
    partnership = Partnership.load(DEMO_PARTNERSHIP)
    signer = (credentials / "projections" / "key.pem").read_bytes()
    app = create_app(
        "read models",
        Settings(),
        ready=lambda: True,
        standing=lambda: Standing(service="projections", behind=0, pending=0),
    )
    statements = Statements(private_key_pem=signer, partition=0, clock=FixedClock(RECORDED))
    app.include_router(
        router(
            store=models.store(),
            verifier=Verifier(partnership, credentials),
            statements=statements,
            redriver=models.redriver(),
            clock=models.clock,
        )
    )

    def ask(
        path: str,
        agency: str | None = "dafsu",
        *,
        named: bool = True,
        which: int = 0,
        body: dict[str, Any] | None = None,
        **query: Any,
    ) -> httpx.Response:
        headers = {}
        if agency is not None:
            people = partnership.people_of(agency) if named else ()
            key = (credentials / folder_of(agency) / "key.pem").read_bytes()
            token = mint(agency, people[which].id if people else None, key, SystemClock().now())
            headers["authorization"] = f"Bearer {token}"
        if body is not None:
            return anyio.run(_told, app, path, body, headers)
        return anyio.run(_got, app, path, query, headers)

    return ask


async def _got(app: FastAPI, path: str, query: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inbox") as client:
        return await client.get(path, params=query, headers=headers)


async def _told(app: FastAPI, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inbox") as client:
        return await client.post(path, json=body, headers=headers)


def read_through(ask: Ask, agency: str, limit: int) -> list[dict[str, Any]]:
    """Follow the cursor to the end."""
    rows: list[dict[str, Any]] = []
    page = ask("/v1/inbox", agency, limit=limit).json()
    while page["releases"]:
        rows += page["releases"]
        page = ask("/v1/inbox", agency, limit=limit, after=page["next"]).json()
    return rows


def test_an_inbox_read_page_by_page_is_gap_free(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", *(a_release(seq=n) for n in range(1, 8)))
    models.follow()

    rows = read_through(ask, "dafsu", limit=3)

    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5, 6, 7]


def test_who_has_read_everything_goes_on_from_where_it_stands(models: ReadModels, ask: Ask) -> None:
    assert ask("/v1/inbox").json() == {"releases": [], "next": None, "resume": None}

    models.append("dafsu", a_release(seq=1))
    models.follow()
    cursor = ask("/v1/inbox").json()["next"]
    assert ask("/v1/inbox", after=cursor).json() == {"releases": [], "next": None, "resume": cursor}

    models.append("dafsu", a_release(seq=2))
    models.follow()
    assert [row["seq"] for row in ask("/v1/inbox", after=cursor).json()["releases"]] == [2]


def test_a_row_carries_the_events_header_byte_for_byte(models: ReadModels, ask: Ask) -> None:
    release = a_release(seq=1)
    models.append("dafsu", release)
    models.follow()

    inbox = ask("/v1/inbox").json()["releases"]
    timeline = ask("/v1/incidents/incident-alias").json()["releases"]

    assert inbox == timeline
    assert base64.urlsafe_b64decode(inbox[0]["header"]) == decode_release(release).header


def test_a_row_has_every_field_of_a_release(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", a_release(seq=1))
    models.follow()

    (row,) = ask("/v1/inbox").json()["releases"]

    assert set(row) == {
        *("release_id", "kind", "recipient", "seq", "cause", "event_id", "decided_at", "ground", "rule"),
        *("policy", "purpose", "expects", "not_after", "person", "incident", "reason", "sections", "header"),
        *("partition", "event_type", "source", "occurred_at"),
    }
    assert row["sections"] == ["facts", "victim", "contact"]


def test_nobody_sees_anothers_releases(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", a_release(seq=1))
    models.append(SCHOOL, a_release(SCHOOL, 1, sections=("children",)))
    models.follow()

    assert ask("/v1/inbox", "cedah").json() == {"releases": [], "next": None, "resume": None}
    of_the_school = ask("/v1/inbox", SCHOOL).json()["releases"]
    assert [row["recipient"] for row in of_the_school] == [SCHOOL]


@pytest.mark.parametrize("what", ["incidents/incident-alias", "people/person-alias"])
def test_what_is_anothers_asks_what_is_nowhere_asks(models: ReadModels, ask: Ask, what: str) -> None:
    models.append("dafsu", a_release(seq=1))
    models.append("cedah", a_release("cedah", 1, incident="of cedah", person="of cedah"))
    models.follow()
    kind, _, _ = what.partition("/")

    (theirs, asked), (none, asked_of_none) = (
        asked_for(partial(ask, path, "cedah")) for path in (f"/v1/{what}", f"/v1/{kind}/never")
    )

    assert theirs.status_code == 404
    assert (theirs.text, asked) == (none.text, asked_of_none)


@pytest.mark.parametrize("agency", ["notify", "console", "dafsu"])
def test_an_inbox_is_read_by_a_named_person(ask: Ask, agency: str) -> None:
    answer = ask("/v1/inbox", agency, named=False)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_first_responder_does_not_read_the_hubs_inbox(models: ReadModels, ask: Ask) -> None:
    models.append("police", a_release("police", 1))
    models.follow()

    assert ask("/v1/inbox", "police", which=0).status_code == 200
    assert ask("/v1/inbox", "police", which=2).status_code == 403


@pytest.mark.parametrize(
    "path", ["/v1/inbox", "/v1/inbox/head", "/v1/incidents/incident-alias", "/v1/people/person-alias"]
)
def test_nothing_is_said_without_a_token(ask: Ask, path: str) -> None:
    answer = ask(path, None)

    assert answer.status_code == 401
    assert answer.json()["title"] == "not authenticated"


def test_the_head_is_signed_and_says_what_is_kept(models: ReadModels, ask: Ask, credentials: Path) -> None:
    models.append("dafsu", a_release(seq=1), a_release(seq=2))
    models.follow()

    head = ask("/v1/inbox/head").json()

    public = load_pem_public_key((credentials / "projections" / "key.pub.pem").read_bytes())
    assert isinstance(public, Ed25519PublicKey)
    signed = json.loads(jwt.PyJWS().decode(head.pop("statement"), public, algorithms=["EdDSA"]))
    assert signed == head
    assert head == {
        **{"recipient": "dafsu", "partition": 0, "first_kept": 1, "last": 2, "at": "2024-09-02T08:30:00Z"}
    }


def test_an_incident_shows_all_that_was_released_about_it(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", a_release(seq=1), a_release(seq=2, incident="another"))
    models.append("dafsu", a_release(seq=3, event=1, kind=ReleaseKind.RECALLED, sections=()))
    models.follow()

    answer = ask("/v1/incidents/incident-alias").json()

    assert [(row["seq"], row["kind"]) for row in answer["releases"]] == [(1, "new"), (3, "recalled")]


def test_a_person_is_shown_across_incidents_where_they_are_the_adult_victim(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", a_release(seq=1), a_release(seq=2, incident="another"))
    models.append("dafsu", a_release(seq=3, person="somebody else"))
    models.append("cedah", a_release("cedah", 1))
    models.follow()

    answer = ask("/v1/people/person-alias").json()

    assert [(row["seq"], row["incident"]) for row in answer["releases"]] == [
        (1, "incident-alias"),
        (2, "another"),
    ]


def test_anothers_person_and_an_unknown_one_look_alike(models: ReadModels, ask: Ask) -> None:
    models.append("cedah", a_release("cedah", 1, person="of-cedah"))
    models.follow()

    answers = [ask(f"/v1/people/{alias}") for alias in ("of-cedah", "nobody-like-it", "%00")]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


def test_anothers_incident_an_unknown_one_and_a_strange_one_look_alike(models: ReadModels, ask: Ask) -> None:
    models.append("cedah", a_release("cedah", 1, incident="of-cedah"))
    models.follow()

    answers = [ask(f"/v1/incidents/{alias}") for alias in ("of-cedah", "nothing-like-it", "%00", "x" * 500)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("after", ["", "x", "AAAA", "%00", "!!!", "AAAAAAAAAAAAAAAA", "ÿ", "__________8"])
def test_what_is_no_cursor_is_refused(ask: Ask, after: str) -> None:
    assert ask("/v1/inbox", after=after).status_code == 400


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": "many"}, {"kind": "\0"}, {"order": "random"}])
def test_what_cannot_be_understood_is_refused_with_reasons(ask: Ask, query: dict[str, Any]) -> None:
    answer = ask("/v1/inbox", **query)

    assert answer.status_code == 422
    assert answer.json()["reasons"]


def test_the_newest_page_goes_back_in_time(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", *(a_release(seq=n) for n in range(1, 6)))
    models.follow()

    first = ask("/v1/inbox", order="newest", limit=2).json()
    second = ask("/v1/inbox", order="newest", limit=2, after=first["next"]).json()

    assert [row["seq"] for row in first["releases"] + second["releases"]] == [5, 4, 3, 2]


def test_a_case_holds_everything_told_of_one_incident_the_last_heard_of_first(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", *(a_release(seq=n, incident=alias) for n, alias in enumerate("aba", 1)))
    models.append("cedah", a_release("cedah", 1, incident="c"))
    models.follow()

    found = ask("/v1/cases").json()

    cases = [(one["incident"], [row["seq"] for row in one["releases"]]) for one in found["cases"]]
    assert cases == [("a", [1, 3]), ("b", [2])]
    assert found["next"] is None


def test_cases_are_read_page_by_page_each_once(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", *(a_release(seq=n, incident=f"i{n % 5}") for n in range(1, 12)))
    models.follow()

    first = ask("/v1/cases", limit=3).json()
    second = ask("/v1/cases", limit=3, after=first["next"]).json()

    read = [[one["incident"] for one in page["cases"]] for page in (first, second)]
    assert read == [["i1", "i0", "i4"], ["i3", "i2"]]
    assert second["next"] is None


def test_a_page_of_cases_begins_where_any_case_before_it_says(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", *(a_release(seq=n, incident=f"i{n}") for n in range(1, 4)))
    models.follow()
    newest = ask("/v1/cases").json()["cases"][0]

    rest = ask("/v1/cases", after=newest["cursor"]).json()["cases"]

    assert [one["incident"] for one in rest] == ["i2", "i1"]


def test_a_page_of_cases_tells_all_of_a_release_but_its_header(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", a_release(seq=1))
    models.follow()

    ((of_cases,),) = (one["releases"] for one in ask("/v1/cases").json()["cases"])
    (whole,) = ask("/v1/incidents/incident-alias").json()["releases"]

    assert whole.pop("header")
    assert of_cases == whole


def test_each_case_has_its_own_answers(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", *(a_release(seq=n, incident=f"i{n}") for n in range(1, 4)))
    models.follow()
    told = {row["incident"]: row["release_id"] for row in ask("/v1/inbox").json()["releases"]}
    models.append("dafsu", an_answer("dafsu", 4, told["i2"]))

    models.follow()

    found = {one["incident"]: one["answers"] for one in ask("/v1/cases").json()["cases"]}
    assert [each["release_id"] for each in found["i2"]] == [told["i2"]]
    assert found["i1"] == found["i3"] == []


def test_what_a_recipient_said_came_of_a_release_stands_by_it_the_last_word_alone(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", a_release(seq=1))
    models.follow()
    (told,) = ask("/v1/inbox").json()["releases"]
    answers = (told["release_id"], "not_possible"), (told["release_id"], "done")
    models.append(
        "dafsu", *(an_answer("dafsu", n, of, outcome=end) for n, (of, end) in enumerate(answers, 2))
    )

    models.follow()

    said = [{"release_id": told["release_id"], "outcome": "done", "at": "2024-09-01T23:40:00+01:00"}]
    assert ask("/v1/incidents/incident-alias").json()["answers"] == said
    assert ask("/v1/cases").json()["cases"][0]["answers"] == said


def test_what_another_said_of_a_release_answers_nothing(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", a_release(seq=1))
    models.follow()
    (told,) = ask("/v1/inbox").json()["releases"]
    models.append("dafsu", an_answer("dafsu", 2, told["release_id"], source="cedah"))

    models.follow()

    assert ask("/v1/cases").json()["cases"][0]["answers"] == []


def release_ids(ask: Ask, agency: str = "dafsu") -> dict[str, str]:
    """Return the id of the last release about each incident."""
    return {row["incident"]: row["release_id"] for row in ask("/v1/inbox", agency).json()["releases"]}


def incidents(ask: Ask, agency: str = "dafsu", **query: Any) -> list[str]:
    return [one["incident"] for one in ask("/v1/cases", agency, **query).json()["cases"]]


def some_opened(models: ReadModels, ask: Ask) -> None:
    """Six incidents were told of, a last and first again; somebody in DAFSU has opened b, d and e."""
    models.append("dafsu", *(a_release(seq=n, incident=alias) for n, alias in enumerate("abcdefa", 1)))
    models.follow()
    for alias in "bde":
        models.open("dafsu", release_ids(ask)[alias])
    models.follow()


def test_what_nobody_there_has_opened_stands_first_then_the_rest_each_by_when_it_was_last_heard_of(
    models: ReadModels, ask: Ask
) -> None:
    some_opened(models, ask)

    first = ask("/v1/cases", limit=4).json()
    second = ask("/v1/cases", limit=4, after=first["next"]).json()

    read = [[one["incident"] for one in page["cases"]] for page in (first, second)]
    assert read == [["a", "f", "c", "e"], ["d", "b"]]


def test_whoever_reads_on_meets_what_did_not_change_once_and_in_order_whatever_comes_meanwhile(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", *(a_release(seq=n, incident=f"i{n:02}") for n in range(1, 21)))
    models.follow()
    for n in range(1, 11):
        models.open("dafsu", release_ids(ask)[f"i{n:02}"])
    models.follow()
    page, read = ask("/v1/cases", limit=3).json(), list[str]()
    changes = iter(["news of i02", "i15 is opened", "news of i30", "i08 is opened again"])

    while page["next"]:
        read += [one["incident"] for one in page["cases"]]
        match (next(changes, "") or "nothing").split():
            case ["news", "of", alias]:
                models.append("dafsu", a_release(seq=models.store().head("dafsu").last + 1, incident=alias))
            case [alias, "is", "opened", *_]:
                models.open("dafsu", release_ids(ask)[alias])
        models.follow()
        page = ask("/v1/cases", limit=3, after=page["next"]).json()
    read += [one["incident"] for one in page["cases"]]

    unchanged = [f"i{n:02}" for n in range(20, 0, -1) if n not in {2, 15}]
    assert [alias for alias in read if alias in unchanged] == unchanged
    assert "i15" in read
    assert incidents(ask)[:2] == ["i30", "i02"]


def test_news_of_what_was_opened_brings_it_to_the_front_again(models: ReadModels, ask: Ask) -> None:
    some_opened(models, ask)

    models.append("dafsu", a_release(seq=8, event=2, incident="b", kind=ReleaseKind.CHANGED))
    models.follow()

    assert incidents(ask) == ["b", "a", "f", "c", "e", "d"]


def test_a_case_tells_which_of_its_releases_somebody_there_opened(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", a_release(seq=1), a_release(seq=2))
    models.follow()
    (first, _) = [row["release_id"] for row in ask("/v1/inbox").json()["releases"]]
    models.open("dafsu", first)
    models.open("dafsu", first)

    models.follow()

    assert ask("/v1/cases").json()["cases"][0]["opened"] == [first]
    assert ask("/v1/incidents/incident-alias").json()["opened"] == [first]


def test_an_opening_that_is_heard_of_before_its_release_counts_when_that_comes(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", a_release(seq=1, incident="a"), a_release(seq=2, incident="b"))
    models.open("dafsu", release_id("new1", event_number(1), "dafsu"))
    worker = models.worker()
    worker.step(0)
    models.follow(worker)

    assert incidents(ask) == ["b", "a"]
    assert incidents(ask, show="new") == ["b"]


@pytest.mark.parametrize(
    "said",
    [{"refused": True, "sections": []}, {"sections": []}, {"agency": "notify"}, {"agency": "cedah"}],
    ids=str,
)
def test_what_showed_nobody_of_the_agency_anything_is_no_opening(
    models: ReadModels, ask: Ask, said: dict[str, Any]
) -> None:
    models.append("dafsu", a_release(seq=1, incident="a"))
    models.follow()
    models.open("dafsu", release_ids(ask)["a"], **said)

    models.follow()

    assert incidents(ask, show="new") == ["a"]
    assert ask("/v1/cases").json()["cases"][0]["opened"] == []


def test_what_is_overdue_goes_by_the_partnerships_time(models: ReadModels, ask: Ask) -> None:
    within = "make contact within 1 working day"
    models.append("dafsu", a_release(seq=1, incident="a", expects=within), a_release(seq=2, incident="b"))
    models.follow()
    in_time = incidents(ask, show="overdue")

    models.clock.advance(datetime(2024, 9, 3, 23, 0, tzinfo=UTC))
    at_midnight = incidents(ask, show="overdue")
    models.clock.advance(datetime(2024, 9, 3, 23, 0, 0, 1, tzinfo=UTC))

    assert (in_time, at_midnight, incidents(ask, show="overdue")) == ([], [], ["a"])
    assert incidents(ask, show="expected") == ["b", "a"]


def test_a_bank_holiday_is_no_working_day(models: ReadModels, ask: Ask) -> None:
    models.bank_holidays = frozenset({date(2024, 9, 3)})
    models.append("dafsu", a_release(seq=1, incident="a", expects="decide within 1 working day"))
    models.follow()

    models.clock.advance(datetime(2024, 9, 4, 12, 0, tzinfo=UTC))

    assert incidents(ask, show="overdue") == []


def test_what_was_answered_is_expected_no_longer_though_the_release_changes(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", a_release(seq=1, incident="a"), a_release(seq=2, incident="b"))
    models.follow()
    models.append("dafsu", an_answer("dafsu", 3, release_ids(ask)["a"]))
    models.append("dafsu", a_release(seq=4, event=1, incident="a", kind=ReleaseKind.CHANGED))

    models.follow()

    assert incidents(ask, show="expected") == ["b"]


def test_an_answer_counts_for_the_incident_of_what_it_answers_not_for_its_own(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", a_release(seq=1, incident="a"), a_release(seq=2, incident="incident-alias"))
    models.follow()

    models.append("dafsu", an_answer("dafsu", 3, release_ids(ask)["a"]))
    models.follow()

    assert incidents(ask, show="expected") == ["incident-alias"]


def test_what_is_looked_for_is_what_any_word_says_and_what_happened_in_it(
    models: ReadModels, ask: Ask
) -> None:
    models.append(
        "dafsu",
        a_release(seq=1, incident="a"),
        a_release(seq=2, incident="b", expects=None),
        a_release(seq=3, event=2, incident="b", kind=ReleaseKind.RECALLED, sections=(), expects=None),
        a_release(seq=4, incident="c", event_type="VpaRaised", expects=None),
    )
    models.follow()

    assert incidents(ask, show="recalled") == ["b"]
    assert incidents(ask, show=["recalled", "expected"]) == ["a", "b"]
    assert incidents(ask, happened="VpaReviewed") == ["a", "b"]
    assert incidents(ask, show=["recalled", "expected"], happened="VpaRaised") == []


def test_what_another_recipient_holds_answered_or_opened_is_in_nobody_elses_cases(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", a_release("dafsu", 1, incident="same"))
    models.append("cedah", a_release("cedah", 1, incident="same"), a_release("cedah", 2, incident="other"))
    models.follow()
    of_dafsu = release_ids(ask)["same"]
    models.append("cedah", an_answer("cedah", 3, of_dafsu))
    models.open("cedah", of_dafsu)
    models.open("cedah", release_ids(ask, "cedah")["same"])
    models.follow()

    assert incidents(ask, show="new") == incidents(ask, show="expected") == ["same"]
    assert incidents(ask, "police") == []
    assert incidents(ask, "cedah", show="new") == ["other"]


def test_a_cursor_belongs_to_the_cases_of_its_order(models: ReadModels, ask: Ask) -> None:
    models.append("dafsu", a_release(seq=1, incident="a"), a_release(seq=2, incident="b"))
    models.follow()
    of_releases = ask("/v1/inbox", limit=1).json()["next"]
    of_cases = ask("/v1/cases", limit=1).json()["next"]

    assert ask("/v1/cases", after=of_releases).status_code == 400
    assert ask("/v1/inbox", after=of_cases).status_code == 400
    assert ask("/v1/cases", after=of_cases).status_code == 200


@pytest.mark.parametrize("after", ["", "AgAAAAAAAAAB", "AYAAAAAAAAAB", "AQAAAAAAAAA", "AQAAAAAAAAAB="])
def test_what_is_no_place_among_cases_is_refused(ask: Ask, after: str) -> None:
    assert ask("/v1/cases", after=after).status_code == 400
    assert ask("/v1/cases", after="AQAAAAAAAAAB").status_code == 200


@pytest.mark.parametrize("query", [{"show": "everything"}, {"happened": "vpareviewed"}, {"limit": 101}])
def test_cases_are_looked_for_by_closed_words(ask: Ask, query: dict[str, Any]) -> None:
    assert ask("/v1/cases", **query).status_code == 422


def test_cases_are_read_by_a_named_person_and_a_foreign_cursor_is_refused(ask: Ask) -> None:
    assert ask("/v1/cases", None).status_code == 401
    assert ask("/v1/cases", named=False).status_code == 403
    assert ask("/v1/cases", after="nothing").status_code == 400


def test_what_cannot_be_read_is_told_to_operators_with_its_reason_and_to_nobody_else(
    models: ReadModels, ask: Ask
) -> None:
    models.append("dafsu", b"not a release")
    models.follow()

    told = ask("/v1/operations/projections/parked", "police").json()["records"]
    hidden = ask("/v1/operations/projections/parked", "dafsu")

    assert [(record["topic"], record["offset"]) for record in told] == [("to.dafsu", 0)]
    assert told[0]["reason"]
    assert hidden.status_code == 404


REDRIVE = "/v1/operations/projections/redrive"
ASIDE = {"topic": "to.dafsu"}


def one_set_aside(models: ReadModels) -> None:
    models.append("dafsu", b"not a release", a_release(seq=1))
    models.follow()


def test_a_redrive_is_tried_first_and_a_trial_does_nothing(models: ReadModels, ask: Ask) -> None:
    one_set_aside(models)

    tried = ask(REDRIVE, "police", body=ASIDE).json()

    assert (tried["done"], tried["possible"], tried["first"], tried["until"]) == (False, True, 0, 2)
    assert tried["records"] == [
        {"offset": 0, "was": "undecodable", "times": 0, "says": "unreadable", "reason": "undecodable"}
    ]
    assert models.store().load().positions["to.dafsu"] == 2


def test_with_the_plan_that_was_shown_it_is_done_and_on_record_under_a_name(
    models: ReadModels, ask: Ask
) -> None:
    one_set_aside(models)
    plan = ask(REDRIVE, "police", body=ASIDE).json()["plan"]

    done = ask(REDRIVE, "police", body={**ASIDE, "plan": plan})
    models.follow()

    assert (done.status_code, done.json()["done"]) == (200, True)
    told = ask("/v1/operations/projections/parked", "police").json()
    lead = Partnership.load(DEMO_PARTNERSHIP).people_of("police")[0].id
    assert [(one["person"], one["topic"], one["read"]) for one in told["redrives"]] == [
        (lead, "to.dafsu", True)
    ]
    assert told["records"][0]["times"] == 1


def test_a_plan_of_another_time_is_refused(models: ReadModels, ask: Ask) -> None:
    one_set_aside(models)

    refused = ask(REDRIVE, "police", body={**ASIDE, "plan": "0" * 32})

    assert refused.status_code == 409
    assert models.store().found().redrives == ()


@pytest.mark.parametrize(("agency", "named"), [("dafsu", True), (SCHOOL, True), ("police", False)])
def test_nobody_but_a_named_operator_has_anything_read_again(
    models: ReadModels, ask: Ask, agency: str, named: bool
) -> None:
    one_set_aside(models)

    assert ask(REDRIVE, agency, named=named, body=ASIDE).status_code == 404


def test_where_nothing_was_set_aside_there_is_nothing_to_read_again(ask: Ask) -> None:
    assert ask(REDRIVE, "police", body=ASIDE).status_code == 404
