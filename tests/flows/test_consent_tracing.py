"""The trace of one event, for operators: by the log's id or its publisher's, and nothing of the event."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.eventlog.ids import event_id
from services.eventlog.topics import LOG
from services.vocabulary.events import EventType
from services.vocabulary.risk import Risk
from tests.gate_builders import a_form, an_event, grades, internal, sealed
from tests.office_builders import HUB, ID_KEY, LEAD, PRACTITIONER, RESPONDER, Office

PATH = "/v1/operations/trace"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = ("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())
EVENT = event_id(ID_KEY, "police", "CH-2024-000001")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose log holds one form, which came in a trace."""
    made = Office(f"sqlite:///{tmp_path}/office.db", tmp_path)
    form = replace(a_form(of=grades(Risk.HIGH)), event_id=EVENT)
    made.bench.log.writer().append(LOG, [sealed(form)._replace(headers=(PARENT,))])
    made.bench.settle()
    return made


@pytest.mark.parametrize("event", [EVENT, "CH-2024-000001"])
def test_an_operator_finds_the_trace_of_an_event_by_either_of_its_ids(office: Office, event: str) -> None:
    assert office.ask(HUB, PATH, {"event": event}).json() == {"event_id": EVENT, "trace": TRACE}


def test_an_event_that_came_without_a_trace_has_none(office: Office) -> None:
    form = a_form(incident="other")
    office.bench.publish(form)
    office.bench.settle()

    assert office.ask(HUB, PATH, {"event": form.event_id}).json()["trace"] is None


@pytest.mark.parametrize("who", [LEAD, PRACTITIONER, RESPONDER])
def test_for_whoever_is_no_operator_every_event_is_absent(office: Office, who: tuple[str, str]) -> None:
    theirs, unknown = (office.ask(who, PATH, {"event": event}) for event in (EVENT, "no-such-event"))

    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert theirs.json() == unknown.json() == office.ask(HUB, PATH, {"event": "no-such-event"}).json()


def test_an_event_of_an_incident_that_is_restricted_to_others_is_absent(office: Office) -> None:
    closed = an_event(EventType.ACCESS_RESTRICTED, incident=internal("incident"), people=("p-hub-2",))
    office.bench.publish(closed)
    office.bench.settle()

    assert office.ask(HUB, PATH, {"event": EVENT}).status_code == 404
    assert office.ask(("police", "p-hub-2"), PATH, {"event": EVENT}).json()["trace"] == TRACE
