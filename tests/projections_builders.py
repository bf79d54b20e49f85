"""Releases for tests of the read models: says only what matters."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from services.eventlog.catalogue import Catalogue
from services.eventlog.catalogue_files import load_catalogue
from services.eventlog.codec import encode_content, encode_release
from services.eventlog.envelope import Release
from services.eventlog.ids import release_id
from services.eventlog.memory import MemoryLog
from services.eventlog.records import Record
from services.eventlog.redriver import MOST_TRIED, Redriver
from services.eventlog.sealing import PlainSection, plan_leaves, seal_event
from services.eventlog.topics import OPENINGS
from services.projections.store.models import Store
from services.projections.worker import Interpreter, Worker, topics_of
from services.runtime.clock import FixedClock
from services.runtime.database import engine_at
from services.vocabulary.agencies import RECIPIENTS, topic_of
from services.vocabulary.grounds import Ground, ReleaseKind

ROUTING_KEY = bytes(range(32))
VICTIM, CHILD, SIBLING = "a" * 32, "b" * 32, "c" * 32
KEYS: Mapping[str, bytes] = {VICTIM: b"v" * 32, CHILD: b"c" * 32, SIBLING: b"s" * 32}
RECORDED = datetime(2024, 9, 2, 8, 30, tzinfo=UTC)
OCCURRED = "2024-09-01T23:40:00+01:00"
FACTS: Mapping[str, object] = {
    "risk": "high",
    "children": "none",
    "vulnerable_adults": [],
    "adult_safeguarding_concern": False,
    "occurred_at": OCCURRED,
    "source": "police",
}


def shuffled_nowhere(_leaves: list[int]) -> None:
    """Leave leaves as they are."""


def event_number(number: int) -> str:
    """Return an event id."""
    return f"00112233-4455-6677-8899-{number:012x}"


def a_release(
    recipient: str = "dafsu",
    seq: int = 1,
    *,
    event: int | None = None,
    sections: tuple[str, ...] = ("facts", "victim", "contact"),
    kind: ReleaseKind = ReleaseKind.NEW,
    incident: str | None = "incident-alias",
    person: str | None = "person-alias",
    event_type: str = "VpaReviewed",
    catalogue: Catalogue | None = None,
    recorded: datetime = RECORDED,
    facts: Mapping[str, object] = FACTS,
    expects: str | None = "contact the adult victim",
    ground: Ground = Ground.HIGH_RISK,
) -> bytes:
    """Return the bytes of a release with these sections; `facts` says police, on 1 September."""
    event_id = event_number(seq if event is None else event)
    _, leaves = plan_leaves(max(len(sections), 1), shuffled_nowhere)
    plain = [
        PlainSection(
            name=name,
            schema_id=_schema_id(name, event_type, facts),
            leaf=leaf,
            person=_owner(name),
            plaintext=_plain(name, event_type, facts),
        )
        for name, leaf in zip(sections, leaves, strict=False)
    ]
    sealed = seal_event(
        event_id=event_id,
        type=event_type,
        schema_id=f"{event_type}/1",
        recorded_at=recorded,
        sections=plain,
        keys=KEYS,
        routing_key=ROUTING_KEY,
        randomness=lambda size: bytes([seq % 251]) * size,
    )
    return encode_release(
        Release(
            release_id=release_id(f"{kind}{seq}", event_id, recipient),
            kind=kind,
            recipient=recipient,
            seq=seq,
            cause=event_id,
            event_id=event_id,
            decided_at=recorded,
            ground=ground,
            rule="dafsu-high",
            policy="e" * 64,
            purpose="support",
            expects=expects,
            not_after=None,
            person=person,
            incident=incident,
            reason="withdrawn" if kind is ReleaseKind.RECALLED else None,
            header=sealed.header,
            sections=sealed.sections,
        )
    )


def _owner(name: str) -> str | None:
    return None if name == "facts" else CHILD if name == "children" else VICTIM


def _plain(name: str, event_type: str, facts: Mapping[str, object]) -> bytes:
    if name != "facts":
        return b"Quillamareth Ostrovendale"
    of = "VpaReviewed" if facts is FACTS else event_type
    return encode_content(load_catalogue().section(_schema_id(name, event_type, facts), of), facts)


def _schema_id(name: str, event_type: str, facts: Mapping[str, object]) -> str:
    """Return the newest version of facts that a test says itself; the first of anything else."""
    if name != "facts" or facts is FACTS:
        return f"{name}/1"
    return load_catalogue().event(event_type).section(name).schema_id


def an_answer(
    recipient: str, seq: int, answers: str, *, source: str | None = None, outcome: str = "done"
) -> bytes:
    """Return the bytes of a release of an `ExpectationMet`; without `source`, of the recipient's own."""
    said = {
        "release": answers,
        "outcome": outcome,
        "reason": None,
        "occurred_at": OCCURRED,
        "source": source or recipient,
    }
    return a_release(
        recipient,
        seq,
        sections=("facts",),
        event_type="ExpectationMet",
        facts=said,
        expects=None,
        ground=Ground.OWN if said["source"] == recipient else Ground.MARAC,
    )


@dataclass(slots=True, kw_only=True)
class ReadModels:
    """Read models over a log in memory, with a clock that stands still."""

    url: str
    log: MemoryLog = field(default_factory=MemoryLog)
    clock: FixedClock = field(default_factory=lambda: FixedClock(RECORDED))
    catalogue: Catalogue = field(default_factory=load_catalogue)
    routing_key: bytes = ROUTING_KEY
    most_tried: int = MOST_TRIED
    bank_holidays: AbstractSet[date] = frozenset()

    def store(self) -> Store:
        """The tables."""
        store = Store(engine_at(self.url), self.bank_holidays)
        store.ensure()
        return store

    def worker(self) -> Worker:
        """A worker that goes on from where the tables stand."""
        return Worker(
            store=self.store(),
            interpreter=self.interpreter(),
            open_log=self.log.reader,
            topics=topics_of(RECIPIENTS),
            clock=self.clock,
        )

    def interpreter(self) -> Interpreter:
        """What reads a release, with the schemas and the key of now."""
        return Interpreter(self.catalogue, self.routing_key)

    def redriver(self, worker: Worker | None = None) -> Redriver:
        """What reads again what was set aside; a worker that is given is told."""
        return Redriver(
            kept=self.store(),
            open_log=self.log.reader,
            judge=self.interpreter().number,
            again=worker.look_again if worker else lambda: None,
            clock=self.clock,
            most=self.most_tried,
        )

    def append(self, recipient: str, *releases: bytes) -> None:
        """Append releases to the recipient's topic, as the gate does."""
        records = [Record(key=recipient.encode(), value=value) for value in releases]
        self.log.writer().append(topic_of(recipient), records)

    def open(self, recipient: str, release_id: str, **said: object) -> None:
        """Put on record that somebody of the recipient's agency opened a release, as the keyring does."""
        record = {
            "opening_id": "o" * 32,
            "at": "2024-09-02T09:00:00Z",
            "release_id": release_id,
            "event_id": event_number(1),
            "recipient": recipient,
            "agency": recipient,
            "person": "p-somebody",
            "purpose": "support today",
            "sections": ["victim"],
            "refused": False,
            "party": False,
            **said,
        }
        self.log.writer().append(OPENINGS, [Record(key=b"opening", value=json.dumps(record).encode())])

    def follow(self, worker: Worker | None = None) -> Worker:
        """Read everything there is."""
        following = worker or self.worker()
        while following.step(0):
            pass
        return following
