"""What the door works on: an event as published, what is known about it, and what it becomes. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from services.vocabulary.events import EventType
from services.vocabulary.placement import Placement

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A value as JSON has it."""

Record: TypeAlias = Mapping[str, Json]
"""A section as published: checked against its schema, which is what types it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Say what is wrong with one place of an event and what to do; for refusals and for defects alike."""

    pointer: str
    rule: str
    detail: str
    fix: str


def missing(place: str, detail: str, fix: str) -> Reason:
    """Return what to mend where something is not given."""
    return Reason(pointer=place, rule="missing", detail=detail, fix=fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Name who publishes: the agency, the person if any, and that person's role there."""

    agency: str
    person: str | None
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Hold an event as published. `sections` are the given ones but children; nothing derived is in it.

    `lacks` are defects of its form: parts that were not whole, and were left out.
    """

    type: EventType
    id: str
    occurred_at: datetime
    occurred_text: str
    incident: str | None = None
    corrects: str | None = None
    consent: Mapping[str, str] | None = None
    recipient: str | None = None
    policy: str | None = None
    sections: Mapping[str, Record] = field(default_factory=dict)
    children: tuple[Record, ...] = ()
    lacks: tuple[Reason, ...] = ()

    def section(self, name: str) -> Record:
        """Return a section, empty where there is none."""
        return self.sections.get(name) or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Hold an event as it stands at the door: what was sent, by whom, and when we had it."""

    submission: Submission
    sender: Sender
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolAges:
    """Hold the ages a school of the area teaches, inclusive."""

    youngest: int
    oldest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """Hold who the partnership's file registers: schools by URN, schools elsewhere, recipients by name.

    `adopters`: the persons of the partnership's own office, two of whom adopt a policy. `staff`: everyone.
    `joiners`: the recipients that take part once they joined by an event.
    """

    schools: Mapping[str, SchoolAges]
    neighbours: frozenset[str]
    recipients: frozenset[str]
    adopters: frozenset[str] = frozenset()
    staff: frozenset[str] = frozenset()
    joiners: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Name an incident by its internal id, with its adult victim's person id where one is known."""

    id: str
    victim: str | None


class Scope(Enum):
    """Which incident an event is about."""

    KNOWN = "known"
    NEW = "new"
    NONE = "none"
    ALL_OF_PERSON = "all-of-person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """Hold what is known of an event that is taken back. `incident`: the one it is about; None: none."""

    event_id: str
    type: EventType
    incident: Incident | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Hold what was looked up for one event. `persons`: those a link names, in its order; None: nobody's.

    `original`: what a retraction takes back; None: the sender published no such event.
    """

    incident: Incident | None = None
    corrects: str | None = None
    original: Original | None = None
    persons: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Hold what one person may be recognised by: texts, or the keyed tokens of such texts.

    The texts are never stored or logged. `name` is with the date of birth; `called` is without, and means
    something within one incident alone; so does `born`, the date alone. All None: nobody can be recognised
    by this.
    """

    nhs: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    called: str | None = field(default=None, repr=False)
    born: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Name somebody known by the same name, with their NHS token if there is one."""

    person: str
    nhs: str | None
    has_birthday: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Refuse an event, with every reason."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Accept an event: about which incident, and with which defects to be mended."""

    scope: Scope
    incident: Incident | None
    defects: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """Name the persons of one event, once resolved; `children` are in the event's own order."""

    victim: str | None
    person_causing_harm: str | None
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedChild:
    """Say where one child of the event stands, and what its routing needs."""

    person: str
    school_urn: str | None
    placement: Placement
    school_conflict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """Hold one section ready to be sealed, for a person or (None) under the routing key."""

    name: str
    leaf: int
    person: str | None
    value: Record = field(repr=False)
