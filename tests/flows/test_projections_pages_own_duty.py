"""An override that children's services record for themselves, and for nobody else (decision 0019)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.console.pages.desk import Answer
from services.projections.pages import deciding
from services.projections.pages.deciding import OWN_DUTY
from services.projections.pages.publishing import flagged, problems, stamp
from services.vocabulary.agencies import CHILDRENS_SERVICES
from tests.door_builders import NOW, OpenDoor, example, open_door
from tests.inbox_builders import Given, OneDesk, Person, a_case, a_row, visit

HERE = "/incidents/alias/override"
RECALLED = (a_row(), a_row(2, event_id="event-1", kind="recalled", reason="withdrawn", sections=[]))
TYPED = {"rationale": "The younger child is in danger", "rank": "team-manager"}
SECOND = {"reviewed_by": "p-checs-2", "confirmed_by": "p-checs-2"}


def text(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub("<[^>]*>", " ", main).split())


def desk_of(agency: str, **more: Any) -> OneDesk:
    return OneDesk([a_case(*RECALLED)], who=Person(agency=agency), **more)


def at(desk: OneDesk, **typed: str) -> Any:
    of = stamp(NOW)
    return visit(desk, HERE, id=of.id, occurred_at=of.occurred_at, **typed)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}") as made:
        yield made


def taken(door: OpenDoor, **typed: str) -> Answer:
    """Tell the door what ChECS typed, of an incident it refers to itself."""
    door.publisher.publish({**example("ReferralReceived"), "incident": "own"}, "checs")
    form = deciding.filled(OWN_DUTY, {"recipient": "checs", **TYPED, **typed})
    found = door.publisher.publish(dict(deciding.event(OWN_DUTY, form, "own", stamp(NOW))), "checs")
    return Answer(status=found.status_code, body=found.json())


@pytest.mark.parametrize("agency", CHILDRENS_SERVICES)
def test_it_names_the_agency_of_whoever_sends_it_whatever_was_sent(agency: str) -> None:
    desk = desk_of(agency)

    at(desk, **TYPED, **SECOND, recipient="dafsu")

    ((_, event),) = desk.told
    assert (event["type"], event["incident"]) == ("OverrideRecorded", "alias")
    assert event["facts"] == {"recipient": agency, "rank": "team-manager", **SECOND}
    assert event["rationale"] == {"text": TYPED["rationale"]}


@pytest.mark.parametrize("agency", CHILDRENS_SERVICES)
def test_it_is_reached_from_an_incident_of_which_consent_was_withdrawn(agency: str) -> None:
    desk = desk_of(agency)

    assert f'href="{HERE}"' in visit(desk, "/incidents/alias").text
    assert visit(desk, HERE).status_code == 200


def test_the_page_says_that_it_is_a_ground_only_once_a_second_person_confirmed_it() -> None:
    page = text(visit(desk_of("checs"), HERE).text)

    assert "It is a ground only once a second person confirmed it." in page
    assert "Share with" not in page


@pytest.mark.parametrize("agency", ["dafsu", "adult-social-care"])
def test_to_anybody_else_it_is_absent_and_nothing_leads_there(agency: str) -> None:
    desk = desk_of(agency)

    answers = [visit(desk, HERE), at(desk, **TYPED)]

    assert [each.status_code for each in answers] == [404, 404]
    assert f'href="{HERE}"' not in visit(desk, "/incidents/alias").text
    assert desk.told == []


def test_of_an_incident_they_hold_nothing_of_it_is_absent_too() -> None:
    desk = OneDesk([], who=Person(agency="checs"))

    assert [each.status_code for each in (visit(desk, HERE), at(desk, **TYPED))] == [404, 404]
    assert desk.told == []


def test_a_decision_not_to_share_stays_the_hubs() -> None:
    assert visit(desk_of("checs"), HERE.replace("override", "not-to-share")).status_code == 404


def test_without_its_rationale_it_is_not_sent_and_comes_back_as_it_was_typed() -> None:
    desk = desk_of("checs")

    page = at(desk, rank="team-manager", rationale=" ")

    assert page.status_code == 422
    assert f'href="#rationale">{OWN_DUTY.said["rationale"]}' in page.text
    assert re.search(r'value="team-manager" selected', page.text)
    assert desk.told == []


def test_once_it_is_recorded_it_is_said_what_it_gives_and_what_the_door_flagged() -> None:
    row = {"pointer": "/facts/confirmed_by", "rule": "second-person", "detail": "d", "fix": "f"}
    desk = desk_of("checs", door=Given(201, {"results": [{"defects": [row]}]}))

    answer = at(desk, **TYPED)
    page = visit(desk, answer.headers["location"])

    assert (answer.status_code, page.status_code) == (303, 200)
    assert "until then it counts as recorded only" in text(page.text)
    assert "Who is told of this incident now" not in page.text


def test_to_another_agency_what_was_recorded_is_absent() -> None:
    answer = at(desk_of("checs"), **TYPED)

    assert visit(desk_of("dafsu"), answer.headers["location"]).status_code == 404


def test_the_door_takes_it_with_nothing_to_put_right_once_two_people_made_it(door: OpenDoor) -> None:
    answer = taken(door, **SECOND)

    assert (problems(answer, deciding.fields(OWN_DUTY)), flagged(answer)) == ((), ())
    assert door.opened()[-1].facts["recipient"] == "checs"


def test_by_one_person_alone_the_door_takes_it_and_says_who_is_missing(door: OpenDoor) -> None:
    answer = taken(door, reviewed_by="p-checs-2")

    assert problems(answer, deciding.fields(OWN_DUTY)) == ()
    assert flagged(answer) == (
        "Second person who confirms it: somebody else has to confirm it, and until then it counts as "
        "recorded only: name them",
    )
