"""Events as the gate hears them, sealed where it must read them, and a gate over a log in memory."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from services.consent.flow.decide import Decider
from services.consent.flow.decision import DECISION_VERSION, Answer, Decision
from services.consent.flow.desk import Desk
from services.consent.flow.fold import Fold, Folded, empty
from services.consent.flow.record import decode
from services.consent.rules.reading import parse
from services.consent.rules.route import Rulebook
from services.consent.state.heard import Child, Grades, Heard, SectionAt
from services.consent.store.gate import GateStore
from services.consent.worker.gate import Decides, Gate, Partition, Writer
from services.consent.worker.hearing import Ear
from services.eventlog import codec
from services.eventlog.aliases import Kind, alias
from services.eventlog.catalogue import Catalogue
from services.eventlog.catalogue_files import load_catalogue
from services.eventlog.envelope import Release
from services.eventlog.memory import MemoryLog
from services.eventlog.records import Record, Stored
from services.eventlog.sealing import PlainSection, seal_event
from services.eventlog.topics import DECISIONS, LOG, topic_of
from services.runtime.clock import FixedClock
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.events import ABOUT_PERSONS, ERASING, EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk, VulnerableAdult
from services.vocabulary.sides import Client

STRICT = Path(__file__).parents[1] / "services" / "consent" / "policies" / "strict.toml"
ROUTING_KEY, ALIAS_KEY, PERSON_KEY = b"r" * 32, b"a" * 32, b"p" * 32
START = datetime(2024, 9, 2, 22, 0, tzinfo=UTC)
HILLSIDE, RIVERSIDE = "900101", "900102"
_numbers = itertools.count(1)


def internal(name: str) -> str:
    """Return the internal id this test calls `name`: 32 hex digits."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def a_child(name: str, urn: str | None = HILLSIDE, placement: Placement = Placement.SCHOOL) -> Child:
    """Return a child at a school, or placed otherwise; `leaf` is set by the form it is put in."""
    return Child(leaf=-1, person=internal(name), urn=urn, placement=placement)


def grades(
    risk: Risk = Risk.MEDIUM,
    children: ChildrenLevel = ChildrenLevel.NONE,
    adults: Iterable[VulnerableAdult] = (),
    concern: bool = False,
) -> Grades:
    """Return a form's grades."""
    return Grades(
        risk=risk, children=children, vulnerable_adults=frozenset(adults), adult_safeguarding_concern=concern
    )


def a_form(
    event_type: EventType = EventType.VPA_REVIEWED,
    of: Grades | None = None,
    *,
    incident: str = "incident",
    victim: str = "victim",
    pupils: Sequence[Child] = (),
    consent: Mapping[str, str] | None = None,
    **more: Any,
) -> Heard:
    """Return a whole form by the police, every section in it."""
    names = ["routing", "facts", "incident", "victim", "contact", *("children" for _ in pupils)]
    names += ["person_causing_harm", "narrative", "dash"]
    sections = tuple(
        SectionAt(name=name, schema_id=newest(event_type, name), leaf=leaf) for leaf, name in enumerate(names)
    )
    leaves = iter([at.leaf for at in sections if at.name == "children"])
    return an_event(
        event_type,
        publisher="police",
        incident=internal(incident),
        victim=internal(victim),
        grades=of or grades(),
        children=tuple(replace(child, leaf=next(leaves)) for child in pupils),
        consent=tuple(sorted((consent or {}).items())),
        sections=sections,
        **more,
    )


@cache
def newest(event_type: EventType, name: str) -> str:
    """Return the newest version of a section of an event, `facts/2` say; the first where it has none such."""
    sections = {section.name: section.schema_id for section in catalogue().event(event_type).sections}
    return sections.get(name, f"{name}/1")


def an_event(event_type: EventType, **fields: Any) -> Heard:
    """Return an event of its own id; when it happened is when it was recorded unless told otherwise."""
    number = next(_numbers)
    plain = tuple(
        SectionAt(name=name, schema_id=newest(event_type, name), leaf=leaf)
        for leaf, name in enumerate(("routing", "facts"))
    )
    made: dict[str, Any] = {
        "offset": -1,
        "event_id": f"event-{number:06d}",
        "type": event_type,
        "recorded_at": START,
        "publisher": "police",
        "publisher_person": "p-sender-1",
        "sections": plain,
        **fields,
    }
    return Heard(**{"occurred_at": made["recorded_at"], **made})


def consent(
    answer: Mapping[str, str] | None = None,
    *,
    withdraws: bool = False,
    incident: str | None = "incident",
    **more: Any,
) -> Heard:
    """Return what a victim said later: answers by recipient, or a withdrawal (of all unless named)."""
    return an_event(
        EventType.CONSENT_WITHDRAWN if withdraws else EventType.CONSENT_RECORDED,
        incident=internal(incident) if incident else None,
        victim=internal("victim"),
        consent=tuple(sorted((answer or {}).items())),
        **more,
    )


def override(recipient: str, incident: str = "incident", **more: Any) -> Heard:
    """Return the Hub's override for a recipient."""
    return an_event(EventType.OVERRIDE_RECORDED, incident=internal(incident), recipient=recipient, **more)


def own_override(agency: str, *, confirmed_by: str | None = "p-second-2", **more: Any) -> Heard:
    """Return an agency's override for itself, confirmed by a second person unless told otherwise."""
    return override(agency, publisher=agency, confirmed_by=confirmed_by, **more)


def retraction(of: Heard, *to: str, **more: Any) -> Heard:
    """Return that its publisher takes an event back from some, or from everybody."""
    return an_event(
        EventType.EVENT_RETRACTED,
        publisher=of.publisher,
        incident=of.incident,
        victim=of.victim,
        corrects=of.event_id,
        named=to,
        **more,
    )


def case(
    event_type: EventType, agency: str, *, confirmed_by: str | None = "p-second-2", **more: Any
) -> Heard:
    """Return a case opened or closed by an agency, confirmed by a second person unless told otherwise."""
    where = {"incident": internal("incident"), **more}
    return an_event(event_type, publisher=agency, confirmed_by=confirmed_by, **where)


def child_status(agency: str, status: ChildCase = ChildCase.CIN, **more: Any) -> Heard:
    """Return the status of a child's case."""
    return case(EventType.CHILD_CASE_STATUS, agency, case_status=status, **more)


def linked(one: str, other: str, **more: Any) -> Heard:
    """Return that two persons are one, as two people of the partnership found."""
    return _of_two(EventType.PERSONS_LINKED, one, other, more)


def unlinked(one: str, other: str, **more: Any) -> Heard:
    """Return that two persons are not one after all."""
    return _of_two(EventType.PERSONS_UNLINKED, one, other, more)


def about_person(event_type: EventType, person: str, **more: Any) -> Heard:
    """Return what two people of the partnership say of one person: a hold, an order, or the end of either."""
    given = {"publisher": "partnership", "confirmed_by": "p-second-2", **more}
    return an_event(event_type, persons=(internal(person),), **given)


def _of_two(event_type: EventType, one: str, other: str, more: Mapping[str, Any]) -> Heard:
    return an_event(
        event_type,
        publisher="partnership",
        persons=(internal(one), internal(other)),
        **{"confirmed_by": "p-second-2", **more},
    )


def policy_adopted(text: str | None = None, version: int = DECISION_VERSION, **more: Any) -> Heard:
    """Return the adoption of a policy, the strict one unless told otherwise."""
    return an_event(
        EventType.POLICY_ADOPTED,
        publisher="partnership",
        policy=STRICT.read_text() if text is None else text,
        decision_version=version,
        **{"confirmed_by": "p-second-2", **more},
    )


def desk(by_event: tuple[str, ...] = ()) -> Desk:
    """Return a desk with every registered recipient, all founding but those that join by an event."""

    def named(internal_id: str, kind: Kind, recipient: str) -> str:
        return alias(ALIAS_KEY, internal_id, kind, recipient)

    founding = tuple(name for name in RECIPIENTS if name not in by_event)
    return Desk(recipients=founding, alias=lru_cache(maxsize=None)(named), by_event=by_event)


class Story:
    """A fold over events as they are told, under the strict policy unless it is told another first."""

    def __init__(self, *, policy: str | None = None, by_event: tuple[str, ...] = ()) -> None:
        text = STRICT.read_text() if policy is None else policy
        at = desk(by_event)
        self.fold = Fold(empty(), Decider(Rulebook(parse(text)), at) if text else None, at)
        self.told: list[Folded] = []

    def tell(self, *events: Heard) -> Decision:
        """Fold events in this order, a minute apart unless they say when, and return the last decision."""
        for event in events:
            self.told.append(self.fold.take(self._placed(event), None))
        return self.told[-1].decision

    def _placed(self, event: Heard) -> Heard:
        offset = len(self.told)
        if event.recorded_at != START:
            return replace(event, offset=offset)
        at = START + timedelta(minutes=offset)
        occurred_at = at if event.occurred_at == START else event.occurred_at
        return replace(event, offset=offset, recorded_at=at, occurred_at=occurred_at)


def permitted(decision: Decision) -> set[str]:
    """Return who may see the event."""
    return {a.recipient for a in decision.answers if a.outcome is Outcome.PERMIT}


def answer(decision: Decision, recipient: str) -> Answer:
    """Return the answer for one recipient, which there is once."""
    (found,) = [a for a in decision.answers if a.recipient == recipient]
    return found


def again(decision: Decision, recipient: str) -> Answer:
    """Return the answer given again about the earlier form, which comes before events beside it."""
    form, *_ = decision.again
    (found,) = [a for a in form.answers if a.recipient == recipient]
    return found


def sent(decision: Decision) -> dict[str, ReleaseKind]:
    """Return what was sent to whom, but for police and partnership, who get each event as it is."""
    return {e.recipient: e.kind for e in decision.emits if e.recipient not in ("police", "partnership")}


def sent_of(decision: Decision, event_id: str) -> dict[str, ReleaseKind]:
    """Return what was sent of one event to whom, its publisher and the partnership left out."""
    return {
        emit.recipient: emit.kind
        for emit in decision.emits
        if emit.event_id == event_id and emit.ground not in ("own", "partnership")
    }


@cache
def catalogue() -> Catalogue:
    """Return the catalogue of the repository's schemas."""
    return load_catalogue()


HOME = {"address": "14 Larkspur Close", "postcode": "ZZ99 3VZ"}
"""Where the adult victim of every form lives."""

CONTENT: Mapping[str, Mapping[str, Any]] = {
    "incident": {"reference": "CH-2024-000001"},
    "victim": {"given_name": "Quillamareth"},
    "contact": HOME,
    "children": {"given_name": "Brindlewyck"},
    "person_causing_harm": {"given_name": "Orrinvaldesk"},
    "narrative": {"text": "Vexillandrous"},
    "dash": {},
    "referral": {"text": "Thessalwicken"},
    "referrer": {"name": "Umbrelloway"},
    "research": {"text": "Farrowmentine"},
    "rationale": {"text": "Gildersquane"},
}


def sealed(heard: Heard, **facts: Any) -> Record:
    """Return the record of `log` that is heard as this event, or that has other facts."""
    persons = {at.leaf: _person(heard, at) for at in heard.sections}
    envelope = seal_event(
        event_id=heard.event_id,
        type=heard.type,
        schema_id=f"{heard.type}/1",
        recorded_at=heard.recorded_at,
        sections=[
            PlainSection(
                name=at.name,
                schema_id=at.schema_id,
                leaf=at.leaf,
                person=persons[at.leaf],
                plaintext=_plain(heard, at, facts),
            )
            for at in heard.sections
        ],
        keys={person: PERSON_KEY for person in persons.values() if person is not None},
        routing_key=ROUTING_KEY,
        randomness=random.Random(heard.event_id).randbytes,
    )
    return Record(key=heard.event_id.encode(), value=codec.encode_envelope(envelope))


def _person(heard: Heard, at: SectionAt) -> str | None:
    if at.name in ("routing", "facts"):
        return None
    if at.name == "children":
        return next(child.person for child in heard.children if child.leaf == at.leaf)
    if at.name == "person_causing_harm":
        return heard.causing_harm or internal("causing harm")
    return heard.victim


def _plain(heard: Heard, at: SectionAt, facts: Mapping[str, Any]) -> bytes:
    schema = catalogue().section(at.schema_id, heard.type)
    if at.name == "routing":
        return codec.encode_content(schema, _routing(heard))
    return codec.encode_content(
        schema, {**_facts(heard), **facts} if at.name == "facts" else CONTENT[at.name]
    )


def _routing(heard: Heard) -> dict[str, Any]:
    if heard.type in ABOUT_PERSONS:
        who = {"publisher": heard.publisher, "publisher_person": heard.publisher_person}
        return {**who, "persons": list(heard.persons)}
    return {
        "incident": heard.incident,
        "victim": heard.victim,
        "person_causing_harm": heard.causing_harm,
        "publisher": heard.publisher,
        "publisher_person": heard.publisher_person,
        "children": [
            {
                "leaf": child.leaf,
                "person": child.person,
                "school_urn": child.urn,
                "placement": _routed(child.placement),
                "school_conflict": "no",
            }
            for child in heard.children
        ],
        "consent": dict(heard.consent),
        "all_incidents": heard.all_incidents,
        "corrects": heard.corrects,
        "recipient": heard.recipient,
        "policy": heard.policy,
    }


def _routed(placement: Placement) -> str:
    """Return the placement that the door wrote: who causes the harm is seen by who the child is."""
    return "school" if placement is Placement.CAUSING_HARM else placement.value


def _facts(heard: Heard) -> dict[str, Any]:
    known: dict[str, Any] = {
        "occurred_at": heard.occurred_at.isoformat(),
        "confirmed_by": heard.confirmed_by,
        "expires_at": heard.expires_at.isoformat() if heard.expires_at else None,
        "status": heard.case_status,
        "attendees": list(heard.attendees),
        "agreement": heard.agreement,
        "release": heard.answers,
        "between": list(heard.named),
        "recipient": heard.recipient or next(iter(heard.named), None),
        "since": heard.since.isoformat() if heard.since else None,
        "until": heard.until.isoformat() if heard.until else None,
        "persons": [alias(ALIAS_KEY, each, "person", "partnership") for each in heard.persons],
        "policy": "strict",
        "decision_version": heard.decision_version,
        "effective_at": heard.effective_at.isoformat() if heard.effective_at else None,
        "whose": heard.consent_of,
        "victim_age": heard.victim_age,
        "outcome": heard.roles if heard.answers is None else "done",
        "practitioner": heard.practitioner,
        "client": heard.client,
        "supported": "child_victim" if heard.client is Client.CHILD else heard.client,
        "people": list(heard.people),
        "to": list(heard.named),
    }
    if heard.grades is not None:
        known |= {
            "risk": heard.grades.risk.value,
            "children": heard.grades.children.value,
            "vulnerable_adults": sorted(heard.grades.vulnerable_adults),
            "adult_safeguarding_concern": heard.grades.adult_safeguarding_concern,
        }
    if heard.type in ERASING:
        known |= {"reason": heard.why, "order": heard.why or "0" * 32}
    if heard.type == EventType.EVENT_RETRACTED:
        known |= {"reason": "published_in_error", "retracts": heard.corrects}
    fields = catalogue().event(heard.type).section("facts").avro["fields"]
    return {field["name"]: known[field["name"]] for field in fields if field["name"] in known}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a gate wrote, in order: decisions, and releases by topic."""

    decisions: tuple[bytes, ...]
    releases: Mapping[str, tuple[Release, ...]]


class Bench:
    """A log in memory, its own unless it is given one, a database, and gates over both."""

    def __init__(
        self, engine: Engine, *, by_event: tuple[str, ...] = (), log: MemoryLog | None = None
    ) -> None:
        self.log = log or MemoryLog()
        self.engine = engine
        self.by_event = by_event
        self.store = GateStore(engine)
        self.store.create_tables()
        self.clock = FixedClock(START)

    def publish(self, *events: Heard) -> None:
        """Append events as the door would, a minute apart unless they say when."""
        for event in events:
            self.append(event)

    def append(self, event: Heard) -> None:
        """Append one event."""
        count = self.log.reader({}).end(LOG)
        if event.recorded_at == START:
            at = START + timedelta(minutes=count)
            occurred_at = at if event.occurred_at == START else event.occurred_at
            event = replace(event, recorded_at=at, occurred_at=occurred_at)
        self.log.writer().append(LOG, [sealed(event)])

    def gate(
        self,
        *,
        limit: int = 500,
        writer: Writer | None = None,
        releases: Writer | None = None,
        version: int = DECISION_VERSION,
        decides: Decides = Decides.WHAT_IS_NEW,
    ) -> Gate:
        """Return a gate that starts from what is committed."""
        to = writer or self.log.writer()
        partition = Partition(
            open_log=self.log.reader,
            decisions=to,
            releases=releases or to,
            ear=Ear(catalogue(), ROUTING_KEY),
            desk=replace(desk(self.by_event), version=version),
            clock=self.clock,
            decides=decides,
        )
        return Gate(self.store, partition, limit=limit)

    def settle(self, gate: Gate | None = None) -> Gate:
        """Let a gate read to the end."""
        gate = gate or self.gate()
        while gate.position < self.log.reader({}).end(LOG):
            gate.step(0.0)
        return gate

    def records(self, topic: str) -> list[Stored]:
        """Return what a topic holds."""
        return self.log.reader({topic: 0}).read(1_000_000, 0.0)

    def output(self) -> Output:
        """Return what was written, each decision and release once and in order, as readers keep it."""
        decisions: dict[bytes, bytes] = {}
        for stored in self.records(DECISIONS):
            decisions.setdefault(stored.key, stored.value)
        ordered = sorted(decisions.values(), key=lambda value: json.loads(value)["offset"])
        recipients = {e.recipient for value in ordered for e in decode(value).emits}
        releases = {to: tuple(self._next_only(to)) for to in sorted(recipients)}
        return Output(decisions=tuple(ordered), releases=releases)

    def _next_only(self, recipient: str) -> list[Release]:
        kept: list[Release] = []
        for stored in self.records(topic_of(recipient)):
            release = codec.decode_release(stored.value)
            if release.recipient == recipient and release.seq == len(kept) + 1:
                kept.append(release)
        return kept
