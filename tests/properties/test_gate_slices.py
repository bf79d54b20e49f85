"""What the gate cuts and joins by hand has the same bytes as what the codec and the JSON encoder write."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consent.flow.decision import Answer, Decision, Emit
from services.consent.flow.record import encode
from services.eventlog import codec
from services.eventlog.envelope import Envelope, Release, Sealed, Section
from services.eventlog.errors import LogError, Undecodable
from services.eventlog.slices import cut, join, label_bytes, read_label
from services.vocabulary.grounds import Ground, Outcome, Reason, ReleaseKind
from services.vocabulary.times import format_time

some_text = st.text(max_size=200)
some_moment = st.integers(-(10**15), 4 * 10**15).map(
    lambda micros: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
)
some_section = st.builds(
    Section,
    name=st.text(min_size=1, max_size=63),
    schema_id=some_text,
    index=st.integers(0, 1000),
    key_ref=st.binary(max_size=80),
    commitment=st.binary(min_size=32, max_size=32),
    nonce=st.binary(min_size=12, max_size=12),
    ciphertext=st.binary(max_size=300),
)
some_sealed = st.builds(
    lambda section, proof: Sealed(body=codec.encode_section(section), proof=tuple(proof)),
    some_section,
    st.lists(st.binary(min_size=32, max_size=32), max_size=6),
)
some_envelope = st.builds(
    lambda header, sections: Envelope(header=header, sections=tuple(sections)),
    st.binary(max_size=200),
    st.lists(some_sealed, max_size=8),
)
some_release = st.builds(
    Release,
    release_id=some_text,
    kind=st.sampled_from(ReleaseKind),
    recipient=some_text,
    seq=st.integers(1, 2**62),
    cause=some_text,
    event_id=some_text,
    decided_at=some_moment,
    ground=some_text,
    rule=some_text,
    policy=some_text,
    purpose=some_text,
    expects=st.none() | some_text,
    not_after=st.none() | some_moment,
    person=st.none() | some_text,
    incident=st.none() | some_text,
    reason=st.none() | some_text,
    header=st.binary(max_size=200),
    sections=st.just(()),
)
some_emit = st.builds(
    Emit,
    recipient=some_text,
    kind=st.sampled_from(ReleaseKind),
    seq=st.integers(1, 2**40),
    release_id=some_text,
    cause=some_text,
    event_id=some_text,
    event_offset=st.integers(0, 2**40),
    incident=st.none() | some_text,
    person=st.none() | some_text,
    ground=st.sampled_from(Ground),
    rule=some_text,
    purpose=some_text,
    expects=st.none() | some_text,
    not_after=st.none() | some_moment,
    reason=st.none() | st.sampled_from(Reason),
    sections=st.lists(some_text, max_size=3).map(tuple),
    leaves=st.lists(st.integers(0, 63), max_size=3).map(tuple),
    can_end=st.booleans(),
)


@given(some_envelope)
def test_an_event_cut_is_the_event_decoded(envelope: Envelope) -> None:
    found = cut(codec.encode_envelope(envelope))

    assert found.header == envelope.header
    assert [piece.body for piece in found.pieces] == [sealed.body for sealed in envelope.sections]
    for piece, sealed in zip(found.pieces, envelope.sections, strict=True):
        section = codec.decode_section(sealed.body)
        assert read_label(label_bytes(piece)) == (section.name, section.schema_id, section.index)


@given(some_release, some_envelope)
def test_a_release_joined_has_the_bytes_of_one_encoded(release: Release, envelope: Envelope) -> None:
    pieces = cut(codec.encode_envelope(envelope)).pieces

    joined = join(release, list(pieces))

    assert joined == codec.encode_release(release._replace(sections=envelope.sections))


@given(some_envelope, st.data())
def test_an_event_cut_short_is_refused(envelope: Envelope, data: st.DataObject) -> None:
    value = codec.encode_envelope(envelope)
    end = data.draw(st.integers(0, len(value) - 1))

    with pytest.raises(LogError):
        cut(value[:end])


@given(st.binary(max_size=300))
def test_noise_is_undecodable_and_nothing_worse(noise: bytes) -> None:
    prefix = codec.encode_envelope(Envelope(header=b"", sections=()))[:10]

    for value in (noise, prefix + noise):
        try:
            for piece in cut(value).pieces:
                label_bytes(piece)
        except Undecodable:
            continue


@given(some_text, some_moment, st.lists(some_emit, max_size=3), some_text)
def test_a_decision_written_by_hand_is_canonical_json(
    event_id: str, at: datetime, emits: list[Emit], rule: str
) -> None:
    answer = Answer(recipient="dafsu", outcome=Outcome.DENY, owed=True, rule=rule, reason=Reason.NO_GROUND)
    decision = Decision(
        event_id=event_id,
        event_type="VpaReviewed",
        offset=7,
        decided_at=at,
        policy="",
        version=1,
        answers=(answer,),
        emits=tuple(emits),
    )

    written = json.loads(encode(decision))

    canonical = json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert encode(decision) == canonical.encode("utf-8")
    assert written["decided_at"] == format_time(at)
    assert [each["release_id"] for each in written["emits"]] == [emit.release_id for emit in emits]
