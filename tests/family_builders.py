"""Events of every family as they stand at the door, and what the door says of them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

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
    SchoolAges,
    Scope,
    Sender,
)
from services.vocabulary.agencies import JOINERS, SINGLE_CONTROLLERS
from tests.door_builders import example

CATALOGUE = load_catalogue()
FORMS = Forms(CATALOGUE)
AT = datetime(2024, 9, 10, tzinfo=UTC)
KNOWN = Known(incident=Incident(id="a" * 32, victim="b" * 32), persons=("c" * 32, "d" * 32))
REGISTERED = Registered(
    schools={"900101": SchoolAges(youngest=4, oldest=11)},
    neighbours=frozenset(),
    recipients=frozenset(SINGLE_CONTROLLERS),
    adopters=frozenset({"p-partnership-1", "p-partnership-2"}),
    staff=frozenset({"p-hub-1", "p-dafsu-1"}),
    joiners=frozenset(JOINERS),
)


def arrived(event_type: str, **changes: Any) -> Arrival:
    """Return an example with sections replaced, or (None) left out, from one who may send it."""
    event = {**example(event_type), **changes}
    reading = FORMS.read({name: value for name, value in event.items() if value is not None})
    assert reading.reasons == ()
    assert reading.submission is not None
    agency = CATALOGUE.event(event_type).publishers[0]
    sender = Sender(agency=agency, person="p-1", role="lead")
    return Arrival(submission=reading.submission, sender=sender, at=AT)


def with_facts(event_type: str, facts: Mapping[str, Any], *, without: Iterable[str] = ()) -> Arrival:
    """Return an example with some of its facts replaced, and some sections left out."""
    left_out = dict.fromkeys(without)
    return arrived(event_type, facts={**example(event_type)["facts"], **facts}, **left_out)


def refused(arrival: Arrival) -> set[tuple[str, str]]:
    """Return why an event is refused before anything is looked up."""
    publishers = CATALOGUE.event(arrival.submission.type).publishers
    return places(flow.screen(arrival, publishers, REGISTERED))


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
