"""Write headers, sections, envelopes, releases and section content as Avro, and read them back.

The four record types carry Avro's single-object prefix (two bytes of marker, eight of schema
fingerprint), so that every byte ever written says which schema wrote it. Content does not: its
section's `schema_id` says so, inside what is authenticated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any, Final, cast

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

from services.eventlog.catalogue import SectionSchema
from services.eventlog.catalogue_files import log_schemas
from services.eventlog.envelope import Envelope, Header, Release, Sealed, Section
from services.eventlog.errors import Undecodable
from services.vocabulary.grounds import ReleaseKind

MARKER: Final = b"\xc3\x01"
PREFIX: Final = 10
"""Bytes before the record itself: the marker and the fingerprint."""
_HASH: Final = 32
_BROKEN = (EOFError, ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    """Hold one record type's newest schema and every schema it was ever written with."""

    name: str
    prefix: bytes
    newest: dict[str, Any]
    written: Mapping[bytes, dict[str, Any]]


def encode_header(header: Header) -> bytes:
    """Return a header's bytes, which are hashed as stored."""
    _require_offset(header.recorded_at)
    return _encode(_format("Header"), _fields(header))


def decode_header(data: bytes) -> Header:
    """Return the header in these bytes. Raises `Undecodable`."""
    return Header(**_decode(_format("Header"), data))


def encode_section(section: Section) -> bytes:
    """Return a sealed section's bytes, which are hashed as stored."""
    return _encode(_format("Section"), _fields(section))


def decode_section(data: bytes) -> Section:
    """Return the section in these bytes. Raises `Undecodable`."""
    return Section(**_decode(_format("Section"), data))


def section_name(data: bytes) -> str:
    """Return the name in a section's bytes without decoding the rest: it is the first field."""
    length = data[PREFIX] >> 1 if len(data) > PREFIX else 0
    name = data[PREFIX + 1 : PREFIX + 1 + length]
    if data[:2] != MARKER or not 0 < length < 64 or len(name) != length:
        raise Undecodable("section does not begin with its name: take it from the log again")
    return name.decode("utf-8", "replace")


def encode_envelope(envelope: Envelope) -> bytes:
    """Return the bytes of an event as the log keeps it."""
    sections = [_unjoined(sealed) for sealed in envelope.sections]
    return _encode(_format("Envelope"), {"header": envelope.header, "sections": sections})


def decode_envelope(data: bytes) -> Envelope:
    """Return the event in these bytes. Raises `Undecodable`."""
    record = _decode(_format("Envelope"), data)
    return Envelope(header=record["header"], sections=_joined(record["sections"]))


def encode_release(release: Release) -> bytes:
    """Return a release's bytes: the same release always gives the same bytes."""
    _require_offset(release.decided_at, release.not_after)
    record = release._asdict()
    record["sections"] = [_unjoined(sealed) for sealed in release.sections]
    return _encode(_format("Release"), record)


def decode_release(data: bytes) -> Release:
    """Return the release in these bytes. Raises `Undecodable`."""
    record = _decode(_format("Release"), data)
    record["sections"] = _joined(record["sections"])
    try:
        record["kind"] = ReleaseKind(record["kind"])
    except ValueError as error:
        raise Undecodable(f"release is of no known kind: `{record['kind']}`") from error
    return Release(**record)


def event_of(release: Release) -> Header:
    """Return the header of the event that a release releases."""
    return decode_header(release.header)


def encode_content(schema: SectionSchema, value: Mapping[str, Any]) -> bytes:
    """Return a section's plaintext bytes. Fields the schema does not name are refused.

    The error never quotes the value: it may be about a person.
    """
    out = BytesIO()
    try:
        fastavro.schemaless_writer(out, schema.avro, value, strict_allow_default=True)
    except (*_BROKEN, AttributeError):
        raise Undecodable(f"content does not fit `{schema.schema_id}`: check it against the schema") from None
    return out.getvalue()


def decode_content(
    schema: SectionSchema, data: bytes, *, read_as: SectionSchema | None = None
) -> dict[str, Any]:
    """Return the content that was written with `schema`, as `read_as` has it where given."""
    reader = read_as.avro if read_as is not None else None
    source = BytesIO(data)
    try:
        value = fastavro.schemaless_reader(source, schema.avro, reader)
    except _BROKEN:
        raise Undecodable(f"content is not `{schema.schema_id}`: take the section again") from None
    return _whole(value, source, data, schema.schema_id)


def _encode(form: _Format, record: dict[str, Any]) -> bytes:
    out = BytesIO()
    out.write(form.prefix)
    fastavro.schemaless_writer(out, form.newest, record)
    return out.getvalue()


def _decode(form: _Format, data: bytes) -> dict[str, Any]:
    prefix = data[:PREFIX]
    written = form.newest if prefix == form.prefix else form.written.get(prefix)
    if written is None:
        raise Undecodable(f"bytes do not begin as a `{form.name}`: they are something else or newer")
    source = BytesIO(data)
    source.seek(PREFIX)
    try:
        value = fastavro.schemaless_reader(source, written, None if written is form.newest else form.newest)
    except _BROKEN as error:
        raise Undecodable(f"bytes are not a whole `{form.name}`: take the record again") from error
    return _whole(value, source, data, form.name)


def _whole(value: Any, source: BytesIO, data: bytes, name: str) -> dict[str, Any]:
    """Return the record if all of the bytes were read and there were enough of them."""
    if source.tell() != len(data) or not isinstance(value, dict):
        raise Undecodable(f"bytes are not exactly one `{name}`: take the record again")
    return value


def _fields(record: Header | Section) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def _unjoined(sealed: Sealed) -> dict[str, bytes]:
    return {"body": sealed.body, "proof": b"".join(sealed.proof)}


def _joined(records: list[dict[str, bytes]]) -> tuple[Sealed, ...]:
    return tuple([Sealed(body=record["body"], proof=_hashes(record["proof"])) for record in records])


def _hashes(proof: bytes) -> tuple[bytes, ...]:
    if len(proof) == 3 * _HASH:
        return (proof[:32], proof[32:64], proof[64:])
    if len(proof) == 4 * _HASH:
        return (proof[:32], proof[32:64], proof[64:96], proof[96:])
    if len(proof) % _HASH:
        raise Undecodable("inclusion proof is not made of whole hashes: take the record again")
    return tuple([proof[i : i + _HASH] for i in range(0, len(proof), _HASH)])


def _require_offset(*moments: datetime | None) -> None:
    if any(moment is not None and moment.tzinfo is None for moment in moments):
        raise ValueError("a moment without an offset cannot be written: make it aware")


@cache
def _format(name: str) -> _Format:
    texts = log_schemas(name)
    schemas: list[dict[str, Any]] = [cast(dict[str, Any], fastavro.parse_schema(text)) for text in texts]
    written = {_prefix(schema): schema for schema in schemas}
    return _Format(name=name, prefix=_prefix(schemas[-1]), newest=schemas[-1], written=written)


def _prefix(schema: Any) -> bytes:
    """Return the single-object prefix: the marker and the CRC-64-AVRO fingerprint, little-endian."""
    return MARKER + bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))
