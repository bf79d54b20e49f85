"""Whom an event is for: recipients we can send to, and nobody else (design 11)."""

import pytest

from services.ingest import flow
from services.ingest.rules.addressed import goes_to_the_others
from services.ingest.state import Accepted, Arrival, Parties, Record, Scope
from tests.family_builders import CATALOGUE, KNOWN, REGISTERED, arrived, defects, refused, with_facts

NAMING = ("to", "between")
"""Facts that list recipients beside a meeting's attendees."""


def sealed(arrival: Arrival) -> Record:
    """Return the facts an event is sealed with."""
    accepted = Accepted(scope=Scope.KNOWN, incident=KNOWN.incident, defects=())
    children = ("d" * 32,) * len(arrival.submission.children)
    parties = Parties(victim="b" * 32, person_causing_harm="c" * 32, children=children)
    laid = flow.lay_out(arrival, KNOWN, accepted, parties, range(16), REGISTERED)
    return next(plain.value for plain in laid if plain.name == "facts")


def listing() -> list[tuple[str, str]]:
    """Return every event type with each list of recipients that its facts hold."""
    return [
        (event_type, field["name"])
        for event_type in CATALOGUE.types()
        for field in CATALOGUE.event(event_type).section("facts").avro["fields"]
        if field["name"] in NAMING
    ]


@pytest.mark.parametrize(("event_type", "name"), listing())
def test_a_name_that_is_no_recipients_is_refused_or_flagged(event_type: str, name: str) -> None:
    arrival = with_facts(event_type, {name: ["gp"]})
    found = defects(arrival) if goes_to_the_others(arrival.submission) else refused(arrival)

    assert (f"/facts/{name}/0", "unknown-recipient") in found


@pytest.mark.parametrize("name", ["hospital:RJN", "area:E06000050", "gp:N81001", "landlord:17", "mycwa"])
def test_a_recipient_may_be_named_by_instance(name: str) -> None:
    arrival = with_facts("ReferredOn", {"to": [name]})

    assert refused(arrival) == set()
    assert sealed(arrival)["to"] == [name]


@pytest.mark.parametrize("name", ["school:900999", "school", "hospital", "hospital:", "ward:9", "nobody"])
def test_a_category_a_strange_kind_and_a_school_nobody_listed_are_no_recipients(name: str) -> None:
    arrival = with_facts("ReferredOn", {"to": [name]})

    assert refused(arrival) == {("/facts/to/0", "unknown-recipient")}


@pytest.mark.parametrize("urgent", [{"risk": "high"}, {"children": "safeguarding"}])
def test_what_is_urgent_goes_to_those_who_are_known(urgent: dict[str, str]) -> None:
    arrival = with_facts("ReferredOn", {"to": ["nobody", "dafsu"], **urgent})

    assert refused(arrival) == set()
    assert defects(arrival) == {("/facts/to/0", "unknown-recipient")}
    assert sealed(arrival)["to"] == ["dafsu"]


@pytest.mark.parametrize("event_type", ["OverrideRecorded", "DecidedNotToShare", "RecipientSuspended"])
def test_exactly_one_recipient_is_a_known_one(event_type: str) -> None:
    category, instance = (
        with_facts(event_type, {"recipient": name}) for name in ("hospital", "hospital:RJN")
    )

    assert refused(instance) == set()
    assert refused(category) == {("/facts/recipient", "unknown-recipient")}


@pytest.mark.parametrize("event_type", CATALOGUE.types())
def test_facts_name_recipients_in_the_fields_the_door_checks(event_type: str) -> None:
    fields = CATALOGUE.event(event_type).section("facts").avro["fields"]
    naming = {field["name"] for field in fields if field.get("format") == "recipient"}

    assert naming <= {"to", "recipient", "between", "attendees", "from_area"}


def test_a_case_is_transferred_to_an_area_and_to_nobody_else() -> None:
    arrival = with_facts("MaracTransferred", {"to": ["dafsu", "area:E06000050", "area"]})

    assert defects(arrival) == {("/facts/to/0", "another-area"), ("/facts/to/2", "unknown-recipient")}
    assert sealed(arrival)["to"] == ["area:E06000050"]


def test_a_case_came_from_an_area() -> None:
    arrival = with_facts("MaracTransferred", {"direction": "in", "to": [], "from_area": "dafsu"})

    assert defects(arrival) == {("/facts/from_area", "another-area")}
    assert sealed(arrival)["from_area"] is None


@pytest.mark.parametrize(
    ("disclose", "flagged"),
    [
        (True, set()),
        (False, {("/facts/to", "not-disclosed")}),
        (None, {("/facts/to", "not-disclosed"), ("/facts/disclose", "missing")}),
    ],
)
def test_whom_to_tell_is_told_where_it_is_decided_to_disclose_and_nowhere_else(
    disclose: bool | None, flagged: set[tuple[str, str]]
) -> None:
    arrival = with_facts("DvdsDecided", {"disclose": disclose, "to": ["dafsu"]})

    assert refused(arrival) == set()
    assert defects(arrival) == flagged
    assert sealed(arrival)["to"] == (["dafsu"] if disclose else [])


def test_a_decision_that_says_nothing_at_all_is_for_nobody() -> None:
    arrival = arrived("DvdsDecided", facts={"to": ["dafsu"]})

    assert ("/facts/to", "not-disclosed") in defects(arrival)
    assert sealed(arrival)["to"] == []


def test_a_decision_not_to_disclose_that_names_nobody_lacks_nothing() -> None:
    assert defects(with_facts("DvdsDecided", {"disclose": False, "to": []})) == set()
