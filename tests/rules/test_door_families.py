"""What the door asks of each family beyond its form (design 3 and 4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.eventlog.catalogue_files import load_catalogue
from services.ingest import flow
from services.ingest.forms.documents import Forms
from services.ingest.state import (
    Accepted,
    Arrival,
    Incident,
    Known,
    Reason,
    Refused,
    Registered,
    Scope,
    Sender,
)
from services.vocabulary.agencies import RECIPIENTS
from tests.door_builders import example

CATALOGUE = load_catalogue()
FORMS = Forms(CATALOGUE)
AT = datetime(2024, 9, 10, tzinfo=UTC)
KNOWN = Known(incident=Incident(id="a" * 32, victim="b" * 32))
REGISTERED = Registered(schools={}, neighbours=frozenset(), recipients=frozenset(RECIPIENTS))


def arrived(event_type: str, **changes: Any) -> Arrival:
    """Return an example with sections replaced, or (None) left out, from one who may send it."""
    event = {**example(event_type), **changes}
    reading = FORMS.read({name: value for name, value in event.items() if value is not None})
    assert reading.reasons == ()
    assert reading.submission is not None
    agency = CATALOGUE.event(event_type).publishers[0]
    sender = Sender(agency=agency, person="p-1", role="lead")
    return Arrival(submission=reading.submission, sender=sender, at=AT)


def refused(event_type: str, **changes: Any) -> set[tuple[str, str]]:
    """Return why an event is refused before anything is looked up."""
    arrival = arrived(event_type, **changes)
    return places(flow.screen(arrival, CATALOGUE.event(event_type).publishers, REGISTERED))


def defects(arrival: Arrival) -> set[tuple[str, str]]:
    """Return where an event about an incident we know wants mending, and the rules."""
    accepted = flow.decide(arrival, KNOWN, REGISTERED)
    assert isinstance(accepted, Accepted)
    return places(accepted.defects)


def scope(arrival: Arrival, known: Known) -> Scope | None:
    """Return which incident an event is about, or None where it is refused."""
    decided = flow.decide(arrival, known, REGISTERED)
    return None if isinstance(decided, Refused) else decided.scope


def places(reasons: tuple[Reason, ...]) -> set[tuple[str, str]]:
    """Return where reasons point, and their rules."""
    return {(reason.pointer, reason.rule) for reason in reasons}


def test_a_decision_not_to_share_says_why_or_is_refused() -> None:
    assert refused("DecidedNotToShare", rationale={"text": " "}) == {("/rationale/text", "rationale")}
    assert refused("DecidedNotToShare") == set()


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

    assert refused("ReferredOn", contact=contact) == {("/contact/safe/phone", "safe-contact")}


def test_a_referral_handed_on_without_contact_details_is_taken() -> None:
    assert refused("ReferredOn", contact=None) == set()


def test_a_referral_handed_on_at_high_risk_never_waits_for_a_form() -> None:
    facts = {"to": ["dafsu"], "risk": "high"}
    arrival = arrived("ReferredOn", facts=facts, contact={"phone": "07700 900123"})

    assert flow.screen(arrival, CATALOGUE.event("ReferredOn").publishers, REGISTERED) == ()
    assert ("/contact/safe/phone", "safe-contact") in defects(arrival)


def test_a_consultation_is_about_no_incident_or_about_one_we_know() -> None:
    of_nobody, of_one = arrived("ConsultationGiven"), arrived("ConsultationGiven", incident="R-1")

    assert scope(of_nobody, Known()) is Scope.NONE
    assert scope(of_one, KNOWN) is Scope.KNOWN
    assert scope(of_one, Known()) is None


def test_a_consultation_for_just_health_goes_back() -> None:
    assert refused("ConsultationGiven", facts={"referral_source": "health"}) == {
        ("/facts/referral_source", "named-organisation")
    }
