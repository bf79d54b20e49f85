"""What the demo's partnership file promises."""

from __future__ import annotations

import re
from datetime import date

import pytest

from services.runtime.partnership import Partnership, Role
from services.runtime.places import DEMO_PARTNERSHIP
from services.vocabulary.agencies import JOINERS, RECIPIENTS


@pytest.fixture(scope="module")
def partnership() -> Partnership:
    return Partnership.load(DEMO_PARTNERSHIP)


def test_every_single_controller_is_registered_in_order(partnership: Partnership) -> None:
    assert partnership.recipients() == RECIPIENTS


def test_who_joins_by_event_is_registered_and_is_none_of_the_founding(partnership: Partnership) -> None:
    assert partnership.joiners() == JOINERS
    assert set(JOINERS).isdisjoint(partnership.recipients())
    assert set(JOINERS) <= set(partnership.publishers())


def test_agencies_of_the_council_keep_their_cases_in_two_systems(partnership: Partnership) -> None:
    assert [*partnership.shared_systems().values()] == [
        ("cedah", "dafsu"),
        ("checs", "family-help", "emergency-duty-team"),
    ]


def test_every_publisher_has_somebody_to_act_for_it(partnership: Partnership) -> None:
    assert [name for name in partnership.publishers() if not partnership.people_of(name)] == []


def test_the_first_person_of_police_leads_the_hub(partnership: Partnership) -> None:
    assert partnership.people_of("police")[0].role is Role.LEAD


def test_nobody_in_it_can_be_reached(partnership: Partnership) -> None:
    assert all(school.email.endswith(".example") for school in partnership.schools)
    assert all(re.fullmatch(r"01632 960\d{3}", school.phone) for school in partnership.schools)
    assert all(school.urn.startswith("9") for school in partnership.schools + partnership.neighbours)


def test_numbers_and_ids_are_given_once(partnership: Partnership) -> None:
    urns = [school.urn for school in partnership.schools + partnership.neighbours]
    people = [person.id for person in partnership.people]

    assert len(urns) == len(set(urns))
    assert len(people) == len(set(people))


def test_a_schools_key_adult_may_have_a_birth_date_and_a_home_like_any_of_the_staff(
    partnership: Partnership,
) -> None:
    first, second = (partnership.people_of(school.agency)[0] for school in partnership.schools[:2])

    assert (first.date_of_birth, first.address, first.postcode) == (
        date(1981, 3, 14),
        "9 Frostgarlandby Rise",
        "ZZ99 3VZ",
    )
    assert (second.date_of_birth, second.address, second.postcode) == (None, "", "")


def test_terms_follow_one_another(partnership: Partnership) -> None:
    days = [day for term in partnership.terms for day in term]

    assert days == sorted(days)


def test_who_phones_and_who_hears_of_the_rest_are_registered(partnership: Partnership) -> None:
    encompass = partnership.encompass

    assert partnership.person(encompass.phone_owner) is not None
    assert partnership.person(encompass.education_officer) is not None
    lead = partnership.person(encompass.conflict_lead)
    assert lead is not None
    assert (lead.agency, lead.role) == ("education", Role.LEAD)
