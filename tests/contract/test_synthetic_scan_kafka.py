"""A control planted in the clear is found in what a real broker keeps, under every codec."""

import random
import time
from pathlib import Path

import pytest
from confluent_kafka import Producer

from services.eventlog.reader import KafkaReader
from services.synthetic.names import token
from services.synthetic.scan import Needles, scan_files, scan_values
from tests.system import KafkaSystem

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def plant(kafka: KafkaSystem, topic: str, codec: str, word: str) -> None:
    producer = Producer({**kafka.admin.config(), "compression.type": codec, "linger.ms": 50})
    for number in range(200):
        producer.produce(topic, f"nobody here, number {number}, nobody at all".encode())
    producer.produce(topic, f"and then {word} came".encode())
    assert producer.flush(20) == 0


def segments_of(kafka: KafkaSystem, topic: str) -> list[Path]:
    return sorted(kafka.data.rglob(f"{topic}-0/*.log"))


@pytest.mark.parametrize("codec", CODECS)
def test_a_control_is_found_in_the_broker_s_segments(kafka, codec):
    word, topic = token(random.Random(f"segments {codec}")), kafka.fresh_topic()
    plant(kafka, topic, codec, word)

    _, findings = scan_files(segments_of(kafka, topic), Needles([word]))

    assert {f"letters, under {codec}"} <= {finding.disguise for finding in findings}


@pytest.mark.parametrize("codec", CODECS)
def test_a_control_is_found_in_a_topic_s_records(kafka, codec):
    word, topic = token(random.Random(f"records {codec}")), kafka.fresh_topic()
    plant(kafka, topic, codec, word)

    values = (stored.value for stored in read_all(kafka, topic))
    read, findings = scan_values(topic, values, Needles([word]))

    assert (read, [finding.disguise for finding in findings]) == (201, ["letters"])


def read_all(kafka: KafkaSystem, topic: str):
    reader = KafkaReader(kafka.admin, {topic: 0})
    end, until = reader.end(topic), time.monotonic() + 20
    reached = 0
    while reached < end and time.monotonic() < until:
        for stored in reader.read(500, 1.0):
            reached = stored.offset + 1
            yield stored
    reader.close()


def test_a_topic_of_nobody_has_nobody_in_it(kafka):
    topic = kafka.fresh_topic()
    plant(kafka, topic, "zstd", "somebody")

    _, findings = scan_files(segments_of(kafka, topic), Needles([token(random.Random(1))]))

    assert findings == []
