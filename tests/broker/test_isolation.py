"""With its own certificate a recipient reads its own topic, and no other."""

from __future__ import annotations

import pytest

from services.eventlog import topics
from services.eventlog.access import Access
from services.eventlog.errors import Forbidden
from services.eventlog.reader import KafkaReader
from services.eventlog.records import Record
from services.eventlog.writer import KafkaWriter
from services.runtime.partnership import Partnership
from services.runtime.places import DEMO_PARTNERSHIP
from tests.system import KafkaSystem

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
RECIPIENTS = PARTNERSHIP.recipients()


def reads(access: Access, topic: str) -> bool:
    """Say whether the first record of a topic can be read; False only where the broker forbids it."""
    reader = KafkaReader(access, {topic: 0})
    try:
        return any(reader.read(1, timeout=5) for _ in range(4))
    except Forbidden as error:
        if "TOPIC_AUTHORIZATION_FAILED" in str(error):
            return False
        raise
    finally:
        reader.close()


@pytest.fixture(scope="module")
def filled(kafka: KafkaSystem) -> KafkaSystem:
    writer = KafkaWriter(kafka.admin)
    for topic in topics.names(kafka.partnership):
        writer.append(topic, [Record(key=b"key", value=b"value")])
    return kafka


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_a_recipient_reads_its_own_topic(filled: KafkaSystem, recipient: str) -> None:
    assert reads(filled.access(recipient), topics.topic_of(recipient))


@pytest.mark.parametrize("recipient", RECIPIENTS)
def test_a_recipient_is_refused_every_other_topic(filled: KafkaSystem, recipient: str) -> None:
    own = topics.topic_of(recipient)
    others = [name for name in topics.names(filled.partnership) if name != own]

    assert [topic for topic in others if reads(filled.access(recipient), topic)] == []


def test_a_school_is_refused_every_topic(filled: KafkaSystem) -> None:
    school = filled.access(PARTNERSHIP.schools[0].agency)

    assert [topic for topic in topics.names(filled.partnership) if reads(school, topic)] == []


@pytest.mark.parametrize(
    ("service", "allowed"),
    [
        ("ingest", {"log"}),
        ("consent", {"decisions", "to."}),
        ("keyring", {"openings"}),
        ("projections", {topics.PULSE_COPY}),  # the pulse's copy of its own counts
        ("notify", set()),
        ("audit", {"checkpoints"}),
        ("console", set()),
        ("police", set()),
    ],
)
def test_each_record_has_one_writer(filled: KafkaSystem, service: str, allowed: set[str]) -> None:
    granted = {grant.topic for grant in topics.grants(filled.partnership) if writes(grant, service)}

    assert granted == allowed
    with pytest.raises(Forbidden):
        KafkaWriter(filled.access(service)).append("log" if "log" not in allowed else "decisions", [RECORD])


RECORD = Record(key=b"key", value=b"value")


def writes(grant: topics.Grant, principal: str) -> bool:
    return grant.principal == principal and grant.operation.name == "WRITE"
