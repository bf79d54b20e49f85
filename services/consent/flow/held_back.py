"""Danger that somebody is owed who takes no part just now: nobody is told in their place (design 5)."""

from collections.abc import Iterator

from services.consent.flow.decision import Answer
from services.consent.flow.fold import Folded
from services.consent.flow.said import Said, forms_of
from services.consent.flow.withholding import STOPS
from services.consent.rules.danger import is_clear
from services.consent.rules.two_sides import as_child
from services.consent.state.entities import Form, Incident
from services.consent.state.links import PersonOf
from services.consent.state.sides import age_of
from services.consent.state.world import World
from services.vocabulary.events import EventType


def is_held_back(answer: Answer) -> bool:
    """Say whether what somebody is owed, and would be sent, waits until they take part again."""
    return answer.owed and answer.rule in STOPS.values()


def says_danger(person_of: PersonOf, incident: Incident, form: Form) -> bool:
    """Say whether an event says danger at what it is routed at: high risk, or a safeguarding concern.

    A raised form is owed to nobody but when it was not reviewed in time: then whatever it waited for counts.
    """
    graded = as_child(form.grades, age_of(person_of, incident, form))
    return graded.are_danger if form.type == EventType.VPA_RAISED else is_clear(graded)


def held_back(world: World, folded: Folded, every: tuple[Said, ...]) -> Iterator[str]:
    """Yield each event of a decision that says danger and is held back from somebody."""
    for said in every:
        key = folded.incident_of.get(said.event_id)
        if key is not None and any(map(is_held_back, said.answers)):
            incident = world.incident(key)
            forms = {form.event_id: form for form in forms_of(incident)}
            form = forms.get(said.event_id)
            if form is not None and says_danger(world.person, incident, form):
                yield said.event_id
