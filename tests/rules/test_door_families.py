"""What the door asks of each family beyond its form (design 3 and 4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.eventlog.catalogue_files import load_catalogue
from services.ingest import flow
from services.ingest.forms.documents import Forms
from services.ingest.state import Arrival, Reason, Registered, Sender
from services.vocabulary.agencies import RECIPIENTS
from tests.door_builders import example

CATALOGUE = load_catalogue()
FORMS = Forms(CATALOGUE)
AT = datetime(2024, 9, 10, tzinfo=UTC)
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
