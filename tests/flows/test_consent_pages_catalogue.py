"""The catalogue's pages, before a keyring that answers for real and what the door's catalogue holds."""

from pathlib import Path

import pytest

from services.consent.pages.catalogue import BESIDE, KINDS
from services.vocabulary.events import EventType
from services.vocabulary.sandbox import ANSWERS, Forced
from services.vocabulary.titles import SECTIONS, TYPES
from tests.gate_builders import policy_adopted
from tests.office_builders import HUB, PARTNERSHIP, PRACTITIONER, Office
from tests.page_builders import look, new_office, the_catalogue
from tests.policy_drafts import draft, rule


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.bench.settle()
    return made


def test_every_type_of_event_stands_in_the_list_and_leads_to_its_page(office: Office) -> None:
    page = look(office, PRACTITIONER, "/catalogue")

    assert (page.status, page.title) == (200, "Events – Sightline")
    types = {each.removeprefix("/catalogue/") for each in page.links if each.startswith("/catalogue/")}
    assert types == set(EventType)
    assert set(page.links) - {f"/catalogue/{each}" for each in types} == {"/interface"}


def test_an_event_in_the_list_says_who_may_publish_it(office: Office) -> None:
    page = look(office, HUB, "/catalogue")

    assert "VPA raised A first responder raised a VPA. Published by: Cheshire Constabulary" in page.text


@pytest.mark.parametrize("event_type", EventType)
def test_every_event_has_a_page_with_its_example(office: Office, event_type: EventType) -> None:
    page = look(office, PRACTITIONER, f"/catalogue/{event_type}")

    assert (page.status, page.title) == (200, f"{TYPES[event_type]} – Sightline".replace("'", "&#39;"))
    assert f'"type": "{event_type}"' in page.text


def test_it_says_who_receives_it_when_on_what_ground_and_at_most_what(office: Office) -> None:
    page = look(office, PRACTITIONER, "/catalogue/VpaReviewed")

    assert (
        "Domestic Abuse Family Safety Unit The reviewed risk is high The reviewed risk is high (NA 4.26)"
        in page.text
    )
    assert "is its pupil (Operation Encompass) (Domestic Abuse Act 2021 s49A) Child" in page.text
    assert "So says policy strict, version" in page.text


def test_it_follows_the_policy_in_force(office: Office) -> None:
    before = look(office, HUB, "/catalogue/DashRedone").text
    office.bench.publish(
        policy_adopted(
            draft(rule("cedah-dash-redone", grounds=["consent"])),
            confirmed_by="p-partnership-2",
        )
    )
    office.bench.settle()

    after = look(office, HUB, "/catalogue/DashRedone").text

    assert "the Hub accepted a MARAC referral and it attends the meeting" in before
    assert "the Hub accepted a MARAC referral and it attends the meeting" not in after


def test_it_says_which_facts_are_required_and_the_words_they_may_be(office: Office) -> None:
    page = look(office, HUB, "/catalogue/VpaRaised")

    assert "Facts (facts, version 2), required" in page.text
    assert "risk (required) word: high, medium, standard, not_completed" in page.text
    assert "incident: your own reference, or the incident of a release to you" in page.text
    assert "Versions 1, 2" in page.text


def test_whose_each_section_is_stands_beside_it(office: Office) -> None:
    page = look(office, HUB, "/catalogue/VpaRaised")

    assert "Child (children, version 1). Whose it is: Each child." in page.text
    assert "Facts (facts, version 2), required. Whose it is: Nobody's: codes alone." in page.text


def test_it_says_which_version_of_a_section_the_policy_in_force_releases(office: Office) -> None:
    page = look(office, HUB, "/catalogue/VpaRaised")

    assert page.text.count("The policy in force releases this version") == page.text.count("Compartment:") > 5


def test_a_version_the_policy_in_force_does_not_name_is_said_to_be_withheld(office: Office) -> None:
    without = draft(rule("cedah-dash-redone", grounds=["consent"])).replace(
        "\ncontact = [1]", "\ncontact = [7]"
    )
    office.bench.publish(policy_adopted(without, confirmed_by="p-partnership-2"))
    office.bench.settle()

    page = look(office, HUB, "/catalogue/VpaRaised").text

    contact = page.partition("(contact, version 1)")[2].partition("Field Holds Meaning")[0]
    assert "No policy in force names this version: it is withheld from everybody." in contact
    assert page.count("it is withheld from everybody") == 1


def test_an_event_has_an_owner_and_the_version_that_is_read(office: Office) -> None:
    page = look(office, PRACTITIONER, "/catalogue/VpaRaised")

    assert "Owner, who alone may publish it Cheshire Constabulary, Vulnerability Hub" in page.text
    assert "Versions 1, 2; the door reads 2" in page.text


def test_the_sandbox_and_every_id_that_forces_an_answer_are_explained(office: Office) -> None:
    page = look(office, PRACTITIONER, "/catalogue")

    assert [each for each in Forced if f"{each} {ANSWERS[each]}" not in page.text] == []
    assert 'id="sandbox"' in page.html
    assert "/catalogue#sandbox" in look(office, PRACTITIONER, "/catalogue/VpaRaised").links


@pytest.mark.parametrize("name", ["NothingLikeIt", "vparaised", "..%20policy"])
def test_what_is_no_event_looks_like_what_is_not_there(office: Office, name: str) -> None:
    page = look(office, HUB, f"/catalogue/{name}")

    assert (page.status, page.text) == (404, look(office, HUB, "/policy/nothing-like-it").text)


def test_nothing_in_the_catalogue_is_without_words(office: Office) -> None:
    events = the_catalogue()
    registered = set(PARTNERSHIP.publishers())

    assert {each for row in events for each in row["publishers"]} <= registered | set(KINDS)  # type: ignore[attr-defined]
    assert {each for row in events for each in row["takes"]} <= set(BESIDE)  # type: ignore[attr-defined]
    sections = {each["name"] for row in events for each in row["sections"] if not each["derived"]}  # type: ignore[attr-defined]
    assert sections <= set(SECTIONS)
