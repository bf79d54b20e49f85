"""Hear an event: open `routing` and `facts`, nothing else, and note where the other sections lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from services.consent.flow.decision import UNREADABLE
from services.consent.state.heard import UNGRADED, Child, Grades, Heard, SectionAt
from services.eventlog import codec
from services.eventlog.catalogue import Catalogue
from services.eventlog.envelope import Header
from services.eventlog.errors import LogError
from services.eventlog.records import Stored
from services.eventlog.sealing import open_routed
from services.eventlog.slices import Cut, Piece, cut, label_bytes, read_label
from services.vocabulary.calendar import over_at
from services.vocabulary.consent import SchoolConflict
from services.vocabulary.events import ABOUT_PERSONS, PLATFORM, VPA_FAMILY, EventType
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk, VulnerableAdult
from services.vocabulary.sides import Client, Roles, VictimAge
from services.vocabulary.times import NotATime, parse_date, parse_time

ROUTING, FACTS = "routing", "facts"

Content = Mapping[str, Any]
"""A section's content, as its Avro schema has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An event heard, with its sealed bytes. `cut` is None where the record is not an event."""

    stored: Stored
    heard: Heard
    cut: Cut | None


class Ear:
    """Hears records of `log` with the partnership's routing key."""

    def __init__(self, catalogue: Catalogue, routing_key: bytes) -> None:
        self._catalogue = catalogue
        self._key = routing_key

    def hear(self, stored: Stored) -> Arrived:
        """Return what the gate may know of a record.

        What cannot be read is heard as unreadable, and reaches nobody: nobody classified it.
        """
        try:
            event = cut(stored.value)
            header = codec.decode_header(event.header)
        except LogError:
            return Arrived(stored=stored, heard=_noise(stored), cut=None)
        return Arrived(stored=stored, heard=self._heard(stored, event.pieces, header), cut=event)

    def _heard(self, stored: Stored, pieces: Sequence[Piece], header: Header) -> Heard:
        try:
            sections = [_at(label_bytes(piece)) for piece in pieces]
            bodies = {at.name: piece for at, piece in zip(sections, pieces, strict=True)}
            routing = self._open(header, bodies.get(ROUTING))
            facts = self._open(header, bodies.get(FACTS))
            return _event(stored, header, sections, routing, facts)
        except (LogError, NotATime, KeyError, ValueError):
            return _silent(stored, header)

    def _open(self, header: Header, piece: Piece | None) -> Content:
        if piece is None:
            return {}
        section = codec.decode_section(piece.body)
        schema = self._catalogue.section(section.schema_id, header.type)
        return codec.decode_content(schema, open_routed(section, header.event_id, self._key))


@lru_cache(maxsize=16_384)
def _at(label: bytes) -> SectionAt:
    """Read where a section lies. There are few sections, versions and leaves, and many events."""
    name, schema_id, leaf = read_label(label)
    return SectionAt(name=name, schema_id=schema_id, leaf=leaf)


def _noise(stored: Stored) -> Heard:
    return Heard(
        offset=stored.offset,
        event_id=f"{UNREADABLE}-{stored.offset}",
        type=UNREADABLE,
        recorded_at=stored.timestamp,
        occurred_at=stored.timestamp,
        publisher="",
        readable=False,
    )


def _silent(stored: Stored, header: Header) -> Heard:
    return Heard(
        offset=stored.offset,
        event_id=header.event_id,
        type=header.type,
        recorded_at=header.recorded_at,
        occurred_at=header.recorded_at,
        publisher="",
        readable=False,
    )


def _event(
    stored: Stored, header: Header, sections: Sequence[SectionAt], routing: Content, facts: Content
) -> Heard:
    if header.type in ABOUT_PERSONS:
        return _about_persons(stored, header, sections, routing, facts)
    is_vpa = header.type in VPA_FAMILY
    return Heard(
        offset=stored.offset,
        event_id=header.event_id,
        type=header.type,
        recorded_at=header.recorded_at,
        occurred_at=_time(facts.get("occurred_at")) or header.recorded_at,
        publisher=routing["publisher"],
        publisher_person=routing["publisher_person"],
        incident=routing["incident"],
        victim=routing["victim"],
        causing_harm=routing["person_causing_harm"],
        children=tuple([_child(each, routing["person_causing_harm"]) for each in routing["children"]]),
        consent=tuple(sorted(routing["consent"].items())),
        consent_purpose=facts.get("purpose"),
        consent_of=Client(facts.get("whose") or Client.ADULT_VICTIM),
        all_incidents=routing["all_incidents"],
        corrects=routing["corrects"],
        recipient=routing["recipient"] or _recipient(header.type, facts),
        policy=routing["policy"],
        decision_version=facts.get("decision_version"),
        effective_at=_time(facts.get("effective_at")),
        grades=_grades(facts) if is_vpa else _graded(facts),
        confirmed_by=facts.get("confirmed_by"),
        expires_at=_time(facts.get("expires_at")) or _end_of(facts.get("ends_on")),
        case_status=ChildCase(facts["status"]) if header.type == EventType.CHILD_CASE_STATUS else None,
        attendees=tuple(facts.get("attendees", ())),
        named=_named(header.type, facts),
        agreement=facts.get("agreement"),
        victim_age=VictimAge(facts["victim_age"]) if facts.get("victim_age") is not None else None,
        roles=Roles(facts["outcome"]) if header.type == EventType.ROLES_REVIEWED else None,
        practitioner=facts.get("practitioner"),
        client=Client(facts["client"]) if facts.get("client") is not None else None,
        people=tuple(facts.get("people") or ()),
        answers=facts.get("release") if header.type == EventType.EXPECTATION_MET else None,
        sections=tuple(sections),
        readable=not is_vpa or routing["incident"] is not None,
        since=_scope(header.type, facts, "since"),
        until=_scope(header.type, facts, "until"),
    )


def _about_persons(
    stored: Stored, header: Header, sections: Sequence[SectionAt], routing: Content, facts: Content
) -> Heard:
    return Heard(
        offset=stored.offset,
        event_id=header.event_id,
        type=header.type,
        recorded_at=header.recorded_at,
        occurred_at=_time(facts.get("occurred_at")) or header.recorded_at,
        publisher=routing["publisher"],
        publisher_person=routing["publisher_person"],
        confirmed_by=facts.get("confirmed_by"),
        persons=tuple(routing["persons"]),
        why=facts.get("reason") or facts.get("order"),
        sections=tuple(sections),
    )


def _child(routed: Content, causing_harm: str | None) -> Child:
    """Read where a child stands; a conflict is one whichever field says so, and so is who causes the harm."""
    placement = Placement(routed["placement"])
    if placement is Placement.SCHOOL and routed["school_conflict"] == SchoolConflict.YES:
        placement = Placement.CONFLICT
    if routed["person"] == causing_harm:
        placement = Placement.CAUSING_HARM
    return Child(leaf=routed["leaf"], person=routed["person"], urn=routed["school_urn"], placement=placement)


def _grades(facts: Content) -> Grades:
    return Grades(
        risk=Risk(facts["risk"]),
        children=ChildrenLevel(facts["children"]),
        vulnerable_adults=frozenset(map(VulnerableAdult, facts["vulnerable_adults"])),
        adult_safeguarding_concern=facts["adult_safeguarding_concern"],
    )


def _named(event_type: str, facts: Content) -> tuple[str, ...]:
    """Return whom an event is for, which its facts say; for one about the partnership, whom it concerns."""
    named = facts.get("to") or ()
    if event_type in PLATFORM:
        named = (*(facts.get("between") or ()), *filter(None, [facts.get("recipient")]))
    return tuple(named)


def _graded(facts: Content) -> Grades | None:
    """Return what an event that is no form says of risk and children; None where it says nothing."""
    risk, children = facts.get("risk"), facts.get("children")
    if risk is None and children is None:
        return None
    return replace(
        UNGRADED,
        risk=Risk(risk) if risk is not None else UNGRADED.risk,
        children=ChildrenLevel(children) if isinstance(children, str) else UNGRADED.children,
    )


ABOUT_A_RECIPIENT = frozenset({EventType.OVERRIDE_RECORDED, EventType.DECIDED_NOT_TO_SHARE})


def _recipient(event_type: str, facts: Content) -> str | None:
    """Return for whom an override, or a decision not to share, is: its facts say."""
    recipient = facts.get("recipient") if event_type in ABOUT_A_RECIPIENT else None
    return recipient if isinstance(recipient, str) else None


def _scope(event_type: str, facts: Content, end: str) -> datetime | None:
    """Return where the scope of a backfill begins, or ends."""
    return _time(facts.get(end)) if event_type == EventType.BACKFILL_ORDERED else None


def _end_of(day: str | None) -> datetime | None:
    """Return when a day is over, in the time the partnership lives by.

    Raises NotATime for the last day a calendar has: it is over at no moment that could be named.
    """
    if day is None:
        return None
    try:
        return over_at(parse_date(day))
    except OverflowError as error:
        raise NotATime(day) from error


def _time(text: str | None) -> datetime | None:
    return parse_time(text) if text is not None else None
