"""A desk whose door judges what it is sent by the door's own forms and rules, with nothing kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from services.eventlog.catalogue_files import load_catalogue
from services.ingest import flow
from services.ingest.forms.documents import Forms
from services.ingest.state import Accepted, Arrival, Incident, Known, Reason, Registered, SchoolAges, Sender
from services.vocabulary.agencies import RECIPIENTS
from tests.inbox_builders import NOW, Given, OneDesk, Person

NOBODY = Known(incident=None, corrects=None)
AN_INCIDENT = Known(incident=Incident(id="incident", victim="victim"), corrects=None)
FORMS = Forms(load_catalogue())
REGISTERED = Registered(
    schools={"900101": SchoolAges(youngest=4, oldest=11)},
    neighbours=frozenset(),
    recipients=frozenset(RECIPIENTS),
)


@dataclass(slots=True)
class ReferringDesk(OneDesk):
    """A desk whose door says what the door says to an event: every reason, or every defect."""

    agency: str = "dafsu"
    known: Known = NOBODY

    def visitor(self, request: object) -> Person:
        return Person(agency=self.agency, person=f"p-{self.agency}-1")

    async def tell(self, request: object, path: str, body: Mapping[str, Any]) -> Given:
        self.told.append((path, body))
        reasons, defects = judged(body, self.agency, self.known)
        if reasons:
            return Given(422, {"reasons": [asdict(one) for one in reasons]})
        return Given(201, {"results": [{"defects": [asdict(one) for one in defects]}]})

    def events(self) -> dict[str, Any]:
        """Return what was taken of what was sent, by type."""
        taken = (body for _, body in self.told if not judged(body, self.agency, self.known)[0])
        return {str(body["type"]): body for body in taken}


def judged(
    event: Mapping[str, Any], agency: str, known: Known = NOBODY
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return why the door refuses an event, or what it flags in it."""
    reading = FORMS.read(dict(event))
    assert reading.submission is not None
    assert reading.schema is not None
    sender = Sender(agency=agency, person=f"p-{agency}-1", role="practitioner")
    arrival = Arrival(submission=reading.submission, sender=sender, at=NOW)
    reasons = (*reading.reasons, *flow.screen(arrival, reading.schema.publishers, REGISTERED))
    if event["type"] == "ReferralReceived" or known is not NOBODY:
        decided = flow.decide(arrival, known, REGISTERED)
        if isinstance(decided, Accepted):
            return reasons, decided.defects
        return (*reasons, *decided.reasons), ()
    return reasons, ()
