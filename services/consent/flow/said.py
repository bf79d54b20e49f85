"""What one decision said, event by event: its own answers, and those about each earlier event again."""

from collections.abc import Iterator
from typing import NamedTuple

from services.consent.flow.decision import Again, Answer
from services.consent.flow.fold import Folded
from services.consent.state.entities import Form, Incident
from services.consent.state.world import World
from services.vocabulary.events import VPA_FAMILY


class Said(NamedTuple):
    """The answers about one event, and the line it is in.

    `line`: whatever is answered of it takes the place of what was said before. All forms of an incident are
    one line, any other event is a line of its own.
    """

    line: str
    event_id: str
    answers: tuple[Answer, ...]


def all_said(world: World, folded: Folded) -> Iterator[Said]:
    """Yield the answers about an event, and about each earlier one that was answered again."""
    decision = folded.decision
    yield Said(_own_line(world, folded), decision.event_id, decision.answers)
    for again in decision.again:
        yield Said(_line_again(world, folded, again), again.event_id, again.answers)


def forms_of(incident: Incident) -> tuple[Form, ...]:
    """Return what an incident is routed on: its latest form, and the events beside the forms."""
    form = incident.form or incident.raised
    beside = (each.form for each in incident.beside.values())
    return (*((form,) if form is not None else ()), *beside)


def _own_line(world: World, folded: Folded) -> str:
    """Return the line of the event itself: a raised form is in its incident's until a reviewed one is."""
    heard = folded.heard
    if heard.type not in VPA_FAMILY or heard.incident is None or not heard.readable:
        return heard.event_id
    form = world.incident(heard.incident).form
    return heard.incident if form is None or form.event_id == heard.event_id else heard.event_id


def _line_again(world: World, folded: Folded, again: Again) -> str:
    incident = folded.incident_of[again.event_id]
    return again.event_id if again.event_id in world.incident(incident).beside else incident
