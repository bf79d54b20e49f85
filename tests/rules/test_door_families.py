"""What the door asks of each family beyond its form (design 3 and 4)."""

from datetime import timedelta

import pytest

from services.ingest import flow
from services.ingest.rules.wanted import WANTED
from services.ingest.state import Known, Scope
from services.vocabulary.events import EventType
from tests.door_builders import example
from tests.family_builders import (
    AT,
    CATALOGUE,
    FORMS,
    KNOWN,
    arrived,
    defects,
    refused,
    scope,
    with_facts,
)


def test_a_decision_not_to_share_says_why_or_is_refused() -> None:
    assert refused(arrived("DecidedNotToShare", rationale={"text": " "})) == {
        ("/rationale/text", "rationale")
    }
    assert refused(arrived("DecidedNotToShare")) == set()


def test_a_decision_not_to_share_names_whom_it_is_kept_from() -> None:
    event = example("DecidedNotToShare")
    del event["facts"]["recipient"]

    assert {reason.pointer for reason in FORMS.read(event).reasons} == {"/facts/recipient"}


@pytest.mark.parametrize("event_type", CATALOGUE.types())
def test_facts_hold_no_free_text(event_type: str) -> None:
    fields = CATALOGUE.event(event_type).section("facts").avro["fields"]
    texts = [field for field in fields if "string" in str(field["type"]) and "enum" not in str(field["type"])]

    assert [field["name"] for field in texts if "format" not in field] == []


def test_a_referral_handed_on_goes_back_where_contact_is_not_marked_safe() -> None:
    contact = {"phone": "07700 900123"}

    assert refused(arrived("ReferredOn", contact=contact)) == {("/contact/safe", "safe-contact")}


def test_a_referral_handed_on_without_contact_details_is_taken() -> None:
    assert refused(arrived("ReferredOn", contact=None)) == set()


def test_a_referral_handed_on_at_high_risk_never_waits_for_a_form() -> None:
    facts = {"to": ["dafsu"], "risk": "high"}
    arrival = arrived("ReferredOn", facts=facts, contact={"phone": "07700 900123"})

    assert refused(arrival) == set()
    assert ("/contact/safe", "safe-contact") in defects(arrival)


def test_a_consultation_is_about_no_incident_or_about_one_we_know() -> None:
    of_nobody, of_one = arrived("ConsultationGiven"), arrived("ConsultationGiven", incident="R-1")

    assert scope(of_nobody, Known()) is Scope.NONE
    assert scope(of_one, KNOWN) is Scope.KNOWN
    assert scope(of_one, Known()) is None


def test_a_consultation_for_just_health_goes_back() -> None:
    assert refused(arrived("ConsultationGiven", facts={"referral_source": "health"})) == {
        ("/facts/referral_source", "named-organisation")
    }


@pytest.mark.parametrize(
    ("event_type", "name"), [(str(event), name) for event, names in WANTED.items() for name in names]
)
def test_what_an_event_should_say_and_does_not_is_flagged(event_type: str, name: str) -> None:
    section, _, fact = name.partition(".")
    said = {**example(event_type)[section]}
    said.pop(fact, None)
    arrival = arrived(event_type, **{section: said if fact else None})

    assert ("/" + name.replace(".", "/"), "missing") in defects(arrival)


@pytest.mark.parametrize("event_type", sorted(WANTED))
def test_what_is_asked_for_is_what_its_schema_has(event_type: str) -> None:
    event = CATALOGUE.event(event_type)
    facts = {f"facts.{field['name']}" for field in event.section("facts").avro["fields"]}

    assert set(WANTED[EventType(event_type)]) <= facts | {section.name for section in event.sections}


@pytest.mark.parametrize(
    ("event_type", "facts", "lacks"),
    [
        ("DashRedone", {"risk": "medium", "previous_risk": "standard"}, "/rationale"),
        ("MaracReferred", {"criterion": "professional_judgement"}, "/rationale"),
        ("ResearchContributed", {"held": True}, "/research"),
        ("DvdsDecided", {"disclose": True, "to": []}, "/facts/to"),
        ("MaracTransferred", {"direction": "out", "to": []}, "/facts/to"),
        ("MaracTransferred", {"direction": "in", "from_area": None}, "/facts/from_area"),
    ],
)
def test_what_one_thing_said_makes_another_necessary(
    event_type: str, facts: dict[str, object], lacks: str
) -> None:
    arrival = with_facts(event_type, facts, without=("rationale", "research"))

    assert (lacks, "missing") in defects(arrival)


@pytest.mark.parametrize(
    ("event_type", "facts"),
    [
        ("DashRedone", {"risk": "medium", "previous_risk": "medium"}),
        ("MaracReferred", {"criterion": "visible_high_risk"}),
        ("ResearchContributed", {"held": False}),
        ("DvdsDecided", {"disclose": False, "to": []}),
    ],
)
def test_what_nothing_said_makes_necessary_is_not_asked_for(
    event_type: str, facts: dict[str, object]
) -> None:
    arrival = with_facts(event_type, facts, without=("rationale", "research"))

    assert defects(arrival) == set()


def test_a_consent_says_who_took_it_how_and_for_what_or_is_flagged() -> None:
    arrival = arrived("ConsentRecorded", facts={"expires_at": "2025-03-31T00:00:00Z"})

    assert refused(arrival) == set()
    assert defects(arrival) == {
        ("/facts/taken_by", "missing"),
        ("/facts/method", "missing"),
        ("/facts/purpose", "missing"),
    }


def test_a_consent_that_does_not_say_whose_it_is_is_the_adult_victim_s_and_lacks_nothing() -> None:
    assert defects(with_facts("ConsentRecorded", {"whose": None})) == set()


@pytest.mark.parametrize("name", ["support_under_way", "risk_mitigated"])
def test_a_case_that_ends_at_emarac_with_a_condition_unmet_is_flagged(name: str) -> None:
    assert defects(with_facts("MaracEnded", {name: False})) == {(f"/facts/{name}", "ended-too-soon")}


@pytest.mark.parametrize("event_type", ["MaracReferred", "MaracTransferred", "DvpnIssued", "DvpoGranted"])
def test_what_is_dangerous_is_taken_with_contact_details_not_marked_safe(event_type: str) -> None:
    arrival = arrived(event_type, contact={"phone": "07700 900123"})

    assert refused(arrival) == set()
    assert ("/contact/safe", "safe-contact") in defects(arrival)


@pytest.mark.parametrize("event_type", CATALOGUE.types())
def test_a_safe_accommodation_event_has_no_place_for_an_address(event_type: str) -> None:
    event = CATALOGUE.event(event_type)

    if event.family == "accommodation":
        assert {section.name for section in event.sections} == {"routing", "facts", "incident", "victim"}


@pytest.mark.parametrize("event_type", CATALOGUE.types())
def test_the_door_knows_whose_every_section_is(event_type: str) -> None:
    sections = CATALOGUE.event(event_type).sections

    assert {section.name for section in sections if section.of == "victim"} <= flow.OF_VICTIM


URGENT = [
    "MaracReferred",
    "MaracAccepted",
    "MaracActionAgreed",
    "MaracTransferred",
    "DvdsDecided",
    "DvpnIssued",
    "DvpoGranted",
    "DecidedNotToShare",
]


@pytest.mark.parametrize("event_type", URGENT)
def test_a_clock_ahead_delays_nothing_that_is_dangerous(event_type: str) -> None:
    arrival = arrived(event_type, occurred_at=(AT + timedelta(minutes=10)).isoformat())

    assert refused(arrival) == set()
    assert ("/occurred_at", "believable-time") in defects(arrival)


def test_a_referral_handed_on_that_lists_a_child_never_waits_for_a_form() -> None:
    child = example("MaracReferred")["children"]
    arrival = arrived("ReferredOn", children=child, contact={"phone": "07700 900123"})

    assert refused(arrival) == set()
    assert ("/contact/safe", "safe-contact") in defects(arrival)


BY_TWO = ["PolicyAdopted", "RecipientJoined", "BackfillOrdered"]


@pytest.mark.parametrize("event_type", BY_TWO)
@pytest.mark.parametrize("second", [None, "p-1", "p-cedah-1"])
def test_what_takes_two_people_of_the_partnership_is_refused_where_they_are_not(
    event_type: str, second: str | None
) -> None:
    event = with_facts(event_type, {"confirmed_by": second})

    assert refused(event) == {("/facts/confirmed_by", "two-persons")}


@pytest.mark.parametrize("event_type", BY_TWO)
def test_what_two_people_of_the_partnership_do_is_taken(event_type: str) -> None:
    assert refused(arrived(event_type)) == set()


def test_whoever_takes_part_from_the_start_joins_by_no_event() -> None:
    event = with_facts("RecipientJoined", {"recipient": "dafsu"})

    assert refused(event) == {("/facts/recipient", "joins-by-event")}


def test_nobody_joins_who_is_not_registered() -> None:
    event = with_facts("RecipientJoined", {"recipient": "samaritans"})

    assert refused(event) == {("/facts/recipient", "unknown-recipient")}


def test_history_is_ordered_from_the_earlier_moment_to_the_later() -> None:
    backwards = {"since": "2024-09-01T00:00:00Z", "until": "2024-08-31T23:59:59Z"}

    assert refused(with_facts("BackfillOrdered", backwards)) == {("/facts/until", "scope")}


def test_history_of_one_moment_is_a_scope() -> None:
    at = "2024-09-01T00:00:00Z"

    assert refused(with_facts("BackfillOrdered", {"since": at, "until": at})) == set()


@pytest.mark.parametrize("event_type", ["PractitionerAllocated", "ReferralAllocated"])
def test_a_practitioner_nobody_is_registered_as_is_allocated_and_a_correction_asked_for(
    event_type: str,
) -> None:
    unknown = with_facts(event_type, {"practitioner": "p-dafsu-77"})

    assert ("/facts/practitioner", "unknown-person") in defects(unknown)
    assert refused(unknown) == set()
    assert "/facts/practitioner" not in {pointer for pointer, _ in defects(arrived("PractitionerAllocated"))}
