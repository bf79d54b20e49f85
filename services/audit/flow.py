"""What a record becomes: a leaf of its tree, and a line of a bundle. Pure.

A line of a full bundle holds what the leaf hashes (the header for `log`, the whole value elsewhere) and,
for `log`, the sealed sections with their proofs. A line of one recipient's bundle is a release: what the
decision said, the header and the released sections from the log, and the header's inclusion proof.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.eventlog import codec
from services.eventlog.chain import leaf_hash
from services.eventlog.envelope import Envelope, Sealed
from services.eventlog.errors import Tampered, Undecodable

LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Emitted:
    """A release as its decision recorded it: what it said, of which offset of the log, with which leaves."""

    said: Mapping[str, object]
    offset: int
    leaves: frozenset[int]


def leaf_of(tree: str, value: bytes) -> bytes:
    """Return the leaf hash of a record: of an event its header, of anything else the whole value."""
    envelope = _event(tree, value)
    return leaf_hash(value if envelope is None else envelope.header)


def line_of(tree: str, offset: int, value: bytes) -> bytes:
    """Return a record's line in a full bundle."""
    envelope = _event(tree, value)
    if envelope is None:
        return _line({"offset": offset, "value": _text(value)})
    sections = _sections(envelope.sections)
    return _line({"offset": offset, "header": _text(envelope.header), "sections": sections})


def _event(tree: str, value: bytes) -> Envelope | None:
    """Return the event in a record of the log; None elsewhere, and where the log holds none."""
    try:
        return codec.decode_envelope(value) if tree == LOG else None
    except Undecodable:
        return None


def emitted_to(recipient: str, decisions: Iterable[bytes]) -> Iterator[Emitted]:
    """Yield every release to one recipient in the order of its numbers, each once.

    A decision may stand twice where its writer was killed; the first is the record. Raises `Tampered`
    where numbers are missing, `Undecodable` for a decision that is none.
    """
    decided: set[str] = set()
    expected = 1
    for value in decisions:
        decision = _decision(value)
        event_id = str(decision["event_id"])
        if event_id in decided:
            continue
        decided.add(event_id)
        for emit in decision.get("emits", ()):
            if emit["recipient"] == recipient:
                if emit["seq"] != expected:
                    raise Tampered(
                        f"release `{expected}` to `{recipient}` is in no decision: look at the topic"
                    )
                expected += 1
                yield _emitted(emit)


def release_line(emitted: Emitted, envelope: Envelope, proof: Iterable[bytes]) -> bytes:
    """Return a release's line in its recipient's bundle."""
    released = [sealed for sealed in envelope.sections if _index(sealed) in emitted.leaves]
    if len(released) != len(emitted.leaves):
        raise Tampered(f"a section released from offset `{emitted.offset}` is not there: look at the log")
    return _line(
        {
            **emitted.said,
            "offset": emitted.offset,
            "header": _text(envelope.header),
            "sections": _sections(released),
            "inclusion": _text(b"".join(proof)),
        }
    )


def _emitted(emit: Mapping[str, object]) -> Emitted:
    said = {name: value for name, value in emit.items() if name not in ("leaves", "sections", "event_offset")}
    offset, leaves = emit["event_offset"], emit["leaves"]
    if not isinstance(offset, int) or not isinstance(leaves, list):
        raise Undecodable("a decision does not say what it released: look at the gate")
    return Emitted(said=said, offset=offset, leaves=frozenset(leaves))


def _decision(value: bytes) -> dict[str, list[dict[str, object]]]:
    try:
        decision = json.loads(value)
        decision["event_id"]
    except (ValueError, TypeError, KeyError) as error:
        raise Undecodable("a decision is not one: look at the gate") from error
    return dict(decision)


def _index(sealed: Sealed) -> int:
    return codec.decode_section(sealed.body).index


def _sections(sections: Iterable[Sealed]) -> list[dict[str, str]]:
    return [{"body": _text(sealed.body), "proof": _text(b"".join(sealed.proof))} for sealed in sections]


def _line(record: Mapping[str, object]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
