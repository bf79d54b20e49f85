"""Events for tests of the log: says only what matters."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from services.eventlog.codec import decode_header
from services.eventlog.envelope import Envelope, Header, Release, Sealed
from services.eventlog.sealing import PlainSection, plan_leaves, seal_event
from services.vocabulary.grounds import ReleaseKind

EVENT = "00112233-4455-6677-8899-aabbccddeeff"
ROUTING_KEY = bytes(range(32))
VICTIM, CHILD, SIBLING = "a" * 32, "b" * 32, "c" * 32
KEYS: Mapping[str, bytes] = {VICTIM: b"v" * 32, CHILD: b"c" * 32, SIBLING: b"s" * 32}
RECORDED = datetime(2024, 9, 2, 8, 30, 0, 123456, tzinfo=UTC)

Content = tuple[str, str | None, bytes]
"""A section's name, whose it is, and its plaintext."""

A_VPA: tuple[Content, ...] = (
    ("routing", None, b"who and where"),
    ("facts", None, b"grades and dates"),
    ("victim", VICTIM, b"Quillamareth Ostrovendale"),
    ("children", CHILD, b"Brindlewyck Ostrovendale"),
    ("children", SIBLING, b"Tamsinquoria Ostrovendale"),
)


def a_sealed_event(contents: Sequence[Content] = A_VPA, *, event_id: str = EVENT, seed: int = 1) -> Envelope:
    """Return an event with these sections, in shuffled leaves."""
    _, leaves = plan_leaves(len(contents), random.Random(seed).shuffle)
    plain = [
        PlainSection(name=name, schema_id=f"{name}/1", leaf=leaf, person=person, plaintext=plaintext)
        for leaf, (name, person, plaintext) in zip(leaves, contents, strict=True)
    ]
    return seal_event(
        event_id=event_id,
        type="VpaRaised",
        schema_id="VpaRaised/1",
        recorded_at=RECORDED,
        sections=plain,
        keys=KEYS,
        routing_key=ROUTING_KEY,
    )


def header_of(envelope: Envelope) -> Header:
    """Return an event's header."""
    return decode_header(envelope.header)


def a_release(envelope: Envelope, sections: tuple[Sealed, ...] | None = None) -> Release:
    """Return a release of an event to CEDAH, with all of its sections or those given."""
    return Release(
        release_id="d" * 32,
        kind=ReleaseKind.NEW,
        recipient="cedah",
        seq=1,
        cause=EVENT,
        event_id=EVENT,
        decided_at=RECORDED,
        ground="consent",
        rule="cedah-medium",
        policy="e" * 64,
        purpose="support",
        expects=None,
        not_after=None,
        person="alias-of-a-person",
        incident="alias-of-an-incident",
        reason=None,
        header=envelope.header,
        sections=envelope.sections if sections is None else sections,
    )
