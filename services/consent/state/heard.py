"""An event as the gate hears it: `routing` and `facts` alone, and where its sections lie."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.vocabulary.people import is_second
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk, VulnerableAdult
from services.vocabulary.sides import Client, Roles, VictimAge


class SectionAt(NamedTuple):
    """Say which section lies at a leaf, in which version (`victim/1`)."""

    name: str
    schema_id: str
    leaf: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """Say where a child of the event stands: whose school, or why no school is told."""

    leaf: int
    person: str
    urn: str | None
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """What a VPA says that decides who is owed it (NA 4.9-4.14)."""

    risk: Risk
    children: ChildrenLevel
    vulnerable_adults: frozenset[VulnerableAdult]
    adult_safeguarding_concern: bool

    @property
    def are_danger(self) -> bool:
        """Say whether a form may not wait for ever: high risk, safeguarding, or a DASH not completed."""
        return self.risk in (Risk.HIGH, Risk.NOT_COMPLETED) or self.children is ChildrenLevel.SAFEGUARDING


UNGRADED = Grades(
    risk=Risk.NOT_COMPLETED,
    children=ChildrenLevel.NONE,
    vulnerable_adults=frozenset(),
    adult_safeguarding_concern=False,
)
"""What an event that says nothing of risk says of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Hold what the gate may know of one event. Times are aware; ids are internal."""

    offset: int
    event_id: str
    type: str
    recorded_at: datetime
    occurred_at: datetime
    publisher: str
    publisher_person: str | None = None
    incident: str | None = None
    victim: str | None = None
    causing_harm: str | None = None
    children: tuple[Child, ...] = ()
    consent: tuple[tuple[str, str], ...] = ()
    consent_purpose: str | None = None
    consent_of: Client = Client.ADULT_VICTIM
    all_incidents: bool = False
    corrects: str | None = None
    recipient: str | None = None
    policy: str | None = None
    decision_version: int | None = None
    effective_at: datetime | None = None
    """From when an adopted policy governs; None: from its adoption."""
    grades: Grades | None = None
    confirmed_by: str | None = None
    expires_at: datetime | None = None
    case_status: ChildCase | None = None
    attendees: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    """Whom the event itself is for: the recipients of a referral on, an order or an action."""
    agreement: str | None = None
    """The code of the agreement that is signed or ended; `expires_at` is then its own end."""
    victim_age: VictimAge | None = None
    roles: Roles | None = None
    """What the Hub found about them."""
    practitioner: str | None = None
    client: Client | None = None
    """For whom the practitioner works, or whose help it is; None: it does not say."""
    people: tuple[str, ...] = ()
    """Who alone may look, where an incident is restricted."""
    persons: tuple[str, ...] = ()
    """The two known persons who are said to be one, or two after all; or whom a hold or an erasure is of."""
    why: str | None = None
    """The reason an event about known persons gives, a code; of who is erased, the order's event."""
    answers: str | None = None
    """The release whose expectation the publisher says it met, or could not."""
    sections: tuple[SectionAt, ...] = field(default=())
    readable: bool = True
    """False where routing or facts did not open: nobody may then see anything of it."""
    since: datetime | None = None
    until: datetime | None = None
    """The scope of a backfill, by when things happened. Both ends belong to it."""

    @property
    def is_confirmed(self) -> bool:
        """Say whether a second named person confirmed it (design 4)."""
        return is_second(self.confirmed_by, self.publisher_person)
