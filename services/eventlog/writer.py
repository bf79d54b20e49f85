"""Append to Kafka: idempotent, acknowledged by all, in order."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Producer

from services.eventlog.access import Access
from services.eventlog.errors import Forbidden, TooLarge, Unavailable
from services.eventlog.records import Position, Record, moment
from services.runtime.broker import LARGEST_RECORD_BYTES
from services.runtime.clock import elapsed

Message = Any
"""A message of the library, whose stubs say that any part of it may be missing."""

__all__ = ["KafkaWriter", "Position", "Record"]

WAIT_SECONDS: Final = 30.0
LARGE_BATCH_BYTES: Final = 1_000_000
SMALL_BATCH_BYTES: Final = 65_536
"""For a topic that is often read at random: a reader must take the whole batch its record is in."""
_OVERHEAD_BYTES: Final = 1024
"""Kept free below the broker's limit for what Kafka writes around a record."""

SETTINGS: Final[dict[str, str | int | bool]] = {
    "enable.idempotence": True,
    "enable.gapless.guarantee": True,  # a refused record stops the producer: none may pass it
    "acks": "all",
    "message.timeout.ms": 0,  # never given up inside the library: the wait is ours, then all is dropped
    "message.max.bytes": LARGEST_RECORD_BYTES,
    "linger.ms": 5,  # flushing cuts it short
    "compression.type": "none",  # what is sealed does not shrink
    "queue.buffering.max.messages": 500_000,
}

_NOT_ALLOWED: Final = frozenset(
    {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED}
)

_STOPPED: Final = (KafkaException, SystemError)
"""How the library says that a producer may not go on; the second from inside `flush`."""


class KafkaWriter:
    """Append records to one partition of any topic this principal may write.

    Safe to share between threads: one append at a time. A record of a later append never passes an
    unresolved one, because an append that fails throws away its producer and all it still held.
    """

    def __init__(
        self,
        access: Access,
        *,
        partition: int = 0,
        timeout: float = WAIT_SECONDS,
        batch_bytes: int = LARGE_BATCH_BYTES,
    ) -> None:
        self._config = {**access.config(), **SETTINGS, "batch.size": batch_bytes}
        self._partition = partition
        self._timeout = timeout
        self._producer: Producer | None = None
        self._turn = Lock()

    def append(
        self, topic: str, records: Sequence[Record], *, timeout: float | None = None
    ) -> list[Position]:
        """Append records to one topic, in order; see `append_many`."""
        return self.append_many([(topic, record) for record in records], timeout=timeout)

    def append_many(
        self,
        records: Sequence[tuple[str, Record]],
        *,
        timeout: float | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> list[Position]:
        """Append records to several topics, and return where each lies, in the order given.

        1. Hand all to the producer.  2. Do what was asked to be done meanwhile.  3. Wait for every
        acknowledgement, `timeout` seconds at most from 1.

        Order holds within a topic, not between topics. Raises `Unavailable`: the caller must assume
        nothing was written, and may append the same bytes again (some may then be there twice).
        Raises `Forbidden`, and `TooLarge` before anything is sent.
        """
        _require_small(records)
        until = elapsed() + (self._timeout if timeout is None else timeout)
        with self._turn:
            batch = _Batch()
            try:
                self._send(records, batch, until, meanwhile)
                return batch.positions(records)
            except _STOPPED as error:
                raise _refused(batch.error or _cause(error)) from error
            finally:
                if not batch.complete(len(records)):
                    self._discard()

    def close(self) -> None:
        """Let go of the connection. Everything acknowledged stays; nothing else is waited for."""
        with self._turn:
            self._discard()

    def _send(
        self,
        records: Sequence[tuple[str, Record]],
        batch: "_Batch",
        until: float,
        meanwhile: Callable[[], None] | None,
    ) -> None:
        producer = self._ready()
        for topic, record in records:
            self._hand_over(producer, topic, record, batch, until)
        if meanwhile is not None:
            meanwhile()
        producer.flush(max(until - elapsed(), 0.001))

    def _hand_over(
        self, producer: Producer, topic: str, record: Record, batch: "_Batch", until: float
    ) -> None:
        while True:
            try:
                producer.produce(
                    topic,
                    record.value,
                    record.key,
                    self._partition,
                    batch.resolved,
                    headers=list(record.headers) or None,
                )
                return
            except BufferError:
                if elapsed() > until:
                    raise Unavailable("the broker takes nothing more: try again later") from None
                producer.poll(0.05)

    def _ready(self) -> Producer:
        if self._producer is None:
            self._producer = Producer(self._config)
        return self._producer

    def _discard(self) -> None:
        """Drop the producer and what it holds, so that nothing unresolved is sent any more."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(*_STOPPED):  # it says again what was raised already, or that it was purged
                producer.purge()
                producer.flush(0)


class _Batch:
    """Gather the acknowledgements of one append; they come in order for each topic."""

    __slots__ = ("_acknowledged", "_error")

    def __init__(self) -> None:
        self._acknowledged: dict[str, list[Message]] = defaultdict(list)
        self._error: KafkaError | None = None

    def resolved(self, error: KafkaError | None, message: Message) -> None:
        """Take what became of one record. Called by the library, once a record."""
        if error is None:
            self._acknowledged[message.topic()].append(message)
        elif self._error is None:
            self._error = error

    @property
    def error(self) -> KafkaError | None:
        """The first record's refusal, if any was refused."""
        return self._error

    def complete(self, count: int) -> bool:
        """Say whether that many records were acknowledged and none refused."""
        return self._error is None and sum(map(len, self._acknowledged.values())) == count

    def positions(self, records: Sequence[tuple[str, Record]]) -> list[Position]:
        """Return where each record lies. Raises where one was refused or not answered for."""
        if self._error is not None:
            raise _refused(self._error)
        if not self.complete(len(records)):
            raise Unavailable("the broker did not acknowledge in time: append the same again")
        following = {topic: iter(messages) for topic, messages in self._acknowledged.items()}
        return [_position(next(following[topic])) for topic, _ in records]


def _position(message: Message) -> Position:
    return Position(
        topic=message.topic(),
        partition=message.partition(),
        offset=message.offset(),
        timestamp=moment(message.timestamp()[1]),
    )


def _refused(error: KafkaError) -> Unavailable:
    if error.code() in _NOT_ALLOWED:
        return Forbidden(f"the broker refused with `{error.name()}`: have the topic granted")
    return Unavailable(f"the broker refused with `{error.name()}`: append the same again")


def _cause(error: Exception) -> KafkaError:
    stopped = error if isinstance(error, KafkaException) else error.__cause__
    return stopped.args[0] if isinstance(stopped, KafkaException) else KafkaError(KafkaError._FATAL)


def _require_small(records: Sequence[tuple[str, Record]]) -> None:
    for topic, record in records:
        if len(record.value) + len(record.key) > LARGEST_RECORD_BYTES - _OVERHEAD_BYTES:
            raise TooLarge(
                f"a record of `{len(record.value)}` bytes does not fit `{topic}`: send less at once"
            )
