"""Draw random histories of a few families, and tell them as events the gate hears.

A step says what happens next and how long after the step before, so that any step can be left out of a
history and what remains is a history still: that is how a long one that fails becomes a short one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cache

from services.consent.state.heard import Child, Grades, Heard, SectionAt
from services.vocabulary.events import RETRACTABLE, VPA_FAMILY, EventType
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk, VulnerableAdult
from tests.gate_builders import HILLSIDE, RIVERSIDE, START, STRICT, an_event, internal, policy_adopted
from tests.gate_persons import NOTHING_SAID, REPORTS, Persons, Said, roles_reviewed, told_once

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INCIDENTS = ("one", "two", "three")
VICTIM_OF = {"one": "ana", "two": "bo", "three": "ana"}
"""Two incidents of one person, and one where the other is the adult victim."""

HOSPITAL = "hospital:RJN71"
"""One of many by instance, and registered."""

AREA = "area:greater-manchester"
"""One that nobody registered: events that name it are all it is ever told."""

TEAM = "emergency-duty-team"
LATE = ("cedah", "checs", TEAM)
"""Who joins by an event: in most histories with the first, in some on the way, in a few never."""

SERVING = (
    "cedah",
    "dafsu",
    "checs",
    "family-help",
    "adult-social-care",
    "cheshire-cares",
    "mycwa",
    HOSPITAL,
    TEAM,
)
CHILDRENS_SERVICES = ("checs", "family-help", "family-help")
"""Who may override for itself; Family Help is owed more that it has no other ground for."""

MAY_WITHHOLD = ("checs", "family-help", "adult-social-care")
"""Who beside the Hub may decide not to share: for what it sent itself."""

SCHOOLS = (f"school:{HILLSIDE}", f"school:{RIVERSIDE}")
EDUCATION = "education"

AGREEMENTS: Mapping[str, tuple[str, ...]] = {
    "isa-1": ("police", "cedah", "dafsu", "checs"),
    "isa-2": ("cedah", "family-help", "adult-social-care", HOSPITAL),
}
ITSELF = ("p-sender-1", " P-Sender-1")
"""How the sender may be named as whoever confirms it."""

LEFT_OUT = (
    "cedah-medium-risk",
    "dafsu-high-risk",
    "family-help-early-help",
    "adult-social-care-vulnerable-adult",
    "checs-open-case",
    "cheshire-cares-standard",
    "dafsu-unreviewed",
    "emergency-duty-team-high-risk",
    "referred-on",
    "who-holds",
)
"""Rules that a variant of the policy may lack, by id."""

BODY = ("routing", "facts", "victim", "contact", "person_causing_harm", "narrative", "dash")
LEAVES = {
    name: SectionAt(name=name, schema_id=f"{name}/1", leaf=leaf)
    for leaf, name in enumerate((*BODY, "incident", "referral", "rationale", "research"))
}
NOT_IN_A_FORM, NOT_BESIDE_IT = frozenset({"referral", "rationale", "research"}), frozenset({"incident"})
AT_A_SCHOOL = (Placement.SCHOOL, Placement.CONFLICT, Placement.CAUSING_HARM)
FIRST_CHILD = 20
"""The leaf of a form's first child; the others follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What happens next. What an event of its type does not say is left as it is here."""

    type: EventType
    after: timedelta = timedelta(minutes=1)
    ago: timedelta = timedelta()
    """How long before it was recorded it happened."""
    incident: str | None = None
    victim: str | None = None
    publisher: str = "police"
    grades: Grades | None = None
    pupils: tuple[Child, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    lasts: timedelta | None = None
    recipient: str | None = None
    named: tuple[str, ...] = ()
    attendees: tuple[str, ...] = ()
    agreement: str | None = None
    status: ChildCase | None = None
    sender: str | None = "p-sender-1"
    confirmed: str | None = None
    sides: Said = NOTHING_SAID
    scope: tuple[timedelta, timedelta] | None = None
    """How long ago the history began and ended that is ordered."""
    back: int | None = None
    """Which event of its incident is taken back, counted from the last that may be; None: none is."""
    without: str | None = None
    """The rule that the adopted policy lacks; None: the strict policy as it stands."""

    def __str__(self) -> str:
        said = [(each.name, getattr(self, each.name)) for each in fields(self) if each.name != "type"]
        usual = Step(type=self.type)
        told = [f"{name}={value!s}" for name, value in said if value != getattr(usual, name)]
        return " ".join([self.type.value, *told])


def hear(steps: Sequence[Step]) -> Iterator[Heard]:
    """Yield the events of a history, in order."""
    now, heard = START, list[Heard]()
    for number, step in enumerate(steps):
        now += step.after
        event = _event(step, number, now)
        heard.append(event if step.back is None else _taking_back(event, step.back, heard))
        yield heard[-1]


def _taking_back(event: Heard, back: int, heard: Sequence[Heard]) -> Heard:
    """Return a retraction of what its own publisher sent of its incident; where there is none, of nothing."""
    found = [each for each in heard if each.incident == event.incident and each.type in RETRACTABLE]
    if not found:
        return replace(event, corrects="never-heard")
    of = found[-1 - back % len(found)]
    return replace(event, corrects=of.event_id, publisher=of.publisher)


def _event(step: Step, number: int, now: datetime) -> Heard:
    event_id = f"event-{number:03d}"
    if step.type is EventType.POLICY_ADOPTED:
        return policy_adopted(text_without(step.without), event_id=event_id, offset=number, recorded_at=now)
    pupils = tuple(replace(pupil, leaf=FIRST_CHILD + place) for place, pupil in enumerate(step.pupils))
    children = [SectionAt(name="children", schema_id="children/1", leaf=pupil.leaf) for pupil in pupils]
    is_form = step.type in VPA_FAMILY
    left_out = NOT_IN_A_FORM if is_form else NOT_BESIDE_IT
    return an_event(
        step.type,
        event_id=event_id,
        offset=number,
        recorded_at=now,
        occurred_at=now - step.ago,
        incident=internal(step.incident) if step.incident else None,
        victim=internal(step.victim) if step.victim else None,
        publisher=step.publisher,
        grades=step.grades,
        children=pupils,
        consent=step.answers,
        expires_at=now + step.lasts if step.lasts is not None else None,
        recipient=step.recipient,
        named=step.named,
        attendees=step.attendees,
        agreement=step.agreement,
        case_status=step.status,
        publisher_person=step.sender,
        confirmed_by=step.confirmed,
        since=now - step.scope[0] if step.scope is not None else None,
        until=now - step.scope[1] if step.scope is not None else None,
        all_incidents=step.type is EventType.CONSENT_WITHDRAWN and step.incident is None,
        **step.sides.fields(),
        sections=(
            *(at for name, at in LEAVES.items() if name not in left_out),
            *(children if is_form else ()),
        ),
    )


@cache
def text_without(rule: str | None) -> str:
    """Return the strict policy, less the rule of that id."""
    text = STRICT.read_text()
    head, *rules = text.split("[[rule]]\n")
    kept = [each for each in rules if rule is None or f'id = "{rule}"\n' not in each]
    assert rule is None or len(kept) == len(rules) - 1
    return "[[rule]]\n".join([head, *kept])


def a_history(seed: int, steps: int) -> tuple[Step, ...]:
    """Return a history drawn from a seed. Each has its own mix of what happens, so that all come to meet."""
    drawn = _Drawn(random.Random(seed))
    return tuple(drawn.with_joinings([drawn.step() for _ in range(steps)]))


class _Drawn:
    """Draw one history."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._kinds: tuple[Callable[[], Step], ...] = (
            lambda: self._form(EventType.VPA_RAISED),
            lambda: self._form(EventType.VPA_REVIEWED),
            lambda: self._form(EventType.VPA_CORRECTED),
            self._consent,
            self._withdrawal,
            self._override,
            self._marac,
            self._case,
            self._child_case,
            self._beside,
            self._suspension,
            self._agreement,
            self._policy,
            self._time,
            self._report,
            lambda: roles_reviewed(rng, self._about(EventType.ROLES_REVIEWED)),
            lambda: told_once(rng, self._about(EventType.EXPECTATION_MET)),
            self._backfill,
            self._retraction,
            self._decision_not_to_share,
        )
        self._persons = Persons(rng)
        usual = (2, 6, 1, 6, 3, 3, 2, 4, 3, 5, 1, 1, 1, 4, 4, 3, 1, 3, 3, 3)
        self._weights = [weight * rng.choice((0, 1, 1, 2)) for weight in usual]
        self._weights[1] = rng.choice((1, 6, 6))
        self._weights[12] = rng.choice((0, 0, 1))
        # What withholds and what ends that come to meet only where there is much of both.
        self._weights[19] = rng.choice((0, 1, 3, 10))
        self._weights[5] = max(self._weights[5], self._weights[19])
        self._incidents = INCIDENTS[: rng.choice((1, 2, 3))]
        self._to = rng.sample((*SERVING, AREA), rng.choice((2, 4, len(SERVING) + 1)))
        self._often = (self._one(*self._to[:2], SCHOOLS[0]),) * rng.choice((0, 0, 2, 8))

    def step(self) -> Step:
        (kind,) = self._rng.choices(self._kinds, self._weights)
        step = replace(kind(), after=self._pause())
        if step.incident is not None and step.victim is None:
            step = replace(step, victim=VICTIM_OF[step.incident])
        return self._persons.told(step)

    def _about(self, kind: EventType) -> Step:
        return Step(type=kind, incident=self._one(*self._incidents))

    def with_joinings(self, steps: list[Step]) -> list[Step]:
        """Let those who join by an event do so: at once mostly, else on the way, twice, or never."""
        for name in LATE:
            for often in range(self._rng.choice((0, 1, 1, 1, 1, 1, 1, 2))):
                at_once = often == 0 and self._chance(0.6)
                steps.insert(0 if at_once else self._rng.randint(0, len(steps)), self._joining(name))
        return steps

    def _joining(self, name: str) -> Step:
        confirmed = self._rng.choice((None, "p-sender-1", *("p-second-2",) * 8))
        return Step(
            type=EventType.RECIPIENT_JOINED, publisher="partnership", named=(name,), confirmed=confirmed
        )

    def _backfill(self) -> Step:
        """Order history, mostly for somebody who may have joined, of minutes or of months."""
        spans = (timedelta(), timedelta(minutes=3), HOUR, DAY, 20 * DAY, 200 * DAY, 900 * DAY)
        until, since = sorted((self._rng.choice(spans[:5]), self._rng.choice(spans)))
        return Step(
            type=EventType.BACKFILL_ORDERED,
            publisher="partnership",
            named=(self._one(*LATE, *LATE, "dafsu"),),
            scope=(since, until),
            confirmed=self._rng.choice((None, *("p-second-2",) * 5)),
        )

    def _pause(self) -> timedelta:
        many = self._rng.random()
        if many < 0.02:
            return -timedelta(minutes=1)
        if many < 0.75:
            return timedelta(minutes=self._rng.choice((1, 20, 60)))
        return self._rng.choice((4 * HOUR, 4 * HOUR, DAY, 9 * DAY, 120 * DAY)) if many < 0.99 else 366 * DAY

    def _one(self, *values: str) -> str:
        return self._rng.choice(values)

    def _some(self, values: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(self._rng.sample(list(values), self._rng.randint(1, min(most, len(values)))))

    def _chance(self, of: float) -> bool:
        return self._rng.random() < of

    def _form(self, kind: EventType) -> Step:
        incident = self._one(*self._incidents)
        victim = VICTIM_OF[incident]
        if self._chance(0.05):
            victim = "bo" if victim == "ana" else "ana"
        return Step(
            type=kind,
            incident=incident,
            victim=victim,
            grades=self._grades(),
            pupils=self._pupils(),
            answers=self._answers() if self._chance(0.5) else (),
            lasts=self._lasts(),
        )

    def _grades(self) -> Grades:
        adults = [each for each in VulnerableAdult if self._chance(0.25)]
        return Grades(
            risk=self._rng.choice((Risk.HIGH, Risk.MEDIUM, Risk.MEDIUM, Risk.STANDARD, Risk.NOT_COMPLETED)),
            children=self._rng.choice(list(ChildrenLevel)),
            vulnerable_adults=frozenset(adults),
            adult_safeguarding_concern=self._chance(0.4),
        )

    def _pupils(self) -> tuple[Child, ...]:
        names = self._rng.sample(("cy", "di", "ed"), self._rng.choice((0, 1, 1, 2, 3)))
        return tuple(self._pupil(name) for name in names)

    def _pupil(self, name: str) -> Child:
        placement = self._rng.choice((Placement.SCHOOL,) * 8 + tuple(Placement))
        usual = RIVERSIDE if name == "ed" else HILLSIDE
        moved = RIVERSIDE if self._chance(0.15) else usual
        urn = moved if placement in AT_A_SCHOOL else None
        return Child(leaf=-1, person=internal(name), urn=urn, placement=placement)

    def _answers(self) -> tuple[tuple[str, str], ...]:
        said = ("given", "given", "given", "refused", "could_not_ask")
        return tuple((to, self._one(*said)) for to in sorted(self._some(self._to, 3)))

    def _lasts(self) -> timedelta | None:
        return self._rng.choice((None, None, HOUR, 4 * HOUR, 2 * DAY, 30 * DAY, 400 * DAY))

    def _ago(self) -> timedelta:
        """Most is recorded as it happens; some an hour, or days, later: answers overtake each other."""
        return self._rng.choice((timedelta(),) * 5 + (HOUR, HOUR, 2 * HOUR, DAY, 10 * DAY))

    def _sender(self) -> str | None:
        """Most of what is sent names who sent it; some comes in nobody's name."""
        return None if self._chance(0.1) else "p-sender-1"

    def _consent(self) -> Step:
        answers = self._answers()
        own = self._chance(0.3) and answers[0][0] != AREA
        return Step(
            type=EventType.CONSENT_RECORDED,
            incident=self._one(*self._incidents),
            answers=answers,
            lasts=self._lasts(),
            ago=self._ago(),
            publisher=answers[0][0] if own else "police",
            sender=self._sender(),
            confirmed=self._rng.choice((None, *ITSELF, "p-second-2", "p-second-2")) if own else None,
        )

    def _withdrawal(self) -> Step:
        everywhere = self._chance(0.4)
        incident = self._one(*self._incidents)
        of = self._some(self._to, 2) if self._chance(0.4) else ()
        return Step(
            type=EventType.CONSENT_WITHDRAWN,
            incident=None if everywhere else incident,
            victim=self._one("ana", "bo") if everywhere else None,
            answers=tuple((to, "withdrawn") for to in sorted(of)),
            ago=self._ago(),
        )

    def _override(self) -> Step:
        made = Step(
            type=EventType.OVERRIDE_RECORDED,
            incident=self._one(*self._incidents),
            recipient=self._one(*self._often, *self._to, *CHILDRENS_SERVICES),
            lasts=self._lasts(),
            ago=self._ago(),
        )
        return self._their_own(made) if self._chance(0.4) else made

    def _their_own(self, made: Step) -> Step:
        """Let somebody other than the Hub make an override: mostly children's services, for themselves."""
        who = self._one(*CHILDRENS_SERVICES * 2, "cedah")
        return replace(
            made,
            publisher=who,
            recipient=made.recipient if self._chance(0.15) else who,
            sender=self._sender(),
            confirmed=self._rng.choice((None, *ITSELF, *("p-second-2",) * 4)),
        )

    def _decision_not_to_share(self) -> Step:
        """Let the Hub, or another that may, decide so: about anybody, and mostly by two people."""
        return Step(
            type=EventType.DECIDED_NOT_TO_SHARE,
            incident=self._one(*self._incidents),
            publisher=self._one("police", "police", "police", *MAY_WITHHOLD),
            recipient=self._one(*self._often, *self._to, *CHILDRENS_SERVICES, *SCHOOLS, "police", EDUCATION),
            ago=self._ago(),
            sender=self._sender(),
            confirmed=self._rng.choice((None, *ITSELF, *("p-second-2",) * 8)),
        )

    def _marac(self) -> Step:
        some = self._some((*SERVING, "probation", "housing"), 4)
        return Step(
            type=self._rng.choice((EventType.MARAC_ACCEPTED, EventType.MARAC_LISTED)),
            incident=self._one(*self._incidents),
            attendees=some if self._chance(0.6) else (),
        )

    def _case(self) -> Step:
        return Step(
            type=self._rng.choice((EventType.CASE_OPENED, EventType.CASE_OPENED, EventType.CASE_CLOSED)),
            incident=self._one(*self._incidents),
            publisher=self._one(*(to for to in SERVING if to in self._to or len(self._to) < 3)),
            sender=self._sender(),
            confirmed=self._rng.choice((None, *ITSELF, *("p-second-2",) * 4)),
        )

    def _child_case(self) -> Step:
        return Step(
            type=EventType.CHILD_CASE_STATUS,
            incident=self._one(*self._incidents),
            publisher=self._one("checs", "family-help"),
            status=self._rng.choice(list(ChildCase)),
            pupils=self._pupils() if self._chance(0.5) else (),
            sender=self._sender(),
            confirmed=self._rng.choice((None, "p-second-2", "p-second-2", "p-second-2")),
        )

    def _beside(self) -> Step:
        return self._sent(self._rng.choice(BESIDE if self._chance(0.8) else LIKE_THEM))

    def _report(self) -> Step:
        report = self._sent(self._rng.choice(REPORTS))
        return replace(report, publisher=self._one("cedah", "mycwa", "dafsu", "housing", *MAY_WITHHOLD))

    def _sent(self, kind: EventType) -> Step:
        named = self._some((*SERVING, "housing", AREA), 2) if kind in FOR_SOMEBODY else ()
        grades = self._grades() if kind in GRADED and self._chance(0.6) else None
        publisher = self._one("cedah", "mycwa", "dafsu", "housing", *MAY_WITHHOLD)
        return Step(
            type=kind,
            incident=self._one(*self._incidents),
            publisher="police" if kind in BY_POLICE else publisher,
            named=named,
            grades=grades,
        )

    def _retraction(self) -> Step:
        """Take back one of the last few events of an incident, from everybody or from some."""
        some = self._some((*self._to, f"school:{HILLSIDE}"), 2)
        return Step(
            type=EventType.EVENT_RETRACTED,
            incident=self._one(*self._incidents),
            named=some if self._chance(0.3) else (),
            back=self._rng.choice((0, 0, 0, 1, 1, 2, 5)),
        )

    def _suspension(self) -> Step:
        return Step(
            type=self._rng.choice((EventType.RECIPIENT_SUSPENDED, EventType.RECIPIENT_RESUMED)),
            publisher="partnership",
            named=self._some((*self._to, f"school:{HILLSIDE}"), 2),
        )

    def _agreement(self) -> Step:
        code = self._one(*AGREEMENTS)
        signs = self._chance(0.6)
        return Step(
            type=EventType.AGREEMENT_SIGNED if signs else EventType.AGREEMENT_ENDED,
            publisher="partnership",
            agreement=code,
            named=AGREEMENTS[code],
            lasts=self._rng.choice((None, DAY, 30 * DAY)) if signs else None,
        )

    def _policy(self) -> Step:
        without = self._one(*LEFT_OUT) if self._chance(0.6) else None
        return Step(type=EventType.POLICY_ADOPTED, publisher="partnership", without=without)

    def _time(self) -> Step:
        return Step(type=EventType.TIME_PASSED, publisher="ingest")


BESIDE = (
    EventType.REFERRAL_RECEIVED,
    EventType.REFERRED_ON,
    EventType.MARAC_REFERRED,
    EventType.RESEARCH_CONTRIBUTED,
    EventType.CONTACT_ATTEMPTED,
    EventType.MEETING_LISTED,
    EventType.DASH_REDONE,
    EventType.DVDS_DECIDED,
    EventType.MARAC_ACTION_AGREED,
    EventType.MARAC_TRANSFERRED,
    EventType.ACCOMMODATION_REQUESTED,
    EventType.ACCOMMODATION_PROVIDED,
    EventType.DVPN_ISSUED,
)
LIKE_THEM = (
    EventType.REFERRAL_TRIAGED,
    EventType.REFERRAL_ALLOCATED,
    EventType.REFERRAL_CLOSED,
    EventType.PRACTITIONER_ALLOCATED,
    EventType.SAFETY_PLAN_RECORDED,
    EventType.SUPPORT_STARTED,
    EventType.SUPPORT_FINISHED,
    EventType.MARAC_ENDED,
    EventType.MARAC_HEARD,
    EventType.REPEAT_IDENTIFIED,
    EventType.MARAC_ACTION_COMPLETED,
    EventType.ACCOMMODATION_DECLINED,
    EventType.DVPO_GRANTED,
    EventType.MEETING_DISCUSSED,
    EventType.CONSULTATION_GIVEN,
    EventType.DVDS_REQUESTED,
)
"""What is told, or told to nobody, as one of the others is."""

FOR_SOMEBODY = (
    EventType.ACCOMMODATION_DECLINED,
    EventType.DVPO_GRANTED,
    EventType.REFERRED_ON,
    EventType.DVDS_DECIDED,
    EventType.MARAC_ACTION_AGREED,
    EventType.MARAC_TRANSFERRED,
    EventType.ACCOMMODATION_REQUESTED,
    EventType.ACCOMMODATION_PROVIDED,
    EventType.DVPN_ISSUED,
)
BY_POLICE = (
    EventType.MARAC_ENDED,
    EventType.MARAC_HEARD,
    EventType.REPEAT_IDENTIFIED,
    EventType.DVDS_REQUESTED,
    EventType.DVPO_GRANTED,
    EventType.MEETING_DISCUSSED,
    EventType.DVDS_DECIDED,
    EventType.MEETING_LISTED,
    EventType.MARAC_ACTION_AGREED,
    EventType.MARAC_TRANSFERRED,
    EventType.DVPN_ISSUED,
)
GRADED = (EventType.REFERRAL_RECEIVED, EventType.REFERRAL_TRIAGED, EventType.DASH_REDONE)
