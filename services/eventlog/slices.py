"""Cut events along their sections without taking the sections apart, and join releases from the pieces.

What a release carries of an event is the log's own bytes. The gate passes every event on several times, so
it copies each sealed section (body and proof, as Avro has them) as one piece of bytes, and writes the few
fields around them by hand. A release joined here has the same bytes as one that the codec writes: a property
test says so, and what was written with an older schema goes through the codec.
"""

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import NamedTuple

from services.eventlog.codec import MARKER, PREFIX, decode_envelope, encode_envelope, encode_release
from services.eventlog.envelope import Envelope, Release
from services.eventlog.errors import Undecodable
from services.vocabulary.grounds import ReleaseKind

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NONE, _SOME = b"\x00", b"\x02"
"""The two branches of an optional field."""


class Piece(NamedTuple):
    """A sealed section as it lies in an event: its Avro bytes, and where its body begins and ends there."""

    raw: bytes
    start: int
    end: int

    @property
    def body(self) -> bytes:
        """Return the section's own bytes."""
        return self.raw[self.start : self.end]


class Cut(NamedTuple):
    """An event's header and its sections, in order."""

    header: bytes
    pieces: tuple[Piece, ...]


class Label(NamedTuple):
    """What a section's body begins with."""

    name: str
    schema_id: str
    leaf: int


def cut(data: bytes) -> Cut:
    """Return an event's header and pieces. Raises `Undecodable`."""
    if data[:PREFIX] != _envelope_prefix():
        data = encode_envelope(decode_envelope(data))
    try:
        return _cut(data)
    except IndexError as error:
        raise Undecodable("bytes are not a whole `Envelope`: take the record again") from error


def label_bytes(piece: Piece) -> bytes:
    """Return the bytes that name a section, its version and its leaf. Raises `Undecodable`."""
    raw, start = piece.raw, piece.start
    if raw[start : start + 2] != MARKER:
        raise Undecodable("bytes do not begin as a `Section`: take the record again")
    start += PREFIX
    try:
        length, at = _long(raw, start)
        length, at = _long(raw, at + length)
        _, at = _long(raw, at + length)
    except IndexError as error:
        raise Undecodable("bytes are not a whole `Section`: take the record again") from error
    return raw[start:at]


def read_label(data: bytes) -> Label:
    """Return what `label_bytes` cut off. Raises `Undecodable`."""
    try:
        length, at = _long(data, 0)
        name, after = data[at : at + length].decode("utf-8"), at + length
        length, at = _long(data, after)
        schema_id, after = data[at : at + length].decode("utf-8"), at + length
        return Label(name, schema_id, _long(data, after)[0])
    except (IndexError, UnicodeDecodeError) as error:
        raise Undecodable("bytes are not a whole `Section`: take the record again") from error


def join(release: Release, pieces: list[Piece]) -> bytes:
    """Return the bytes of a release that has these pieces as its sections; `release` itself has none.

    Raises ValueError for a moment without an offset.
    """
    if release.decided_at.tzinfo is None or (release.not_after and release.not_after.tzinfo is None):
        raise ValueError("a moment without an offset cannot be written: make it aware")
    return b"".join(
        (
            _release_prefix(),
            _text(release.release_id),
            _texts(release.kind, release.recipient),
            _zigzag(release.seq),
            _texts(release.cause, release.event_id),
            _moment(release.decided_at),
            _texts(release.ground, release.rule, release.policy, release.purpose),
            _optional(release.expects),
            _SOME + _moment(release.not_after) if release.not_after is not None else _NONE,
            _optional(release.person),
            _optional(release.incident),
            _optional(release.reason),
            _zigzag(len(release.header)),
            release.header,
            _zigzag(len(pieces)) if pieces else b"",
            *[piece.raw for piece in pieces],
            b"\x00",
        )
    )


def _cut(data: bytes) -> Cut:
    length, at = _long(data, PREFIX)
    header = data[at : at + length]
    at += length
    pieces: list[Piece] = []
    count, at = _long(data, at)
    while count:
        if count < 0:
            count = -count
            _, at = _long(data, at)
        for _ in range(count):
            piece, at = _piece(data, at)
            pieces.append(piece)
        count, at = _long(data, at)
    if at != len(data):
        raise Undecodable("bytes are not exactly one `Envelope`: take the record again")
    return Cut(header, tuple(pieces))


def _piece(data: bytes, at: int) -> tuple[Piece, int]:
    length, start = _long(data, at)
    end = start + length
    proof, after = _long(data, end)
    after += proof
    if length < 0 or proof < 0 or after > len(data):
        raise IndexError("a section goes past the end")
    return Piece(data[at:after], start - at, end - at), after


def _long(data: bytes, at: int) -> tuple[int, int]:
    """Read an Avro long: return it, and where the next thing begins. Raises IndexError."""
    value = data[at]
    at += 1
    if value > 0x7F:
        value &= 0x7F
        shift = 7
        while (byte := data[at]) > 0x7F:
            value |= (byte & 0x7F) << shift
            shift += 7
            at += 1
        value |= byte << shift
        at += 1
    return (value >> 1) ^ -(value & 1), at


def _zigzag(value: int) -> bytes:
    """Write an Avro long."""
    value = (value << 1) ^ (value >> 63)
    if value < 0x80:
        return _ONE_BYTE[value]
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


_ONE_BYTE = tuple(bytes((value,)) for value in range(0x80))


def _text(text: str) -> bytes:
    data = text.encode("utf-8")
    return _zigzag(len(data)) + data


@lru_cache(maxsize=4096)
def _texts(*texts: str) -> bytes:
    """Write texts that lie side by side and recur: a rule's, or those of an event sent to several."""
    return b"".join(map(_text, texts))


def _optional(text: str | None) -> bytes:
    return _NONE if text is None else _SOME + _text(text)


@lru_cache(maxsize=1024)
def _moment(moment: datetime) -> bytes:
    since = moment - _EPOCH
    return _zigzag((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


@cache
def _envelope_prefix() -> bytes:
    """Return what envelopes of the newest schema begin with."""
    return encode_envelope(Envelope(header=b"", sections=()))[:PREFIX]


@cache
def _release_prefix() -> bytes:
    """Return what releases of the newest schema begin with."""
    empty = Release(
        release_id="", kind=ReleaseKind.NEW, recipient="", seq=1, cause="", event_id="", decided_at=_EPOCH,
        ground="", rule="", policy="", purpose="", expects=None, not_after=None, person=None, incident=None,
        reason=None, header=b"", sections=(),
    )  # fmt: skip
    return encode_release(empty)[:PREFIX]
