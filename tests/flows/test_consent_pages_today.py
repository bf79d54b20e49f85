"""What the Hub's people land on: what waits, what went nowhere, and what was decided against consent."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.consent.pages.clocks import clock
from services.consent.state.heard import Grades, Heard
from services.console.pages.navigation import ways
from services.console.pages.sessions import Visitor
from services.console.pages.sign_in import home_of
from services.runtime.partnership import Role
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Roles
from tests.gate_builders import START, a_form, an_event, grades, internal, override
from tests.office_builders import AUDITOR, HUB, LEAD, PRACTITIONER, RESPONDER, Office
from tests.page_builders import Shown, look, new_office

NOW = datetime(2024, 9, 2, 12, tzinfo=UTC)


def form(number: int, **fields: object) -> Heard:
    return a_form(event_id=f"00000000-0000-4000-8000-{number:012x}", incident=f"incident {number}", **fields)  # type: ignore[arg-type]


def raised(number: int, **fields: object) -> Heard:
    return form(number, type=EventType.VPA_RAISED, **fields)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return new_office(tmp_path)


def settled(office: Office, *events: Heard) -> Office:
    office.bench.publish(*events)
    office.bench.settle()
    return office


def part(page: Shown, title: str) -> str:
    """Return what stands under a heading, to the link to the whole list."""
    return page.text.partition(f"{title} ")[2].partition("The whole list")[0]


@pytest.mark.parametrize("who", [LEAD, PRACTITIONER, RESPONDER, AUDITOR])
def test_the_page_is_absent_for_everybody_who_does_not_act_for_the_hub(
    office: Office, who: tuple[str, str]
) -> None:
    page = look(office, who, "/today")

    assert page.status == 404
    assert page.text == look(office, who, "/ledger/nothing-like-it").text


def test_the_hubs_people_land_on_it_and_first_responders_do_not() -> None:
    assert {home_of("police", role) for role in (Role.LEAD, Role.PRACTITIONER, Role.OFFICER)} == {"/today"}
    assert home_of("police", Role.RESPONDER) == "/inbox"
    assert home_of("dafsu", Role.LEAD) == "/inbox"


def test_the_hub_still_has_a_way_to_its_inbox() -> None:
    sergeant = Visitor(person="p", name="P", agency="police", title="Hub", role=Role.PRACTITIONER)

    assert "/inbox" in {way["href"] for way in ways(sergeant, "/today")}


def test_each_list_that_is_empty_says_what_will_stand_there(office: Office) -> None:
    page = look(office, HUB, "/today")

    assert page.title == "Today – Sightline"
    assert page.text.count("Nothing just now.") == page.text.count("The whole list") == 9
    assert "Forms that first responders raise stand here until the Hub reviews them." in page.text


def test_each_list_leads_to_the_whole_of_it(office: Office) -> None:
    links = look(office, HUB, "/today").links

    assert {look(office, HUB, link).status for link in links} == {200}


def test_what_ends_its_time_first_stands_first_and_says_how_long_is_left(office: Office) -> None:
    later = raised(2, of=grades(Risk.HIGH), recorded_at=START + timedelta(hours=1))
    settled(office, raised(1, of=grades(Risk.STANDARD)), raised(3, of=grades(Risk.HIGH)), later)

    waiting = part(look(office, HUB, "/today"), "Waiting for your review")

    assert waiting.index("Initial risk: high") < waiting.index("Initial risk: standard")
    assert waiting.count("left") == 2
    assert waiting.rstrip().endswith("No set time.")


def test_what_is_late_is_said_in_words_at_the_top_and_at_its_line(office: Office) -> None:
    settled(office, raised(1, of=grades(Risk.HIGH)))
    before = look(office, HUB, "/today")

    office.bench.clock.advance(START + timedelta(hours=6))
    after = look(office, HUB, "/today")

    assert "late" not in before.text
    assert "Review what is late first" in after.text
    assert "Late VPA" in part(after, "Waiting for your review")
    assert "1 hour late" in part(after, "Waiting for your review")


def test_what_went_nowhere_stands_apart_where_children_are_below_the_threshold(office: Office) -> None:
    below = grades(Risk.STANDARD, ChildrenLevel.BELOW_THRESHOLD)
    settled(office, form(1, of=grades(Risk.STANDARD)), form(2, of=below))

    page = look(office, HUB, "/today")

    assert "Children: none." in part(page, "Shared with nobody")
    apart = part(page, "Shared with nobody, with children below the early help threshold")
    assert "Children: below the early help threshold." in apart
    assert "none" not in apart


def test_what_is_owed_and_withheld_says_to_whom_and_why(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.MEDIUM)))

    withheld = part(look(office, HUB, "/today"), "Owed but withheld")

    assert "Cheshire East Domestic Abuse Hub: VPA" in withheld
    assert "nothing gives a lawful ground to share it" in withheld


def taking_part(event_type: EventType, recipient: str) -> Heard:
    return an_event(event_type, publisher="partnership", named=(recipient,))


def test_danger_held_back_from_whoever_is_suspended_stands_here_until_they_take_part_again(
    office: Office,
) -> None:
    settled(office, taking_part(EventType.RECIPIENT_SUSPENDED, "dafsu"), form(1, of=grades(Risk.HIGH)))
    before = look(office, HUB, "/today")
    settled(office, taking_part(EventType.RECIPIENT_RESUMED, "dafsu"))
    after = look(office, HUB, "/today")

    assert "Somebody who should hear of danger takes no part just now" in before.text
    assert "VPA reviewed, 2 September 2024" in part(before, "Danger held back")
    assert "It is suspended. Risk: high." in part(before, "Danger held back")
    assert "Nothing just now" in part(after, "Danger held back")
    assert "takes no part just now, and is not told" not in after.text


def test_overrides_and_decisions_not_to_share_stand_apart(office: Office) -> None:
    decided = an_event(EventType.DECIDED_NOT_TO_SHARE, incident=internal("incident 1"), recipient="checs")
    settled(office, form(1, of=grades(Risk.MEDIUM)), override("cedah", "incident 1"), decided)

    page = look(office, HUB, "/today")

    assert "For Cheshire East Domestic Abuse Hub" in part(page, "Overrides since yesterday")
    assert "Domestic Abuse Hub" not in part(page, "Decided not to share since yesterday")
    assert "By Cheshire Constabulary" in part(page, "Decided not to share since yesterday")


def test_a_decision_that_no_second_person_confirmed_is_said_to_count_for_nothing(office: Office) -> None:
    about = {"incident": internal("incident 1"), "recipient": "checs"}
    alone = an_event(EventType.DECIDED_NOT_TO_SHARE, **about)
    both = an_event(EventType.DECIDED_NOT_TO_SHARE, confirmed_by="p-hub-2", **about)
    settled(office, form(1, of=grades(Risk.MEDIUM)), override("cedah", "incident 1"), alone, both)

    text = look(office, HUB, "/today").text

    assert text.count("It counts for nothing: the list of overrides says why.") == 1


def test_an_override_of_the_day_before_yesterday_is_no_longer_here(office: Office) -> None:
    settled(office, form(1, of=grades(Risk.MEDIUM)), override("cedah", "incident 1"))

    office.bench.clock.advance(START + timedelta(days=2))

    assert "Nothing just now." in part(look(office, HUB, "/today"), "Overrides since yesterday")


def test_a_list_is_short(office: Office) -> None:
    settled(office, *(raised(number) for number in range(1, 9)))

    assert part(look(office, HUB, "/today"), "Waiting for your review").count("Initial risk") == 5


def day_by_day(number: int, **fields: object) -> Heard:
    """Return the form of an incident that began, and was reviewed, so many days on."""
    at = START + timedelta(days=number)
    return form(number, recorded_at=at, occurred_at=at, **fields)


@pytest.mark.parametrize(
    ("title", "of"),
    [
        ("Owed but withheld", grades(Risk.MEDIUM)),
        ("Shared with nobody", grades(Risk.STANDARD)),
        (
            "Shared with nobody, with children below the early help threshold",
            grades(Risk.STANDARD, ChildrenLevel.BELOW_THRESHOLD),
        ),
    ],
)
def test_the_newest_stand_here_of_what_never_leaves_a_list_by_itself(
    office: Office, title: str, of: Grades
) -> None:
    settled(office, *(day_by_day(number, of=of) for number in range(1, 9)))

    shown = part(look(office, HUB, "/today"), title)

    assert re.findall(r"(\d+) September", shown) == ["10", "9", "8", "7", "6"]


def test_the_newest_override_stands_here_however_many_were_recorded_since_yesterday(office: Office) -> None:
    every = ("dafsu", "cedah", "checs", "family-help", "adult-social-care", "probation")
    settled(office, form(1, of=grades(Risk.MEDIUM)), *(override(to, "incident 1") for to in every))

    shown = part(look(office, HUB, "/today"), "Overrides since yesterday")

    assert shown.index("Probation") < shown.index("Adult Social Care")
    assert "DAFSU" not in shown


def test_what_became_overdue_last_stands_before_what_was_never_answered(office: Office) -> None:
    forms = [day_by_day(number, of=grades(Risk.HIGH)) for number in range(1, 9)]
    later = an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(days=30))
    settled(office, *forms, later)

    shown = part(look(office, HUB, "/today"), "Expected of somebody, and overdue")

    assert re.findall(r"(\d+) September", shown) == ["10", "9", "8", "7", "6"]


def test_every_line_leads_to_its_incident_by_an_alias(office: Office) -> None:
    settled(office, raised(1))

    (link,) = [each for each in look(office, HUB, "/today").links if each.startswith("/incidents/")]

    assert len(link.removeprefix("/incidents/")) == 43


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=3, minutes=59), "3 hours left"),
        (timedelta(minutes=1), "1 minute left"),
        (timedelta(seconds=1), "less than a minute left"),
        (timedelta(0), "less than a minute late"),
        (timedelta(days=-1, seconds=1), "23 hours late"),
        (timedelta(days=-2), "2 days late"),
    ],
)
def test_a_clock_says_how_long_in_its_largest_unit(length: timedelta, words: str) -> None:
    assert clock(NOW + length, NOW) == words


def test_what_somebody_should_have_acted_on_and_has_not_stands_here_with_what_was_expected(
    office: Office,
) -> None:
    before = part(look(office, HUB, "/today"), "Expected of somebody, and overdue")
    later = an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(days=14))
    settled(office, form(1, of=grades(Risk.HIGH)), later)

    after = part(look(office, HUB, "/today"), "Expected of somebody, and overdue")

    assert "Nothing just now" in before
    assert "Expected:" in after


def test_a_report_that_turns_the_roles_round_stands_here_until_the_hub_looked_at_it(office: Office) -> None:
    first = form(1, of=grades(Risk.MEDIUM), victim="victim", causing_harm=internal("causing harm"))
    counter = an_event(
        EventType.REFERRAL_RECEIVED,
        publisher="cedah",
        incident=internal("two"),
        victim=internal("causing harm"),
        causing_harm=internal("victim"),
    )
    settled(office, first, counter)
    before = part(look(office, HUB, "/today"), "Roles that wait for you")
    settled(office, an_event(EventType.ROLES_REVIEWED, incident=internal("two"), roles=Roles.BOTH))

    assert "Referral received" in before
    assert "Nothing just now" in part(look(office, HUB, "/today"), "Roles that wait for you")
