"""What is kept about an incident and about a person. Frozen; a change is a new value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from services.consent.state.heard import Child, Grades, SectionAt
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.erasure import Objection, Order
from services.vocabulary.sides import Client, VictimAge

NOTHING: Mapping[str, Any] = MappingProxyType({})

EVERYONE = "*"
"""Every recipient: in a withdrawal, and where an event is taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer of the adult victim, as it stands."""

    answer: ConsentAnswer
    at: datetime
    recorded_at: datetime
    event_id: str
    expires_at: datetime | None = None
    by_form: bool = False
    """Whether a form says so, which may be taken back."""
    before: "Said | None" = None
    """What a form's answer took the place of, and what stands again once that form is taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A recorded decision to share without consent, its rationale sealed in the event (NA 4.22).

    `by`: who made it: the Hub, or its recipient, children's services, for their own duty (decision 0019).
    """

    by: str
    at: datetime
    recorded_at: datetime
    event_id: str
    expires_at: datetime | None = None


class NotShared(NamedTuple):
    """A decision not to share with a recipient although it is owed, its rationale sealed in the event."""

    recipient: str
    by: str
    at: datetime
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marac:
    """A referral the Hub accepted, listed for the full meeting or not yet. No attendees: the policy's."""

    event_id: str
    recorded_at: datetime
    attendees: tuple[str, ...]
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What an incident is routed on: a form, or another event that somebody is owed.

    Its grades, whom it names, and where its sections lie in the log.
    """

    event_id: str
    offset: int
    type: str
    recorded_at: datetime
    publisher: str
    grades: Grades
    children: tuple[Child, ...]
    sections: tuple[SectionAt, ...]
    occurred_at: datetime
    named: tuple[str, ...] = ()
    victim: str | None = None
    """The adult victim it names itself; None: its incident's."""
    consent: tuple[tuple[str, str], ...] = ()
    """What a form has its adult victim answer, by recipient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a recipient holds of an incident, as last released."""

    event_id: str
    offset: int
    ground: str
    rule: str
    leaves: tuple[int, ...]
    not_after: datetime | None = None
    """When it ends, or shows less, unless something is recorded meanwhile."""


class Beside(NamedTuple):
    """An event beside the forms that somebody is owed, and what of it each recipient holds."""

    form: Form
    held: Mapping[str, Held] = NOTHING


class Age(NamedTuple):
    """How old somebody was said to be, and whether police said so."""

    person: str
    by_police: bool
    age: VictimAge


class Worker(NamedTuple):
    """Whom an agency allocated, and for whom of an incident. `person` is a member of its staff."""

    agency: str
    client: Client
    person: str
    whom: tuple[str, ...] = ()
    """Who that client was when it was said; empty: nobody knew."""


class Word(NamedTuple):
    """What the Hub said of reports that turn roles round: that they may stand, or that they are `wrong`.

    `of`: the reports that were there, by their ids.
    """

    event_id: str
    wrong: bool
    of: tuple[str, ...]


class Case(NamedTuple):
    """An open case, of which agency, and on which incident it was opened."""

    agency: str
    incident: str


class Opened(NamedTuple):
    """An open case of an agency, whose help it is, and the adult victim of when it was opened."""

    agency: str
    client: Client | None
    """None: it was not said, and counts as the adult victim's."""
    about: str | None

    @property
    def is_a_victims(self) -> bool:
        """Say whether it is an adult or child victim's, not the person's causing harm."""
        return self.client is not Client.PERSON_CAUSING_HARM


class Harm(NamedTuple):
    """Who harms somebody, and the event that it is known by."""

    by: str
    event_id: str


class Incident(NamedTuple):
    """What is known about one incident. Maps are by recipient and never changed in place.

    A tuple, like `Person`: every event makes new ones.
    """

    began: datetime | None = None
    victim: str | None = None
    raised: Form | None = None
    """The first responder's form that waits for the Hub's review."""
    form: Form | None = None
    """The reviewed form."""
    earlier: tuple[Form, ...] = ()
    """Forms as they came whose place another took, or that wait as part of danger; in the log's order."""
    taken_back: Mapping[str, tuple[str, ...]] = NOTHING
    """From whom each event was taken back that was, by its id."""
    beside: Mapping[str, Beside] = NOTHING
    """Other events of the incident that somebody is owed, by event id."""
    children: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    """Everyone an event of the incident ever named, in any role."""
    causing_harm: tuple[str, ...] = ()
    """Everyone an event of the incident ever named as the person causing harm."""
    accused: tuple[str, ...] = ()
    """Those of them whom police named."""
    ages: tuple[Age, ...] = ()
    """How old each adult victim named was on the day, as police and partners said last; latest last."""
    forms_say: Mapping[str, tuple[str, str]] = NOTHING
    """What its forms say of who harms whom, as in `reports`."""
    reports: Mapping[str, tuple[str, str]] = NOTHING
    """What partners reported of who harms whom, by event: the victim, and who causes harm."""
    turned: Mapping[str, tuple[str, str]] = NOTHING
    """Events that turn round who was known to harm whom, by id: their victim, and who causes harm."""
    words: tuple[Word, ...] = ()
    """What the Hub said of those, in order."""
    let_go: tuple[str, ...] = ()
    """Which of those the Hub looked at and lets be told."""
    found_wrong: tuple[str, ...] = ()
    """Those of which the Hub's last word is that they have the roles wrong."""
    workers: tuple[Worker, ...] = ()
    looked_at: bool = False
    """Whether the Hub ended a restriction last: nothing is restricted then without its word."""
    restricted_to: tuple[str, ...] | None = None
    """Who alone may look; None: whoever else may."""
    consents: Mapping[str, Mapping[str, Said]] = NOTHING
    """By who gave them, then by recipient."""
    asked: Mapping[str, str] = NOTHING
    """What the last form that says so has its adult victim answer, by recipient."""
    overrides: Mapping[str, tuple[Override, ...]] = NOTHING
    """By recipient: one for each who made any, the last that was made, in the order of their names."""
    not_shared: tuple[NotShared, ...] = ()
    """One for each recipient and who decided, the last that was made."""
    marac: Marac | None = None
    maracs_before: tuple[Marac, ...] = ()
    """What it took the place of, in order."""
    opened: Mapping[str, Opened] = NOTHING
    """The cases that are open still, by the event that opened each."""
    child_cases: tuple[str, ...] = ()
    held: Mapping[str, Held] = NOTHING
    told: Mapping[str, tuple[str, ...]] = NOTHING
    """Children a school, or the education officer, was told of."""
    told_in: Mapping[str, tuple[Held, ...]] = NOTHING
    """Every form that told it of them, in order."""

    @property
    def cases(self) -> frozenset[str]:
        """Return the agencies with an open case on it, for whichever side."""
        return frozenset(each.agency for each in self.opened.values())

    @property
    def victims_cases(self) -> frozenset[str]:
        """Return those of them with one for an adult or child victim."""
        return frozenset(each.agency for each in self.opened.values() if each.is_a_victims)


class Person(NamedTuple):
    """What is known about one person, across incidents."""

    incidents: tuple[str, ...] = ()
    """Where they are the adult victim."""
    child_of: tuple[str, ...] = ()
    """Where they are a child victim."""
    withdrawn: Mapping[str, datetime] = NOTHING
    """Until when consents of all their incidents are withdrawn, by recipient or for everyone."""
    child_cases: tuple[str, ...] = ()
    """Who has an open case about them as a child."""
    cases: tuple[Case, ...] = ()
    """Open cases about them as the adult victim, in order."""
    harmed_by: tuple[Harm, ...] = ()
    """Who is known to harm them, once for each event that it is known by."""
    harms_in: tuple[str, ...] = ()
    """Incidents that name them as the person causing harm."""
    linked: tuple[str, ...] = ()
    """Who was said to be one with them, in order; whom those are linked with is not repeated here."""


class Erasure(NamedTuple):
    """What was ordered of making one person unreadable, and what keeps them (decision 0027)."""

    holds: tuple[str, ...] = ()
    """Why their record is kept, by each legal hold in force; in order."""
    order: Order = Order.NONE
    event_id: str | None = None
    """The event of the last order."""
    ordered_at: datetime | None = None
    since: datetime | None = None
    """From when the order has come as far as it has."""
    objections: tuple[Objection, ...] = ()
    """What it was refused or stopped for, all of it; none where two people stopped it."""


class Agreement(NamedTuple):
    """An information sharing agreement: between whom it is, and when it ends, if it does.

    `left`: whom it bound once and names no more. For them it has ended.
    """

    between: tuple[str, ...]
    ends_at: datetime | None
    left: tuple[str, ...] = ()


class Coming(NamedTuple):
    """A policy that is adopted and governs from a moment on, and the version of deciding it is for."""

    effective_at: datetime
    offset: int
    hash: str
    decision_version: int


class Joined(NamedTuple):
    """From when somebody is a recipient: the moment, and the offset of the event that says so."""

    at: datetime
    offset: int


class Backfill(NamedTuple):
    """History ordered for a recipient: what happened from `since` to `until`, both included."""

    recipient: str
    since: datetime
    until: datetime


Occurred = tuple[datetime, str]
"""When a form, or an event beside the forms, happened; and of which incident it is."""


class Bringing(NamedTuple):
    """A backfill that is being brought, and how far: what happened until there has been."""

    backfill: Backfill
    reached: Occurred


class Standing(NamedTuple):
    """What is known about the partition as a whole: its time, the policy in force (its hash), who takes part.

    `agreements` are by code, the version last signed of each; `suspended` are in order.
    """

    time: datetime | None = None
    policy: str | None = None
    decision_version: int | None = None
    """The version of deciding that was adopted with it."""
    coming: tuple[Coming, ...] = ()
    """Policies that are not in force yet, in order."""
    suspended: tuple[str, ...] = ()
    agreements: Mapping[str, Agreement] = NOTHING
    joined: Mapping[str, Joined] = NOTHING
    """Who is a recipient since they joined by an event, in the log's order."""
    backfills: tuple[Backfill, ...] = ()
    bringing: tuple[Bringing, ...] = ()
    erasing: Mapping[str, datetime] = NOTHING
    """Persons of whom an order to erase is pending, and since when."""
