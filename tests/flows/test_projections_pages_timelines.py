"""Everything of one person, as a practitioner reads it: by incident, and by the part they have there."""

import re
from typing import Any

import pytest

from tests.inbox_builders import Given, OneDesk, a_case, a_row, visit

NAMED = ["facts", "victim", "children[0]", "children[1]", "person_causing_harm"]
ASKED = "/incidents/alias/timeline/release-1"
PURPOSE = "safety planning call today"


def a_part(incident: str, part: str, *releases: str, section: str = "victim") -> dict[str, Any]:
    """Return one part of somebody as the keyring answers it."""
    told = [{"release_id": one, "section": section} for one in releases]
    return {"incident": incident, "part": part, "releases": told}


def followed(*parts: dict[str, Any]) -> Given:
    return Given(200, {"parts": list(parts), "opening_id": "o"})


def text(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub("<[^>]*>", " ", main).split())


def test_an_incident_leads_to_everything_about_each_person_a_release_of_it_shows() -> None:
    page = visit(OneDesk([a_case(a_row(sections=NAMED))]), "/incidents/alias").text

    ways = re.findall(rf'href="{ASKED}/([a-z0-9-]+)"', page)
    assert ways == ["adult-victim", "child-1", "child-2", "person-causing-harm"]


def test_a_release_that_shows_nobody_or_can_no_longer_be_opened_leads_to_nobody() -> None:
    nobody = a_row(sections=["facts", "incident", "dash"])
    recalled = [a_row(), a_row(2, kind="recalled", event_id="event-1", sections=[])]

    pages = [visit(OneDesk([a_case(*rows)]), "/incidents/alias").text for rows in ([nobody], recalled)]

    assert not [page for page in pages if "/timeline/" in page]


@pytest.mark.parametrize(
    "path",
    [
        "/incidents/alias/timeline/release-1/child-1",
        "/incidents/alias/timeline/release-1/nobody",
        "/incidents/alias/timeline/release-2/adult-victim",
        "/incidents/another/timeline/release-1/adult-victim",
    ],
)
def test_whom_no_release_shows_is_absent_whether_looked_at_or_pressed(path: str) -> None:
    desk = OneDesk([a_case(a_row(sections=["victim"]))], timeline=followed())

    answers = [visit(desk, path), visit(desk, path, purpose=PURPOSE)]

    assert [each.status_code for each in answers] == [404, 404]
    assert desk.told == []


def test_the_question_says_of_whom_and_asks_what_for_before_anything_is_asked() -> None:
    desk = OneDesk([a_case(a_row(sections=NAMED))])

    page = visit(desk, f"{ASKED}/child-2")

    assert page.status_code == 200
    assert "Everything about child 2" in text(page.text)
    assert desk.told == []


@pytest.mark.parametrize(
    ("purpose", "said"), [(" ", "Enter why you need to see it"), ("x" * 201, "200 characters or fewer")]
)
def test_without_a_purpose_the_question_comes_back_and_nothing_is_asked(purpose: str, said: str) -> None:
    desk = OneDesk([a_case(a_row(sections=NAMED))])

    page = visit(desk, f"{ASKED}/adult-victim", purpose=purpose)

    assert page.status_code == 422
    assert said in page.text
    assert desk.told == []


def test_the_keyring_is_asked_for_the_section_and_told_what_for() -> None:
    desk = OneDesk([a_case(a_row(sections=NAMED))], timeline=followed())

    visit(desk, f"{ASKED}/child-2", purpose=PURPOSE)

    assert desk.told == [
        ("/v1/timeline", {"release_id": "release-1", "section": "children[1]", "purpose": PURPOSE})
    ]


def test_what_the_keyring_does_not_tell_is_absent_here_too() -> None:
    desk = OneDesk([a_case(a_row(sections=NAMED))])

    assert visit(desk, f"{ASKED}/adult-victim", purpose=PURPOSE).status_code == 404


def test_incidents_and_parts_stand_in_the_keyrings_order_with_what_is_expected_and_was_done() -> None:
    first = a_case(a_row(1, sections=NAMED), a_row(2, event_type="VpaRaised"), answers=("release-1",))
    other = a_case(a_row(3, expects=None, occurred_at="2024-09-01T10:00:00Z"), incident="another")
    desk = OneDesk(
        [first, other],
        timeline=followed(
            a_part("another", "person_causing_harm", "release-3"),
            a_part("alias", "adult_victim", "release-1"),
            a_part("alias", "child", "release-1"),
        ),
    )

    page = text(visit(desk, f"{ASKED}/adult-victim", purpose=PURPOSE).text)

    order = [
        "Incident of 1 September 2024 at 11",
        "As the person causing harm",
        "Nothing is expected of you.",
        "As the adult victim",
        "Make contact within 5 working days. Your agency has answered this.",
        "As a child",
    ]
    places = [page.index(each) for each in order]
    assert places == sorted(places)
    assert "VPA raised" not in page
    assert f"the purpose: {PURPOSE}" in page


def test_the_newest_release_of_a_part_stands_first_and_what_it_replaced_expects_nothing() -> None:
    rows = [a_row(1, sections=NAMED), a_row(2, kind="changed", sections=NAMED)]
    desk = OneDesk(
        [a_case(*rows)], timeline=followed(a_part("alias", "adult_victim", "release-2", "release-1"))
    )

    page = text(visit(desk, "/incidents/alias/timeline/release-2/adult-victim", purpose=PURPOSE).text)

    newest, replaced = page.find("Changed. "), page.find("New. ")
    assert -1 < newest < replaced
    assert page.count("No longer: what came later took its place.") == 1


def test_an_answer_holds_for_a_later_release_of_the_same_event_that_expects_the_same() -> None:
    rows = [a_row(1, sections=NAMED), a_row(2, kind="changed", event_id="event-1", sections=NAMED)]
    answered, unanswered = (a_case(*rows, answers=answers) for answers in (("release-1",), ()))
    pages = []

    for case in (answered, unanswered):
        desk = OneDesk([case], timeline=followed(a_part("alias", "adult_victim", "release-2")))
        pages.append(visit(desk, "/incidents/alias/timeline/release-2/adult-victim", purpose=PURPOSE).text)

    assert ["Your agency has answered this." in page for page in pages] == [True, False]


def test_somebody_known_in_one_part_alone_has_nothing_else_and_the_page_says_so() -> None:
    desk = OneDesk([a_case(a_row(sections=NAMED))])
    desk.timeline = followed(a_part("alias", "adult_victim", "release-1"))
    alone = visit(desk, f"{ASKED}/adult-victim", purpose=PURPOSE).text
    desk.timeline = followed(a_part("not heard of yet", "adult_victim", "release-9"))
    early = visit(desk, f"{ASKED}/adult-victim", purpose=PURPOSE).text

    assert "There is nothing else here about this person." in alone
    assert "What is closed to you is not here" in alone
    assert "There is nothing here about this person just now." in early


def test_no_title_or_address_says_more_than_which_of_a_releases_people_it_is() -> None:
    desk = OneDesk([a_case(a_row(sections=NAMED))])
    desk.timeline = followed(a_part("alias", "adult_victim", "release-1"))

    page = visit(desk, f"{ASKED}/adult-victim", purpose=PURPOSE).text

    assert "Everything about one person" in page.partition("<title")[2].partition("</title>")[0]
    assert not [each for each in re.findall('href="([^"]*)"', page) if PURPOSE.split()[0] in each]
