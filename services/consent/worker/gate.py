"""The gate: one batch of `log` after another, decided, recorded, released, committed."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Protocol

from services.consent.flow.decide import Decider
from services.consent.flow.decision import Decision
from services.consent.flow.desk import Desk
from services.consent.flow.fold import Fold, NotRecorded, OtherVersion
from services.consent.flow.ledger import Entry, entry
from services.consent.rules.reading import parse
from services.consent.rules.route import Rulebook
from services.consent.state.world import World
from services.consent.store.gate import Adopted, Batch, GateStore, Loaded, StateRow, state_rows
from services.consent.worker import alarms, releasing, tracing
from services.consent.worker.ahead import Ahead
from services.consent.worker.hearing import Arrived, Ear
from services.consent.worker.memory import Memory
from services.consent.worker.recorded import OpenLog, Recorded, differing
from services.eventlog.errors import Forbidden, Moved, Unavailable
from services.eventlog.records import Position, Record
from services.eventlog.topics import DECISIONS, LOG
from services.runtime import pause, telemetry
from services.runtime.clock import Clock, rest
from services.vocabulary.times import format_time

LIMIT = 500
"""Events in a batch at most. Where a batch ends changes nothing about what is decided."""

WAIT_SECONDS = 0.25
AWAY_SECONDS = 0.2
"""Rest after the log or its broker did not answer."""

log = logging.getLogger("sightline.consent")

Addressed = tuple[str, Record]
"""A record, and the topic it is for."""


class Writer(Protocol):
    """What the gate needs of a writer."""

    def append_many(
        self, records: Sequence[tuple[str, Record]], *, meanwhile: Callable[[], None]
    ) -> list[Position]:
        """Append, do something meanwhile, and return once all are acknowledged."""


class Quiet:
    """A writer that sends nothing: for making the ledger again from what was recorded."""

    def append_many(
        self, records: Sequence[tuple[str, Record]], *, meanwhile: Callable[[], None]
    ) -> list[Position]:
        """Send nothing."""
        meanwhile()
        return []


class Decides(Enum):
    """What a gate does about an event that nobody decided yet."""

    WHAT_IS_NEW = "what is new"
    NOTHING_NEW = "nothing new"
    """For making the ledger again: what is not recorded is left to the gate that records it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """What a gate reads from and writes to."""

    open_log: OpenLog
    decisions: Writer
    releases: Writer
    ear: Ear
    desk: Desk
    clock: Clock
    decides: Decides = Decides.WHAT_IS_NEW


class Gate:
    """Decides one partition. A second gate on it does no harm: whoever commits later starts over."""

    def __init__(self, store: GateStore, partition: Partition, *, limit: int = LIMIT) -> None:
        self._store = store
        self._on = partition
        self._limit = limit
        self._loaded = Loaded()
        self._log = partition.open_log({LOG: 0})
        self._bytes = releasing.Bytes(self._log)
        self._ahead = Ahead(self._log, partition.ear, limit)
        self.has_read = False
        self._oldest: datetime | None = None
        age = telemetry.gauge("gate_oldest_undecided_seconds", "Age of the oldest undecided event")
        age.set_function(self._age)
        self._committed = telemetry.gauge("gate_position", "Next offset of the log to be decided")
        alarms.declare()
        differing()
        self.reload()

    @property
    def position(self) -> int:
        """Return the next offset of `log` to be decided, as committed."""
        return self._loaded.log

    def ends(self) -> dict[str, int]:
        """Return where `log` and `decisions` end now. Raises `Unavailable`."""
        return self._log.ends((LOG, DECISIONS))

    def reload(self) -> None:
        """Discard what is in memory and start from what is committed."""
        self._loaded = self._store.load()
        policy = self._loaded.policy
        self._decider = Decider(Rulebook(parse(policy)), self._on.desk) if policy else None
        self._memory = Memory(self._store, self._loaded.numbers, self._loaded.standing)
        self._recorded = Recorded(self._on.open_log, self._loaded.decisions)
        self._looked = False
        self._ahead.seek(self._loaded.log)

    def run(self) -> None:
        """Decide for ever. Raises OtherVersion where another version of the code must go on."""
        while True:
            self.step(WAIT_SECONDS)

    def step(self, timeout: float) -> int:
        """Decide one batch. Return how many records it had. Raises NotRecorded, OtherVersion.

        1. Read from the committed position.
        2. Fold and decide; an event decided already, in `decisions` beyond the committed position,
           is obeyed. A later copy of an event is passed over.
        3. Append to `decisions` what was decided, and wait for the acknowledgements.
        4. Append the releases, obeyed ones again, and wait for the acknowledgements.
        5. Commit state, numbers, ledger and positions in one transaction, a compare-and-set on the
           position the batch began at.
        While 3 waits, the releases are made; while 4 waits, the state is written out and the next batch
        is read and heard. Neither depends on what is waited for.

        Killed anywhere before the end of 5, the next gate starts from the committed position and says
        the same again: same ids, same numbers, same bytes. Where another gate has committed meanwhile,
        or the log does not answer, all memory is discarded. No database lock is held outside 5.
        """
        try:
            if not self._looked:
                self._recorded.look()
                self._looked = True
            arrived = self._ahead.take(timeout)
            self.has_read = True
            if arrived:
                self._oldest = arrived[0].stored.timestamp
                with telemetry.tracer().start_as_current_span("gate.batch") as span:
                    span.set_attribute("records", len(arrived))
                    self._decide(arrived)
            self._oldest = None
            self._committed.set(self._loaded.log)
            return len(arrived)
        except Forbidden:
            raise
        except (Moved, Unavailable) as error:
            log.warning("batch discarded: %s", type(error).__name__)
            if isinstance(error, Unavailable):
                rest(AWAY_SECONDS)
            self.reload()
            return 0

    def _decide(self, arrived: Sequence[Arrived]) -> None:
        first = self._first_copies(arrived)
        self._memory.prefetch([each.heard for each in first])
        world = self._memory.world([each.heard for each in first])
        fold = Fold(world, self._decider, self._on.desk)
        recorded = self._recorded.of([each.heard.event_id for each in first])
        entries, until, traces = self._fold(fold, first, recorded, arrived[-1].stored.offset + 1)
        whole = until > arrived[-1].stored.offset
        releases = self._append(entries, recorded, traces)
        states = self._release(releases, world, look_ahead=whole)
        self._commit(world, entries, until, states)
        if not whole:
            self._ahead.seek(until)
        self._decider = fold.decider

    def _first_copies(self, arrived: Sequence[Arrived]) -> list[Arrived]:
        """Leave out events decided before, and second copies within the batch."""
        by_id: dict[str, Arrived] = {}
        for each in arrived:
            by_id.setdefault(each.heard.event_id, each)
        seen = self._store.seen(by_id)
        return [each for event_id, each in by_id.items() if event_id not in seen]

    def _fold(
        self, fold: Fold, first: Sequence[Arrived], recorded: Mapping[str, Decision], until: int
    ) -> tuple[list[Entry], int, dict[str, str]]:
        """Fold the batch; up to, and without, an event that another version of the code must decide.

        Or that any gate must decide, where this one decides nothing new.
        """
        entries: list[Entry] = []
        traces: dict[str, str] = {}
        for each in first:
            if each.cut is not None and each.heard.readable:
                self._bytes.keep(each.stored.offset, each.cut, [at.leaf for at in each.heard.sections])
            try:
                self._require_decided(each, recorded)
                with tracing.deciding(each.stored, few=len(first) <= tracing.FEW) as trace:
                    folded = fold.take(each.heard, recorded.get(each.heard.event_id))
                    entries.append(entry(fold.world, folded))
            except (OtherVersion, NotRecorded):
                if not entries:
                    raise
                return entries, each.stored.offset, traces
            if trace is not None:
                traces[each.heard.event_id] = trace
        return entries, until, traces

    def _require_decided(self, arrived: Arrived, recorded: Mapping[str, Decision]) -> None:
        if self._on.decides is Decides.NOTHING_NEW and arrived.heard.event_id not in recorded:
            raise NotRecorded(f"nobody decided `{arrived.heard.event_id}` yet: start the gate")

    def _append(
        self, entries: Sequence[Entry], recorded: Mapping[str, Decision], traces: Mapping[str, str]
    ) -> list[Addressed]:
        """Step 3: record what was decided just now, and return the releases of all of it."""
        new = [each for each in entries if each.folded.heard.event_id not in recorded]
        records = [(DECISIONS, _record(each, traces)) for each in new]
        decisions = [each.folded.decision for each in entries]
        made: list[Addressed] = []
        self._recorded.appended(
            _sent(
                self._on.decisions,
                records,
                lambda: made.extend(releasing.records(decisions, self._bytes, traces)),
            )
        )
        pause.at("gate-after-decisions")
        return made

    def _release(self, releases: Sequence[Addressed], world: World, *, look_ahead: bool) -> list[StateRow]:
        """Step 4: release, and return the state as it is to be committed."""
        rows: list[StateRow] = []

        def meanwhile() -> None:
            rows.extend(state_rows(world))
            if look_ahead:
                self._ahead.look()

        _sent(self._on.releases, releases, meanwhile)
        self._bytes.trim()
        pause.at("gate-after-releases")
        return rows

    def _commit(self, world: World, entries: Sequence[Entry], until: int, states: Sequence[StateRow]) -> None:
        """Step 5: commit all of it, or nothing. Raises `Moved`."""
        self._recorded.done([each.folded.heard.event_id for each in entries])
        self._recorded.forget_before(until)
        batch = _batch(world, entries, states, log=until, decisions=self._recorded.committed)
        pause.at("gate-before-commit")
        self._store.commit(self._loaded, batch)
        self._memory.learn(world)
        self._loaded = replace(self._loaded, log=batch.log, decisions=batch.decisions)
        _count(entries)
        alarms.sound(entries, adopted=world.adopted)

    def _age(self) -> float:
        """Return for how many seconds the oldest event read and not committed has lain in the log."""
        oldest = self._oldest
        return max((self._on.clock.now() - oldest).total_seconds(), 0.0) if oldest is not None else 0.0


def _sent(writer: Writer, records: Sequence[Addressed], meanwhile: Callable[[], None]) -> Sequence[Position]:
    """Append records while something is done; that is done where there is nothing to append, too."""
    if records:
        return writer.append_many(records, meanwhile=meanwhile)
    meanwhile()
    return ()


def _record(entry: Entry, traces: Mapping[str, str]) -> Record:
    event_id = entry.folded.decision.event_id
    trace = traces.get(event_id)
    headers = (("traceparent", trace.encode()),) if trace is not None else ()
    return Record(key=event_id.encode(), value=entry.record, headers=headers)


def _batch(
    world: World, entries: Sequence[Entry], states: Sequence[StateRow], *, log: int, decisions: int
) -> Batch:
    return Batch(
        log=log,
        decisions=decisions,
        states=states,
        numbers=world.changed_numbers,
        new_dues=world.new_dues,
        met_dues=world.met_dues,
        occurred=world.new_occurred,
        entries=entries,
        adopted=list(_adopted(world, entries)),
    )


def _adopted(world: World, entries: Sequence[Entry]) -> Iterator[Adopted]:
    """Yield each policy that was adopted, by the offset of its event, whenever it comes into force."""
    decided_at = {each.folded.heard.offset: each.folded.decision.decided_at for each in entries}
    for offset, text in world.adopted.items():
        policy = parse(text)
        yield Adopted(
            offset=offset,
            hash=policy.hash,
            name=policy.name,
            version=policy.version,
            text=text,
            adopted_at=format_time(decided_at[offset]),
        )


def _count(entries: Sequence[Entry]) -> None:
    telemetry.counter("gate_decisions", "Events decided").inc(len(entries))
    releases = sum(len(each.releases) for each in entries)
    telemetry.counter("gate_releases", "Releases sent").inc(releases)
