"""Whom an event is for: recipients we can send to, and nobody else (design 11)."""

import pytest

from services.ingest import flow
from services.ingest.state import Accepted, Arrival, Parties, Scope
from tests.door_builders import example
from tests.family_builders import CATALOGUE, KNOWN, REGISTERED, arrived, defects, refused, with_facts

NAMING = ("to", "between")
"""Facts that list recipients beside a meeting's attendees."""


def reaches(arrival: Arrival) -> object:
    """Return whom the event is sealed as being for."""
    accepted = Accepted(scope=Scope.KNOWN, incident=KNOWN.incident, defects=())
    parties = Parties(victim="b" * 32, person_causing_harm="c" * 32, children=())
    laid = flow.lay_out(arrival, KNOWN, accepted, parties, range(16), REGISTERED)
    return next(plain.value for plain in laid if plain.name == "facts")["to"]


def listing() -> list[tuple[str, str]]:
    """Return every event type with each list of recipients that its facts hold."""
    return [
        (event_type, field["name"])
        for event_type in CATALOGUE.types()
        for field in CATALOGUE.event(event_type).section("facts").avro["fields"]
        if field["name"] in NAMING
    ]


@pytest.mark.parametrize(("event_type", "name"), listing())
def test_a_name_that_is_no_recipients_is_refused(event_type: str, name: str) -> None:
    found = refused(event_type, facts={**example(event_type)["facts"], name: ["gp"]})

    assert (f"/facts/{name}/0", "unknown-recipient") in found


@pytest.mark.parametrize("name", ["hospital:RJN", "area:E06000050", "gp:N81001", "landlord:17", "mycwa"])
def test_a_recipient_may_be_named_by_instance(name: str) -> None:
    arrival = with_facts("ReferredOn", {"to": [name]})

    assert flow.screen(arrival, CATALOGUE.event("ReferredOn").publishers, REGISTERED) == ()
    assert reaches(arrival) == [name]


@pytest.mark.parametrize("name", ["school:900999", "school", "hospital", "hospital:", "ward:9", "nobody"])
def test_a_category_a_strange_kind_and_a_school_nobody_listed_are_no_recipients(name: str) -> None:
    facts = {"to": [name], "risk": "medium", "children": "none"}

    assert refused("ReferredOn", facts=facts) == {("/facts/to/0", "unknown-recipient")}


@pytest.mark.parametrize("urgent", [{"risk": "high"}, {"children": "safeguarding"}])
def test_what_is_urgent_goes_to_those_who_are_known(urgent: dict[str, str]) -> None:
    arrival = with_facts("ReferredOn", {"to": ["nobody", "dafsu"], **urgent})

    assert flow.screen(arrival, CATALOGUE.event("ReferredOn").publishers, REGISTERED) == ()
    assert defects(arrival) == {("/facts/to/0", "unknown-recipient")}
    assert reaches(arrival) == ["dafsu"]


@pytest.mark.parametrize("event_type", ["OverrideRecorded", "DecidedNotToShare", "RecipientSuspended"])
def test_exactly_one_recipient_is_a_known_one(event_type: str) -> None:
    given = example(event_type)["facts"]

    assert refused(event_type, facts={**given, "recipient": "hospital:RJN"}) == set()
    assert refused(event_type, facts={**given, "recipient": "hospital"}) == {
        ("/facts/recipient", "unknown-recipient")
    }


@pytest.mark.parametrize("event_type", CATALOGUE.types())
def test_an_event_for_exactly_one_is_never_about_a_grade_that_makes_it_urgent(event_type: str) -> None:
    fields = {field["name"]: field for field in CATALOGUE.event(event_type).section("facts").avro["fields"]}

    assert not ("recipient" in fields and {"risk", "children"} & fields.keys())


@pytest.mark.parametrize("event_type", CATALOGUE.types())
def test_facts_name_recipients_in_the_fields_the_door_checks(event_type: str) -> None:
    fields = CATALOGUE.event(event_type).section("facts").avro["fields"]
    naming = {field["name"] for field in fields if field.get("format") == "recipient"}

    assert naming <= {"to", "recipient", "between", "attendees", "from_area"}


def test_a_case_is_transferred_to_an_area() -> None:
    assert refused("MaracTransferred", facts={"direction": "out", "to": ["dafsu"]}) == {
        ("/facts/to/0", "another-area")
    }
    assert refused("MaracTransferred", facts={"direction": "in", "from_area": "dafsu"}) == {
        ("/facts/from_area", "another-area")
    }


def test_a_case_comes_from_an_area() -> None:
    arrival = arrived("MaracTransferred", facts={"direction": "in", "from_area": "area:E06000050"})

    assert flow.screen(arrival, CATALOGUE.event("MaracTransferred").publishers, REGISTERED) == ()
    assert defects(arrival) == set()
