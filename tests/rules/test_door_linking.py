"""What the door asks of a link, a hold and an erasure before anything is looked up (decisions 0023, 0027)."""

from typing import Any

import pytest

from services.ingest import flow
from services.ingest.state import Known, Refused
from tests.family_builders import REGISTERED, arrived, refused, with_facts

ONE, OTHER, THIRD = "a" * 43, "b" * 43, "c" * 43
BOTH = ("PersonsLinked", "PersonsUnlinked")
OF_ONE = ("LegalHoldPlaced", "LegalHoldLifted", "ErasureOrdered", "ErasureStopped")
BY_TWO = (*BOTH, *OF_ONE)


@pytest.mark.parametrize("event_type", BOTH)
@pytest.mark.parametrize("persons", [[], [ONE], [ONE, ONE], [ONE, OTHER, THIRD]])
def test_a_link_is_of_two_different_persons(event_type: str, persons: list[str]) -> None:
    assert refused(with_facts(event_type, {"persons": persons})) == {("/facts/persons", "two-named")}


@pytest.mark.parametrize("event_type", OF_ONE)
@pytest.mark.parametrize("persons", [[], [ONE, ONE], [ONE, OTHER]])
def test_a_hold_or_an_erasure_is_of_one_person(event_type: str, persons: list[str]) -> None:
    assert refused(with_facts(event_type, {"persons": persons})) == {("/facts/persons", "one-named")}


@pytest.mark.parametrize("event_type", BY_TWO)
@pytest.mark.parametrize("second", [None, "p-1", "p-cedah-1"])
def test_one_person_alone_neither_links_holds_nor_erases(event_type: str, second: Any) -> None:
    assert refused(with_facts(event_type, {"confirmed_by": second})) == {
        ("/facts/confirmed_by", "two-persons")
    }


@pytest.mark.parametrize("event_type", BY_TWO)
def test_two_people_of_the_partnership_link_hold_and_erase(event_type: str) -> None:
    assert refused(arrived(event_type)) == set()


def test_that_somebody_was_erased_the_keyring_says_alone() -> None:
    assert refused(arrived("PersonErased")) == set()
    assert refused(with_facts("PersonErased", {"persons": [ONE, OTHER]})) == set()
    assert refused(with_facts("PersonErased", {"persons": []})) == {("/facts/persons", "one-named")}


@pytest.mark.parametrize("known", [(), (None, None), ("a" * 32, None)])
def test_a_person_who_cannot_be_found_is_no_person_to_link(known: tuple[str | None, ...]) -> None:
    decided = flow.decide(arrived("PersonsLinked"), Known(persons=known), REGISTERED)

    assert isinstance(decided, Refused)
    assert {reason.rule for reason in decided.reasons} == {"unknown-person"}
