"""Say what every recipient holds after a history, and on what ground: a gate written a second time.

It keeps everything that was ever said and asks it anew at every step, where the gate keeps what stands and
asks only upon news. It takes from the gate nothing but which earlier events it decided again: under which
policy a release stands hangs on that, for a new policy governs later decisions alone (design 5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from services.consent.state.heard import Child, Heard
from services.vocabulary.agencies import SINGLE_CONTROLLERS
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.placement import Placement
from tests.gate_evidence import Evidence, Held, Incident, Known
from tests.gate_history import AREA, EDUCATION, HOSPITAL
from tests.gate_sides import HUB
from tests.gate_table import Facts, Verdict, can_end, judge, keep, naming

ASKED = tuple(sorted({*SINGLE_CONTROLLERS, HOSPITAL} - {"partnership", "education"}))
"""Whom the routing table may owe something. Who is not registered is asked of what names them alone."""

ANSWERED_FIRST: Final = True
"""The gate answers for an event beside the forms before it decides again what that event's moment made due.
Unresolved: who comes to hold the form at just that moment hears of that one event with the next news."""


GONE: Final = Verdict(None, reason="not-owed")
"""The verdict where its publisher took an event back."""

NOT_SHARED: Final = Verdict("decided-not-to-share", reason="restricted")
"""The verdict where it was decided not to share what would be permitted."""


class Occasion(Enum):
    """What an event is decided for: it is a form that came, one that corrects, or there is news about it."""

    FORM = "form"
    CORRECTION = "correction"
    NEWS = "news"


class Matter(NamedTuple):
    """An event of an incident, what is held of it, and why it is decided."""

    incident: Incident
    event: Heard
    held: dict[str, Held]
    occasion: Occasion


class Model:
    """Know what everybody holds, event by event."""

    def __init__(self) -> None:
        self.evidence = Evidence()
        self.denials: dict[tuple[str, str], str] = {}
        """Why whoever was asked of an event, at the step just taken, may not see it."""
        self.recalls: dict[tuple[str, str], str] = {}
        """Why whoever held an event, at the step just taken, holds it no more."""
        self.back: set[tuple[str, str]] = set()
        """Who, at the step just taken, was asked for what was taken back."""
        self.turned: set[tuple[str, str]] = set()
        """Who, at the step just taken, may not see what waits until the Hub has looked who harms whom."""
        self.not_shared: set[tuple[str, str]] = set()
        """Who, at the step just taken, may not see what would be theirs, because it was decided so."""
        self.without: str | None = None
        """Which rule the policy in force lacks."""
        self._decided_under: dict[tuple[str, str], str | None] = {}
        """Under which policy, by its missing rule, an event was last decided for a recipient."""
        self._was: dict[str, object] = {}

    @property
    def incidents(self) -> dict[str, Incident]:
        """Return every incident there is, by id."""
        return self.evidence.incidents

    def adopt(self, without: str | None) -> None:
        """Decide by the strict table less a rule from now on."""
        self.without = without

    def hear(self, event: Heard, again: Collection[str]) -> None:
        """Take one event, upon which the gate decided these earlier ones again for everybody."""
        before = frozenset(self.evidence.stopped())
        self.evidence.take(event)
        if not ANSWERED_FIRST and event.incident is not None:
            self.incidents[event.incident].holders_before.clear()
        self.denials.clear()
        self.turned.clear()
        self.not_shared.clear()
        self.recalls.clear()
        self.back.clear()
        for incident in self.incidents.values():
            incident.brought.clear()
        stopped = self.evidence.stopped()
        decided = {*again, event.event_id}
        for incident in self.incidents.values():
            both = {
                form.event_id for form in (incident.form, self._overdue(incident, event)) if form is not None
            }
            decided |= both if both & decided else set()
        everybody = [to for to in (*ASKED, AREA) if self.evidence.takes_part(to)]
        self._decided_under |= {(each, to): self.without for each in decided for to in everybody}
        self._bring(event)
        if event.type in VPA_FAMILY and event.incident is not None:
            self._tell(self.incidents[event.incident], event, stopped)
        if event.type == EventType.EVENT_RETRACTED and event.incident is not None:
            self._take_back(self.incidents[event.incident], event, stopped)
        for key, incident in self.incidents.items():
            for event_id in again:
                incident.holders_before.pop(event_id, None)
            now = self.evidence.now
            known = {
                (who, to): self.evidence.known(incident, to, now, who)
                for who in _victims_of(incident)
                for to in (*ASKED, AREA)
            }
            overdue = self._overdue(incident, event)
            cases = (incident.cases, incident.helping, self.evidence.open_cases())
            held = [self.evidence.awaits_the_hub(incident, each) for each in incident.beside.values()]
            sides = (self.evidence.sides.of(key), held)
            publishers = {each.publisher for each in (*incident.forms, *incident.beside.values())}
            kept_from = {each: self.evidence.not_shared_with(incident, each) for each in publishers}
            history = ({*self.evidence.joined}, len(self.evidence.scopes))
            was = (
                known,
                overdue,
                stopped,
                before,
                incident.form,
                len(incident.beside),
                cases,
                sides,
                history,
                kept_from,
            )
            if self._was.get(key) != was or not decided.isdisjoint(self._events_of(incident)):
                self._was[key] = was
                self._decide(incident, event, decided, known, stopped, before)
        if event.incident is not None:
            self._leave_unresolved(self.incidents[event.incident], event.event_id)

    def _bring(self, event: Heard) -> None:
        """Decide what a backfill is about for whom it was ordered: everything of each incident it touches."""
        if event.type != EventType.BACKFILL_ORDERED or not self.evidence.scopes:
            return
        to, since, until = self.evidence.scopes[-1]
        if (to, since, until) != (event.named[0], event.since, event.until):
            return
        for incident in self.incidents.values():
            if any(since <= at <= until for at in incident.occurred):
                brought = {(event_id, to): self.without for event_id in self._events_of(incident)}
                self._decided_under |= brought
                incident.brought.add(to)

    def _leave_unresolved(self, incident: Incident, event_id: str) -> None:
        """Do as the gate does where it is not settled that it is right."""
        if incident.holders_before.get(event_id) == frozenset(incident.held):
            incident.holders_before.pop(event_id, None)

    def _tell(self, incident: Incident, event: Heard, stopped: Collection[str]) -> None:
        """Tell schools, and the officer, of children: each once, and anew where a correction says so."""
        schools = {f"school:{child.urn}" for child in event.children if child.urn is not None}
        corrects = event.type == EventType.VPA_CORRECTED
        children = _placed(event)
        stopped = self._untellable(incident, event, stopped)
        for to in {EDUCATION, *schools, *(incident.told if corrects else ())}:
            theirs, restricted = _theirs(to, children, stopped)
            told = incident.told[to]
            if corrects:
                told.clear()
            known = {child.person for children in told.values() for child in children}
            new = tuple(child for child in theirs if child.person not in known)
            if new:
                told[event.event_id] = new
            else:
                self.denials[event.event_id, to] = "restricted" if restricted else "not-owed"

    def _take_back(self, incident: Incident, retraction: Heard, stopped: Collection[str]) -> None:
        """Let nobody hold what is taken back from them, and tell of its children by the forms left.

        From whom it is taken back by name are told of them no more by those.
        """
        of, named = retraction.corrects or "", retraction.named
        held = incident.held_beside[of] if of in incident.beside else incident.held
        for to in [to for to, has in held.items() if has.event_id == of and incident.is_gone(of, to)]:
            del held[to]
            self._ask_back(of, to)
        lost = [to for to, forms in incident.told.items() if of in forms and incident.is_gone(of, to)]
        untold = self._untold(incident) if incident.unsaid == EventType.VPA_CORRECTED else ()
        for to in dict.fromkeys((*lost, *untold, EDUCATION)) if lost or untold else ():
            before = incident.told[to]
            if to in named:
                incident.told[to] = {form: children for form, children in before.items() if form != of}
                if to in lost:
                    self._ask_back(of, to)
                continue
            anew = self._told_anew(incident, to, {} if to in lost else before, stopped)
            if to in lost and not anew:
                for form in before:
                    self._ask_back(form, to)
            incident.told[to] = anew if to in lost else _more(before, anew)

    def _untellable(self, incident: Incident, form: Heard, stopped: Collection[str]) -> Collection[str]:
        """Return who is told of nobody by a form: beside the stopped, whom it is not to be shared with."""
        return {*stopped, *self.evidence.not_shared_with(incident, form.publisher)}

    def _untold(self, incident: Incident) -> tuple[str, ...]:
        """Return whom a correction that is gone may have kept from what the forms that are left say."""
        children = (child for form in incident.forms for child in form.children)
        return (EDUCATION, *sorted({f"school:{child.urn}" for child in children if child.urn is not None}))

    def _ask_back(self, event_id: str, to: str) -> None:
        self.recalls[event_id, to] = "not-owed"
        self.back.add((event_id, to))

    def _told_anew(
        self, incident: Incident, to: str, told: dict[str, tuple[Child, ...]], stopped: Collection[str]
    ) -> dict[str, tuple[Child, ...]]:
        """Return the children that the forms since the last correction name, whom nobody was told of."""
        corrections = [n for n, form in enumerate(incident.forms) if form.type == EventType.VPA_CORRECTED]
        known = {child.person for children in told.values() for child in children}
        found = {}
        for form in incident.forms[corrections[-1] if corrections else 0 :]:
            stops = {*stopped, *incident.taken_back.get(form.event_id, ())}
            theirs, _ = _theirs(to, _placed(form), self._untellable(incident, form, stops))
            new = tuple(child for child in theirs if child.person not in known)
            if new:
                found[form.event_id] = new
                known |= {child.person for child in new}
        return found

    def _events_of(self, incident: Incident) -> Iterator[str]:
        yield from (form.event_id for form in (incident.form, incident.raised) if form is not None)
        yield from incident.beside

    def _decide(
        self,
        incident: Incident,
        heard: Heard,
        decided: Collection[str],
        known: dict[tuple[str | None, str], Known],
        stopped: dict[str, str],
        before: Collection[str],
    ) -> None:
        """Decide the form first, for who holds it hears who else acts; then every event beside it."""
        danger = self._overdue(incident, heard)
        forms = [form for form in (incident.form, danger) if form is not None]
        events = [(form, incident.held) for form in forms]
        events += [
            (event, incident.held_beside[key])
            for key, event in incident.beside.items()
            if not incident.is_gone(key)
        ]
        if heard.type == EventType.VPA_RAISED and heard.incident is not None:
            asked = [to for to in ASKED if to != "police" and self.evidence.takes_part(to)]
            self.denials |= {(heard.event_id, to): "awaiting-review" for to in asked}
        meant = self._meant(incident, forms, known) if len(forms) > 1 else {}
        for event, held in events:
            if event not in forms:
                _know_who_was_brought_it(incident)
            matter = Matter(incident, event, held, _occasion(event, heard))
            for to in (*ASKED, AREA) if AREA in event.named else ASKED:
                if event in forms and meant.get(to, event) is not event:
                    if event is heard:
                        of = known[event.victim or incident.victim, to]
                        self.denials[event.event_id, to] = self._verdict(incident, event, to, of, None).reason
                    continue
                if to != event.publisher and (event.event_id, to) in self._decided_under:
                    waits = to in before and event.event_id not in decided
                    stop = stopped.get(to) or ("waiting" if waits else None)
                    self._ask(matter, to, known[event.victim or incident.victim, to], stop)

    def _overdue(self, incident: Incident, heard: Heard) -> Heard | None:
        """Return what was raised of danger before this event and waits too long for the Hub."""
        raised = incident.raised
        if raised is None or raised.event_id == heard.event_id:
            return None
        return raised if self.evidence.is_overdue(incident) else None

    def _meant(
        self, incident: Incident, forms: Sequence[Heard], known: dict[tuple[str | None, str], Known]
    ) -> dict[str, Heard]:
        """Return which of two everybody is asked about: the review, unless it alone gives them nothing."""
        reviewed, danger = forms
        found = {}
        for to in ASKED:
            gives = [
                (form.event_id, to) in self._decided_under
                and self._ruled(
                    incident,
                    form,
                    to,
                    known[form.victim or incident.victim, to],
                    holds=to in incident.held,
                ).permit
                for form in forms
            ]
            found[to] = danger if gives == [False, True] else reviewed
        return found

    def _ask(self, matter: Matter, to: str, known: Known, stop: str | None) -> None:
        incident, event, held, occasion = matter
        has = held.get(to)
        kept = (has.rule, has.ground) if has is not None and occasion is not Occasion.CORRECTION else None
        verdict = self._verdict(incident, event, to, known, kept)
        verdict = self._unless_not_shared(verdict, incident, event, to)
        verdict = self._unless_turned(verdict, incident, event, to)
        if not verdict.permit:
            self.denials[event.event_id, to] = verdict.reason
            if has is not None:
                del held[to]
                reason = "no-ground" if verdict is NOT_SHARED else verdict.reason
                self.recalls[has.event_id, to] = _why_recalled(occasion, reason, has, known)
        elif stop is not None:
            self.denials[event.event_id, to] = stop
            if has is not None and _exceeds(has, occasion, event, verdict):
                del held[to]
                corrected = occasion is Occasion.CORRECTION
                reason = stop if corrected else "no-ground"
                self.recalls[has.event_id, to] = _why_recalled(occasion, reason, has, known)
        else:
            now = self._holding(incident, event, to, known, verdict)
            if occasion is Occasion.CORRECTION or has is None or now != has._replace(rule=now.rule):
                held[to] = now

    def _unless_not_shared(self, verdict: Verdict, incident: Incident, event: Heard, to: str) -> Verdict:
        """Return what may be seen where somebody may have decided that it is not to be."""
        if not verdict.permit or to not in self.evidence.not_shared_with(incident, event.publisher):
            return verdict
        self.not_shared.add((event.event_id, to))
        return NOT_SHARED

    def _unless_turned(self, verdict: Verdict, incident: Incident, event: Heard, to: str) -> Verdict:
        """Return what may be seen while the Hub looks: it sees it, and nobody else who would be permitted."""
        if not verdict.permit or to == HUB or not self.evidence.awaits_the_hub(incident, event):
            return verdict
        self.turned.add((event.event_id, to))
        return Verdict("counter-allegation", reason="awaiting-review")

    def _holding(self, incident: Incident, event: Heard, to: str, known: Known, verdict: Verdict) -> Held:
        return Held(
            event_id=event.event_id,
            rule=verdict.rule or "",
            ground=verdict.grounds[0],
            leaves=_leaves(event, verdict.sections),
            not_after=self._not_after(incident, event, to, known, verdict),
            can_end=can_end(verdict, self.evidence.facts(incident, event, to, known)),
        )

    def _verdict(
        self, incident: Incident, event: Heard, to: str, known: Known, kept: tuple[str, str] | None
    ) -> Verdict:
        """Return what a recipient may see, an open case's included: it softens a downgrade alone."""
        facts = self.evidence.facts(incident, event, to, known)
        without = self._decided_under[event.event_id, to]
        of_it = naming if self.evidence.is_past(to, event) else _all_of_it
        verdict = self._ruled(incident, event, to, known, holds=kept is not None)
        if (
            verdict.permit
            or kept is None
            or verdict is GONE
            or not self.evidence.has_case(incident, event, to)
        ):
            return verdict
        keeps = keep(without, to, *kept, facts)
        return of_it(keeps, facts) if keeps is not None and of_it(keeps, facts).permit else verdict

    def _ruled(self, incident: Incident, event: Heard, to: str, known: Known, *, holds: bool) -> Verdict:
        """Return what the rules say. Who holds it is answered as at any hour, and who lost it as gone."""
        if incident.is_gone(event.event_id, to):
            return GONE
        facts = self.evidence.facts(incident, event, to, known)
        without = self._decided_under[event.event_id, to]
        of_it = naming if self.evidence.is_past(to, event) else _all_of_it
        verdict = of_it(judge(without, to, event.type, facts), facts)
        if verdict.permit or not holds:
            return verdict
        at_another_hour = facts._replace(out_of_hours=not facts.out_of_hours)
        other = of_it(judge(without, to, event.type, at_another_hour), facts)
        return other if other.permit else verdict

    def _not_after(
        self, incident: Incident, event: Heard, to: str, known: Known, verdict: Verdict
    ) -> datetime | None:
        """Return the first moment at which what is seen now would shrink, if nothing but time passes."""
        kept = (verdict.rule or "", verdict.grounds[0])
        for moment in known.ends:
            then = self._verdict(
                incident,
                event,
                to,
                self.evidence.known(incident, to, moment, event.victim or incident.victim),
                kept,
            )
            if not then.permit or not verdict.sections <= then.sections:
                return moment
        return None


def _all_of_it(verdict: Verdict, facts: Facts) -> Verdict:
    return verdict


def _theirs(to: str, children: Collection[Child], stopped: Collection[str]) -> tuple[tuple[Child, ...], bool]:
    """Return whose children they are to be told of, and whether a child of theirs is kept from them."""
    mine, restricted = [], False
    for child in children:
        school = f"school:{child.urn}" if child.urn is not None else None
        is_told = child.placement is Placement.SCHOOL and school not in stopped
        if to == EDUCATION and not is_told:
            mine.append(child)
        if to == school and is_told:
            mine.append(child)
        restricted = restricted or (to == school and not is_told)
    return tuple(mine), restricted


def _more(
    told: dict[str, tuple[Child, ...]], anew: dict[str, tuple[Child, ...]]
) -> dict[str, tuple[Child, ...]]:
    """Return the children told of, by form, with those told of by the same forms later."""
    return {form: (*told.get(form, ()), *anew.get(form, ())) for form in {**told, **anew}}


def _occasion(event: Heard, heard: Heard) -> Occasion:
    if heard is not event or event.type not in VPA_FAMILY:
        return Occasion.NEWS
    return Occasion.CORRECTION if event.type == EventType.VPA_CORRECTED else Occasion.FORM


def _why_recalled(occasion: Occasion, reason: str, has: Held, known: Known) -> str:
    """Return what a recall says: its ground ended or was withdrawn, unless a form says it was not owed."""
    if occasion is Occasion.CORRECTION or reason not in ("no-ground", "not-owed"):
        return reason
    if occasion is Occasion.FORM and reason == "not-owed":
        return reason
    return "withdrawn" if has.ground == "consent" and known.consent == "withdrawn" else "ended"


def _exceeds(has: Held, occasion: Occasion, event: Heard, verdict: Verdict) -> bool:
    """Say whether who takes no part just now holds more than it may see, or what a correction puts right."""
    same = has.event_id == event.event_id
    return occasion is Occasion.CORRECTION or (same and not has.leaves <= _leaves(event, verdict.sections))


def _placed(event: Heard) -> tuple[Child, ...]:
    """Return a form's children: who causes the harm is no child of whom a school is told."""
    return tuple(
        replace(child, placement=Placement.CAUSING_HARM) if child.person == event.causing_harm else child
        for child in event.children
    )


def _know_who_was_brought_it(incident: Incident) -> None:
    """Know, for every event beside the forms, whether those it is decided for anew hold the form by now."""
    for event_id, before in incident.holders_before.items():
        incident.holders_before[event_id] = before - incident.brought | incident.brought & {*incident.held}


def _victims_of(incident: Incident) -> set[str | None]:
    """Return whom the events of an incident are about."""
    events = (incident.form, incident.raised, *incident.beside.values())
    return {event.victim or incident.victim for event in events if event is not None}


def _leaves(event: Heard, sections: Collection[str]) -> frozenset[int]:
    return frozenset(at.leaf for at in event.sections if at.name in sections)
