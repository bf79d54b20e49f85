"""What changes places in a case, and what is then told to whom (decision 0021; DA Act 2021 s1)."""

from collections.abc import Collection
from dataclasses import replace

from services.consent.state.entities import Form, Incident
from services.consent.state.heard import Grades
from services.vocabulary.agencies import HUB
from services.vocabulary.events import NAMES_BOTH_SIDES, VPA_FAMILY
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import VictimAge

COUNTER_ALLEGATION = "counter-allegation"
"""What a denial names in place of a rule where the Hub is to look first at who harms whom."""


def is_counter_allegation(incident: Incident, form: Form) -> bool:
    """Say whether what a partner sent turns round who was known to harm whom."""
    return form.type in NAMES_BOTH_SIDES and form.event_id in incident.turned


def waits_for(incident: Incident, form: Form, them: Collection[str]) -> tuple[str, ...]:
    """Return the counter-allegation that an event is, or each it comes after that the Hub has not let go.

    Until then nobody but the Hub may be told of it. Not so of a form, which is the Hub's to review, nor of
    what police send themselves. `them`: everybody who is one with the adult victim it names.
    """
    if form.publisher == HUB or form.type in VPA_FAMILY:
        return ()
    waiting = [key for key in incident.turned if key not in incident.let_go]
    if form.event_id in waiting and form.type in NAMES_BOTH_SIDES:
        return (form.event_id,)
    return tuple(key for key in waiting if _comes_after(incident, form, key, them))


def _comes_after(incident: Incident, form: Form, counter: str, them: Collection[str]) -> bool:
    """Say whether an event is about the adult victim of a counter-allegation that was there before it."""
    known = incident.beside.get(counter)
    if known is None or known.form.type not in NAMES_BOTH_SIDES or known.form.publisher == HUB:
        return False
    return known.form.offset < form.offset and incident.turned[counter][0] in them


def as_child(grades: Grades, age: VictimAge | None) -> Grades:
    """Return what an event is routed at: under sixteen nobody is an adult victim, and it is about a child.

    Child safeguarding, whatever it says, and no adult risk; vulnerable adults of the household stay. `age`
    is that of the adult victim whom the event names, for two sides of a case may differ.
    """
    if age is not VictimAge.UNDER_16:
        return grades
    return replace(grades, risk=Risk.NOT_COMPLETED, children=ChildrenLevel.SAFEGUARDING)
