"""What is decided about: an event of an incident, whom it names, and what of it is held already."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.consent.flow.decision import Answer
from services.consent.flow.release import About, Source
from services.consent.rules.differences import Occasion
from services.consent.rules.evidence import Evidence
from services.consent.rules.lasting import Until
from services.consent.rules.schools import schools_of
from services.consent.state.entities import Form, Held, Incident
from services.consent.state.heard import Heard
from services.vocabulary.agencies import is_school


def instances_named(heard: Heard) -> tuple[str, ...]:
    """Return the instances an event names one by one: of its children, its publisher, whom it is for."""
    named = {*schools_of(heard.children)} if heard.children else set()
    named.update(name for name in (heard.publisher, heard.recipient) if name is not None and is_school(name))
    named.update(name for name in (*heard.named, *heard.attendees) if ":" in name)
    return tuple(sorted(named))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One event to be routed: the one that came, or an earlier one that there is news about."""

    incident: Incident
    form: Form
    held: Mapping[str, Held]
    about: About
    occasion: Occasion
    evidence: Evidence

    @property
    def source(self) -> Source:
        """Return where the event's sections lie."""
        return Source(event_id=self.form.event_id, offset=self.form.offset, sections=self.form.sections)


def is_as_held(held: Held, answer: Answer, source: Source, until: Until) -> bool:
    """Say whether a recipient holds just this: the same form, on the same ground, as much and as long."""
    return (held.event_id, held.ground, held.leaves, held.not_after) == (
        source.event_id,
        answer.ground,
        answer.leaves,
        until.not_after,
    )
