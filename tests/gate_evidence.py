"""Keep everything that was ever said, and say what of it stands at a moment: the model's memory.

Nothing is thrown away or overwritten: what stands is asked anew each time, of all there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import holidays

from services.consent.state.heard import Child, Grades, Heard
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk
from services.vocabulary.sides import Client
from tests.gate_history import LATE
from tests.gate_sides import HUB, Sides, as_a_child
from tests.gate_table import CORE, EVERY_CASE, FULL, ROUTED, Facts

REVIEW_WITHIN = timedelta(hours=4)
YEAR = timedelta(days=365)
"""How long consent, an override and MARAC serve that name no end of their own."""

REVIEWED = frozenset({EventType.VPA_REVIEWED, EventType.VPA_CORRECTED})
ANSWERS = frozenset({EventType.CONSENT_RECORDED, EventType.CONSENT_WITHDRAWN})
"""Say whose answers an incident has; a form says anew who its adult victim is, and a report does not."""

FAR = datetime(9999, 12, 31, tzinfo=UTC)

ENDS_UNSAID: Final = True
"""Of two answers, or overrides, made at one moment the gate lets stand the one that says it ends sooner,
takes one that names no end to last for ever, and of two such the one whose id is higher. Unresolved: the
policy ends those 365 days after each was recorded, which may be sooner than the other's end."""

BANK_HOLIDAYS = frozenset(holidays.country_holidays("GB", subdiv="ENG", years=range(2022, 2031)))

PROTECTS = {"given": 0, "refused": 1, "withdrawn": 2}
"""Of answers at one moment the one that protects most stands."""


class Held(NamedTuple):
    """What a recipient holds of an event: the leaves it may see, by which rule, on what ground, till when.

    `can_end`: opening it waits for the gate.
    """

    event_id: str
    rule: str
    ground: str
    leaves: frozenset[int]
    not_after: datetime | None
    can_end: bool


class Said(NamedTuple):
    """One answer, or one override: what, when it was made, and when it ends."""

    answer: str
    at: datetime
    ends: datetime
    said_to_end: datetime
    event_id: str
    """Both for ENDS_UNSAID: when it says itself that it ends, and where it was said."""


class Known(NamedTuple):
    """What is recorded about one recipient of one incident, as it stands at a moment, and when it ends."""

    consent: str | None
    override: bool
    marac: bool
    child_case: bool
    ends: tuple[datetime, ...]


@dataclass(slots=True)
class Incident:
    """All that was ever said of an incident, and what is held of it."""

    victim: str | None = None
    forms: list[Heard] = field(default_factory=list)
    """Every form, as it came, but those that were taken back."""
    taken_back: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unsaid: str | None = None
    """Of what type the form was that was taken back last from everybody; None: it was no form."""
    """From whom each event was taken back, by its id: from everybody, all there are."""
    raised: Heard | None = None
    raised_since: datetime | None = None
    """Since when what was raised waits for the Hub: danger, since it was raised first."""
    form: Heard | None = None
    beside: dict[str, Heard] = field(default_factory=dict)
    children: set[str] = field(default_factory=set)
    answers: dict[tuple[str | None, str], list[Said]] = field(default_factory=lambda: defaultdict(list))
    """By who gave them, and for whom."""
    on_forms: dict[str, str] = field(default_factory=dict)
    """What the forms so far have their adult victim answer: a form that says it again repeats it."""
    withdrawn: list[tuple[str | None, datetime]] = field(default_factory=list)
    overrides: dict[tuple[str, str], list[Said]] = field(default_factory=lambda: defaultdict(list))
    """By for whom, and who made them."""
    not_shared: list[Heard] = field(default_factory=list)
    """Every decision not to share that a second person confirmed."""
    maracs: list[Heard] = field(default_factory=list)
    opened: dict[str, Heard] = field(default_factory=dict)
    """What opened each case that is open still."""
    whole_case: set[str] = field(default_factory=set)
    """Who recorded a child's case before any child of the incident was known."""
    held: dict[str, Held] = field(default_factory=dict)
    held_beside: dict[str, dict[str, Held]] = field(default_factory=lambda: defaultdict(dict))
    holders_before: dict[str, frozenset[str]] = field(default_factory=dict)
    """Who held a form when an event beside it came, where that same event changed it: ANSWERED_FIRST."""
    brought: set[str] = field(default_factory=set)
    """Whom a backfill, at the step just taken, brings all of it."""
    told: dict[str, dict[str, tuple[Child, ...]]] = field(default_factory=lambda: defaultdict(dict))
    """The children a school or the officer was told of, by form."""
    occurred: list[datetime] = field(default_factory=list)
    """When everything happened that anybody may be owed, what was put right since among it."""

    @property
    def marac(self) -> Heard | None:
        """Return the last acceptance or listing that was not taken back."""
        return self.maracs[-1] if self.maracs else None

    @property
    def cases(self) -> set[str]:
        """Return who has an open case on it, for either side."""
        return {opening.publisher for opening in self.opened.values()}

    @property
    def helping(self) -> set[str]:
        """Return who has one for a victim."""
        other = Client.PERSON_CAUSING_HARM
        return {opening.publisher for opening in self.opened.values() if opening.client is not other}

    def is_gone(self, event_id: str, to: str = "*") -> bool:
        """Say whether an event was taken back from somebody, or without a name from everybody."""
        return bool({to, "*"} & self.taken_back.get(event_id, set()))


class Evidence:
    """Hold all that was said, and answer for any recipient, event and moment."""

    def __init__(self) -> None:
        self.incidents: dict[str, Incident] = defaultdict(Incident)
        self.sides = Sides()
        self._grades: dict[str, Grades | None] = {}
        """By event, at the moment."""
        self._now: datetime | None = None
        self._withdrawn: dict[str, list[tuple[datetime, tuple[str, ...]]]] = defaultdict(list)
        self._child_cases: dict[str, set[str]] = defaultdict(set)
        self._opened_about: dict[str, str | None] = {}
        """Who was the adult victim when a case was opened, by the event that opened it."""
        self._suspended: set[str] = set()
        self._agreements: dict[str, tuple[tuple[str, ...], datetime | None]] = {}
        self._ever: defaultdict[str, set[str]] = defaultdict(set)
        """Whom each agreement ever named: who is named no more is bound, by one that has ended."""
        self.joined: dict[str, int] = {}
        """Who joined by an event, and at which offset."""
        self.scopes: list[tuple[str, datetime, datetime]] = []
        """The history that was ordered for whom: from when, until when."""

    @property
    def now(self) -> datetime:
        """Return the highest time recorded."""
        assert self._now is not None
        return self._now

    def take(self, event: Heard) -> None:
        """Keep what an event says. Time is the highest `recorded_at` so far."""
        self._now = event.recorded_at if self._now is None else max(self._now, event.recorded_at)
        self._grades.clear()
        self.sides.take(event)
        if event.consent_of is not Client.ADULT_VICTIM:
            return
        if event.type in (EventType.RECIPIENT_SUSPENDED, EventType.RECIPIENT_RESUMED):
            self._suspended -= {*event.named}
            if event.type == EventType.RECIPIENT_SUSPENDED:
                self._suspended |= {*event.named}
        self._join(event)
        if event.agreement is not None:
            ended = event.type == EventType.AGREEMENT_ENDED
            until = event.recorded_at if ended else event.expires_at
            self._agreements[event.agreement] = (event.named, until)
            self._ever[event.agreement] |= {*event.named}
        if event.type == EventType.CONSENT_WITHDRAWN and event.all_incidents and event.victim is not None:
            of = tuple(to for to, _ in event.consent)
            self._withdrawn[event.victim].append((event.occurred_at, of))
        if event.incident is not None:
            self._say(self.incidents[event.incident], event)
        if event.type == EventType.EVENT_RETRACTED and event.incident is not None:
            self._take_back(self.incidents[event.incident], event)
        if event.type == EventType.CHILD_CASE_STATUS and event.incident is not None:
            self._child_case(self.incidents[event.incident], event)

    def _join(self, event: Heard) -> None:
        if event.type == EventType.RECIPIENT_JOINED and _is_confirmed(event):
            for to in event.named:
                if to in LATE:
                    self.joined.setdefault(to, event.offset)
        if event.type == EventType.BACKFILL_ORDERED and _is_confirmed(event):
            assert event.since is not None
            assert event.until is not None
            self.scopes += [(to, event.since, event.until) for to in event.named if to in self.joined]

    def takes_part(self, to: str) -> bool:
        """Say whether somebody is a recipient by now."""
        return to not in LATE or to in self.joined

    def is_past(self, to: str, event: Heard) -> bool:
        """Say whether an event was recorded before somebody joined, and is in no history ordered for them."""
        ordered = any(
            name == to and since <= event.occurred_at <= until for name, since, until in self.scopes
        )
        return event.offset < self.joined.get(to, 0) and not ordered

    def _say(self, incident: Incident, event: Heard) -> None:
        if event.type in ANSWERS:
            incident.victim = incident.victim or event.victim
        if event.type in ROUTED:
            incident.occurred.append(event.occurred_at)
        if event.type in VPA_FAMILY:
            self._form(incident, event)
        if event.type in VPA_FAMILY or event.type == EventType.CONSENT_RECORDED:
            self._consent(incident, event)
        who = event.victim or incident.victim
        if event.type == EventType.CONSENT_WITHDRAWN:
            for to, _ in event.consent:
                incident.answers[who, to].append(_said("withdrawn", event))
            if not event.consent:
                incident.withdrawn.append((who, event.occurred_at))
        if event.type == EventType.OVERRIDE_RECORDED and _may_override(event):
            incident.overrides[event.recipient or "", event.publisher].append(_said("", event))
        if event.type == EventType.DECIDED_NOT_TO_SHARE and _is_confirmed(event):
            incident.not_shared.append(event)
        if event.type in (EventType.MARAC_ACCEPTED, EventType.MARAC_LISTED):
            incident.maracs.append(event)
        if event.type == EventType.CASE_OPENED and _is_confirmed(event):
            incident.opened[event.event_id] = event
            self._opened_about[event.event_id] = who
        if event.type == EventType.CASE_CLOSED:
            for key in _closed_by(event, incident.opened):
                del incident.opened[key]
        if event.type in ROUTED - VPA_FAMILY:
            incident.beside[event.event_id] = event
            incident.holders_before[event.event_id] = frozenset(incident.held)

    def _form(self, incident: Incident, event: Heard) -> None:
        before, incident.victim = incident.victim, event.victim or incident.victim
        is_new = event.type in REVIEWED or incident.form is None
        if before not in (None, incident.victim) and (before == event.causing_harm or not is_new):
            incident.on_forms.clear()
        if before is not None and is_new and before not in (incident.victim, event.causing_harm):
            _put_right(incident, before)
        incident.forms.append(event)
        self._stand(incident, event)

    def _stand(self, incident: Incident, event: Heard) -> None:
        """Let a form stand, or wait, and its children be the incident's."""
        named = {child.person for child in event.children}
        if event.type in REVIEWED:
            incident.form = event
            assert event.grades is not None
            if event.grades.risk is not Risk.NOT_COMPLETED or event.type == EventType.VPA_CORRECTED:
                incident.raised = None
            if named or event.type == EventType.VPA_CORRECTED:
                incident.children = named
        else:
            self._raise(incident, event)
        incident.children = incident.children | named

    def _take_back(self, incident: Incident, event: Heard) -> None:
        """Let an event have said nothing: what it alone was the ground of is gone."""
        of = event.corrects or ""
        gone = {form.type for form in incident.forms if form.event_id == of and not event.named}
        incident.unsaid = next(iter(gone), None)
        incident.taken_back[of] |= {*event.named} or {"*"}
        if event.named:
            return
        left = [form for form in incident.forms if form.event_id != of]
        if len(left) < len(incident.forms):
            self._stand_without(incident, of, left)
        incident.opened.pop(of, None)
        incident.maracs = [marac for marac in incident.maracs if marac.event_id != of]
        self.sides.take_back(of, event.incident or "")

    def _stand_without(self, incident: Incident, of: str, left: list[Heard]) -> None:
        incident.forms, incident.raised, incident.raised_since, incident.form = left, None, None, None
        incident.children, incident.on_forms = set(), {}
        for form in left:
            self._stand(incident, form)
            incident.on_forms.update(form.consent)
        stands = incident.form or incident.raised
        incident.victim = (stands.victim if stands is not None else None) or incident.victim
        for (_, to), answers in incident.answers.items():
            answers[:] = [
                said if said.event_id != of else said._replace(event_id=also)
                for said in answers
                if said.event_id != of or _said_by(left, to, said.answer) is not None
                for also in (_said_by(left, to, said.answer) or "",)
            ]

    def _raise(self, incident: Incident, event: Heard) -> None:
        """Let danger wait since it was raised first, whatever is raised after it.

        Beside a review there waits what happened since.
        """
        before, is_danger = incident.raised, self._is_danger(incident, event)
        if before is not None and self._is_danger(incident, before):
            if is_danger:
                incident.raised = replace(event, grades=_worst(before.grades, event.grades))
        elif incident.form is None or (is_danger and event.occurred_at > incident.form.occurred_at):
            incident.raised, incident.raised_since = event, event.recorded_at

    def _is_danger(self, incident: Incident, form: Heard) -> bool:
        is_a_child = self.sides.is_a_child(form, form.victim or incident.victim)
        grades = as_a_child(form.grades) if is_a_child else form.grades
        assert grades is not None
        return grades.risk in (Risk.HIGH, Risk.NOT_COMPLETED) or grades.children is ChildrenLevel.SAFEGUARDING

    def _consent(self, incident: Incident, event: Heard) -> None:
        repeated = {*incident.on_forms.items()} if event.type in VPA_FAMILY else set()
        if event.type in VPA_FAMILY:
            incident.on_forms.update(event.consent)
        for to, answer in event.consent:
            own_word = answer == "given" and event.publisher == to
            if (to, answer) in repeated:
                continue
            if answer != "could_not_ask" and (not own_word or _is_confirmed(event)):
                incident.answers[event.victim or incident.victim, to].append(_said(answer, event))

    def _child_case(self, incident: Incident, event: Heard) -> None:
        children = {child.person for child in event.children} or incident.children
        closes = event.case_status is ChildCase.CLOSED
        if not closes and not _is_confirmed(event):
            return
        agency = event.publisher
        for person in children:
            (set.discard if closes else set.add)(self._child_cases[person], agency)
        if not closes and not children:
            incident.whole_case.add(agency)
        if closes and not any(agency in self._child_cases[child] for child in incident.children):
            incident.whole_case.discard(agency)

    def stopped(self) -> dict[str, str]:
        """Return who takes no part just now, and why."""
        bound: dict[str, bool] = {}
        for code, (between, until) in self._agreements.items():
            in_force = until is None or self._now is None or until > self._now
            for to in self._ever[code]:
                bound[to] = bound.get(to, False) or (in_force and to in between)
        ended = {to: "ended" for to, in_force in bound.items() if not in_force}
        return ended | dict.fromkeys(self._suspended, "restricted")

    def known(self, incident: Incident, to: str, at: datetime, of: str | None) -> Known:
        """Return what stands about one recipient of one incident at a moment, for what is about somebody."""
        ends: list[datetime] = []
        consent = self._standing(incident, to, at, ends, of)
        lasting = self._overrides(incident, to, at)
        ends += [override.ends for override in lasting]
        attends = self._attends(incident, to, at)
        if attends and incident.marac is not None:
            ends.append(incident.marac.recorded_at + YEAR)
        case = to in incident.whole_case or any(to in self._child_cases[each] for each in incident.children)
        return Known(consent, bool(lasting), attends, case, tuple(sorted(ends)))

    def _overrides(self, incident: Incident, to: str, at: datetime) -> list[Said]:
        """Return what overrides for a recipient at a moment: the last made of the Hub, and of itself."""
        made = [said for (name, _), said in incident.overrides.items() if name == to]
        last = [max(said, key=lambda each: (each.at, _protects(each))) for said in made]
        return [each for each in last if each.ends > at]

    def not_shared_with(self, incident: Incident, publisher: str) -> frozenset[str]:
        """Return with whom it is decided not to share what somebody published, whatever permits it.

        The Hub decides about everything, anybody else about what it sent itself, and the Hub's override that
        was made later, whether it lasts or not, alone ends either (decision 0019).
        """
        return frozenset(
            made.recipient
            for made in incident.not_shared
            if made.recipient is not None and made.publisher in (HUB, publisher)
            if not any(
                override.at > made.occurred_at
                for override in incident.overrides.get((made.recipient, HUB), [])
            )
        )

    def _standing(
        self, incident: Incident, to: str, at: datetime, ends: list[datetime], who: str | None
    ) -> str | None:
        """Return the last answer for a recipient, by when it was given, unless it was withdrawn since."""
        answers = incident.answers.get((who, to))
        if not answers:
            return None
        last = max(answers, key=lambda said: (said.at, _protects(said)))
        if last.answer != "given":
            return last.answer
        withdrawn = [when for person, when in incident.withdrawn if person == who]
        if who is not None:
            withdrawn += [when for when, of in self._withdrawn[who] if not of or to in of]
        if any(when >= last.at for when in withdrawn):
            return "withdrawn"
        if last.ends <= at:
            return "expired"
        ends.append(last.ends)
        return "given"

    def open_cases(self) -> frozenset[tuple[str, str | None]]:
        """Return which agencies have an open case about whom: of both sides, the victim."""
        opened = (opening for incident in self.incidents.values() for opening in incident.opened.values())
        return frozenset(
            (opening.publisher, self._opened_about[opening.event_id])
            for opening in opened
            if opening.client is not Client.PERSON_CAUSING_HARM
        )

    def has_case(self, incident: Incident, event: Heard, to: str) -> bool:
        """Say whether somebody has an open case on the incident, or about its adult victim anywhere."""
        who = event.victim or incident.victim
        return to in incident.helping or (who is not None and (to, who) in self.open_cases())

    def _attends(self, incident: Incident, to: str, at: datetime) -> bool:
        marac = incident.marac
        if marac is None or marac.recorded_at + YEAR <= at:
            return False
        usual = FULL if marac.type == EventType.MARAC_LISTED else CORE
        return to in (marac.attendees or usual) or to in EVERY_CASE

    def is_overdue(self, incident: Incident) -> bool:
        """Say whether the Hub has not reviewed a form that says danger in time."""
        raised, since = incident.raised, incident.raised_since
        if raised is None or since is None or since + REVIEW_WITHIN > self.now:
            return False
        return self._is_danger(incident, raised)

    def facts(self, incident: Incident, event: Heard, to: str, known: Known) -> Facts:
        """Return what decides about one recipient of one event."""
        is_form = event.type in VPA_FAMILY
        grades = self._routed(incident, event)
        for_a_meeting = event.type == EventType.MARAC_REFERRED and to == "police"
        is_transferred = event.type == EventType.MARAC_TRANSFERRED and to in event.named
        return Facts(
            risk=grades.risk if grades is not None else Risk.NOT_COMPLETED,
            children=grades.children if grades is not None else ChildrenLevel.NONE,
            adults=grades.vulnerable_adults if grades is not None else frozenset(),
            concern=grades is not None and grades.adult_safeguarding_concern,
            consent=known.consent,
            override=known.override,
            child_case=known.child_case,
            marac=known.marac or for_a_meeting or is_transferred,
            named=to in event.named,
            holds=not is_form
            and (to in incident.holders_before.get(event.event_id, incident.held) or to in incident.cases),
            overdue=event is incident.raised and self.is_overdue(incident),
            counter=self.sides.is_counter(event),
            out_of_hours=not is_in_hours(self.now),
        )

    def awaits_the_hub(self, incident: Incident, event: Heard) -> bool:
        """Say whether the Hub is to look first who harms whom: clear danger waits four hours for that."""
        causes = self.sides.held_by(event)
        if not causes:
            return False
        is_out_of_reach = incident.is_gone(event.event_id, "police")
        if causes == [event] and (is_out_of_reach or self.sides.is_found_wrong(event)):
            return True
        grades = self._routed(incident, event)
        is_clear = grades is not None and (
            grades.risk is Risk.HIGH or grades.children is ChildrenLevel.SAFEGUARDING
        )
        return not is_clear or event.recorded_at + REVIEW_WITHIN > self.now

    def _routed(self, incident: Incident, event: Heard) -> Grades | None:
        """Return the grades an event is routed by: where its adult victim is a child, as about a child."""
        if event.event_id not in self._grades:
            is_form = event.type in VPA_FAMILY
            own = event.grades if is_form else _graded(event.grades, incident.form or incident.raised)
            is_a_child = self.sides.is_a_child(event, event.victim or incident.victim)
            self._grades[event.event_id] = as_a_child(own) if is_a_child else own
        return self._grades[event.event_id]


def _said_by(forms: list[Heard], to: str, answer: str) -> str | None:
    """Return the first form that has its adult victim answer so, or None."""
    return next((form.event_id for form in forms if (to, answer) in form.consent), None)


def _worst(one: Grades | None, other: Grades | None) -> Grades:
    """Return grades with what is high or safeguarding in either; of the rest what the other says."""
    assert one is not None
    assert other is not None
    is_high = Risk.HIGH in (one.risk, other.risk)
    is_safeguarding = ChildrenLevel.SAFEGUARDING in (one.children, other.children)
    return replace(
        other,
        risk=Risk.HIGH if is_high else other.risk,
        children=ChildrenLevel.SAFEGUARDING if is_safeguarding else other.children,
    )


def _put_right(incident: Incident, before: str) -> None:
    """Let the answers of the adult victim of earlier forms be those of who they turned out to be."""
    for who, to in list(incident.answers):
        if who == before:
            incident.answers[incident.victim, to] += incident.answers.pop((who, to))
    incident.withdrawn = [
        (incident.victim if who == before else who, when) for who, when in incident.withdrawn
    ]


def is_in_hours(moment: datetime) -> bool:
    """Say whether offices are open: from half past eight to five, Monday to Friday, but on bank holidays."""
    london = moment.astimezone(ZoneInfo("Europe/London"))
    minutes = london.hour * 60 + london.minute
    return london.isoweekday() <= 5 and 510 <= minutes < 1020 and london.date() not in BANK_HOLIDAYS


def _closed_by(closing: Heard, opened: Mapping[str, Heard]) -> list[str]:
    """Return which cases are over: all of an agency's, unless it says whose.

    What was opened without a word is the adult victim's, and whoever's it must be where there is no other.
    """
    theirs = [opening for opening in opened.values() if opening.publisher == closing.publisher]
    unsaid = [opening for opening in theirs if opening.client is None]
    if closing.client is None:
        over = theirs
    elif closing.client is Client.ADULT_VICTIM:
        over = [opening for opening in theirs if opening.client in (None, Client.ADULT_VICTIM)]
    else:
        over = [opening for opening in theirs if opening.client is closing.client] or unsaid
    return [opening.event_id for opening in over]


def _is_confirmed(event: Heard) -> bool:
    """A second named person has to confirm: both are named, and a shout or a blank makes nobody another."""
    sent, confirmed = (event.publisher_person or "").strip(), (event.confirmed_by or "").strip()
    return sent != "" and confirmed != "" and sent.lower() != confirmed.lower()


def _may_override(event: Heard) -> bool:
    """The Hub overrides for whom it likes; children's services, by two people, for themselves alone."""
    if event.publisher == "police":
        return event.recipient is not None
    own = event.publisher in ("checs", "family-help") and event.publisher == event.recipient
    return own and _is_confirmed(event)


def _protects(said: Said) -> tuple[int, float, str]:
    """Return more the more an answer, or an override, protects whoever gave it."""
    ends = said.said_to_end if ENDS_UNSAID else said.ends
    return PROTECTS.get(said.answer, 0), -ends.timestamp(), said.event_id


def _said(answer: str, event: Heard) -> Said:
    ends = event.expires_at or event.recorded_at + YEAR
    return Said(answer, event.occurred_at, ends, event.expires_at or FAR, event.event_id)


def _graded(own: Grades | None, form: Heard | None) -> Grades | None:
    """Return an event's own grades, and where it says nothing, its incident's form's (decision 0017)."""
    of_form = form.grades if form is not None else None
    if own is None or of_form is None:
        return own or of_form
    return Grades(
        risk=of_form.risk if own.risk is Risk.NOT_COMPLETED else own.risk,
        children=of_form.children if own.children is ChildrenLevel.NONE else own.children,
        vulnerable_adults=own.vulnerable_adults or of_form.vulnerable_adults,
        adult_safeguarding_concern=own.adult_safeguarding_concern or of_form.adult_safeguarding_concern,
    )
