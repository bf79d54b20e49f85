"""The ledger as it is asked: what was decided about an event, who holds what, and the counts."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Engine, RowMapping, Select, func, select

from services.consent.flow.decision import Answer
from services.consent.flow.ledger import Became
from services.consent.flow.record import read_answers
from services.consent.state.entities import Erasure, Incident, Person, Standing
from services.consent.state.read_back import read_erasure, read_incident, read_person, read_standing
from services.consent.store.days import Days
from services.consent.store.expecting import Expectations
from services.consent.store.gate import AT_ONCE, ERASURE, INCIDENT, NAME, PERSON, STANDING, WAITING, Adopted
from services.consent.store.tables import LEDGER, POLICY, POSITION, RELEASE, STATE, VPA
from services.eventlog import positions
from services.eventlog.topics import LOG
from services.runtime.database import at_one_moment, reading
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Reason, ReleaseKind
from services.vocabulary.times import parse_time

NO_INCIDENT = ""
"""The key that no incident has: asked for where there is none, so that none takes as long as a hidden one."""

ENDED = (Became.RECALLED.value, Became.CORRECTED.value)
CLOSING = (ReleaseKind.RECALLED.value, ReleaseKind.CORRECTED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A release as the keyring must know it. `sections` names each with its leaf, as an inbox does.

    `line`: which others may take its place; None: none may.
    """

    release_id: str
    recipient: str
    seq: int
    kind: ReleaseKind
    event_id: str
    event_offset: int
    incident: str | None
    line: str | None
    ground: Ground
    not_after: datetime | None
    can_end: bool
    became: Became
    sections: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one decision answered about an event. `cause` is the deciding event, often itself."""

    event_id: str
    cause: str
    event_type: str
    incident: str | None
    policy: str
    version: int
    decided_at: datetime
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What ended a release: a recall with its reason, or a correction that took its place."""

    kind: ReleaseKind
    cause: str
    reason: Reason
    policy: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAgreement:
    """Where in the log an agreement was signed, or else ended, and when that was decided."""

    offset: int
    at: datetime
    signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A policy as adopted."""

    hash: str
    name: str
    version: int
    text: str
    adopted_at: str


class Ledger:
    """Reads what the gate committed. Writes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.expectations = Expectations(engine)

    def at_one_moment(self) -> AbstractContextManager[None]:
        """Return a block within which everything read from here is as of one moment."""
        return at_one_moment(self._engine)

    def position(self) -> int:
        """Return the next offset of `log` to be decided, as committed."""
        with reading(self._engine) as conn:
            return positions.load(conn, POSITION, NAME).get(LOG, 0)

    def release(self, release_id: str) -> Released | None:
        """Return a release by its id, or None."""
        with reading(self._engine) as conn:
            row = conn.execute(select(RELEASE).where(RELEASE.c.release_id == release_id)).first()
        return _released(row._mapping) if row is not None else None

    def released(self, recipient: str, incidents: Iterable[str]) -> tuple[Released, ...]:
        """Return every release to a recipient of these incidents, what it published itself too, in order."""
        wanted, found = sorted(set(incidents)), list[Released]()
        own = select(RELEASE).where(RELEASE.c.recipient == recipient)
        with reading(self._engine) as conn:
            for start in range(0, len(wanted), AT_ONCE):
                few = own.where(RELEASE.c.incident.in_(wanted[start : start + AT_ONCE]))
                found += [_released(row) for row in conn.execute(few).mappings()]
        return tuple(sorted(found, key=lambda each: each.seq))

    def offsets(self, event_ids: Iterable[str]) -> list[int]:
        """Return where events stand in the log that anybody was released, in order."""
        query = select(RELEASE.c.event_offset).where(RELEASE.c.event_id.in_(sorted(set(event_ids))))
        with reading(self._engine) as conn:
            return sorted({row.event_offset for row in conn.execute(query)})

    def standing(self, line: str, recipient: str) -> Released | None:
        """Return the release of a line that stands for a recipient, the last if several."""
        query = (
            select(RELEASE)
            .where(RELEASE.c.line == line, RELEASE.c.recipient == recipient)
            .where(RELEASE.c.standing == Became.STANDS.value)
            .order_by(RELEASE.c.seq.desc())
        )
        with reading(self._engine) as conn:
            row = conn.execute(query).first()
        return _released(row._mapping) if row is not None else None

    def closed(self, event_id: str) -> dict[str, Closing]:
        """Return what ended the releases of an event, by recipient; whoever still holds one is absent."""
        query = (
            select(RELEASE)
            .where(RELEASE.c.event_id == event_id, RELEASE.c.line.is_not(None))
            .order_by(RELEASE.c.seq)
        )
        with reading(self._engine) as conn:
            rows = conn.execute(query).mappings().all()
            held = {row["recipient"]: row for row in rows if row["kind"] != ReleaseKind.RECALLED.value}
            ended = {to: row for to, row in held.items() if row["standing"] in ENDED}
            found = {to: conn.execute(_what_ended(row)).mappings().first() for to, row in ended.items()}
        return {str(to): _closing(row) for to, row in found.items() if row is not None}

    def about(self, event_ids: Iterable[str]) -> tuple[Answered, ...]:
        """Return every answer about the first of these events that is known, in the order given.

        Asks for all of them, known or not: how long it takes says nothing about which there is.
        """
        wanted = tuple(event_ids)
        found: dict[str, list[Answered]] = {}
        for start in range(0, len(wanted), AT_ONCE):
            for each in self._answered(LEDGER.c.event_id.in_(wanted[start : start + AT_ONCE])):
                found.setdefault(each.event_id, []).append(each)
        return next((tuple(found[event_id]) for event_id in wanted if event_id in found), ())

    def last_answers(self, event_ids: Iterable[str], recipient: str) -> tuple[Answer, ...]:
        """Return what the last decision about any of these events answered for a recipient, about each."""
        query = (
            select(LEDGER.c.offset, LEDGER.c.answers)
            .where(LEDGER.c.event_id.in_(sorted(event_ids)))
            .order_by(LEDGER.c.offset.desc())
        )
        found: list[Answer] = []
        with reading(self._engine) as conn:
            for _, rows in groupby(conn.execute(query), key=itemgetter(0)):
                found = [one for _, text in rows for one in read_answers(text) if one.recipient == recipient]
                if found:
                    break
        return tuple(found)

    def offset_of(self, event_id: str) -> int | None:
        """Return where in the log an event that was decided lies, or None."""
        own = (LEDGER.c.event_id == event_id, LEDGER.c.cause == event_id)
        with reading(self._engine) as conn:
            return conn.scalar(select(LEDGER.c.offset).where(*own).order_by(LEDGER.c.offset).limit(1))

    def of_incident(self, incident: str) -> tuple[Answered, ...]:
        """Return every answer about the events of an incident, in order."""
        return self._answered(LEDGER.c.incident == incident)

    def incident(self, key: str) -> Incident | None:
        """Return what is known about an incident now."""
        query = select(STATE.c.value).where(STATE.c.kind == INCIDENT, STATE.c.key == key)
        with reading(self._engine) as conn:
            value = conn.scalar(query)
        return read_incident(value) if value is not None else None

    def person(self, key: str) -> Person:
        """Return what is known about a person now."""
        query = select(STATE.c.value).where(STATE.c.kind == PERSON, STATE.c.key == key)
        with reading(self._engine) as conn:
            value = conn.scalar(query)
        return read_person(value) if value is not None else Person()

    def erasures(self) -> dict[str, Erasure]:
        """Return what is known of everybody's erasure of whom it was spoken, by person."""
        query = select(STATE.c.key, STATE.c.value).where(STATE.c.kind == ERASURE).order_by(STATE.c.key)
        with reading(self._engine) as conn:
            return {row.key: read_erasure(row.value) for row in conn.execute(query)}

    def ever_restricted(self) -> tuple[str, ...]:
        """Return the incidents that the Hub ever restricted, in order."""
        query = select(LEDGER.c.incident).where(LEDGER.c.event_type == EventType.ACCESS_RESTRICTED.value)
        with reading(self._engine) as conn:
            found = conn.execute(query.where(LEDGER.c.incident.is_not(None)).order_by(LEDGER.c.offset))
            return tuple(dict.fromkeys(str(key) for (key,) in found))

    def taking_part(self) -> Standing:
        """Return what is known of the partition as a whole: who is suspended, and the agreements."""
        query = select(STATE.c.value).where(STATE.c.kind == STANDING)
        with reading(self._engine) as conn:
            value = conn.scalar(query)
        return read_standing(value) if value is not None else Standing()

    def waiting(self) -> dict[str, tuple[str, ...]]:
        """Return the incidents of which something waits for whoever is stopped, by recipient."""
        query = select(STATE.c.key, STATE.c.value).where(STATE.c.kind == WAITING).order_by(STATE.c.key)
        with reading(self._engine) as conn:
            return {str(row.key): tuple(json.loads(row.value)) for row in conn.execute(query)}

    def policy(self, policy: str | None = None) -> InForce | None:
        """Return a policy by its hash or the start of it, or the one in force; None where there is none."""
        wanted = policy if policy is not None else self.taking_part().policy
        if wanted is None:
            return None
        known = POLICY.c.hash.startswith(wanted, autoescape=True)
        query = select(POLICY).where(known).order_by(POLICY.c.offset.desc())
        with reading(self._engine) as conn:
            row = conn.execute(query.limit(1)).first()
        if row is None:
            return None
        return InForce(
            hash=row.hash, name=row.name, version=row.version, text=row.text, adopted_at=row.adopted_at
        )

    def policies(self) -> list[Adopted]:
        """Return every adoption of a policy, the latest first."""
        with reading(self._engine) as conn:
            rows = conn.execute(select(POLICY).order_by(POLICY.c.offset.desc()))
            return [Adopted(**row) for row in rows.mappings()]

    def on_agreements(self) -> tuple[OnAgreement, ...]:
        """Return where agreements were signed and ended, in order."""
        signed = EventType.AGREEMENT_SIGNED.value
        about = LEDGER.c.event_type.in_((signed, EventType.AGREEMENT_ENDED.value))
        query = select(LEDGER).where(about, LEDGER.c.cause == LEDGER.c.event_id).order_by(LEDGER.c.offset)
        with reading(self._engine) as conn:
            rows = conn.execute(query).mappings().all()
        return tuple(
            OnAgreement(
                offset=int(row["offset"]),
                at=parse_time(str(row["decided_at"])),
                signed=row["event_type"] == signed,
            )
            for row in rows
        )

    def releases_by_ground(self, days: Days) -> dict[str, dict[str, int]]:
        """Count releases by recipient and ground, recalls left out."""
        query = (
            select(RELEASE.c.recipient, RELEASE.c.ground, func.count().label("count"))
            .where(days.of(RELEASE.c.began), RELEASE.c.kind != ReleaseKind.RECALLED.value)
            .group_by(RELEASE.c.recipient, RELEASE.c.ground)
            .order_by(RELEASE.c.recipient, RELEASE.c.ground)
        )
        counts: dict[str, dict[str, int]] = {}
        with reading(self._engine) as conn:
            for recipient, ground, count in conn.execute(query):
                counts.setdefault(recipient, {})[ground] = count
        return counts

    def withheld(self, days: Days) -> dict[str, Counter[str]]:
        """Count reviewed VPAs owed to a recipient and withheld, by reason, as they stand now."""
        query = (
            select(VPA.c.withheld, func.count())
            .where(days.of(VPA.c.began), VPA.c.reviewed, VPA.c.withheld != "{}")
            .group_by(VPA.c.withheld)
        )
        counts: dict[str, Counter[str]] = {}
        with reading(self._engine) as conn:
            for text, count in conn.execute(query):
                for recipient, reason in json.loads(text).items():
                    counts.setdefault(recipient, Counter())[reason] += count
        return counts

    def count_vpas(self, days: Days, *conditions: ColumnElement[bool]) -> int:
        """Count incidents whose form stands so."""
        query = select(func.count()).select_from(VPA).where(days.of(VPA.c.began), *conditions)
        with reading(self._engine) as conn:
            return conn.scalar(query) or 0

    def _answered(self, which: ColumnElement[bool]) -> tuple[Answered, ...]:
        with reading(self._engine) as conn:
            rows = conn.execute(select(LEDGER).where(which).order_by(LEDGER.c.offset)).mappings().all()
        return tuple(map(_answer, rows))


def _what_ended(row: RowMapping) -> Select[Any]:
    """Return the question which later release closed this one."""
    return (
        select(RELEASE)
        .where(RELEASE.c.line == row["line"], RELEASE.c.recipient == row["recipient"])
        .where(RELEASE.c.seq > row["seq"], RELEASE.c.kind.in_(CLOSING))
        .order_by(RELEASE.c.seq)
        .limit(1)
    )


def _closing(row: RowMapping) -> Closing:
    return Closing(
        kind=ReleaseKind(str(row["kind"])),
        cause=str(row["cause"]),
        reason=Reason(str(row["reason"])) if row["reason"] is not None else Reason.ENDED,
        policy=str(row["policy"]),
        decided_at=parse_time(str(row["decided_at"])),
    )


def _answer(row: RowMapping) -> Answered:
    return Answered(
        event_id=str(row["event_id"]),
        cause=str(row["cause"]),
        event_type=str(row["event_type"]),
        incident=str(row["incident"]) if row["incident"] is not None else None,
        policy=str(row["policy"]),
        version=int(str(row["version"])),
        decided_at=parse_time(str(row["decided_at"])),
        answers=read_answers(str(row["answers"])),
    )


def _released(row: RowMapping) -> Released:
    names: list[str] = json.loads(str(row["sections"]))
    leaves: list[int] = json.loads(str(row["leaves"]))
    return Released(
        release_id=str(row["release_id"]),
        recipient=str(row["recipient"]),
        seq=int(str(row["seq"])),
        kind=ReleaseKind(str(row["kind"])),
        event_id=str(row["event_id"]),
        event_offset=int(str(row["event_offset"])),
        incident=str(row["incident"]) if row["incident"] is not None else None,
        line=str(row["line"]) if row["line"] is not None else None,
        ground=Ground(str(row["ground"])),
        not_after=parse_time(str(row["not_after"])) if row["not_after"] is not None else None,
        can_end=bool(row["can_end"]),
        became=Became(str(row["standing"])),
        sections=dict(zip(names, leaves, strict=True)),
    )
