"""What the log promises, whichever log it is: in memory, and on a real broker."""

import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import pytest

from services.eventlog.errors import OffsetGone, Unavailable
from services.eventlog.memory import MemoryLog
from services.eventlog.reader import KafkaReader
from services.eventlog.records import Position, Record, Stored
from services.eventlog.writer import KafkaWriter
from tests.system import KafkaSystem, sized

WAIT = 20.0
_numbers = itertools.count(1)


class Writer(Protocol):
    def append(self, topic: str, records: Sequence[Record]) -> list[Position]: ...
    def append_many(
        self, records: Sequence[tuple[str, Record]], *, meanwhile: Callable[[], None] | None = None
    ) -> list[Position]: ...
    def close(self) -> None: ...


class Reader(Protocol):
    def read(self, limit: int, timeout: float) -> list[Stored]: ...
    def seek(self, topic: str, offset: int) -> None: ...
    def end(self, topic: str) -> int: ...
    def ends(self, topics: Sequence[str]) -> dict[str, int]: ...
    def fetch(self, topic: str, offsets: Sequence[int]) -> dict[int, Stored]: ...
    def close(self) -> None: ...


class Log:
    """One of the logs: makes writers, readers, and topics nobody else uses."""

    def __init__(
        self,
        writer: Callable[[], Writer],
        reader: Callable[[dict[str, int]], Reader],
        topic: Callable[[], str],
    ) -> None:
        self._writer = writer
        self._reader = reader
        self.topic = topic
        self._opened: list[Writer | Reader] = []

    def writer(self) -> Writer:
        """Return a writer, closed after the test."""
        writer = self._writer()
        self._opened.append(writer)
        return writer

    def reader(self, starts: dict[str, int]) -> Reader:
        """Return a reader, closed after the test."""
        reader = self._reader(starts)
        self._opened.append(reader)
        return reader

    def close(self) -> None:
        """Close all that was opened."""
        for one in self._opened:
            one.close()


@pytest.fixture(params=["memory", "kafka"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    made = on_kafka(request.getfixturevalue("kafka")) if request.param == "kafka" else in_memory()
    yield made
    made.close()


def in_memory() -> Log:
    memory = MemoryLog()
    return Log(memory.writer, memory.reader, lambda: f"fresh-{next(_numbers)}")


def on_kafka(kafka: KafkaSystem) -> Log:
    return Log(
        lambda: KafkaWriter(kafka.admin),
        lambda starts: KafkaReader(kafka.admin, starts),
        kafka.fresh_topic,
    )


def records(*values: str) -> list[Record]:
    return [Record(key=value[:1].encode(), value=value.encode()) for value in values]


def values(stored: Sequence[Stored]) -> list[str]:
    return [one.value.decode() for one in stored]


def read_all(reader: Reader, count: int, limit: int = 100) -> list[Stored]:
    """Read until that many came, or none came for long."""
    got: list[Stored] = []
    while len(got) < count and (some := reader.read(limit, WAIT)):
        got += some
    return got


def test_what_was_appended_is_read_back_whole_and_in_order(log: Log) -> None:
    topic = log.topic()
    record = Record(key=b"k", value=b"\x00\xff", headers=(("traceparent", b"00-01"), ("ce_id", b"x")))

    [position] = log.writer().append(topic, [record])
    [stored] = read_all(log.reader({topic: 0}), 1)

    assert (stored.key, stored.value, stored.headers) == (record.key, record.value, record.headers)
    assert (stored.topic, stored.partition, stored.offset) == (topic, 0, 0)
    assert stored.timestamp == position.timestamp
    assert stored.timestamp.tzinfo is not None


def test_positions_count_up_from_nothing_in_the_order_given(log: Log) -> None:
    topic, writer = log.topic(), log.writer()

    first = writer.append(topic, records("a", "b"))
    second = writer.append(topic, records("c"))

    assert [position.offset for position in first + second] == [0, 1, 2]
    assert {(position.topic, position.partition) for position in first + second} == {(topic, 0)}


def test_appending_nothing_writes_nothing(log: Log) -> None:
    topic = log.topic()

    assert log.writer().append(topic, []) == []
    assert log.reader({topic: 0}).end(topic) == 0


def test_records_for_several_topics_are_answered_for_in_the_order_given(log: Log) -> None:
    one, other = log.topic(), log.topic()
    a, b, c = records("a", "b", "c")

    positions = log.writer().append_many([(one, a), (other, b), (one, c)])

    assert [(position.topic, position.offset) for position in positions] == [(one, 0), (other, 0), (one, 1)]
    assert values(read_all(log.reader({one: 0}), 2)) == ["a", "c"]


def test_what_is_done_meanwhile_is_done_once_and_before_the_answer(log: Log) -> None:
    topic, writer = log.topic(), log.writer()
    (a,) = records("a")
    did: list[str] = []

    positions = writer.append_many([(topic, a)], meanwhile=lambda: did.append("made ready"))

    assert did == ["made ready"]
    assert [position.offset for position in positions] == [0]


def test_where_what_is_done_meanwhile_fails_later_records_are_taken_all_the_same(log: Log) -> None:
    topic, writer = log.topic(), log.writer()
    a, b = records("a", "b")

    def fails() -> None:
        raise ValueError("not made ready")

    with pytest.raises(ValueError, match="not made ready"):
        writer.append_many([(topic, a)], meanwhile=fails)
    writer.append_many([(topic, b)])

    end = log.reader({topic: 0}).end(topic)
    assert values(read_all(log.reader({topic: 0}), end))[-1] == "b"


def test_many_records_keep_their_order(log: Log) -> None:
    topic, writer = log.topic(), log.writer()
    many = [str(number) for number in range(sized(5_000, 100_000))]

    for start in range(0, len(many), 1_000):
        writer.append(topic, records(*many[start : start + 1_000]))

    assert values(read_all(log.reader({topic: 0}), len(many), limit=700)) == many


def test_a_reader_begins_where_it_is_told(log: Log) -> None:
    topic = log.topic()
    log.writer().append(topic, records("a", "b", "c"))

    assert values(read_all(log.reader({topic: 1}), 2)) == ["b", "c"]


def test_a_reader_never_takes_more_than_its_limit(log: Log) -> None:
    topic = log.topic()
    log.writer().append(topic, records("a", "b", "c"))
    reader = log.reader({topic: 0})

    assert values(reader.read(2, WAIT)) == ["a", "b"]
    assert values(reader.read(2, WAIT)) == ["c"]


def test_a_reader_at_the_end_waits_its_time_and_has_nothing(log: Log) -> None:
    topic = log.topic()

    assert log.reader({topic: 0}).read(10, 0.2) == []


def test_a_reader_of_nothing_has_nothing(log: Log) -> None:
    assert log.reader({}).read(10, 0.01) == []


def test_a_waiting_reader_gets_what_is_appended_meanwhile(log: Log) -> None:
    topic, writer = log.topic(), log.writer()
    reader = log.reader({topic: 0})
    assert reader.read(1, 0.1) == []

    later = threading.Timer(0.3, lambda: writer.append(topic, records("late")))
    later.start()

    assert values(reader.read(10, WAIT)) == ["late"]
    later.join()


def test_each_reader_has_its_own_place(log: Log) -> None:
    topic = log.topic()
    log.writer().append(topic, records("a", "b"))
    first, second = log.reader({topic: 0}), log.reader({topic: 0})

    assert values(read_all(first, 2)) == ["a", "b"]
    assert values(read_all(second, 2)) == ["a", "b"]


def test_a_reader_goes_back_and_forth_as_told(log: Log) -> None:
    topic = log.topic()
    log.writer().append(topic, records("a", "b", "c", "d"))
    reader = log.reader({topic: 0})
    assert values(read_all(reader, 4)) == ["a", "b", "c", "d"]

    reader.seek(topic, 1)
    assert values(read_all(reader, 3)) == ["b", "c", "d"]
    reader.seek(topic, 0)
    reader.seek(topic, 3)
    assert values(read_all(reader, 1)) == ["d"]


def test_several_topics_are_read_each_in_its_order(log: Log) -> None:
    one, other = log.topic(), log.topic()
    log.writer().append(one, records("a1", "a2"))
    log.writer().append(other, records("b1", "b2", "b3"))

    stored = read_all(log.reader({one: 0, other: 1}), 4)

    assert values([record for record in stored if record.topic == one]) == ["a1", "a2"]
    assert values([record for record in stored if record.topic == other]) == ["b2", "b3"]


def test_the_end_is_where_the_next_record_will_lie(log: Log) -> None:
    topic, writer = log.topic(), log.writer()
    reader = log.reader({topic: 0})
    assert reader.end(topic) == 0

    writer.append(topic, records("a", "b"))

    assert reader.end(topic) == 2


def test_the_ends_of_several_topics_are_told_at_once(log: Log) -> None:
    one, other = log.topic(), log.topic()
    log.writer().append(one, records("a", "b"))

    assert log.reader({}).ends([one, other]) == {one: 2, other: 0}
    assert log.reader({}).ends([]) == {}


def test_records_are_fetched_by_offset_wherever_the_reader_stands(log: Log) -> None:
    topic = log.topic()
    log.writer().append(topic, records(*map(str, range(300))))
    reader = log.reader({topic: 0})
    assert values(reader.read(1, WAIT)) == ["0"]

    fetched = reader.fetch(topic, [299, 7, 8, 150, 7])

    assert {offset: stored.value.decode() for offset, stored in fetched.items()} == {
        offset: str(offset) for offset in (7, 8, 150, 299)
    }
    assert all(stored.offset == offset for offset, stored in fetched.items())
    assert values(reader.read(1, WAIT)) == ["1"]


def test_fetching_again_and_again_gives_the_same(log: Log) -> None:
    topic = log.topic()
    log.writer().append(topic, records(*map(str, range(50))))
    reader = log.reader({})

    for offset in [49, 0, 25, 25, 1]:
        assert values(list(reader.fetch(topic, [offset]).values())) == [str(offset)]
    assert reader.fetch(topic, []) == {}


@pytest.mark.parametrize("offset", [5, 1_000])
def test_a_reader_told_to_begin_where_nothing_can_be_stops(log: Log, offset: int) -> None:
    topic = log.topic()
    log.writer().append(topic, records("a"))

    with pytest.raises(OffsetGone):
        log.reader({topic: offset}).read(10, WAIT)


def test_fetching_what_is_not_there_stops(log: Log) -> None:
    topic = log.topic()
    log.writer().append(topic, records("a"))

    with pytest.raises(OffsetGone):
        log.reader({}).fetch(topic, [1])


def test_several_threads_may_share_a_writer(log: Log) -> None:
    topic, writer = log.topic(), log.writer()
    threads = [
        threading.Thread(target=writer.append, args=(topic, records(f"{name}1", f"{name}2")))
        for name in "abcdef"
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    stored = values(read_all(log.reader({topic: 0}), 12))
    assert sorted(stored) == sorted(f"{name}{number}" for name in "abcdef" for number in (1, 2))
    assert all(stored.index(f"{name}1") < stored.index(f"{name}2") for name in "abcdef")


def test_a_reader_may_be_asked_for_the_end_while_it_waits(log: Log) -> None:
    topic = log.topic()
    reader = log.reader({topic: 0})
    waiting = threading.Thread(target=reader.read, args=(10, 2.0))
    waiting.start()

    ends = [reader.end(topic) for _ in range(5)]

    assert ends == [0] * 5
    assert waiting.is_alive()
    waiting.join()


def test_a_log_in_memory_goes_away_and_comes_back_as_a_broker_does() -> None:
    memory = MemoryLog()
    writer, reader = memory.writer(), memory.reader({"log": 0})
    writer.append("log", records("kept"))

    memory.stop()
    with pytest.raises(Unavailable):
        writer.append("log", records("lost"))
    with pytest.raises(Unavailable):
        reader.end("log")
    assert reader.read(1, 0.01) == []
    memory.start()

    assert values(reader.read(10, 0.01)) == ["kept"]
