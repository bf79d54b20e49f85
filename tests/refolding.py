"""Fold a log once more, undisturbed, into empty stores: what must come out is what came out (design 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from services.consent import commands
from services.consent.flow.desk import Desk
from services.consent.store.gate import GateStore
from services.consent.worker.gate import Gate, Partition
from services.consent.worker.hearing import Ear
from services.eventlog import codec, topics
from services.eventlog.access import Access
from services.eventlog.aliases import Kind, alias
from services.eventlog.catalogue_files import load_catalogue
from services.eventlog.envelope import Release
from services.eventlog.memory import MemoryLog
from services.eventlog.reader import KafkaReader
from services.eventlog.records import Record, Stored
from services.runtime.clock import SystemClock
from services.runtime.database import engine_at, engine_for
from services.runtime.partnership import Partnership
from services.runtime.secrets import Secrets
from services.runtime.settings import Settings

Numbered = dict[tuple[str, int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a gate said of a log: first decisions by event, releases by recipient and number, its ledger."""

    decisions: dict[str, bytes]
    releases: Numbered
    ledger: list[str]


def refolded(settings: Settings, partnership: Partnership, directory: Path) -> Outcome:
    """Return what one gate says of the running system's log, in memory and an empty database."""
    memory = MemoryLog()
    memory.writer().append(topics.LOG, [_copy(each) for each in every_record(settings, topics.LOG)])
    engine = engine_at(f"sqlite:///{directory / 'refolded.db'}")
    store = GateStore(engine)
    store.create_tables()
    commands.catch_up(Gate(store, _partition(memory, settings, partnership)))
    kept = {topic: memory.reader({topic: 0}).read(1_000_000, 0.01) for topic in written(partnership)}
    return _outcome(kept, commands.dump(engine))


def happened(settings: Settings, partnership: Partnership) -> Outcome:
    """Return what the running system's gate said, read back from its topics and tables."""
    kept = {topic: every_record(settings, topic) for topic in written(partnership)}
    return _outcome(kept, commands.dump(engine_for("consent", settings)))


def released(settings: Settings, partnership: Partnership) -> list[Release]:
    """Return every release the running system's gate sent to anybody, each once."""
    kept = {t: every_record(settings, t) for t in written(partnership) if t != topics.DECISIONS}
    return [codec.decode_release(value) for value in _numbered(kept).values()]


def every_record(settings: Settings, topic: str) -> list[Stored]:
    """Return all a topic holds, read as the administrator."""
    reader = KafkaReader(Access.of(settings, "admin"), {topic: 0})
    try:
        end = reader.end(topic)
        found: list[Stored] = []
        while len(found) < end:
            found += reader.read(5000, 1.0)
        return found
    finally:
        reader.close()


def written(partnership: Partnership) -> list[str]:
    """Return the topics a gate writes."""
    return [t for t in topics.names(partnership) if t == topics.DECISIONS or t.startswith("to.")]


def _outcome(kept: dict[str, list[Stored]], ledger: Iterable[str]) -> Outcome:
    return Outcome(
        decisions=_firsts(kept.pop(topics.DECISIONS)), releases=_numbered(kept), ledger=list(ledger)
    )


def _firsts(records: list[Stored]) -> dict[str, bytes]:
    """Return the decision of each event; a second copy must have the same bytes."""
    found: dict[str, bytes] = {}
    for record in records:
        assert found.setdefault(record.key.decode(), record.value) == record.value
    return found


def _numbered(kept: dict[str, list[Stored]]) -> Numbered:
    """Return releases by recipient and number; a second copy must have the same bytes."""
    found: Numbered = {}
    for record in (record for records in kept.values() for record in records):
        release = codec.decode_release(record.value)
        assert found.setdefault((release.recipient, release.seq), record.value) == record.value
    return found


def gaps(numbers: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    """Return the recipients whose numbers are not one to the last, each once, with what they hold."""
    held: dict[str, list[int]] = defaultdict(list)
    for recipient, seq in numbers:
        held[recipient].append(seq)
    return {to: sorted(has) for to, has in held.items() if sorted(has) != list(range(1, len(has) + 1))}


def _partition(memory: MemoryLog, settings: Settings, partnership: Partnership) -> Partition:
    secrets, writer = Secrets.load(settings), memory.writer()

    def named_apart(internal_id: str, kind: Kind, recipient: str) -> str:
        return alias(secrets.alias, internal_id, kind, recipient)

    return Partition(
        open_log=memory.reader,
        decisions=writer,
        releases=writer,
        ear=Ear(load_catalogue(), secrets.routing),
        desk=Desk(recipients=partnership.recipients(), alias=named_apart, by_event=partnership.joiners()),
        clock=SystemClock(),
    )


def _copy(stored: Stored) -> Record:
    return Record(key=stored.key, value=stored.value)
