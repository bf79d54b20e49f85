"""The topics of a partnership, and who may read and write which (design 2). What is not granted is denied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its stubs export only half
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from services.eventlog.access import Access
from services.runtime.broker import LARGEST_RECORD_BYTES
from services.runtime.clock import elapsed, rest
from services.runtime.partnership import Partnership
from services.vocabulary.agencies import SHARED_TOPICS, topic_of

__all__ = ["CHECKPOINTS", "DECISIONS", "LOG", "OPENINGS", "create_all", "grant_all", "names", "topic_of"]

LOG = "log"
DECISIONS = "decisions"
OPENINGS = "openings"
CHECKPOINTS = "checkpoints"
RECORDS = (LOG, DECISIONS, OPENINGS, CHECKPOINTS)

RELEASES_PREFIX = "to."
PULSE_PREFIX = "projections.pulse"
PULSE_COPY = f"{PULSE_PREFIX}-counts-changelog"
"""Where Faust copies its table of counts; no part of the partnership's records."""

COPY_OF_A_DAY = {"retention.ms": str(24 * 60 * 60 * 1000), "cleanup.policy": "compact,delete"}
ANSWER_SECONDS = 10.0
KEEP_FOR_EVER = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}


class TopicsError(Exception):
    """The broker would not make a topic or a rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One principal may do something to the topic of that name, or to all whose name starts so."""

    principal: str
    operation: AclOperation
    topic: str
    prefix: bool = False


def names(partnership: Partnership) -> tuple[str, ...]:
    """Return every topic of a partnership: the records, one per registered recipient, the shared ones."""
    own = tuple(topic_of(recipient) for recipient in _registered(partnership))
    return RECORDS + own + tuple(SHARED_TOPICS.values())


def create_all(access: Access, partnership: Partnership, seconds: float = 30.0) -> None:
    """Make every topic that is not there; return when each has a leader.

    Waits for a broker that is still starting. Safe to repeat. Raises TopicsError when time is up.
    """
    admin = _admin(access)
    _until(lambda: _led(admin) is not None, seconds)
    present = _led(admin) or set()
    wanted = (*names(partnership), PULSE_COPY)
    missing = [_topic(name, partnership) for name in wanted if name not in present]
    if missing:
        _settled(admin.create_topics(missing, request_timeout=ANSWER_SECONDS).values())
    _until(lambda: (_led(admin) or set()) >= set(wanted), seconds)


def create(access: Access, name: str, partitions: int = 1, seconds: float = 30.0) -> None:
    """Make one topic outside the partnership's own; return when it has a leader."""
    admin = _admin(access)
    _settled(admin.create_topics([NewTopic(name, partitions, 1)], request_timeout=ANSWER_SECONDS).values())
    _until(lambda: name in (_led(admin) or set()), seconds)


def grant_all(access: Access, partnership: Partnership, seconds: float = 30.0) -> None:
    """Allow each service and recipient what it needs, nothing else; return when it holds. Safe to repeat."""
    admin = _admin(access)
    bindings = [_binding(grant) for grant in grants(partnership)]
    bindings += [_group(recipient) for recipient in _registered(partnership)]
    bindings += [_group("projections"), _NO_GROUP]
    missing = set(bindings) - _granted(admin)
    if missing:
        _settled(admin.create_acls(list(missing), request_timeout=ANSWER_SECONDS).values())
    _until(lambda: _granted(admin) >= set(bindings), seconds)


def grants(partnership: Partnership) -> Iterator[Grant]:
    """Yield who may read and write what: the table of design 2 and of ingest, gate, keyring, audit."""
    yield from _allow("ingest", reads=(LOG,), writes=(LOG,))
    yield from _allow("consent", reads=(LOG, DECISIONS), writes=(DECISIONS,))
    yield from _allow("keyring", reads=(LOG, DECISIONS, OPENINGS), writes=(OPENINGS,))
    yield from _allow("audit", reads=RECORDS, writes=(CHECKPOINTS,))
    told = tuple(map(topic_of, ("school:any", "education", "partnership")))
    yield from _allow("notify", reads=(*told, OPENINGS))
    yield from _allow("projections", reads=(OPENINGS, PULSE_COPY), writes=(PULSE_COPY,))
    yield Grant(principal="consent", operation=AclOperation.WRITE, topic=RELEASES_PREFIX, prefix=True)
    for reader in ("consent", "keyring", "projections", "audit"):
        yield Grant(principal=reader, operation=AclOperation.READ, topic=RELEASES_PREFIX, prefix=True)
    for recipient in _registered(partnership):
        yield from _allow(recipient, reads=(topic_of(recipient),))


def _registered(partnership: Partnership) -> tuple[str, ...]:
    """Return every single controller, whether it takes part yet or not: its topic waits for it."""
    return (*partnership.recipients(), *partnership.joiners())


def _allow(principal: str, reads: Sequence[str] = (), writes: Sequence[str] = ()) -> Iterator[Grant]:
    for topic in reads:
        yield Grant(principal=principal, operation=AclOperation.READ, topic=topic)
    for topic in writes:
        yield Grant(principal=principal, operation=AclOperation.WRITE, topic=topic)


def _topic(name: str, partnership: Partnership) -> NewTopic:
    stamped = "LogAppendTime" if name == LOG else "CreateTime"
    config = {
        **(COPY_OF_A_DAY if name == PULSE_COPY else KEEP_FOR_EVER),
        "message.timestamp.type": stamped,
        "max.message.bytes": str(LARGEST_RECORD_BYTES),
    }
    return NewTopic(name, num_partitions=partnership.partition + 1, replication_factor=1, config=config)


def _binding(grant: Grant) -> AclBinding:
    pattern = ResourcePatternType.PREFIXED if grant.prefix else ResourcePatternType.LITERAL
    return _acl(ResourceType.TOPIC, grant.topic, pattern, grant.principal, grant.operation)


def _group(recipient: str) -> AclBinding:
    pattern = ResourcePatternType.PREFIXED
    return _acl(ResourceType.GROUP, f"{recipient}.", pattern, recipient, AclOperation.READ)


def _acl(
    kind: ResourceType, name: str, pattern: ResourcePatternType, principal: str, operation: AclOperation
) -> AclBinding:
    return AclBinding(kind, name, pattern, f"User:{principal}", "*", operation, AclPermissionType.ALLOW)


_NO_GROUP = _acl(ResourceType.GROUP, "none", ResourcePatternType.LITERAL, "*", AclOperation.DESCRIBE)
"""Our readers use no group, but the library keeps asking where the one it must name lives."""


def _admin(access: Access) -> AdminClient:
    return AdminClient({**access.config()})


def _led(admin: AdminClient) -> set[str] | None:
    """Return the topics whose every partition has a leader; None when the broker does not answer."""
    try:
        topics = admin.list_topics(timeout=1.0).topics
    except KafkaException:
        return None
    return {name for name, topic in topics.items() if all(p.leader >= 0 for p in topic.partitions.values())}


def _granted(admin: AdminClient) -> set[AclBinding]:
    anything: Any = None  # its stubs want a str, the library takes None for all
    every = AclBindingFilter(
        ResourceType.ANY,
        anything,
        ResourcePatternType.ANY,
        anything,
        anything,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    try:
        return set(admin.describe_acls(every, request_timeout=ANSWER_SECONDS).result(ANSWER_SECONDS))
    except KafkaException:
        return set()


def _until(true: Callable[[], bool], seconds: float) -> None:
    until = elapsed() + seconds
    while not true():
        if elapsed() > until:
            raise TopicsError("the broker does not do as its administrator says: read its broker.out")
        rest(0.02)


def _settled(futures: Iterable[Future[Any]]) -> None:
    for future in futures:
        try:
            future.result(timeout=ANSWER_SECONDS)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise TopicsError(f"the broker refused: {error.args[0].name()}") from error
