"""Is an event about this member of staff, or the home they live in? (in any role, and it fails closed)"""

from datetime import date
from typing import Any

import pytest

from services.consent.keyring.parties import Identity, identity_of, is_named
from services.runtime.partnership import Person, Role
from services.vocabulary.people import match_on_home

HOME = {"address": "14 Larkspur Close, Sandbach", "postcode": "CW99 9ZZ"}
SOMEBODY = Person(
    id="p-hub-9",
    name="Quenorandiva Underquillerton",
    agency="police",
    role=Role.PRACTITIONER,
    date_of_birth=date(1988, 2, 3),
    **HOME,
)
NAMED = {"given_name": "Quenorandiva", "family_name": "Underquillerton"}


def who(**changes: Any) -> Identity:
    fields = {name: getattr(SOMEBODY, name) for name in SOMEBODY.__slots__}
    return identity_of(Person(**{**fields, **changes}), b"m" * 32)


@pytest.mark.parametrize("section", ["victim", "person_causing_harm", "children", "children[1]"])
def test_they_are_recognised_in_every_role(section: str) -> None:
    assert is_named(who(), [(section, {**NAMED, "date_of_birth": "1988-02-03"})])


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("QUENORANDIVA", "Under-Quillerton"),
        ("Quenorándiva", "Underquillerton"),
        ("quenorandiva", "underquillerton "),
    ],
)
def test_another_spelling_of_the_same_name_is_the_same_name(given: str, family: str) -> None:
    assert is_named(who(), [("victim", {"given_name": given, "family_name": family})])


def test_a_name_they_also_go_by_counts() -> None:
    assert is_named(who(), [("victim", {"given_name": "A", "other_names": ["Quenorandiva Underquillerton"]})])


def test_a_birthday_that_is_not_known_does_not_open_it() -> None:
    assert is_named(who(), [("victim", NAMED)])
    assert is_named(who(date_of_birth=None), [("victim", {**NAMED, "date_of_birth": "1999-01-01"})])
    assert is_named(who(), [("victim", {**NAMED, "date_of_birth": "some day"})])


def test_somebody_of_that_name_born_another_day_is_somebody_else() -> None:
    assert not is_named(who(), [("victim", {**NAMED, "date_of_birth": "1999-01-01"})])


@pytest.mark.parametrize(
    "contact",
    [
        HOME,
        {"address": "14, Larkspur Cl.", "postcode": "cw999zz"},
        {"address": "Flat above, 14 Larkspur Close", "postcode": "CW99 9zz"},
    ],
)
def test_their_home_is_recognised_however_it_is_written(contact: dict[str, str]) -> None:
    assert is_named(who(), [("contact", contact)])


@pytest.mark.parametrize(
    "contact",
    [
        {},
        {"address": "14 Larkspur Close", "postcode": ""},
        {"address": "15 Larkspur Close", "postcode": "CW99 9ZZ"},
        {"address": "14a Larkspur Close", "postcode": "CW99 9ZZ"},
        {"address": "14 Larkspur Close", "postcode": "CW98 9ZZ"},
    ],
)
def test_another_home_is_not_theirs(contact: dict[str, str]) -> None:
    assert not is_named(who(), [("contact", contact)])


def test_who_gave_no_home_lives_nowhere_known() -> None:
    assert not is_named(who(address="", postcode=""), [("contact", {"address": "", "postcode": ""})])


def test_a_home_without_a_number_goes_by_its_name() -> None:
    first, second = ("Larkspur Farm, Mill Lane", "Larkspur  farm, Mill Ln")

    assert match_on_home(first, "CW99 9ZZ") == match_on_home(second, "CW99 9ZZ") is not None
