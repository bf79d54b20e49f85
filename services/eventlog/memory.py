"""The same log in memory: for tests of what is built on it. Passes the same contract as Kafka."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from threading import Condition

from services.eventlog.errors import OffsetGone, Unavailable
from services.eventlog.records import Position, Record, Stored

_SOME_DAY = datetime(2024, 9, 1, tzinfo=UTC)


class MemoryLog:
    """Keep topics in memory. Its writers and readers may be used from several threads.

    Every topic is there, and empty until something is appended. `stop` makes it answer as a broker
    that is away does, until `start`. `now` stamps the records.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: _SOME_DAY) -> None:
        self._now = now
        self._topics: dict[tuple[str, int], list[Stored]] = defaultdict(list)
        self._changed = Condition()
        self._away = False

    def writer(self, *, partition: int = 0) -> "MemoryWriter":
        """Return a writer to one partition of any topic."""
        return MemoryWriter(self, partition)

    def reader(self, starts: Mapping[str, int], partition: int = 0) -> "MemoryReader":
        """Return a reader of these topics, each from its offset."""
        return MemoryReader(self, starts, partition)

    def stop(self) -> None:
        """Go away, as a broker does that was killed."""
        self._away = True

    def start(self) -> None:
        """Be there again, with all that was acknowledged."""
        self._away = False

    def _append(self, partition: int, records: Sequence[tuple[str, Record]]) -> list[Position]:
        with self._changed:
            self._require_there()
            positions = [self._keep(topic, partition, record) for topic, record in records]
            self._changed.notify_all()
            return positions

    def _keep(self, topic: str, partition: int, record: Record) -> Position:
        kept = self._topics[topic, partition]
        stored = Stored(
            topic=topic,
            partition=partition,
            offset=len(kept),
            timestamp=self._now(),
            key=record.key,
            value=record.value,
            headers=record.headers,
        )
        kept.append(stored)
        return Position(topic=topic, partition=partition, offset=stored.offset, timestamp=stored.timestamp)

    def _held(self, topic: str, partition: int) -> list[Stored]:
        self._require_there()
        return self._topics[topic, partition]

    def _require_there(self) -> None:
        if self._away:
            raise Unavailable("the log in memory was stopped: start it")


class MemoryWriter:
    """Append to a log in memory; see `KafkaWriter`, whose promises these are."""

    def __init__(self, log: MemoryLog, partition: int) -> None:
        self._log = log
        self._partition = partition

    def append(
        self, topic: str, records: Sequence[Record], *, timeout: float | None = None
    ) -> list[Position]:
        """Append records to one topic, in order."""
        return self.append_many([(topic, record) for record in records], timeout=timeout)

    def append_many(
        self,
        records: Sequence[tuple[str, Record]],
        *,
        timeout: float | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> list[Position]:
        """Append records to several topics, and return where each lies, in the order given."""
        appended = self._log._append(self._partition, records)
        if meanwhile is not None:
            meanwhile()
        return appended

    def close(self) -> None:
        """Let go."""


class MemoryReader:
    """Read a log in memory; see `KafkaReader`, whose promises these are."""

    def __init__(self, log: MemoryLog, starts: Mapping[str, int], partition: int = 0) -> None:
        self._log = log
        self._next = dict(starts)
        self._partition = partition

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return up to `limit` records, waiting up to `timeout` seconds for the first only."""
        with self._log._changed:
            self._log._changed.wait_for(self._something, timeout)
            try:
                return self._taken(limit)
            except Unavailable:
                return []

    def seek(self, topic: str, offset: int) -> None:
        """Read that topic on from `offset`."""
        self._next[topic] = offset

    def end(self, topic: str, *, timeout: float = 0.0) -> int:
        """Return the offset the next record of a topic will have."""
        return len(self._log._held(topic, self._partition))

    def ends(self, topics: Iterable[str], *, timeout: float = 0.0) -> dict[str, int]:
        """Return the end of each topic."""
        return {topic: self.end(topic) for topic in topics}

    def fetch(self, topic: str, offsets: Iterable[int], *, timeout: float = 0.0) -> dict[int, Stored]:
        """Return the records at these offsets, wherever `read` stands."""
        held = self._log._held(topic, self._partition)
        wanted = sorted(set(offsets))
        if wanted and not 0 <= wanted[0] <= wanted[-1] < len(held):
            raise OffsetGone(f"`{topic}` holds no `{wanted[-1]}`: have the topic looked at")
        return {offset: held[offset] for offset in wanted}

    def close(self) -> None:
        """Let go."""

    def _something(self) -> bool:
        """Say whether there is anything to return, or to raise."""
        topics = self._log._topics
        return not self._log._away and any(
            offset != len(topics[topic, self._partition]) for topic, offset in self._next.items()
        )

    def _taken(self, limit: int) -> list[Stored]:
        taken: list[Stored] = []
        for topic, offset in self._next.items():
            held = self._log._held(topic, self._partition)
            if not 0 <= offset <= len(held):
                raise OffsetGone(f"`{topic}` does not hold `{offset}`: have the topic looked at")
            some = held[offset : offset + limit - len(taken)]
            self._next[topic] = offset + len(some)
            taken += some
        return taken
