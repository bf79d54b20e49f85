"""Taking back what an agency published: who may, what is asked, what the door makes of it, what follows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import FormData

from services.console.pages.desk import Answer
from services.projections.pages import retracting
from services.projections.pages.publishing import flagged, problems, stamp
from services.projections.pages.retracting import EVERYBODY, FIELDS, NAMED, REASONS, SAID
from services.vocabulary.agencies import JOINERS, RECIPIENTS
from services.vocabulary.events import RETRACTABLE, VPA_FAMILY, EventType
from tests.door_builders import NOW, OpenDoor, example, open_door
from tests.inbox_builders import Given, OneDesk, Person, a_case, a_row, visit

LOGGED = "3f1c0b7c-52d3-4e8f-9a0b-1c2d3e4f5a6b"
OWN: dict[str, Any] = {"ground": "own", "source": "dafsu", "event_type": "CaseOpened", "event_id": LOGGED}
HERE = "/incidents/alias/take-back/release-1"
SERGEANT = Person(agency="police", person="p-hub-1", role="officer")
RESPONDER = Person(agency="police", person="p-police-1", role="responder")
SCHOOL, HOSPITAL = "school:900101", "hospital:RJN"
TYPED = {"reason": "wrong_person", "scope": EVERYBODY, "rationale": "About another of that name"}
TOLD = {"sharing": [{"recipient": SCHOOL, "outcome": "permit"}, {"recipient": "checs", "outcome": "deny"}]}


def text(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub("<[^>]*>", " ", main).split())


def sent(**fields: str | list[str]) -> FormData:
    pairs = {**TYPED, **fields}.items()
    return FormData(
        [(name, one) for name, each in pairs for one in (each if isinstance(each, list) else [each])]
    )


def filled(**fields: str | list[str]) -> retracting.Filled:
    return retracting.filled(sent(**fields), (*RECIPIENTS, SCHOOL))


def offered(page: Any) -> list[str]:
    """Return whom a form may name."""
    return re.findall(r'name="to" type="checkbox" value="([^"]*)"', page.text)


def became(**fields: Any) -> Given:
    """Return what the keyring says became of the agency's own event."""
    usual = {"event_id": LOGGED, "names": [], "taken_back": [], "from_everybody": False}
    return Given(200, {"own": [{**usual, **fields}]})


def at(desk: OneDesk, path: str = HERE, **typed: str) -> Any:
    """Send the form as its page was shown."""
    of = stamp(NOW)
    return visit(desk, path, id=of.id, occurred_at=of.occurred_at, **typed)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}") as made:
        yield made


def published(door: OpenDoor, event: Any, agency: str = "police") -> Answer:
    found = door.publisher.publish(dict(event), agency)
    return Answer(status=found.status_code, body=found.json())


def logged(door: OpenDoor, event_type: str, agency: str) -> str:
    """Publish an example and return what the log calls it."""
    results = published(door, example(event_type), agency).body["results"]
    assert isinstance(results, list)
    return str(results[0]["event_id"])


def test_what_the_agency_published_leads_to_taking_it_back_and_nothing_else_does() -> None:
    rows = (a_row(1, **OWN), a_row(2), a_row(3, **{**OWN, "event_type": "ConsentRecorded"}))

    page = visit(OneDesk([a_case(*rows)]), "/incidents/alias").text

    assert re.findall(r'href="[^"]*/take-back/([^"]*)"', page) == ["release-1"]


@pytest.mark.parametrize("event_type", sorted(RETRACTABLE))
def test_every_type_that_may_be_taken_back_has_its_form(event_type: EventType) -> None:
    desk = OneDesk([a_case(a_row(**{**OWN, "event_type": event_type}))])

    assert visit(desk, HERE).status_code == 200


@pytest.mark.parametrize(
    ("row", "who"),
    [
        (a_row(), Person()),
        (a_row(**{**OWN, "event_type": "ConsentRecorded"}), Person()),
        (a_row(**{**OWN, "event_type": "VpaRaised"}), RESPONDER),
    ],
    ids=["of another", "no such thing", "first responder"],
)
def test_what_is_not_theirs_to_take_back_is_absent_whether_looked_at_or_pressed(
    row: dict[str, Any], who: Person
) -> None:
    desk = OneDesk([a_case(row)], who=who)

    answers = [visit(desk, HERE), at(desk, **TYPED), visit(desk, HERE.replace("release-1", "other"))]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert desk.told == []


def test_a_form_that_we_did_not_show_is_absent() -> None:
    desk = OneDesk([a_case(a_row(**OWN))])

    assert visit(desk, HERE, **{**TYPED, "id": "x", "occurred_at": "y"}).status_code == 404
    assert desk.told == []


def test_the_door_is_told_the_logs_id_why_and_from_whom_alone() -> None:
    desk = OneDesk([a_case(a_row(**OWN))])

    at(desk, **{**TYPED, "reason": "misdirected", "scope": NAMED, "to": "mycwa"})

    ((path, event),) = desk.told
    assert path == "/v1/events"
    assert {name: event[name] for name in ("type", "corrects", "facts", "rationale")} == {
        "type": "EventRetracted",
        "corrects": LOGGED,
        "facts": {"reason": "misdirected", "to": ["mycwa"]},
        "rationale": {"text": TYPED["rationale"]},
    }


def test_from_everybody_names_nobody() -> None:
    event = retracting.event(filled(), LOGGED, stamp(NOW))

    assert event["facts"] == {"reason": "wrong_person"}


@pytest.mark.parametrize(
    ("typed", "at_field"),
    [
        ({"reason": ""}, ["reason"]),
        ({"reason": "regret"}, ["reason"]),
        ({"scope": ""}, ["scope"]),
        ({"scope": NAMED}, ["to"]),
        ({"scope": NAMED, "to": "nobody-we-know"}, ["to"]),
        ({"scope": EVERYBODY, "to": "mycwa"}, ["scope"]),
        ({"reason": "misdirected"}, ["scope"]),
        ({"rationale": " "}, ["rationale"]),
        ({"reason": "", "scope": "", "rationale": ""}, ["reason", "scope", "rationale"]),
        ({"scope": NAMED, "to": "mycwa"}, []),
        ({}, []),
    ],
    ids=str,
)
def test_what_is_missing_or_does_not_fit_together_is_said_all_at_once(
    typed: dict[str, str], at_field: list[str]
) -> None:
    assert [each.field for each in retracting.lacking(filled(**typed))] == at_field


def test_an_unfinished_form_comes_back_as_it_was_typed_and_nothing_is_sent() -> None:
    desk = OneDesk([a_case(a_row(**OWN))])

    page = at(desk, reason="published_twice", scope=NAMED, rationale="Sent at both desks")

    assert page.status_code == 422
    assert SAID["to"] in text(page.text)
    assert "Sent at both desks" in page.text
    assert re.search(r'value="published_twice" checked', page.text)
    assert desk.told == []


def test_what_the_door_refuses_comes_back_at_the_field_it_is_about() -> None:
    reason = {"pointer": "/facts/to/0", "rule": "unknown-recipient", "detail": "d", "fix": "f"}
    desk = OneDesk([a_case(a_row(**OWN))], door=Given(422, {"reasons": [reason]}))

    page = at(desk, **{**TYPED, "scope": NAMED, "to": "mycwa"})

    assert page.status_code == 422
    assert f'href="#to">{SAID["to"]}' in page.text


def test_an_agency_may_name_every_agency_but_itself_and_of_a_form_the_schools_it_told() -> None:
    page = visit(
        OneDesk([a_case(a_row(**{**OWN, "event_type": "VpaReviewed"}))], who=SERGEANT, account=TOLD), HERE
    )

    assert set(offered(page)) == {*RECIPIENTS, *JOINERS, SCHOOL} - {"police", "partnership"}


def test_who_is_no_hub_is_shown_no_school_and_not_who_was_told() -> None:
    page = visit(OneDesk([a_case(a_row(**OWN))], account=TOLD), HERE)

    assert set(offered(page)) == {*RECIPIENTS, *JOINERS} - {"dafsu", "education", "partnership"}


def test_whom_the_event_itself_named_may_be_named_too() -> None:
    desk = OneDesk([a_case(a_row(**OWN))], own=became(names=["mycwa", HOSPITAL]))

    page = visit(desk, HERE)
    at(desk, **{**TYPED, "reason": "misdirected", "scope": NAMED, "to": HOSPITAL})

    assert HOSPITAL in offered(page)
    assert desk.questions[0] == {"event": LOGGED}
    assert desk.told[0][1]["facts"]["to"] == [HOSPITAL]


def test_from_whom_it_was_taken_back_already_is_said_and_not_offered_again() -> None:
    desk = OneDesk([a_case(a_row(**OWN))], own=became(names=[HOSPITAL], taken_back=["mycwa", HOSPITAL]))

    page = visit(desk, HERE)

    assert "Taken back already From Mycwa, Hospital:Rjn" in text(page.text)
    assert offered(page)
    assert {"mycwa", HOSPITAL}.isdisjoint(offered(page))


def test_what_was_taken_back_from_everybody_says_so_and_offers_nothing() -> None:
    desk = OneDesk([a_case(a_row(**OWN))], own=became(from_everybody=True))

    page, pressed = visit(desk, HERE), at(desk, **TYPED)

    assert "Taken back already From everybody" in text(page.text)
    assert "<form" not in page.text.partition("<main")[2]
    assert (page.status_code, pressed.status_code) == (200, 409)
    assert desk.told == []


@pytest.mark.parametrize(
    ("typed", "since"),
    [
        (TYPED, {"from_everybody": True}),
        ({**TYPED, "scope": NAMED, "to": HOSPITAL}, {"taken_back": [HOSPITAL]}),
    ],
    ids=["from everybody", "by name"],
)
def test_pressed_again_once_it_came_round_it_is_the_same_event_and_the_same_answer(
    typed: dict[str, str], since: dict[str, Any]
) -> None:
    desk, of = OneDesk([a_case(a_row(**OWN))], own=became(names=[HOSPITAL])), stamp(NOW)
    form = {"id": of.id, "occurred_at": of.occurred_at, **typed}

    first = visit(desk, HERE, **form)
    desk.own = became(names=[HOSPITAL], **since)
    second = visit(desk, HERE, **form)

    assert (first.status_code, second.status_code) == (200, 200)
    assert desk.told[0] == desk.told[1]


@pytest.mark.parametrize(("event_type", "said"), [("VpaReviewed", True), ("CaseOpened", False)])
def test_that_the_new_form_is_sent_first_is_said_before_a_form_is_taken_back(
    event_type: str, said: bool
) -> None:
    desk = OneDesk([a_case(a_row(**{**OWN, "event_type": event_type}))], who=SERGEANT)

    assert ("send the new one first" in text(visit(desk, HERE).text)) is said


def test_the_incident_says_what_was_taken_back_and_offers_it_no_more() -> None:
    retracted = a_row(2, **{**OWN, "event_type": "EventRetracted", "event_id": "another"})
    desk = OneDesk([a_case(a_row(**OWN), retracted)], own=became(from_everybody=True))

    page = visit(desk, "/incidents/alias").text

    assert "Taken back from everybody." in text(page)
    assert "/take-back/" not in page


def test_the_incident_offers_the_rest_of_what_was_taken_back_by_name() -> None:
    retracted = a_row(2, **{**OWN, "event_type": "EventRetracted", "event_id": "another"})
    desk = OneDesk([a_case(a_row(**OWN), retracted)], own=became(taken_back=["mycwa"]))

    page = visit(desk, "/incidents/alias").text

    assert "Taken back from Mycwa." in text(page)
    assert "/take-back/release-1" in page


def test_nothing_is_asked_of_an_incident_in_which_the_agency_took_nothing_back() -> None:
    desk = OneDesk([a_case(a_row(**OWN))])

    visit(desk, "/incidents/alias")

    assert desk.questions == []


def test_once_it_is_taken_what_happens_next_is_said() -> None:
    page = at(OneDesk([a_case(a_row(**OWN))]), **TYPED)

    assert page.status_code == 200
    assert "Whoever holds it is asked to destroy every copy within 1 working day" in text(page.text)


def test_what_the_door_took_and_flagged_is_said_beside_it() -> None:
    row = {"pointer": "/corrects", "rule": "still-counts", "detail": "d", "fix": "f"}
    desk = OneDesk([a_case(a_row(**OWN))], door=Given(201, {"results": [{"defects": [row]}]}))

    assert "what it says of a case still counts" in text(at(desk, **TYPED).text)


@pytest.mark.parametrize(
    ("event_type", "typed", "told_anew"),
    [
        ("VpaReviewed", {}, True),
        ("VpaReviewed", {"scope": NAMED, "to": SCHOOL}, False),
        ("VpaReviewed", {"scope": NAMED, "to": "dafsu"}, False),
        ("CaseOpened", {}, False),
    ],
    ids=str,
)
def test_schools_are_told_anew_where_a_form_is_taken_back_from_everybody(
    event_type: str, typed: dict[str, str], told_anew: bool
) -> None:
    said = retracting.follows(filled(**typed), event_type, ["A title"])

    assert any("told anew" in line for line in said) is told_anew


@pytest.mark.parametrize(("to", "officer"), [(SCHOOL, True), ("dafsu", False)])
def test_of_a_form_taken_back_from_a_school_by_name_the_officer_is_told_instead(
    to: str, officer: bool
) -> None:
    said = retracting.follows(filled(scope=NAMED, to=to), "VpaReviewed", ["A title"])

    assert any("education officer is told" in line for line in said) is officer


def test_what_was_first_raised_stands_again_is_said_before_a_review_is_taken_back() -> None:
    reviewed = a_case(a_row(**{**OWN, "event_type": "VpaReviewed"}))

    assert (
        "stands again once this review is taken back" in visit(OneDesk([reviewed], who=SERGEANT), HERE).text
    )
    assert "stands again" not in visit(OneDesk([a_case(a_row(**OWN))]), HERE).text


def test_who_is_named_is_said_by_what_people_call_them_and_that_others_keep_it() -> None:
    said = retracting.follows(filled(scope=NAMED, to="mycwa"), "CaseOpened", ["My Cheshire Without Abuse"])

    assert said[0].startswith("My Cheshire Without Abuse: whoever of them holds it")
    assert "Everybody else who was told keeps it" in said


def test_the_schema_s_reasons_are_the_form_s(door: OpenDoor) -> None:
    facts = door.catalogue.event("EventRetracted").section("facts").avro
    (reason,) = [each for each in facts["fields"] if each["name"] == "reason"]

    assert set(REASONS) == set(reason["type"]["symbols"])


def test_the_door_takes_back_by_the_logs_id_what_the_form_says(door: OpenDoor) -> None:
    of = logged(door, "VpaRaised", "police")
    event = retracting.event(filled(reason="misdirected", scope=NAMED, to=["dafsu", SCHOOL]), of, stamp(NOW))

    answer = published(door, event)

    assert (problems(answer, FIELDS, SAID), flagged(answer)) == ((), ())
    taken = door.opened()[-1].facts
    assert (taken["retracts"], taken["to"], taken["reason"]) == (of, ["dafsu", SCHOOL], "misdirected")


def test_sent_twice_it_is_one_event_and_one_answer(door: OpenDoor) -> None:
    event = retracting.event(filled(), logged(door, "VpaRaised", "police"), stamp(NOW))

    answers = [published(door, event), published(door, event)]

    assert [problems(each, FIELDS, SAID) for each in answers] == [(), ()]
    assert len(door.stored()) == 2


def test_that_a_status_still_counts_is_said_in_words(door: OpenDoor) -> None:
    event = retracting.event(filled(), logged(door, "ChildCaseStatus", "checs"), stamp(NOW))

    (said,) = flagged(published(door, event, "checs"))

    assert said.startswith("What it corrects or takes back: nobody is shown it any more")


def test_every_form_is_taken_back_by_the_same_words() -> None:
    said = {retracting.follows(filled(), each, ()) for each in VPA_FAMILY}

    assert len(said) == 1
