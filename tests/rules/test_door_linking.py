"""What the door asks of a link before anything is looked up (decision 0023)."""

from typing import Any

import pytest

from services.ingest import flow
from services.ingest.state import Known, Refused
from tests.family_builders import REGISTERED, arrived, refused, with_facts

ONE, OTHER, THIRD = "a" * 43, "b" * 43, "c" * 43
BOTH = ("PersonsLinked", "PersonsUnlinked")


@pytest.mark.parametrize("event_type", BOTH)
@pytest.mark.parametrize("persons", [[], [ONE], [ONE, ONE], [ONE, OTHER, THIRD]])
def test_a_link_is_of_two_different_persons(event_type: str, persons: list[str]) -> None:
    assert refused(with_facts(event_type, {"persons": persons})) == {("/facts/persons", "two-named")}


@pytest.mark.parametrize("event_type", BOTH)
@pytest.mark.parametrize("second", [None, "p-1", "p-cedah-1"])
def test_one_person_alone_neither_links_nor_unlinks(event_type: str, second: Any) -> None:
    assert refused(with_facts(event_type, {"confirmed_by": second})) == {
        ("/facts/confirmed_by", "two-persons")
    }


@pytest.mark.parametrize("event_type", BOTH)
def test_two_people_of_the_partnership_link_and_unlink(event_type: str) -> None:
    assert refused(arrived(event_type)) == set()


@pytest.mark.parametrize("known", [(), (None, None), ("a" * 32, None)])
def test_a_person_who_cannot_be_found_is_no_person_to_link(known: tuple[str | None, ...]) -> None:
    decided = flow.decide(arrived("PersonsLinked"), Known(persons=known), REGISTERED)

    assert isinstance(decided, Refused)
    assert {reason.rule for reason in decided.reasons} == {"unknown-person"}
