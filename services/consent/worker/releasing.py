"""Make releases whole: header and sections are the log's own bytes, read again where they are older."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from services.consent.flow.decision import Decision, Emit
from services.consent.flow.record import stamp
from services.eventlog.envelope import Release
from services.eventlog.errors import Tampered
from services.eventlog.records import Headers, Record, Stored
from services.eventlog.slices import Cut, Piece, cut, join, label_bytes, read_label
from services.eventlog.topics import LOG, topic_of
from services.vocabulary.grounds import ReleaseKind

KEPT = 4096
"""Events kept in memory: most forms are decided again soon after they came."""

SAME_FOR_ALL: Mapping[str, Headers] = {
    kind: (
        ("ce_specversion", b"1.0"),
        ("ce_source", b"/sightline/consent"),
        ("ce_type", f"sightline.release.{kind.value}".encode()),
        ("content-type", b"application/avro"),
    )
    for kind in ReleaseKind
}

Numbered = tuple[bytes, Mapping[int, Piece]]
"""A header, and an event's sections by their leaf."""


class Fetches(Protocol):
    """What releasing needs of a reader."""

    def fetch(self, topic: str, offsets: Collection[int]) -> dict[int, Stored]:
        """Return the records at these offsets."""


class Bytes:
    """The sealed bytes of events, by offset."""

    def __init__(self, log: Fetches) -> None:
        self._log = log
        self._kept: OrderedDict[int, Numbered] = OrderedDict()

    def keep(self, offset: int, event: Cut, leaves: Iterable[int]) -> None:
        """Keep an event that was just read; `leaves` are its sections', in order."""
        self._kept[offset] = (event.header, dict(zip(leaves, event.pieces, strict=True)))

    def require(self, offsets: Iterable[int]) -> None:
        """Have these events at hand. Raises `Unavailable`."""
        missing = {offset for offset in offsets if offset not in self._kept}
        if missing:
            for offset, stored in self._log.fetch(LOG, missing).items():
                event = cut(stored.value)
                self.keep(offset, event, [read_label(label_bytes(piece)).leaf for piece in event.pieces])

    def trim(self) -> None:
        """Let the oldest go."""
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def of(self, offset: int) -> Numbered:
        """Return an event's header and sections, which `require` got."""
        return self._kept[offset]


def records(
    decisions: Sequence[Decision], kept: Bytes, traces: Mapping[str, str]
) -> list[tuple[str, Record]]:
    """Return each release of these decisions with its topic, in order. `traces`: by causing event."""
    kept.require(emit.event_offset for decision in decisions for emit in decision.emits)
    return [
        (topic_of(emit.recipient), _record(decision, emit, kept, traces.get(decision.event_id)))
        for decision in decisions
        for emit in decision.emits
    ]


def release_bytes(decision: Decision, emit: Emit, source: Numbered) -> bytes:
    """Return a release whole. Raises `Tampered` where the event lacks a section that was decided."""
    header, pieces = source
    try:
        chosen = [pieces[leaf] for leaf in emit.leaves]
    except KeyError:
        raise Tampered(f"`{emit.event_id}` has not the sections decided: have the log looked at") from None
    release = Release(
        release_id=emit.release_id,
        kind=emit.kind,
        recipient=emit.recipient,
        seq=emit.seq,
        cause=emit.cause,
        event_id=emit.event_id,
        decided_at=decision.decided_at,
        ground=emit.ground,
        rule=emit.rule,
        policy=decision.policy,
        purpose=emit.purpose,
        expects=emit.expects,
        not_after=emit.not_after,
        person=emit.person,
        incident=emit.incident,
        reason=emit.reason,
        header=header,
        sections=(),
    )
    return join(release, chosen)


def _record(decision: Decision, emit: Emit, kept: Bytes, trace: str | None) -> Record:
    value = release_bytes(decision, emit, kept.of(emit.event_offset))
    return Record(key=emit.recipient.encode(), value=value, headers=_headers(decision, emit, trace))


def _headers(decision: Decision, emit: Emit, trace: str | None) -> Headers:
    """Return CloudEvents' binary attributes, and the trace. Never a null: that would be a tombstone."""
    own = (("ce_id", emit.release_id.encode()), ("ce_time", stamp(decision.decided_at).encode()))
    attributes = (*SAME_FOR_ALL[emit.kind], *own)
    return (*attributes, ("traceparent", trace.encode())) if trace else attributes
