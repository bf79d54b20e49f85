"""What the log promises of a broker that dies, hangs, refuses, or is asked by the wrong one."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from services.eventlog import topics
from services.eventlog.errors import Forbidden, TooLarge, Unavailable
from services.eventlog.reader import KafkaReader, Stored
from services.eventlog.writer import KafkaWriter, Record
from services.runtime.broker import LARGEST_RECORD_BYTES
from tests.system import KafkaSystem, own_kafka, sized

WAIT = 60.0


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSystem]:
    """A broker that tests here may kill; each leaves it running."""
    with own_kafka(tmp_path_factory.mktemp("mortal")) as kafka:
        yield kafka


def record(value: str) -> Record:
    return Record(key=b"k", value=value.encode())


def restart(kafka: KafkaSystem) -> None:
    kafka.broker.start()
    kafka.broker.await_ready()


def kill_and_restart(kafka: KafkaSystem) -> None:
    kafka.broker.kill()
    restart(kafka)


def read_until(reader: KafkaReader, last: str) -> list[str]:
    """Read until that value came, in whatever number of reads."""
    got: list[str] = []
    reads = 0
    while last not in got:
        got += [stored.value.decode() for stored in reader.read(1_000, 1.0)]
        reads += 1
        assert reads < WAIT, f"`{last}` did not come: {got[-3:]}"
    return got


def append_until_written(writer: KafkaWriter, topic: str, value: str) -> None:
    """Append the same again until it is acknowledged, as the door does."""
    for _ in range(int(WAIT)):
        try:
            writer.append(topic, [record(value)], timeout=2.0)
            return
        except Unavailable:
            continue
    raise AssertionError(f"`{value}` was never acknowledged")


def firsts(values: list[str]) -> list[str]:
    """Keep the first of each, as readers of the log do."""
    return list(dict.fromkeys(values))


def test_appending_to_a_broker_that_is_away_is_unavailable_and_later_succeeds(mortal: KafkaSystem) -> None:
    topic = mortal.fresh_topic()
    writer, reader = KafkaWriter(mortal.admin), KafkaReader(mortal.admin, {topic: 0})
    writer.append(topic, [record("before")])
    mortal.broker.kill()

    with pytest.raises(Unavailable):
        writer.append(topic, [record("meanwhile")], timeout=1.0)
    restart(mortal)
    append_until_written(writer, topic, "after")

    assert firsts(read_until(reader, "after")) in (["before", "after"], ["before", "meanwhile", "after"])
    writer.close()
    reader.close()


def test_a_reader_outlives_its_broker(mortal: KafkaSystem) -> None:
    topic = mortal.fresh_topic()
    writer, reader = KafkaWriter(mortal.admin), KafkaReader(mortal.admin, {topic: 0})
    writer.append(topic, [record("before")])
    assert read_until(reader, "before") == ["before"]
    mortal.broker.kill()

    assert reader.read(10, 0.5) == []
    with pytest.raises(Unavailable):
        reader.end(topic, timeout=0.5)
    with pytest.raises(Unavailable):
        reader.fetch(topic, [0], timeout=0.5)
    restart(mortal)
    append_until_written(writer, topic, "after")

    assert read_until(reader, "after") == ["after"]
    assert reader.fetch(topic, [0])[0].value == b"before"
    writer.close()
    reader.close()


def test_a_reader_may_start_before_its_broker(mortal: KafkaSystem) -> None:
    topic = mortal.fresh_topic()
    KafkaWriter(mortal.admin).append(topic, [record("kept")])
    mortal.broker.kill()

    reader = KafkaReader(mortal.admin, {topic: 0})
    assert reader.read(10, 0.3) == []
    restart(mortal)

    assert read_until(reader, "kept") == ["kept"]
    reader.close()


def test_what_was_acknowledged_is_kept_in_order_though_the_broker_is_killed(mortal: KafkaSystem) -> None:
    topic = mortal.fresh_topic()
    writer, many = KafkaWriter(mortal.admin), sized(400, 4_000)
    killer = threading.Timer(0.5, kill_and_restart, args=(mortal,))
    killer.start()

    for number in range(many):
        append_until_written(writer, topic, str(number))
    killer.join()

    reader = KafkaReader(mortal.admin, {topic: 0})
    assert firsts(read_until(reader, str(many - 1))) == [str(number) for number in range(many)]
    writer.close()
    reader.close()


def test_no_later_record_passes_one_that_was_not_resolved(mortal: KafkaSystem) -> None:
    topic = mortal.fresh_topic()
    writer = KafkaWriter(mortal.admin)
    writer.append(topic, [record("0")])
    process = mortal.broker.process
    assert process is not None

    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(Unavailable):
        writer.append(topic, [record("1"), record("2")], timeout=1.0)
    os.kill(process.pid, signal.SIGCONT)
    for value in ("1", "2", "3"):
        append_until_written(writer, topic, value)

    reader = KafkaReader(mortal.admin, {topic: 0})
    assert firsts(read_until(reader, "3")) == ["0", "1", "2", "3"]
    writer.close()
    reader.close()


def test_a_record_too_large_stops_its_append_before_anything_is_sent(kafka: KafkaSystem) -> None:
    topic = kafka.fresh_topic()
    writer = KafkaWriter(kafka.admin)
    large = Record(key=b"k", value=bytes(LARGEST_RECORD_BYTES))

    with pytest.raises(TooLarge):
        writer.append(topic, [record("a"), large, record("b")])

    assert KafkaReader(kafka.admin, {}).end(topic) == 0
    assert writer.append(topic, [record("c")])[0].offset == 0


def test_the_largest_record_that_is_allowed_is_kept(kafka: KafkaSystem) -> None:
    topic = kafka.fresh_topic()
    large = Record(key=b"k", value=os.urandom(LARGEST_RECORD_BYTES - 2_000))
    KafkaWriter(kafka.admin).append(topic, [large])

    reader = KafkaReader(kafka.admin, {topic: 0})
    stored: list[Stored] = []
    while not stored:
        stored = reader.read(1, 5.0)

    assert stored[0].value == large.value
    assert reader.fetch(topic, [0])[0].value == large.value


def test_a_reader_without_the_right_is_told_so_beside_one_who_has_it(kafka: KafkaSystem) -> None:
    allowed = KafkaReader(kafka.access("consent"), {topics.LOG: 0})
    refused = KafkaReader(kafka.access("cedah"), {topics.LOG: 0})

    assert allowed.end(topics.LOG) >= 0
    allowed.read(1, 0.5)
    with pytest.raises(Forbidden, match="TOPIC_AUTHORIZATION_FAILED"):
        refused.read(1, 5.0)
    with pytest.raises(Forbidden, match="TOPIC_AUTHORIZATION_FAILED"):
        refused.fetch(topics.LOG, [0])
    with pytest.raises(Forbidden, match="TOPIC_AUTHORIZATION_FAILED"):
        refused.end(topics.LOG)


def test_a_writer_without_the_right_is_told_so_and_writes_nothing(kafka: KafkaSystem) -> None:
    reader = KafkaReader(kafka.admin, {})
    before = reader.end(topics.LOG)

    with pytest.raises(Forbidden, match="TOPIC_AUTHORIZATION_FAILED"):
        KafkaWriter(kafka.access("cedah")).append(topics.LOG, [record("forged")], timeout=20.0)

    assert reader.end(topics.LOG) == before


def test_of_several_topics_a_refused_one_leaves_the_writer_usable(kafka: KafkaSystem) -> None:
    writer = KafkaWriter(kafka.access("audit"))
    reader = KafkaReader(kafka.access("audit"), {})

    with pytest.raises(Forbidden):
        writer.append_many([(topics.LOG, record("forged")), (topics.LOG, record("forged"))])
    [position] = writer.append(topics.CHECKPOINTS, [record("signed")])

    assert reader.fetch(topics.CHECKPOINTS, [position.offset])[position.offset].value == b"signed"


def test_nobody_reads_a_topic_that_is_not_there(kafka: KafkaSystem) -> None:
    with pytest.raises(Forbidden):
        KafkaReader(kafka.access("consent"), {"to-nobody": 0}).read(1, 5.0)


def test_a_partition_of_a_topic_is_a_log_of_its_own(kafka: KafkaSystem) -> None:
    topic = kafka.fresh_topic(partitions=2)
    KafkaWriter(kafka.admin, partition=1).append(topic, [record("second")])
    KafkaWriter(kafka.admin, partition=0).append(topic, [record("first")])

    reader = KafkaReader(kafka.admin, {topic: 0}, partition=1)

    assert read_until(reader, "second") == ["second"]
    assert reader.end(topic) == 1


def test_a_log_in_the_clear_is_refused(kafka: KafkaSystem) -> None:
    stranger = type(kafka.admin)(bootstrap=kafka.broker.bootstrap)

    with pytest.raises(Unavailable):
        KafkaWriter(stranger).append("log", [record("forged")], timeout=2.0)
