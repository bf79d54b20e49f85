"""An event as it stands at the door, judged without a door: its defects, its sections, its refusal."""

from datetime import UTC, datetime

from services.eventlog.catalogue_files import load_catalogue
from services.ingest import flow
from services.ingest.forms.documents import Forms
from services.ingest.state import (
    Accepted,
    Arrival,
    Incident,
    Known,
    Parties,
    Plain,
    Registered,
    SchoolAges,
    Scope,
    Sender,
)
from tests.door_builders import Event, example

FORMS = Forms(load_catalogue())
AT = datetime(2024, 9, 1, tzinfo=UTC)
HUB = Sender(agency="police", person="p-hub-1", role="lead")
REGISTERED = Registered(
    schools={"900101": SchoolAges(youngest=4, oldest=11)},
    neighbours=frozenset(),
    recipients=frozenset({"checs", "cheshire-cares", "family-help", "dafsu", "housing", "probation"}),
)
KNOWN = Known(incident=Incident(id="a" * 32, victim="b" * 32), corrects="original")


def arriving(event: Event, sender: Sender = HUB) -> Arrival:
    """Return an event as it stands at the door, its form faultless."""
    reading = FORMS.read(event)
    assert reading.reasons == ()
    assert reading.submission is not None
    return Arrival(submission=reading.submission, sender=sender, at=AT)


def refusal(event: Event, sender: Sender = HUB) -> set[tuple[str, str]]:
    """Return where an event of a faultless form is refused, and the rules."""
    reasons = flow.screen(arriving(event, sender), [sender.agency], REGISTERED)
    return {(reason.pointer, reason.rule) for reason in reasons}


def defects(event: Event, sender: Sender = HUB) -> set[tuple[str, str]]:
    """Return where an event that is taken wants mending, and the rules."""
    assert refusal(event, sender) == set()
    accepted = flow.decide(arriving(event, sender), KNOWN, REGISTERED)
    assert isinstance(accepted, Accepted)
    return {(defect.pointer, defect.rule) for defect in accepted.defects}


def sections(event: Event) -> dict[str, Plain]:
    """Return the sections an event is laid out in."""
    accepted = Accepted(scope=Scope.KNOWN, incident=KNOWN.incident, defects=())
    arrival = arriving(event)
    children = tuple(f"{number:032x}" for number in range(len(arrival.submission.children)))
    parties = Parties(victim="b" * 32, person_causing_harm="c" * 32, children=children)
    laid = flow.lay_out(arrival, KNOWN, accepted, parties, range(16), REGISTERED)
    return {plain.name: plain for plain in laid}


def without(*names: str, of: str = "VpaRaised") -> Event:
    """Return an example with some of it left out."""
    return {name: value for name, value in example(of).items() if name not in names}
