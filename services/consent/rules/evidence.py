"""What is known about an incident, as the facts that route one recipient of it, and how long they last."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import chain
from operator import itemgetter
from typing import Any

from services.consent.rules.circumstances import Circumstances
from services.consent.rules.danger import held_until, is_overdue
from services.consent.rules.policy import Policy
from services.consent.rules.two_sides import as_child, is_counter_allegation, waits_for
from services.consent.state.consents import answers_of, ends, standing
from services.consent.state.entities import Form, Incident, Marac, Override, Said
from services.consent.state.heard import UNGRADED, Grades
from services.consent.state.links import PersonOf, as_one, group
from services.consent.state.retracted import is_taken_back
from services.consent.state.sides import age_of
from services.consent.state.world import World
from services.vocabulary.agencies import HUB
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import Ground
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import VictimAge


class Evidence:
    """What is known about an event of an incident at the gate's time, gathered once for all its recipients.

    `holders`: who holds a form of the incident, which counts for events that are none.
    """

    def __init__(
        self, world: World, incident: Incident, form: Form, policy: Policy, holders: Collection[str] = ()
    ) -> None:
        self._incident = incident
        self._form = form
        age = age_of(world.person, incident, form)
        self._grades = graded_by(form, incident, age)
        self._policy = policy
        self._holders = frozenset() if form.type in VPA_FAMILY else {*holders, *incident.cases}
        self._now = _now(world)
        about = form.victim or incident.victim
        self._them = group(world.person, about) if about is not None else ()
        self._victim = as_one(world.person, about) if about is not None else None
        self._answers = answers_of(incident, self._them)
        self._child_cases = {*incident.child_cases}.union(
            *[as_one(world.person, child).child_cases for child in incident.children]
        )
        self._overdue = form.type == EventType.VPA_RAISED and is_overdue(form, age, policy, self._now)
        self._out_of_hours = policy.hours is not None and not policy.hours.are_on(self._now)
        self._attendees: tuple[str, ...] = ()
        if incident.marac is not None and self._lasts(Ground.MARAC, incident.marac):
            self._attendees = policy.attendees(incident.marac.attendees, listed=incident.marac.listed)

    def about(self, recipient: str) -> Circumstances:
        """Return the facts about one recipient."""
        grades, incident = self._grades, self._incident
        return Circumstances(
            risk=grades.risk,
            children=grades.children,
            vulnerable_adults=grades.vulnerable_adults,
            adult_safeguarding_concern=grades.adult_safeguarding_concern,
            consent=standing(
                self._answers, self._victim, recipient, self._now, self._policy.lasts(Ground.CONSENT)
            ),
            override=self._is_overridden(recipient),
            open_child_case=recipient in self._child_cases,
            marac=recipient in self._attendees or self._is_for_a_meeting(recipient),
            named=recipient in self._form.named,
            holds=recipient in self._holders,
            overdue=self._overdue,
            counter_allegation=is_counter_allegation(incident, self._form),
            out_of_hours=self._out_of_hours,
        )

    def has_open_case(self, recipient: str) -> bool:
        """Say whether a recipient has a confirmed open case here, or about the adult victim elsewhere."""
        theirs = self._victim.cases if self._victim is not None else ()
        return recipient in self._incident.victims_cases or recipient in {case.agency for case in theirs}

    def is_held(self) -> bool:
        """Say whether the Hub is to look first at who harms whom: danger waits its hours, and no longer.

        Unless it is itself what the Hub found wrong, or is kept from looking at: then it is held.
        """
        causes = waits_for(self._incident, self._form, self._them)
        if not causes:
            return False
        due = held_until(self._form, self._grades, self._policy)
        return self._is_held_for_good(causes) or due is None or due > self._now

    def _is_held_for_good(self, causes: Collection[str]) -> bool:
        """Say whether no hours end a wait: who took a report back from the Hub let it have none.

        Danger that only comes after such a report is somebody else's word, and has its hours.
        """
        own = self._form.event_id
        wrong = own in self._incident.found_wrong
        return own in causes and (wrong or is_taken_back(self._incident, own, HUB))

    def later(self, recipient: str, at: Circumstances) -> Iterator[tuple[datetime, Circumstances]]:
        """Yield what the facts about a recipient, `at` now, will be whenever time ends a ground, in order."""
        for end, facts in sorted(self._ends(recipient, at), key=itemgetter(0)):
            at = at._replace(**facts)
            yield end, at

    def _ends(self, recipient: str, at: Circumstances) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
        """Yield when each recorded ground that holds ends by time, and which fact it is no more."""
        incident, policy = self._incident, self._policy
        if at.consent is ConsentAnswer.GIVEN:
            expired = {"consent": ConsentAnswer.EXPIRED}
            yield from ((end, expired) for end in _end(policy, Ground.CONSENT, self._answers[recipient]))
        if at.override:
            yield from ((end, {"override": False}) for end in self._last_override_ends(recipient))
        if at.marac and incident.marac is not None and not self._is_for_a_meeting(recipient):
            yield from ((end, {"marac": False}) for end in _end(policy, Ground.MARAC, incident.marac))

    def _is_for_a_meeting(self, recipient: str) -> bool:
        """Say whether an event brings it a case for a meeting: the Hub, or where it is transferred to."""
        if self._form.type == EventType.MARAC_REFERRED:
            return recipient == HUB
        return self._form.type == EventType.MARAC_TRANSFERRED and recipient in self._form.named

    def _is_overridden(self, recipient: str) -> bool:
        overrides = self._incident.overrides.get(recipient, ())
        return any(self._lasts(Ground.OVERRIDE, override) for override in overrides)

    def _last_override_ends(self, recipient: str) -> Iterator[datetime]:
        """Yield when the last of a recipient's overrides ends; nothing where one of them never does."""
        overrides = self._incident.overrides[recipient]
        every = [end for override in overrides for end in _end(self._policy, Ground.OVERRIDE, override)]
        if len(every) == len(overrides):
            yield max(every)

    def _lasts(self, ground: Ground, recorded: Override | Marac) -> bool:
        end = ends(recorded, self._policy.lasts(ground))
        return end is None or end > self._now


def graded_by(form: Form, incident: Incident, age: VictimAge | None) -> Grades:
    """Return the grades an event is routed at."""
    grades = form.grades if form.type in VPA_FAMILY else graded(form.grades, incident)
    return as_child(grades, age)


def graded(own: Grades, incident: Incident) -> Grades:
    """Return what an event that is no form says of risk and children; for the rest, what its form says."""
    known = incident.form or incident.raised
    form = known.grades if known is not None else UNGRADED
    return Grades(
        risk=own.risk if own.risk is not Risk.NOT_COMPLETED else form.risk,
        children=own.children if own.children is not ChildrenLevel.NONE else form.children,
        vulnerable_adults=own.vulnerable_adults or form.vulnerable_adults,
        adult_safeguarding_concern=own.adult_safeguarding_concern or form.adult_safeguarding_concern,
    )


def ends_of(incident: Incident, policy: Policy, person_of: PersonOf) -> Iterator[datetime]:
    """Yield when each ground recorded for an incident ends by time, whoever it serves."""
    for them in dict.fromkeys(group(person_of, person) for person in incident.consents):
        answers = answers_of(incident, them)
        given = (said for said in answers.values() if said.answer is ConsentAnswer.GIVEN)
        for said in given:
            yield from _end(policy, Ground.CONSENT, said)
    for override in chain.from_iterable(incident.overrides.values()):
        yield from _end(policy, Ground.OVERRIDE, override)
    if incident.marac is not None:
        yield from _end(policy, Ground.MARAC, incident.marac)


def _end(policy: Policy, ground: Ground, recorded: Said | Override | Marac) -> Iterator[datetime]:
    end = ends(recorded, policy.lasts(ground))
    if end is not None:
        yield end


def _now(world: World) -> datetime:
    if world.standing.time is None:
        raise ValueError("no time has passed yet: fold an event first")
    return world.standing.time
