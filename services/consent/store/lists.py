"""The ledger row by row: VPAs as they stand, overrides, and releases about a person."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, select

from services.consent.state.entities import Incident, Person
from services.consent.state.links import as_one
from services.consent.state.read_back import read_incident, read_person
from services.consent.store.days import Days
from services.consent.store.gate import INCIDENT, PERSON
from services.consent.store.own_words import OwnWords
from services.consent.store.put_right import PutRights
from services.consent.store.tables import LEDGER, RELEASE, STATE, UNDECIDED, VPA
from services.runtime.database import reading
from services.vocabulary.events import NAMES_BOTH_SIDES, EventType

AGAINST_CONSENT = (EventType.OVERRIDE_RECORDED.value, EventType.DECIDED_NOT_TO_SHARE.value)
"""What somebody decided with a rationale."""

NAMING = (EventType.VPA_RAISED.value, *sorted(each.value for each in NAMES_BOTH_SIDES))
"""What may turn round who was known to harm whom, and waits for the Hub."""


class Vpa(NamedTuple):
    """An incident's form as it stands: who is owed it and withheld, why, and whether anybody has it."""

    event_id: str
    incident: str
    began: str
    reviewed: bool
    risk: str
    children: str
    vulnerable_adult: bool
    withheld: dict[str, str]
    shared: bool


class Against(NamedTuple):
    """An override, or a decision not to share."""

    offset: int
    event_id: str
    event_type: str
    incident: str | None
    recipient: str | None
    publisher: str
    decided_at: str


class Naming(NamedTuple):
    """An event that may name an adult victim and a person causing harm."""

    offset: int
    event_id: str
    event_type: str
    incident: str | None
    publisher: str
    decided_at: str


class Told(NamedTuple):
    """One release about somebody's incident."""

    release_id: str
    recipient: str
    seq: int
    kind: str
    event_id: str
    incident: str
    ground: str
    rule: str
    reason: str | None
    decided_at: str
    standing: str
    sections: tuple[str, ...]


class Stuck(NamedTuple):
    """What could not be decided for a recipient, or for everybody, and where its event lies in the log."""

    last: int
    recipient: str
    event_id: str
    cause: str
    since: str
    event_type: str
    offset: int
    incident: str | None


class Lists:
    """Reads what the gate committed, row by row. Writes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.put_right = PutRights(engine)
        self.own_words = OwnWords(engine)

    def vpas(self, days: Days) -> Iterator[Vpa]:
        """Yield the incidents with a reviewed form that began in these days, in order."""
        yield from self._vpas(days.of(VPA.c.began), VPA.c.reviewed)

    def unreviewed(self, days: Days) -> Iterator[Vpa]:
        """Yield the incidents that began in these days of which something waits for the Hub, in order."""
        yield from self._vpas(days.of(VPA.c.began), VPA.c.awaited)

    def _vpas(self, *which: ColumnElement[bool]) -> Iterator[Vpa]:
        columns = [column for column in VPA.c if column.name in Vpa._fields]
        query = select(*columns).where(*which)
        with reading(self._engine) as conn:
            rows = conn.execute(query.order_by(VPA.c.began, VPA.c.incident)).mappings().all()
        for row in rows:
            yield Vpa(**{**row, "withheld": json.loads(row["withheld"])})

    def against_consent(self, days: Days) -> list[Against]:
        """Return the overrides and the decisions not to share that were decided in these days, in order."""
        columns = [LEDGER.c[name] for name in Against._fields]
        own = (LEDGER.c.event_type.in_(AGAINST_CONSENT), LEDGER.c.cause == LEDGER.c.event_id)
        query = select(*columns).where(days.of(LEDGER.c.decided_at), *own).order_by(LEDGER.c.offset)
        with reading(self._engine) as conn:
            return [Against(*row) for row in conn.execute(query)]

    def naming_both_sides(self, days: Days) -> list[Naming]:
        """Return the raised forms and partners' reports that were decided in these days, in order."""
        columns = [LEDGER.c[name] for name in Naming._fields]
        own = (LEDGER.c.event_type.in_(NAMING), LEDGER.c.cause == LEDGER.c.event_id)
        query = select(*columns).where(days.of(LEDGER.c.decided_at), *own).order_by(LEDGER.c.offset)
        with reading(self._engine) as conn:
            return [Naming(*row) for row in conn.execute(query)]

    def undecided(self, days: Days) -> list[Stuck]:
        """Return what could not be decided, and still is not, since these days, in the order it failed."""
        own = (LEDGER.c.event_id == UNDECIDED.c.event_id) & (LEDGER.c.cause == UNDECIDED.c.event_id)
        at = [UNDECIDED.c[name] for name in ("offset", "recipient", "event_id", "cause", "since")]
        query = (
            select(*at, LEDGER.c.event_type, LEDGER.c.offset, LEDGER.c.incident)
            .join_from(UNDECIDED, LEDGER, own)
            .where(days.of(UNDECIDED.c.since))
            .order_by(UNDECIDED.c.offset, UNDECIDED.c.recipient)
        )
        with reading(self._engine) as conn:
            return [Stuck(*row) for row in conn.execute(query)]

    def about(self, person: str) -> list[Told]:
        """Return every release of every incident that a person had a part in, in order.

        As an adult victim, as a child, or as who causes harm. Whoever is linked with them is one with them
        (decision 0023).
        """
        known = as_one(self._person, person)
        lines = [
            line for key in (*known.incidents, *known.child_of, *known.harms_in) for line in self._lines(key)
        ]
        columns = [RELEASE.c[name] for name in Told._fields]
        found: list[Told] = []
        with reading(self._engine) as conn:
            for line in dict.fromkeys(lines):
                for row in conn.execute(select(*columns).where(RELEASE.c.line == line)).mappings():
                    found.append(Told(**{**row, "sections": tuple(json.loads(row["sections"]))}))
        return sorted(found, key=lambda each: (each.decided_at, each.recipient, each.seq))

    def _lines(self, incident: str) -> Iterable[str]:
        """Return the lines an incident's releases are in: its forms are one, each other event its own."""
        value = self._value(INCIDENT, incident)
        known = read_incident(value) if value is not None else Incident()
        return (incident, *known.beside)

    def _person(self, key: str) -> Person:
        value = self._value(PERSON, key)
        return read_person(value) if value is not None else Person()

    def _value(self, kind: str, key: str) -> str | None:
        query = select(STATE.c.value).where(STATE.c.kind == kind, STATE.c.key == key)
        with reading(self._engine) as conn:
            return conn.scalar(query)
