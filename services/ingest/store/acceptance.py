"""Taking events in: from what was sent to sealed rows in the outbox, in the order of the log.

Sealed once; what is retried afterwards is the row's bytes. Key rows are on disk before the outbox
has an event that needs them: killed in between, a few keys are left that seal nothing.
"""

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from secrets import token_hex, token_urlsafe
from threading import Lock

from sqlalchemy import Engine

from services.eventlog.catalogue import EventSchema
from services.eventlog.codec import encode_content, encode_envelope
from services.eventlog.ids import event_id
from services.eventlog.keys import FileKek, KeyStore
from services.eventlog.sealing import PlainSection, plan_leaves, seal_event
from services.ingest import flow
from services.ingest.rules import linking
from services.ingest.rules.people import marks
from services.ingest.state import (
    Accepted,
    Arrival,
    Incident,
    Known,
    Marks,
    Original,
    Parties,
    Reason,
    Record,
    Refused,
    Registered,
    Scope,
    Sender,
    Submission,
)
from services.ingest.store.answers import Offered, Status, Taken, conflict, duplicate, refused
from services.ingest.store.incidents import Incidents
from services.ingest.store.originals import Originals, Was
from services.ingest.store.outbox import Entry, Kept, Outbox
from services.ingest.store.people import People, behind, keyed
from services.ingest.store.randomness import Randomness
from services.ingest.store.tables import KEYS
from services.runtime import telemetry
from services.runtime.clock import Clock
from services.runtime.database import writing
from services.runtime.secrets import Secrets
from services.vocabulary.events import VPA_FAMILY, EventType


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """Hold an accepted event between the key database and the outbox."""

    entry: Entry
    schema: EventSchema
    incident: str | None
    sections: tuple[PlainSection, ...] = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """Hold an event that is not answered yet, with the reasons found before anything was looked up.

    With reasons, or where another event has its id, it is refused: what is looked up gives further reasons.
    """

    arrival: Arrival
    reasons: tuple[Reason, ...]
    conflict: bool

    @property
    def is_refused(self) -> bool:
        """Say whether nothing that is looked up can have it accepted."""
        return self.conflict or bool(self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tokens:
    """Hold what the persons of one event may be recognised by, keyed."""

    victim: Marks | None
    person_causing_harm: Marks | None
    children: tuple[Marks, ...]

    def all(self) -> Iterator[Marks]:
        """Yield everybody's."""
        yield from (marks for marks in (self.victim, self.person_causing_harm) if marks is not None)
        yield from self.children


class Acceptance:
    """The door's one way in. Batches are taken one after another: their order is the log's."""

    def __init__(
        self, outbox: Outbox, keys: Engine, secrets: Secrets, registered: Registered, clock: Clock
    ) -> None:
        self._outbox = outbox
        self._keys = keys
        self._store = KeyStore(keys, FileKek(secrets.kek))
        self._secrets = secrets
        self._registered = registered
        self._clock = clock
        self._randomness = Randomness()
        self._turn = Lock()

    def create_tables(self) -> None:
        """Make the tables where they are missing, the key database's too."""
        self._store.create_tables()
        KEYS.create_all(self._keys)
        self._outbox.create_tables()

    def mac(self, canonical: bytes) -> bytes:
        """Return the keyed MAC of a body, by which a second copy is known."""
        return hmac.digest(self._secrets.body, canonical, "sha256")

    def take(self, sender: Sender, offered: Sequence[Offered]) -> list[Taken]:
        """Take a batch in and return what became of each event, in order; each stands alone.

        1. Answer what the outbox has already.  2. Refuse, with every reason.  3. Resolve incidents
        and persons, and lay the sections out.  4. Commit keys.  5. Seal.  6. Commit the outbox.

        Returns after step 6: accepted events are kept, and will be in the log. Where it raises,
        nothing was accepted, and the same batch may be sent again.
        """
        with self._turn:
            batch = _Batch(self, sender, self._clock.now())
            return batch.take(offered)


class _Batch:
    """One batch on its way through the door."""

    def __init__(self, door: Acceptance, sender: Sender, at: datetime) -> None:
        self._door = door
        self._sender = sender
        self._at = at
        self._trace = telemetry.carrier().get("traceparent")
        self._fresh: dict[str, _Laid] = {}
        self._personal: Mapping[str, bytes] = {}
        self._originals = Originals(door._outbox, door._secrets, sender.agency)

    def take(self, offered: Sequence[Offered]) -> list[Taken]:
        names = [self._event_id(item) for item in offered]
        kept = self._door._outbox.find(name for name in names if name is not None)
        looked = [self._look(item, name, kept) for item, name in zip(offered, names, strict=True)]
        if any(isinstance(item, _Read) for item in looked):
            looked = self._resolve(offered, names, looked)
        numbers = self._keep()
        return [replace(t, seq=numbers.get(t.event_id or "", t.seq)) for t in looked if isinstance(t, Taken)]

    def _event_id(self, item: Offered) -> str | None:
        return None if item.id is None else event_id(self._door._secrets.id, self._sender.agency, item.id)

    def _look(self, item: Offered, name: str | None, kept: dict[str, Kept]) -> Taken | _Read:
        """Answer what needs nothing looked up: known events, and what nothing can be read of."""
        known = kept.get(name) if name is not None else None
        if known is not None and hmac.compare_digest(known.mac, item.mac):
            return duplicate(item, known)
        if item.submission is None or item.schema is None:
            return refused(item, item.reasons) if known is None else conflict(item, item.reasons)
        arrival = Arrival(submission=item.submission, sender=self._sender, at=self._at)
        found = flow.screen(arrival, item.schema.publishers, self._door._registered)
        return _Read(
            arrival=arrival, reasons=flow.with_others(item.reasons, found), conflict=known is not None
        )

    def _resolve(
        self, offered: Sequence[Offered], names: list[str | None], looked: Sequence[Taken | _Read]
    ) -> list[Taken | _Read]:
        unread = [item for item in looked if isinstance(item, _Read)]
        arrivals = [item.arrival for item in unread if not item.is_refused]
        with writing(self._door._keys) as conn:
            incidents = Incidents(conn, self._door._secrets.match, self._door._secrets.alias)
            incidents.load((item.arrival.sender, item.arrival.submission) for item in unread)
            self._originals.load(
                (item.submission, item.schema) for item in offered if item.submission and item.schema
            )
            incidents.load_these(self._originals.incidents())
            people = People(conn, self._door._store)
            described = {id(arrival): self._describe(arrival.submission) for arrival in arrivals}
            people.load(
                (one for found in described.values() for one in found.all()),
                incidents.victims(),
                self._children(arrivals, described, incidents),
            )
            results: list[Taken | _Read] = []
            for item, name, found in zip(offered, names, looked, strict=True):
                if isinstance(found, _Read):
                    tokens = described.get(id(found.arrival))
                    if tokens is None or name is None or self._differs(item, name):
                        found = self._refuse(item, name, found, incidents)
                    else:
                        found = self._settle(item, name, found.arrival, tokens, incidents, people)
                results.append(found)
            incidents.write()
            self._personal = people.write(self._at)
        return results

    def _children(
        self, arrivals: Sequence[Arrival], described: Mapping[int, _Tokens], incidents: Incidents
    ) -> Iterator[tuple[str, Marks]]:
        for arrival in arrivals:
            known = incidents.known(self._sender, arrival.submission)
            if known is not None:
                yield from ((known.id, child) for child in described[id(arrival)].children)

    def _what_it_was(self, submission: Submission, incidents: Incidents) -> Original | None:
        """Return the sender's own event that is taken back, sent before or in this very batch."""
        name = self._originals.named(submission)
        if name is None or submission.type is not EventType.EVENT_RETRACTED:
            return None
        laid = self._fresh.get(name)
        was = Was(EventType(laid.schema.type), laid.incident) if laid else self._originals.what_was(name)
        return was and Original(event_id=name, type=was.type, incident=incidents.of(was.incident))

    def _differs(self, item: Offered, name: str | None) -> bool:
        """Say whether another event of this batch has the id."""
        laid = self._fresh.get(name) if name is not None else None
        return laid is not None and not hmac.compare_digest(laid.entry.mac, item.mac)

    def _refuse(self, item: Offered, name: str | None, found: _Read, incidents: Incidents) -> Taken:
        """Answer with every reason, one that comes of looking its incident up among them."""
        submission = found.arrival.submission
        known = Known(
            incident=incidents.known(self._sender, submission),
            original=self._what_it_was(submission, incidents),
            persons=self._linked(submission),
        )
        reasons = flow.with_others(found.reasons, flow.unresolved(submission, known))
        again = found.conflict or self._differs(item, name)
        return conflict(item, reasons) if again else refused(item, reasons)

    def _settle(
        self,
        item: Offered,
        name: str,
        arrival: Arrival,
        tokens: _Tokens,
        incidents: Incidents,
        people: People,
    ) -> Taken:
        if name in self._fresh:
            return _again(item, self._fresh[name].entry)
        original = self._originals.named(arrival.submission)
        has_original = original is not None and (original in self._fresh or self._originals.is_kept(original))
        known = Known(
            incident=incidents.known(self._sender, arrival.submission),
            corrects=original if has_original else None,
            original=self._what_it_was(arrival.submission, incidents),
            persons=self._linked(arrival.submission),
        )
        decided = flow.decide(arrival, known, self._door._registered)
        if isinstance(decided, Refused):
            return refused(item, decided.reasons)
        decided, parties = self._persons(arrival.submission, tokens, decided, incidents, people)
        self._fresh[name] = self._laid(item, name, arrival, known, decided, parties)
        entry = self._fresh[name].entry
        return Taken(
            id=item.id, status=Status.ACCEPTED, event_id=name, receipt=entry.receipt, defects=decided.defects
        )

    def _linked(self, submission: Submission) -> tuple[str | None, ...]:
        return behind(linking.named(submission), self._door._secrets.alias, self._sender.agency)

    def _persons(
        self,
        submission: Submission,
        tokens: _Tokens,
        decided: Accepted,
        incidents: Incidents,
        people: People,
    ) -> tuple[Accepted, Parties]:
        """Return who the event's persons are, and its incident with its victim put right."""
        victim = self._victim(tokens, decided, people)
        if decided.scope is Scope.NEW:
            decided = replace(decided, incident=Incident(id=token_hex(16), victim=victim))
            assert decided.incident is not None
            incidents.begin(self._sender, submission, decided.incident)
        elif decided.incident is not None and decided.incident.victim != victim:
            decided = replace(decided, incident=replace(decided.incident, victim=victim))
            assert decided.incident is not None
            if submission.type in VPA_FAMILY:
                incidents.change_victim(decided.incident)
        other, of = tokens.person_causing_harm, decided.incident
        return decided, Parties(
            victim=victim,
            person_causing_harm=None if other is None else people.find(other),
            children=people.find_children(tokens.children, of.id if of is not None else None),
        )

    def _victim(self, tokens: _Tokens, decided: Accepted, people: People) -> str | None:
        """Return who the event's adult victim is: never who it says causes the harm."""
        held = decided.incident.victim if decided.incident is not None else None
        if held is not None and people.is_known_as(held, tokens.person_causing_harm):
            held = None
        if tokens.victim is not None:
            return people.find_victim(tokens.victim, held)
        if people.has(held):
            return held
        return None if decided.scope is Scope.NONE else people.begin()

    def _describe(self, submission: Submission) -> _Tokens:
        victim, other = (submission.sections.get(name) for name in ("victim", "person_causing_harm"))
        return _Tokens(
            victim=None if victim is None else self._tokens(victim),
            person_causing_harm=None if other is None else self._tokens(other),
            children=tuple(map(self._tokens, submission.children)),
        )

    def _tokens(self, person: Record) -> Marks:
        return keyed(marks(person), self._door._secrets.match)

    def _laid(
        self, item: Offered, name: str, arrival: Arrival, known: Known, decided: Accepted, parties: Parties
    ) -> _Laid:
        assert item.schema is not None
        _, leaves = plan_leaves(flow.count_sections(arrival.submission), self._door._randomness.shuffle)
        plain = flow.lay_out(arrival, known, decided, parties, leaves, self._door._registered)
        schemas = {section.name: section for section in item.schema.sections}
        sections = tuple(
            PlainSection(
                name=one.name,
                schema_id=schemas[one.name].schema_id,
                leaf=one.leaf,
                person=one.person,
                plaintext=encode_content(schemas[one.name], one.value),
            )
            for one in plain
        )
        return _Laid(
            entry=self._entry(item, name, decided),
            schema=item.schema,
            incident=decided.incident.id if decided.incident is not None else None,
            sections=sections,
            at=self._at,
        )

    def _entry(self, item: Offered, name: str, decided: Accepted) -> Entry:
        return Entry(
            agency=self._sender.agency,
            event_id=name,
            mac=item.mac,
            receipt=token_urlsafe(24),
            recorded_at=self._at.isoformat(),
            defects=json.dumps([asdict(defect) for defect in decided.defects]),
            trace=self._trace,
            value=b"",
        )

    def _keep(self) -> dict[str, int]:
        return self._door._outbox.add(
            [replace(laid.entry, value=self._sealed(laid)) for laid in self._fresh.values()]
        )

    def _sealed(self, laid: _Laid) -> bytes:
        envelope = seal_event(
            event_id=laid.entry.event_id,
            type=laid.schema.type,
            schema_id=laid.schema.schema_id,
            recorded_at=laid.at,
            sections=laid.sections,
            keys=self._personal,
            routing_key=self._door._secrets.routing,
            randomness=self._door._randomness,
        )
        return encode_envelope(envelope)


def _again(item: Offered, entry: Entry) -> Taken:
    """Answer a second copy of an event in one batch as it would be answered in the next."""
    kept = Kept(seq=0, event_id=entry.event_id, mac=entry.mac, receipt=entry.receipt, defects=entry.defects)
    return duplicate(item, kept)
