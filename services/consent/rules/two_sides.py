"""What changes places in a case, and what is then told to whom (decision 0021; DA Act 2021 s1)."""

from dataclasses import replace

from services.consent.state.entities import Form, Incident
from services.consent.state.heard import Grades
from services.vocabulary.agencies import HUB
from services.vocabulary.events import NAMES_BOTH_SIDES
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import VictimAge

COUNTER_ALLEGATION = "counter-allegation"
"""What a denial names in place of a rule where the Hub is to look first at who harms whom."""


def is_counter_allegation(incident: Incident, form: Form) -> bool:
    """Say whether what a partner sent turns round who was known to harm whom."""
    return form.type in NAMES_BOTH_SIDES and form.event_id in incident.turned


def waits_for_hub(incident: Incident, form: Form) -> bool:
    """Say whether nobody but the Hub may be told of an event until the Hub has looked at its roles.

    Not so of a form, which is the Hub's to review, nor of what police send themselves.
    """
    if form.publisher == HUB or form.event_id in incident.let_go:
        return False
    return is_counter_allegation(incident, form)


def as_child(grades: Grades, age: VictimAge | None) -> Grades:
    """Return what an event is routed at: under sixteen nobody is an adult victim, and it is about a child.

    Child safeguarding, whatever it says, and no adult risk; vulnerable adults of the household stay. `age`
    is that of the adult victim whom the event names, for two sides of a case may differ.
    """
    if age is not VictimAge.UNDER_16:
        return grades
    return replace(grades, risk=Risk.NOT_COMPLETED, children=ChildrenLevel.SAFEGUARDING)
