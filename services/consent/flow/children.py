"""Answer for schools and the education officer, child by child (NA 4.15, 4.16; design 5)."""

from collections.abc import Iterable
from dataclasses import replace

from services.consent.flow.decision import Answer
from services.consent.flow.matters import Matter
from services.consent.flow.news import nothing_new
from services.consent.flow.release import (
    NUMBERED,
    About,
    Emitter,
    Source,
    denied,
    numbered,
    permitted,
    unconditional,
)
from services.consent.rules.differences import Occasion
from services.consent.rules.not_shared import is_decided_against
from services.consent.rules.policy import EDUCATION, Rule
from services.consent.rules.route import NOT_OWED, TAKEN_BACK
from services.consent.rules.schools import (
    NOT_WITH_SCHOOL,
    SCHOOL_STOPPED,
    SchoolVerdict,
    kind_of,
    schools_of,
    tell,
)
from services.consent.state.entities import NOTHING, Held, Incident
from services.consent.state.heard import Child, Heard
from services.consent.state.links import group
from services.consent.state.retracted import is_taken_back
from services.consent.state.taking_part import stopped
from services.consent.state.world import World
from services.vocabulary.agencies import school_of
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Reason, ReleaseKind
from services.vocabulary.placement import Placement


class Children:
    """The children a form names, and who is told of each. `incident` is as it was before the form is told."""

    def __init__(
        self,
        heard: Heard,
        incident: Incident,
        world: World,
        emitter: Emitter,
        *,
        source: Source,
        about: About,
    ) -> None:
        self._heard = heard
        self._incident = incident
        self._world = world
        self._emitter = emitter
        self._source = source
        self._about = about
        self._corrects = heard.type == EventType.VPA_CORRECTED
        causing_harm = heard.causing_harm if heard.children else None
        self._harming = self._everybody([causing_harm] if causing_harm is not None else [])
        self._placed = tuple(self._place(child) for child in heard.children)

    def answer(self, recipient: str) -> Answer:
        """Answer for a school, or the officer, and send what is permitted. A correction tells all anew."""
        told = () if self._corrects else self._everybody(self._incident.told.get(recipient, ()))
        held = self._incident.told_in.get(recipient, ()) if self._corrects else ()
        verdict = self._verdict(recipient, told)
        if verdict.rule is None or not verdict.children:
            rule = self._kept_from(recipient) or (verdict.rule.id if verdict.rule is not None else NOT_OWED)
            return self._untold(recipient, verdict.reason or Reason.NOT_OWED, rule, held)
        return self._tell(recipient, verdict.rule, verdict.children, _kind(held))

    def also(self, recipient: str, told: Iterable[str], kind: ReleaseKind) -> Answer | None:
        """Tell a school, or the officer, of whom `told` does not name; None: of nobody."""
        verdict = self._verdict(recipient, self._everybody(told))
        if verdict.rule is None or not verdict.children:
            return None
        return self._tell(recipient, verdict.rule, verdict.children, kind)

    def _verdict(self, recipient: str, told: Iterable[str]) -> SchoolVerdict:
        rules = self._emitter.rulebook.own_rules(kind_of(recipient), self._heard.type)
        return tell(rules, recipient, self._placed, told)

    def _tell(self, recipient: str, rule: Rule, children: Iterable[Child], kind: ReleaseKind) -> Answer:
        leaves = frozenset(child.leaf for child in children)
        policy, row = self._emitter.rulebook.policy, unconditional(rule)
        answer = permitted(policy, recipient, row, self._source, only=leaves)
        self._emitter.send(kind, answer, self._source, self._about)
        return answer

    def _everybody(self, persons: Iterable[str]) -> set[str]:
        return {each for person in persons for each in group(self._world.person, person)}

    def _place(self, child: Child) -> Child:
        """Return where a child stands: where their school may not be told, the officer is."""
        if child.person in self._harming:
            return replace(child, placement=Placement.CAUSING_HARM)
        if child.urn is None or child.placement is Placement.CAUSING_HARM:
            return child
        if self._why_not(school_of(child.urn)) is not None:
            return replace(child, placement=Placement.CONFLICT)
        return child

    def _why_not(self, school: str) -> str | None:
        """Return what a denial names where a school may be told of nobody just now; None: it may be."""
        if is_taken_back(self._incident, self._source.event_id, school):
            return TAKEN_BACK
        if is_decided_against(self._incident, school, self._heard.publisher):
            return NOT_WITH_SCHOOL
        return SCHOOL_STOPPED if stopped(self._world.standing, school) else None

    def _kept_from(self, recipient: str) -> str | None:
        """Return what keeps a pupil from their school that nothing else would; None: something else does."""
        theirs = (
            child
            for child, placed in zip(self._heard.children, self._placed, strict=True)
            if (child.placement, placed.placement) == (Placement.SCHOOL, Placement.CONFLICT)
            and child.urn is not None
            and school_of(child.urn) == recipient
        )
        return self._why_not(recipient) if any(theirs) else None

    def _untold(self, recipient: str, reason: Reason, rule: str, held: tuple[Held, ...]) -> Answer:
        """Take back, one by one, every form that told somebody of children who are not theirs."""
        for form in held:
            self._emitter.recall(recipient, form, self._about, reason, Occasion.CORRECTION)
        return denied(recipient, rule=rule, reason=reason)


def _kind(held: tuple[Held, ...]) -> ReleaseKind:
    return ReleaseKind.CORRECTED if held else ReleaseKind.NEW


def concerned(matter: Matter, recipients: Iterable[str]) -> tuple[str, ...]:
    """Return who is asked of the children of an earlier form: the officer, and the schools, in order.

    Schools that it names and those that an earlier form told. A form that names no child and is no
    correction leaves the section out and takes no child away: then it is no word on whoever was told.
    """
    form, told = matter.form, set(matter.incident.told_in)
    named = {*schools_of(form.children), *({EDUCATION} & set(recipients))}
    is_silent = not form.children and form.type != EventType.VPA_CORRECTED
    return tuple(sorted(named - told if is_silent else named | told))


def as_if_untold(matter: Matter, world: World, emitter: Emitter) -> Children:
    """Return the children of an earlier form, to ask who would be told of them if nobody had been yet."""
    form, incident = matter.form, matter.incident
    _, causing_harm = incident.forms_say.get(form.event_id, (None, None))
    heard = replace(
        nothing_new(world),
        event_id=form.event_id,
        type=form.type,
        publisher=form.publisher,
        children=form.children,
        causing_harm=causing_harm,
    )
    untold = incident._replace(told=NOTHING, told_in=NOTHING)
    return Children(heard, untold, world, emitter, source=matter.source, about=matter.about)


def told_already(world: World, incident: Incident, answer: Answer) -> tuple[str, ...]:
    """Return those of whom an answer about an incident's latest form tells who are known there by any form.

    They are named as an inbox would name them.
    """
    form = incident.form or incident.raised
    told = incident.told.get(answer.recipient, ())
    known = {each for person in told for each in group(world.person, person)}
    children = form.children if form is not None else ()
    leaves = {child.leaf for child in children if child.person in known}
    return numbered([NUMBERED for leaf in answer.leaves if leaf in leaves])
