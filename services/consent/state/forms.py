"""How a form changes what is known of its incident: which stands, which waits for the Hub, whom it names."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.consent.state.consents import answers_of, together
from services.consent.state.entities import NOTHING, Form, Incident
from services.consent.state.heard import UNGRADED, Child, Heard
from services.consent.state.links import group
from services.consent.state.sides import REVIEWED, age_of
from services.consent.state.world import World
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import VictimAge


def with_form(world: World, incident: Incident, heard: Heard) -> Incident:
    """Return an incident after one of its forms, consents apart."""
    if heard.grades is not None:
        incident = _standing(world, incident, as_form(heard), whole(incident))
    began = heard.occurred_at if incident.began is None else min(incident.began, heard.occurred_at)
    victim = heard.victim or incident.victim
    children = _children(incident, heard)
    incident = _put_right(world, incident, victim, heard)
    return incident._replace(children=children, began=began, victim=victim)


def whole(incident: Incident) -> tuple[Form, ...]:
    """Return every form of an incident as it came, in the log's order, but those that were taken back."""
    if not incident.earlier and (incident.raised is None or incident.form is None):
        alone = incident.form or incident.raised
        return (alone,) if alone is not None else ()
    standing = (form for form in (incident.raised, incident.form) if form is not None)
    known = {form.event_id: form for form in (*standing, *incident.earlier)}
    return tuple(sorted(known.values(), key=lambda form: form.offset))


def stand(world: World, incident: Incident, forms: tuple[Form, ...]) -> Incident:
    """Return an incident of which these forms alone are known, each as it came, in order."""
    incident = incident._replace(raised=None, form=None, earlier=())
    for number, form in enumerate(forms):
        incident = _standing(world, incident, form, forms[:number])
    return incident


def said_by(forms: Iterable[Form], to: str, answer: str) -> str | None:
    """Return the first of these forms that has its adult victim answer so for a recipient, or None."""
    return next((form.event_id for form in forms if (to, answer) in form.consent), None)


def children_of(forms: Iterable[Form]) -> tuple[str, ...]:
    """Return the children of an incident of which these forms are known, in order."""
    children: tuple[str, ...] = ()
    for form in forms:
        children = _with_children(children, form.type, form.children)
    return children


def _standing(world: World, incident: Incident, new: Form, before: tuple[Form, ...]) -> Incident:
    """Return an incident after one more form: which stands, which waits, and which are kept beside them."""
    raised = _awaited(world, incident, new)
    form = new if new.type in REVIEWED else incident.form
    earlier = tuple([each for each in (*before, new) if each is not raised and each is not form])
    return incident._replace(raised=raised, form=form, earlier=earlier)


def _awaited(world: World, incident: Incident, new: Form) -> Form | None:
    """Return the raised form that waits for the Hub's review once there is a form (decision 0038).

    A review ends the wait, unless it leaves the risk open, which it may not. Danger that is raised again has
    waited since it was raised first, and what is raised meanwhile without danger ends no wait. Beside a
    reviewed form there waits what was raised of danger that happened since.
    """
    before, form = incident.raised, incident.form
    if new.type in REVIEWED:
        leaves_open = new.type == EventType.VPA_REVIEWED and new.grades.risk is Risk.NOT_COMPLETED
        return before if leaves_open else None
    is_danger = _are_danger(world, incident, new)
    if before is not None and _are_danger(world, incident, before):
        return _still_in_danger(before, new) if is_danger else before
    if form is None:
        return new
    return new if is_danger and new.occurred_at > form.occurred_at else before


def _still_in_danger(before: Form, new: Form) -> Form:
    """Return danger that is raised again: what was said of it before stays said, and waits since then."""
    grades = new.grades
    if before.grades.risk is Risk.HIGH:
        grades = replace(grades, risk=Risk.HIGH)
    if before.grades.children is ChildrenLevel.SAFEGUARDING:
        grades = replace(grades, children=ChildrenLevel.SAFEGUARDING)
    return replace(new, recorded_at=before.recorded_at, grades=grades)


def _are_danger(world: World, incident: Incident, form: Form) -> bool:
    return form.grades.are_danger or age_of(world.person, incident, form) is VictimAge.UNDER_16


def asked_before(world: World, incident: Incident, heard: Heard) -> Mapping[str, str]:
    """Return what earlier forms have the adult victim of a form answer, by recipient.

    A form that says it again repeats what was answered then: it brings back nothing that was withdrawn since,
    and takes back nothing that was given since (decision 0034).
    """
    return NOTHING if _is_about_another(world, incident, heard) else incident.asked


def _is_about_another(world: World, incident: Incident, heard: Heard) -> bool:
    """Say whether a form has another human being as its adult victim than the forms before it.

    Whom it names instead is who the earlier one turns out to be, unless it says that the earlier one causes
    the harm, or was raised beside a reviewed one.
    """
    if incident.victim is None or heard.victim is None:
        return False
    them = group(world.person, incident.victim)
    if heard.victim in them:
        return False
    return heard.causing_harm in them or (heard.type not in REVIEWED and incident.form is not None)


def _put_right(world: World, incident: Incident, victim: str | None, heard: Heard) -> Incident:
    """Take what the adult victim of earlier forms answered for the answers of whom a form names instead."""
    before = incident.victim
    if before is None or victim is None or _is_about_another(world, incident, heard):
        return incident
    them = group(world.person, before)
    if victim in them:
        return incident
    left = {person: answers for person, answers in incident.consents.items() if person not in them}
    theirs = answers_of(incident, them)
    if not theirs:
        return incident
    left[victim] = together(theirs, left.get(victim, NOTHING))
    return incident._replace(consents=left)


def as_form(heard: Heard) -> Form:
    """Return an event as what its incident may be routed on; one that says nothing of risk is ungraded."""
    return Form(
        event_id=heard.event_id,
        offset=heard.offset,
        type=heard.type,
        recorded_at=heard.recorded_at,
        publisher=heard.publisher,
        grades=heard.grades or UNGRADED,
        children=heard.children,
        sections=heard.sections,
        occurred_at=heard.occurred_at,
        named=heard.named,
        victim=heard.victim,
        consent=heard.consent if heard.type in VPA_FAMILY else (),
    )


def _children(incident: Incident, heard: Heard) -> tuple[str, ...]:
    return _with_children(incident.children, heard.type, heard.children)


def _with_children(known: tuple[str, ...], form: str, children: Iterable[Child]) -> tuple[str, ...]:
    """Return an incident's children after a form: a reviewed form is the whole, a raised one adds.

    A review that names none leaves a section out, which is a defect and takes no child away; a
    correction that names none says that there are none.
    """
    named = tuple(dict.fromkeys(child.person for child in children))
    if form == EventType.VPA_CORRECTED or (form == EventType.VPA_REVIEWED and named):
        return named
    return tuple(dict.fromkeys((*known, *named)))
