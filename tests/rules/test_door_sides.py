"""What the door derives and asks of both sides of a case (decisions 0021, 0022)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.rules.urgency import is_urgent
from services.ingest.rules.victim_age import victim_age
from services.ingest.state import Arrival
from services.vocabulary.sides import VictimAge
from tests.door_builders import example
from tests.family_builders import arrived, defects, refused, with_facts

CLIENT_MISSING = ("/facts/client", "missing")


def born(on: str | None, event_type: str = "VpaRaised", **more: Any) -> Any:
    """Return an example whose adult victim was born then."""
    return arrived(event_type, victim={**example(event_type)["victim"], "date_of_birth": on}, **more)


@pytest.mark.parametrize(
    ("date_of_birth", "age"),
    [
        ("2008-12-31", VictimAge.UNDER_16),
        ("2008-01-01", VictimAge.SIXTEEN_OR_SEVENTEEN),
        ("2006-12-31", VictimAge.SIXTEEN_OR_SEVENTEEN),
        ("2006-01-01", VictimAge.ADULT),
        ("1950-06-06", VictimAge.ADULT),
        ("2031-01-01", None),
        (None, None),
    ],
)
def test_an_adult_victims_age_is_of_the_day_it_happened(
    date_of_birth: str | None, age: VictimAge | None
) -> None:
    assert victim_age(born(date_of_birth).submission) is age


def test_sixteen_begins_on_the_birthday() -> None:
    raised = born("2008-09-01").submission
    on = raised.occurred_at.replace(month=9, day=1, hour=12)

    ages = [victim_age(replace(raised, occurred_at=moment)) for moment in (on - timedelta(days=1), on)]

    assert ages == [VictimAge.UNDER_16, VictimAge.SIXTEEN_OR_SEVENTEEN]


def test_a_child_named_as_the_adult_victim_is_taken_and_asked_for_among_the_children() -> None:
    assert ("/victim/date_of_birth", "child-as-adult-victim") in defects(born("2012-05-05"))


def test_a_child_victim_who_is_listed_among_the_children_lacks_nothing() -> None:
    victim = example("VpaRaised")["victim"]
    listed = {
        "given_name": victim["given_name"],
        "family_name": victim["family_name"],
        "date_of_birth": "2012-05-05",
        "school_urn": "900101",
        "home_educated": False,
        "present": True,
        "school_conflict": "no",
    }
    event = born("2012-05-05", children=[listed])

    assert ("/victim/date_of_birth", "child-as-adult-victim") not in defects(event)


def test_a_referral_of_somebody_under_sixteen_never_waits_for_a_form() -> None:
    facts = {"referral_source": "Example Town Surgery", "risk": "standard", "children": "none"}

    child, adult = (
        born(on, "ReferralReceived", facts=facts, children=None) for on in ("2012-05-05", "1990-05-05")
    )

    assert (is_urgent(child.submission), is_urgent(adult.submission)) == (True, False)


def test_an_incident_is_restricted_even_where_somebody_named_is_not_registered() -> None:
    event = with_facts("AccessRestricted", {"people": ["p-hub-1", "p-nobody-9"]})

    assert refused(event) == set()
    assert defects(event) == {("/facts/people/1", "unknown-person")}


@pytest.mark.parametrize("event_type", ["AccessRestricted", "RolesReviewed"])
def test_what_the_hub_decides_about_a_case_says_why_or_is_refused(event_type: str) -> None:
    assert refused(arrived(event_type, rationale={"text": " "})) == {("/rationale/text", "rationale")}
    assert refused(arrived(event_type)) == set()


def a_case(event_type: str, agency: str, client: str | None) -> Arrival:
    """Return a case at the door, for a client, or for nobody it says."""
    arrival = with_facts(event_type, {"client": client})
    return replace(arrival, sender=replace(arrival.sender, agency=agency))


@pytest.mark.parametrize("event_type", ["CaseOpened", "CaseClosed"])
@pytest.mark.parametrize("agency", ["cedah", "dafsu", "mycwa"])
def test_whoever_works_with_both_sides_is_asked_for_whom_a_case_is(event_type: str, agency: str) -> None:
    unsaid = a_case(event_type, agency, None)

    assert refused(unsaid) == set()
    assert defects(unsaid) == {CLIENT_MISSING}


@pytest.mark.parametrize("client", ["adult_victim", "person_causing_harm", "child"])
def test_a_case_that_says_for_whom_it_is_lacks_nothing(client: str) -> None:
    assert defects(a_case("CaseOpened", "mycwa", client)) == set()


@pytest.mark.parametrize("agency", ["checs", "probation", "hospital:RJN"])
def test_nobody_else_is_asked_for_whom_a_case_is(agency: str) -> None:
    assert defects(a_case("CaseOpened", agency, None)) == set()
