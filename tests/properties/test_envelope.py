"""What is written is read back the same; what is not a whole record is said to be none."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest
from avro.io import BinaryDecoder, DatumReader
from avro.schema import parse
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog import codec
from services.eventlog.catalogue import SectionSchema
from services.eventlog.catalogue_files import SCHEMAS, load_catalogue
from services.eventlog.envelope import Envelope, Header, Release, Sealed, Section
from services.eventlog.errors import Undecodable
from services.vocabulary.grounds import ReleaseKind
from tests.eventlog_builders import a_release, a_sealed_event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
moments = st.integers(-(2**51), 2**52).map(lambda micros: EPOCH + timedelta(microseconds=micros))
texts = st.text(max_size=40)
digests = st.binary(min_size=32, max_size=32)
bodies = st.binary(max_size=300)

headers = st.builds(
    Header, event_id=texts, type=texts, schema_id=texts, recorded_at=moments, sections_root=digests
)
sections = st.builds(
    Section,
    name=texts,
    schema_id=texts,
    index=st.integers(0, 63),
    key_ref=st.binary(max_size=80),
    commitment=digests,
    nonce=st.binary(min_size=12, max_size=12),
    ciphertext=bodies,
)
sealed = st.builds(Sealed, body=bodies, proof=st.lists(digests, max_size=6).map(tuple))
many_sealed = st.lists(sealed, max_size=6).map(tuple)
envelopes = st.builds(Envelope, header=bodies, sections=many_sealed)
releases = st.builds(
    Release,
    release_id=texts,
    kind=st.sampled_from(ReleaseKind),
    recipient=texts,
    seq=st.integers(1, 2**62),
    cause=texts,
    event_id=texts,
    decided_at=moments,
    ground=texts,
    rule=texts,
    policy=texts,
    purpose=texts,
    expects=st.none() | texts,
    not_after=st.none() | moments,
    person=st.none() | texts,
    incident=st.none() | texts,
    reason=st.none() | texts,
    header=bodies,
    sections=many_sealed,
)

ENVELOPE = codec.encode_envelope(a_sealed_event())
RELEASE = codec.encode_release(a_release(a_sealed_event()))
HEADER = a_sealed_event().header
SECTION = a_sealed_event().sections[0].body
KINDS = {
    "header": (HEADER, codec.decode_header),
    "section": (SECTION, codec.decode_section),
    "envelope": (ENVELOPE, codec.decode_envelope),
    "release": (RELEASE, codec.decode_release),
}


@given(headers, sections, envelopes, releases)
def test_what_is_written_is_read_back_the_same(
    header: Header, section: Section, envelope: Envelope, release: Release
) -> None:
    assert codec.decode_header(codec.encode_header(header)) == header
    assert codec.decode_section(codec.encode_section(section)) == section
    assert codec.decode_envelope(codec.encode_envelope(envelope)) == envelope
    assert codec.decode_release(codec.encode_release(release)) == release


@given(releases)
def test_a_release_has_one_form_in_bytes(release: Release) -> None:
    assert codec.encode_release(release) == codec.encode_release(release._replace())


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_cut_short_or_gone_on_is_none(kind: str) -> None:
    data, decode = KINDS[kind]

    for length in range(len(data)):
        with pytest.raises(Undecodable):
            decode(data[:length])
    with pytest.raises(Undecodable):
        decode(data + b"\x00")


@pytest.mark.parametrize("kind", KINDS)
@given(garbage=st.binary(max_size=400), place=st.integers(0, 4000), change=st.integers(1, 255))
def test_garbage_is_said_to_be_garbage_and_nothing_else_happens(
    kind: str, garbage: bytes, place: int, change: int
) -> None:
    data, decode = KINDS[kind]
    spoilt = bytearray(data)
    spoilt[place % len(data)] ^= change

    for attempt in (garbage, data[: codec.PREFIX] + garbage, bytes(spoilt)):
        with suppress(Undecodable):
            decode(attempt)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_one_kind_of_record_is_never_taken_for_another(kind: str, other: str) -> None:
    if kind == other:
        return
    with pytest.raises(Undecodable, match="do not begin"):
        KINDS[other][1](KINDS[kind][0])


def test_any_avro_library_reads_a_record_behind_its_ten_bytes() -> None:
    schema = parse((SCHEMAS / "log" / "Envelope.avsc").read_text("utf-8"))

    record = DatumReader(schema).read(BinaryDecoder(BytesIO(ENVELOPE[10:])))

    assert ENVELOPE[:2] == b"\xc3\x01"
    assert record["header"] == codec.decode_envelope(ENVELOPE).header  # type: ignore[index]


def test_a_section_tells_its_name_before_it_is_decoded() -> None:
    names = [codec.section_name(section.body) for section in a_sealed_event().sections]

    assert names == ["routing", "facts", "victim", "children", "children"]
    with pytest.raises(Undecodable):
        codec.section_name(b"")


def test_a_moment_without_an_offset_is_not_written() -> None:
    naive = replace(codec.decode_header(HEADER), recorded_at=EPOCH.replace(tzinfo=None))

    with pytest.raises(ValueError, match="offset"):
        codec.encode_header(naive)


def test_a_moment_is_kept_whatever_its_offset() -> None:
    there = datetime(2024, 9, 2, 8, 30, tzinfo=timezone(timedelta(hours=1)))

    header = replace(codec.decode_header(HEADER), recorded_at=there)

    assert codec.decode_header(codec.encode_header(header)).recorded_at == there


def the_victim() -> SectionSchema:
    return load_catalogue().section("victim/1")


def test_content_the_schema_does_not_name_is_refused_without_being_quoted() -> None:
    with pytest.raises(Undecodable) as refusal:
        codec.encode_content(the_victim(), {"given_name": "Quillamareth", "shoe_size": "Ostrovendale"})

    assert "victim/1" in str(refusal.value)
    assert "Quillamareth" not in str(refusal.value)
    assert "Ostrovendale" not in json.dumps([str(refusal.value), repr(refusal.value.__cause__)])


def test_content_comes_back_as_it_was() -> None:
    data = codec.encode_content(the_victim(), {"given_name": "Quillamareth"})

    assert codec.decode_content(the_victim(), data)["given_name"] == "Quillamareth"
    with pytest.raises(Undecodable):
        codec.decode_content(the_victim(), data + b"\x00")
