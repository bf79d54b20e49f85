"""Read Kafka at explicit offsets: no groups, no commits, nothing skipped."""

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, Final

from confluent_kafka import OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition

from services.eventlog.access import Access
from services.eventlog.errors import Forbidden, OffsetGone, Unavailable
from services.eventlog.records import Stored, moment
from services.runtime.clock import elapsed, rest

Message = Any
"""A message of the library, whose stubs say that any part of it may be missing."""

__all__ = ["KafkaReader", "Stored"]

SETTINGS: Final[dict[str, str | int | bool]] = {
    "group.id": "none",  # asked for by the library, never used: positions are ours
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "error",
    "check.crcs": True,
    "fetch.wait.max.ms": 100,
    "fetch.error.backoff.ms": 20,
    "fetch.queue.backoff.ms": 5,
    "queued.max.messages.kbytes": 32_768,
}

ONE_AT_A_TIME: Final[dict[str, str | int | bool]] = {
    **SETTINGS,
    "fetch.wait.max.ms": 1,
    "fetch.queue.backoff.ms": 0,
    "max.partition.fetch.bytes": 16_384,
    "queued.min.messages": 1,
    "queued.max.messages.kbytes": 64,
}
"""Ask for little: going to an offset costs as much as what has to be read there."""

ANSWER_SECONDS: Final = 10.0
PAUSE_SECONDS: Final = 0.05
NEARBY: Final = 16
"""Records apart at which reading on is quicker than going there."""

_GONE: Final = frozenset(
    {KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._LOG_TRUNCATION}
)
_BROKEN: Final = frozenset({KafkaError._BAD_MSG, KafkaError._BAD_COMPRESSION})


class KafkaReader:
    """Read one partition of some topics, each from the offset given, in order and without a gap.

    A broker that is away is waited for: `read` then returns nothing. One thread reads; `end` and
    `fetch` may be called from others meanwhile. Raises `Forbidden` where a topic is not granted or
    not there (the broker answers both alike), `OffsetGone` where the log does not hold what was
    asked for or an offset is missing, `Unavailable` where its bytes do not match their checksum.
    """

    def __init__(self, access: Access, starts: Mapping[str, int], partition: int = 0) -> None:
        self._access = access
        self._partition = partition
        self._next = dict(starts)
        self._allowed: set[str] = set()
        self._consumer: Consumer | None = None
        self._side: Consumer | None = None
        self._turn = Lock()

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return up to `limit` records, waiting up to `timeout` seconds for the first only."""
        if not self._next or not self._may_read(timeout):
            return []
        consumer = self._assigned()
        messages: list[Message] = consumer.consume(1, timeout)
        if messages and limit > 1:
            messages += consumer.consume(limit - 1, 0)
        return [stored for message in messages if (stored := self._accepted(message)) is not None]

    def seek(self, topic: str, offset: int) -> None:
        """Read that topic on from `offset`, which may be earlier or later than where it stands."""
        self._next[topic] = offset
        if self._consumer is not None:
            self._consumer.assign(self._places())

    def end(self, topic: str, *, timeout: float = ANSWER_SECONDS) -> int:
        """Return the offset the next record of a topic will have. Raises `Unavailable`, `Forbidden`."""
        return self.ends([topic], timeout=timeout)[topic]

    def ends(self, topics: Iterable[str], *, timeout: float = ANSWER_SECONDS) -> dict[str, int]:
        """Return the end of each topic, in one question to the broker. Raises as `end` does."""
        wanted = sorted(set(topics))
        if not wanted:
            return {}
        with self._turn:
            return self._ends(self._sideways(wanted, timeout), wanted, timeout)

    def fetch(
        self, topic: str, offsets: Iterable[int], *, timeout: float = ANSWER_SECONDS
    ) -> dict[int, Stored]:
        """Return the records at these offsets, wherever `read` stands.

        Goes to each offset; those close together are read through. Raises `OffsetGone` where one
        is not there, `Unavailable` where the broker does not answer in time.
        """
        wanted = sorted(set(offsets))
        until = elapsed() + timeout
        found: dict[int, Stored] = {}
        with self._turn:
            side = self._sideways([topic], timeout)
            try:
                for run in _runs(wanted):
                    found.update(self._fetch_run(side, topic, run, until))
            finally:
                side.unassign()
        return found

    def close(self) -> None:
        """Let go of the connections."""
        with self._turn:
            for consumer in (self._consumer, self._side):
                if consumer is not None:
                    consumer.close()
            self._consumer = self._side = None

    def _fetch_run(self, side: Consumer, topic: str, run: Sequence[int], until: float) -> dict[int, Stored]:
        """Read from the first offset of a run to its last, keeping those asked for."""
        found: dict[int, Stored] = {}
        side.assign([TopicPartition(topic, self._partition, run[0])])
        while len(found) < len(run):
            if elapsed() > until:
                raise Unavailable(f"`{topic}` did not answer in time: try again")
            messages: list[Message] = side.consume(1, PAUSE_SECONDS)
            if not messages:
                self._require_held(side, topic, run[-1], max(until - elapsed(), PAUSE_SECONDS))
            for message in filter(_is_record, messages):
                if message.offset() in run:
                    found[message.offset()] = _stored(message)
                elif message.offset() > run[-1]:
                    raise OffsetGone(f"`{topic}` does not hold `{run[-1]}`: have the topic looked at")
        return found

    def _require_held(self, side: Consumer, topic: str, offset: int, timeout: float) -> None:
        """Refuse to wait for what was not written yet."""
        if offset >= self._ends(side, [topic], timeout)[topic]:
            raise OffsetGone(f"`{topic}` does not hold `{offset}` yet: have the topic looked at")

    def _ends(self, side: Consumer, topics: Sequence[str], timeout: float) -> dict[str, int]:
        """Ask for the latest offsets, which the protocol spells as a time of -1."""
        places = [TopicPartition(topic, self._partition, OFFSET_END) for topic in topics]
        try:
            found = side.offsets_for_times(places, timeout=timeout)
        except KafkaException as error:
            raise _failed(error.args[0], topics[0]) from error
        for place in found:
            if place.error is not None:
                raise _failed(place.error, place.topic)
            if place.offset < 0:
                raise Unavailable(f"the end of `{place.topic}` is not known: try again")
        return {place.topic: int(place.offset) for place in found}

    def _accepted(self, message: Message) -> Stored | None:
        """Return the next record of its topic; nothing for a passing error."""
        if not _is_record(message):
            return None
        stored = _stored(message)
        expected = self._next[stored.topic]
        if stored.offset != expected:
            raise OffsetGone(f"`{stored.topic}` gave `{stored.offset}` where `{expected}` comes next: stop")
        self._next[stored.topic] = expected + 1
        return stored

    def _may_read(self, timeout: float) -> bool:
        """Ask once for each topic whether it may be read: the library never says that it may not."""
        until = elapsed() + timeout
        for topic in sorted(self._next.keys() - self._allowed):
            try:
                self._require_allowed(self._assigned(), topic, max(until - elapsed(), PAUSE_SECONDS))
            except Forbidden:
                raise
            except Unavailable:
                rest(max(min(PAUSE_SECONDS, until - elapsed()), 0))
                return False
        return True

    def _require_allowed(self, consumer: Consumer, topic: str, timeout: float) -> None:
        try:
            described = consumer.list_topics(topic, timeout=timeout).topics[topic]
        except KafkaException as error:
            raise _failed(error.args[0], topic) from error
        if described.error is not None:
            raise _failed(described.error, topic)
        self._allowed.add(topic)

    def _assigned(self) -> Consumer:
        if self._consumer is None:
            self._consumer = Consumer({**self._access.config(), **SETTINGS})
            self._consumer.assign(self._places())
        return self._consumer

    def _sideways(self, topics: Iterable[str], timeout: float) -> Consumer:
        """Return a connection that reading does not keep busy: a broker answers one question at a time."""
        if self._side is None:
            self._side = Consumer({**self._access.config(), **ONE_AT_A_TIME})
        for topic in topics:
            if topic not in self._allowed:
                self._require_allowed(self._side, topic, timeout)
        return self._side

    def _places(self) -> list[TopicPartition]:
        return [TopicPartition(topic, self._partition, offset) for topic, offset in self._next.items()]


def _is_record(message: Message) -> bool:
    """Say whether a message is a record; a passing error is not. Raises for one that stays."""
    error = message.error()
    if error is None:
        return True
    topic = message.topic() or "a topic"
    if error.code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
        return False  # nobody is granted a group: none is used
    if error.code() in _GONE:
        raise OffsetGone(f"`{topic}` does not hold the offset asked for: have the topic looked at")
    if error.code() in _BROKEN or error.fatal() or error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
        raise _failed(error, topic)
    return False


def _failed(error: KafkaError, topic: str) -> Unavailable:
    if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
        return Forbidden(f"`{topic}` answers `{error.name()}`: have it granted")
    return Unavailable(f"`{topic}` answers `{error.name()}`: try again later")


def _stored(message: Message) -> Stored:
    return Stored(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        timestamp=moment(message.timestamp()[1]),
        key=message.key() or b"",
        value=message.value() or b"",
        headers=tuple(message.headers() or ()),
    )


def _runs(offsets: Sequence[int]) -> list[list[int]]:
    """Split sorted offsets where the next is further than it pays to read on."""
    runs: list[list[int]] = []
    for offset in offsets:
        if runs and offset - runs[-1][-1] <= NEARBY:
            runs[-1].append(offset)
        else:
            runs.append([offset])
    return runs
