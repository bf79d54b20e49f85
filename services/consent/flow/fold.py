"""The fold itself: one event after another, each decided on all that came before (design 2)."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.consent.flow.agenda import watch
from services.consent.flow.decide import Decider
from services.consent.flow.decision import Answer, Decision, Emit
from services.consent.flow.desk import Desk
from services.consent.flow.erasing import settle
from services.consent.flow.news import brought
from services.consent.flow.unclassified import unclassified
from services.consent.flow.withholding import RULE_ERROR, STOPS
from services.consent.rules.outcomes import senders_to
from services.consent.rules.reading import PolicyError, parse
from services.consent.rules.route import Rulebook
from services.consent.state.entities import Beside, Coming, Held, Incident, Standing
from services.consent.state.evolve import affected, evolve
from services.consent.state.forms import as_form, whole
from services.consent.state.heard import Child, Heard
from services.consent.state.joining import bring, join
from services.consent.state.world import World
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import ENCOMPASS, ONCE, ReleaseKind

ERRED_AGAIN = timedelta(hours=1)
"""How long after a rule erred its incident is decided again: something may be owed, or to be recalled."""


class OtherVersion(Exception):
    """the policy in force names a version of deciding that this code is not: start the one that is"""


class NotRecorded(Exception):
    """nobody decided the next event yet, and this gate only folds what was: start the gate to go on"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """One event, its decision, and the incident each of its releases and earlier forms is of."""

    heard: Heard
    decision: Decision
    incident_of: Mapping[str, str]
    """Internal incident by released event id."""
    brought: frozenset[str] = frozenset()
    """Earlier events that were answered again for those alone whom a backfill brings history."""
    overdue: tuple[str, ...] = ()
    """Raised forms decided again because the Hub has not reviewed them in time."""


class Fold:
    """Fold events into a world, in log order, under the policy in force."""

    def __init__(self, world: World, decider: Decider | None, desk: Desk) -> None:
        self.world = world
        self.decider = decider
        self._desk = desk

    def take(self, heard: Heard, recorded: Decision | None) -> Folded:
        """Fold one event. `recorded` is what was decided of it already, and is then obeyed.

        1. Adopt the policy it brings, or govern by one that its time brings into force.  2. Evolve.
        3. Decide, or obey.  4. Know what was released.
        What time alone will change is put on the agenda between 2 and 3.
        Raises OtherVersion, having changed nothing, where another version of deciding has to decide.
        """
        heard = self._hear(heard, obeyed=recorded is not None)
        return self._know(heard, recorded or self._decide(heard))

    def take_again(self, heard: Heard, recorded: Decision) -> tuple[Folded, Decision]:
        """Fold one event as it was decided, and return also what this code would decide of it today."""
        heard = self._hear(heard, obeyed=True)
        today = self._decide(heard)
        return self._know(heard, recorded), today

    def _hear(self, heard: Heard, *, obeyed: bool) -> Heard:
        self._adopt(heard, obeyed=obeyed)
        heard = self._addressed(heard)
        evolve(self.world, heard)
        join(self.world, heard, self._desk.by_event)
        settle(self.world, heard)
        if self.decider is not None:
            bring(self.world)
            watch(self.world, heard, self.decider.rulebook.policy)
        return heard

    def _addressed(self, heard: Heard) -> Heard:
        """Return the outcome of what was expected as for those who sent it; any other event as it is."""
        if heard.type != EventType.EXPECTATION_MET or heard.incident is None or self.decider is None:
            return heard
        incident = self.world.incident(heard.incident)
        senders = senders_to(incident, heard.publisher, self.decider.rulebook.policy)
        return replace(heard, named=senders)

    def _know(self, heard: Heard, decision: Decision) -> Folded:
        incident_of = apply(self.world, heard, decision, keeps=self._keeps(heard))
        alone = brought(self.world, heard)
        return Folded(
            heard=heard,
            decision=decision,
            incident_of=incident_of,
            brought=frozenset(
                again.event_id for again in decision.again if incident_of[again.event_id] in alone
            ),
            overdue=tuple(
                again.event_id for again in decision.again if self._is_raised(again.event_id, incident_of)
            ),
        )

    def _keeps(self, heard: Heard) -> bool:
        """Say whether news may change who gets an event: it is no form, and rules tell of its type."""
        if self.decider is None or heard.type in VPA_FAMILY or not heard.readable:
            return False
        return self.decider.by_type.may_tell(heard.type)

    def _is_raised(self, event_id: str, incident_of: Mapping[str, str]) -> bool:
        raised = self.world.incident(incident_of[event_id]).raised
        return raised is not None and raised.event_id == event_id

    def _decide(self, heard: Heard) -> Decision:
        if self.decider is None:
            return unclassified(self.world, heard, self._desk)
        return self.decider.decide(self.world, heard)

    def _adopt(self, heard: Heard, *, obeyed: bool) -> None:
        """Take in a policy that two people adopt, and govern by whatever is in force from this event on.

        One that cannot be applied, that has an unlawful ground, or that one person alone adopts, changes
        nothing. What is to be decided,
        and not obeyed, is decided by the version of deciding that was adopted, or not at all.
        """
        now = max(heard.recorded_at, self.world.standing.time or heard.recorded_at)
        brought = _brought(heard, now)
        known = (*self.world.standing.coming, *([brought] if brought is not None else []))
        due = sorted(each for each in known if each.effective_at <= now)
        version = due[-1].decision_version if due else self.world.standing.decision_version
        if not obeyed and version not in (None, self._desk.version):
            raise OtherVersion(
                f"version `{version}` decides `{heard.event_id}` and this is `{self._desk.version}`:"
                " start the gate of that version"
            )
        if brought is not None and heard.policy is not None:
            self.world.adopt(brought, heard.policy)
        if due:
            self._govern(due[-1], now)

    def _govern(self, policy: Coming, now: datetime) -> None:
        """Decide by a policy from now on; what it overtakes never governs."""
        standing = self.world.standing
        text = self.world.policy_text(policy.hash)
        if text is None:
            raise ValueError(f"the text of policy `{policy.hash}` is not kept: rebuild the gate's tables")
        self.decider = Decider(Rulebook(parse(text)), self._desk)
        coming = tuple(each for each in standing.coming if each.effective_at > now)
        self.world.standing = standing._replace(
            policy=policy.hash, decision_version=policy.decision_version, coming=coming
        )


def _brought(heard: Heard, now: datetime) -> Coming | None:
    """Return the policy an event adopts, or None where it adopts none that can be applied lawfully."""
    if heard.type != EventType.POLICY_ADOPTED or heard.policy is None or not heard.is_confirmed:
        return None
    try:
        policy = parse(heard.policy)
    except PolicyError:
        return None
    if policy.unlawful:
        return None
    return Coming(
        effective_at=max(heard.effective_at or now, now),
        offset=heard.offset,
        hash=policy.hash,
        decision_version=heard.decision_version or 0,
    )


def apply(world: World, heard: Heard, decision: Decision, *, keeps: bool) -> Mapping[str, str]:
    """Know what a decision released, and return the incident of each event it is about.

    `keeps`: news may change who gets the event, which is no form, whoever is owed it now.
    """
    incident_of = _incidents(world, heard, decision)
    if keeps:
        _set_beside(world, heard)
    if heard.incident is not None and heard.readable and (keeps or heard.type in VPA_FAMILY):
        world.put_occurred(heard.occurred_at, heard.incident)
    for answer, incident in _answered(heard, decision, incident_of):
        if answer.owed and answer.rule in STOPS.values():
            world.waits(answer.recipient, incident)
        if answer.rule == RULE_ERROR:
            world.put_due(decision.decided_at + ERRED_AGAIN, incident)
    for emit in decision.emits:
        world.number_used(emit.recipient, emit.seq)
        key = incident_of.get(emit.event_id)
        if key is not None and emit.ground not in ONCE:
            world.put_incident(key, _after(world.incident(key), heard, emit))
        if key is not None and emit.not_after is not None:
            world.put_due(emit.not_after, key)
    return incident_of


def _incidents(world: World, heard: Heard, decision: Decision) -> dict[str, str]:
    """Return the incident of each event a decision speaks of: all are of incidents it affects."""
    incident_of = {heard.event_id: heard.incident} if heard.incident is not None else {}
    wanted = {each.event_id for each in decision.again} | {emit.event_id for emit in decision.emits}
    if wanted <= {heard.event_id}:
        return incident_of
    for key in (*affected(world, heard), *world.brought):
        for event_id in _known_events(world.incident(key)) & wanted:
            incident_of.setdefault(event_id, key)
    return incident_of


def _known_events(incident: Incident) -> set[str]:
    told_in = itertools.chain.from_iterable(incident.told_in.values())
    known = {held.event_id for held in (*incident.held.values(), *told_in)}
    forms = {form.event_id for form in whole(incident)}
    return known | forms | set(incident.beside) | set(incident.taken_back)


def _answered(
    heard: Heard, decision: Decision, incident_of: Mapping[str, str]
) -> Iterator[tuple[Answer, str]]:
    """Yield every answer of a decision that is of an incident, and of which."""
    said = [(heard.event_id, decision.answers)]
    said += [(each.event_id, each.answers) for each in decision.again]
    for event_id, answers in said:
        if event_id in incident_of:
            yield from ((answer, incident_of[event_id]) for answer in answers)


def _set_beside(world: World, heard: Heard) -> None:
    if heard.incident is not None:
        incident = world.incident(heard.incident)
        beside = Beside(form=as_form(heard))
        world.put_incident(
            heard.incident, incident._replace(beside={**incident.beside, heard.event_id: beside})
        )


def _after(incident: Incident, heard: Heard, emit: Emit) -> Incident:
    if emit.ground in ENCOMPASS:
        return _told(incident, heard, emit)
    beside = incident.beside.get(emit.event_id)
    if beside is None:
        return incident._replace(held=_with(incident.held, emit))
    changed = beside._replace(held=_with(beside.held, emit))
    return incident._replace(beside={**incident.beside, emit.event_id: changed})


def _with(held: Mapping[str, Held], emit: Emit) -> Mapping[str, Held]:
    """Return what is held after a release, or a recall."""
    after = {to: row for to, row in held.items() if to != emit.recipient}
    return after if emit.kind is ReleaseKind.RECALLED else {**after, emit.recipient: _held(emit)}


def _told(incident: Incident, heard: Heard, emit: Emit) -> Incident:
    """Know of which children whom a release told, and in which forms: a recall takes back one of them."""
    to, told, told_in = emit.recipient, dict(incident.told), dict(incident.told_in)
    persons, forms = told.pop(to, ()), told_in.pop(to, ())
    if emit.kind is ReleaseKind.CORRECTED:
        persons, forms = (), ()
    if emit.kind is ReleaseKind.RECALLED:
        forms = tuple(form for form in forms if form.event_id != emit.event_id)
        persons = tuple(each for form in forms for each in _told_by(incident, heard, form))
    else:
        told_of = _children(incident, heard, emit.event_id)
        persons = (*persons, *(child.person for child in told_of if child.leaf in emit.leaves))
        forms = _with_more(forms, _held(emit))
    if forms:
        told[to], told_in[to] = tuple(dict.fromkeys(persons)), forms
    return incident._replace(told=told, told_in=told_in)


def _told_by(incident: Incident, heard: Heard, form: Held) -> Iterator[str]:
    """Yield the children of whom a form tells somebody."""
    told_of = _children(incident, heard, form.event_id)
    return (child.person for child in told_of if child.leaf in form.leaves)


def _with_more(forms: tuple[Held, ...], told: Held) -> tuple[Held, ...]:
    """Return what told somebody of children, each form once: one that tells of more of them stays one."""
    before = [leaf for form in forms if form.event_id == told.event_id for leaf in form.leaves]
    others = tuple(form for form in forms if form.event_id != told.event_id)
    return (*others, replace(told, leaves=tuple(sorted({*before, *told.leaves}))))


def _children(incident: Incident, heard: Heard, event_id: str) -> tuple[Child, ...]:
    """Return the children that a form names: the event itself, or an earlier one that is told of again."""
    if event_id == heard.event_id:
        return heard.children
    return next((form.children for form in whole(incident) if form.event_id == event_id), ())


def _held(emit: Emit) -> Held:
    return Held(
        event_id=emit.event_id,
        offset=emit.event_offset,
        ground=emit.ground,
        rule=emit.rule,
        leaves=emit.leaves,
        not_after=emit.not_after,
    )


def empty() -> World:
    """Return a world in which nothing has happened."""
    return World(standing=Standing(), numbers={})
