"""Seal, open, redact, tamper: what the seal promises of every byte ever written (design 3)."""

import random
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from services.eventlog import chain
from services.eventlog.codec import decode_section, encode_header, encode_section
from services.eventlog.envelope import Envelope, Sealed, Section
from services.eventlog.errors import KeyMissing, Tampered, TooManySections, Undecodable
from services.eventlog.sealing import (
    PlainSection,
    open_routed,
    open_section,
    person_of,
    plan_leaves,
    seal_event,
    verify_sections,
)
from tests.eventlog_builders import (
    A_VPA,
    CHILD,
    EVENT,
    KEYS,
    RECORDED,
    ROUTING_KEY,
    VICTIM,
    a_release,
    a_sealed_event,
    header_of,
)

names = st.sampled_from(["routing", "facts", "victim", "children", "narrative"])
contents = st.lists(
    st.tuples(names, st.sampled_from([None, *KEYS]), st.binary(max_size=200)), min_size=1, max_size=20
)


def sections_of(envelope: Envelope) -> list[Section]:
    return [decode_section(sealed.body) for sealed in envelope.sections]


def key_of(section: Section) -> bytes:
    person = person_of(section, EVENT, ROUTING_KEY)
    return ROUTING_KEY if person is None else KEYS[person]


def the_victim() -> Section:
    return next(section for section in sections_of(a_sealed_event()) if section.name == "victim")


def hkdf(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(key)


@given(contents)
def test_what_was_sealed_opens_with_its_own_key(sealed: list[tuple[str, str | None, bytes]]) -> None:
    envelope = a_sealed_event(sealed)

    opened = [open_section(section, EVENT, key_of(section)) for section in sections_of(envelope)]

    assert opened == [plaintext for _, _, plaintext in sealed]
    assert [person_of(section, EVENT, ROUTING_KEY) for section in sections_of(envelope)] == [
        person for _, person, _ in sealed
    ]


@given(contents, st.data())
def test_a_copy_with_sections_left_out_still_verifies(
    sealed: list[tuple[str, str | None, bytes]], data: st.DataObject
) -> None:
    envelope = a_sealed_event(sealed)
    kept = tuple(section for section in envelope.sections if data.draw(st.booleans()))

    verify_sections(envelope)
    verify_sections(a_release(envelope, kept))


@given(contents, st.integers(0, 5000), st.integers(1, 255))
def test_one_changed_byte_anywhere_in_a_section_is_found(
    sealed: list[tuple[str, str | None, bytes]], place: int, change: int
) -> None:
    envelope = a_sealed_event(sealed)
    body = bytearray(envelope.sections[0].body)
    body[place % len(body)] ^= change
    changed = replace(envelope.sections[0], body=bytes(body))

    with pytest.raises((Tampered, Undecodable)):
        verify_sections(replace(envelope, sections=(changed, *envelope.sections[1:])))


def test_a_changed_header_root_is_found() -> None:
    envelope, other = a_sealed_event(), a_sealed_event()

    with pytest.raises(Tampered):
        verify_sections(replace(envelope, header=other.header))


def test_a_section_of_another_event_is_found() -> None:
    envelope, other = a_sealed_event(), a_sealed_event()

    with pytest.raises(Tampered):
        verify_sections(replace(envelope, sections=other.sections))


def test_a_section_shown_twice_is_found() -> None:
    envelope = a_sealed_event()

    with pytest.raises(Tampered):
        verify_sections(replace(envelope, sections=(envelope.sections[0], envelope.sections[0])))


def test_a_tree_of_a_size_nobody_pads_to_is_found() -> None:
    section = replace(the_victim(), index=0)
    body = encode_section(section)
    others = [bytes([number]) * 32 for number in range(3)]
    digests = [chain.leaf_hash(body), *others]
    header = replace(header_of(a_sealed_event()), sections_root=chain.root(digests))
    proof = tuple(chain.inclusion_proof(digests, 0))

    with pytest.raises(Tampered):
        verify_sections(Envelope(header=encode_header(header), sections=(Sealed(body=body, proof=proof),)))


spoilt: dict[str, Callable[[Section], Section]] = {
    "name": lambda section: replace(section, name="contact"),
    "schema": lambda section: replace(section, schema_id="victim/2"),
    "leaf": lambda section: replace(section, index=(section.index + 1) % 8),
    "nonce": lambda section: replace(section, nonce=bytes(12)),
    "ciphertext": lambda section: replace(section, ciphertext=section.ciphertext[:-1]),
    "nothing": lambda section: replace(section, ciphertext=b""),
    "commitment": lambda section: replace(section, commitment=bytes(32)),
}


@pytest.mark.parametrize("what", spoilt)
def test_a_section_opens_only_as_it_was_sealed(what: str) -> None:
    section = spoilt[what](the_victim())

    with pytest.raises(Tampered):
        open_section(section, EVENT, KEYS[VICTIM])


def test_a_section_opens_for_its_own_event_and_its_own_person_alone() -> None:
    section = the_victim()

    with pytest.raises(Tampered):
        open_section(section, "another-event", KEYS[VICTIM])
    with pytest.raises(Tampered):
        open_section(section, EVENT, KEYS[CHILD])
    with pytest.raises(Tampered):
        open_section(section, EVENT, ROUTING_KEY)


def test_a_ciphertext_made_to_open_otherwise_than_committed_is_not_opened() -> None:
    section = the_victim()
    key = hkdf(KEYS[VICTIM], EVENT.encode() + section.index.to_bytes(4, "big"))
    bound = f"{EVENT}|victim|victim/1".encode()
    forged = AESGCM(key).encrypt(section.nonce, bytes(32) + b"Somebody else", bound)

    with pytest.raises(Tampered, match="committed"):
        open_section(replace(section, ciphertext=forged), EVENT, KEYS[VICTIM])


def test_content_is_sealed_as_the_design_says_it_is() -> None:
    section = the_victim()
    key = hkdf(KEYS[VICTIM], EVENT.encode() + section.index.to_bytes(4, "big"))

    salted = AESGCM(key).decrypt(section.nonce, section.ciphertext, f"{EVENT}|victim|victim/1".encode())

    assert salted[32:] == b"Quillamareth Ostrovendale"
    assert sha256(salted).digest() == section.commitment


def test_nothing_of_the_plaintext_or_the_person_is_in_the_sealed_bytes() -> None:
    envelope = a_sealed_event()

    everything = envelope.header + b"".join(sealed.body for sealed in envelope.sections)

    assert not any(plaintext in everything for _, _, plaintext in A_VPA)
    assert not any(person.encode() in everything for person in KEYS)


def test_the_same_content_is_never_sealed_to_the_same_bytes() -> None:
    twice = [("children", CHILD, b"the same"), ("children", CHILD, b"the same")]

    first, second = sections_of(a_sealed_event(twice))
    again, _ = sections_of(a_sealed_event(twice))

    for other in (second, again):
        assert first.ciphertext != other.ciphertext
        assert first.commitment != other.commitment
        assert first.key_ref != other.key_ref
        assert first.nonce != other.nonce


def test_a_key_reference_cannot_be_moved_to_another_section() -> None:
    victim, child = (
        next(section for section in sections_of(a_sealed_event()) if section.name == name)
        for name in ("victim", "children")
    )

    with pytest.raises(Tampered):
        person_of(replace(child, key_ref=victim.key_ref), EVENT, ROUTING_KEY)


def test_routing_opens_under_the_routing_key_and_content_does_not() -> None:
    routing, victim = (sections_of(a_sealed_event())[place] for place in (0, 2))

    assert open_routed(routing, EVENT, ROUTING_KEY) == b"who and where"
    with pytest.raises(Tampered, match="keyring"):
        open_routed(victim, EVENT, ROUTING_KEY)


def test_after_a_key_is_destroyed_every_proof_still_holds() -> None:
    envelope = a_sealed_event()

    verify_sections(envelope)

    with pytest.raises(Tampered):
        open_section(envelope.sections[2].body, EVENT, bytes(32))


@pytest.mark.parametrize(("count", "size"), [(1, 8), (8, 8), (9, 16), (16, 16), (17, 32), (33, 64), (64, 64)])
def test_how_many_sections_there_are_is_hidden_in_one_of_four_sizes(count: int, size: int) -> None:
    planned, leaves = plan_leaves(count, random.Random(3).shuffle)
    envelope = a_sealed_event([("children", CHILD, b"")] * count)

    assert planned == size
    assert len(set(leaves)) == count
    assert set(leaves) <= set(range(size))
    assert {1 << len(sealed.proof) for sealed in envelope.sections} == {size}


def test_more_sections_than_the_largest_size_are_refused() -> None:
    with pytest.raises(TooManySections):
        plan_leaves(65, random.Random(3).shuffle)


def test_places_are_shuffled() -> None:
    plans = {plan_leaves(4, random.Random(seed).shuffle)[1] for seed in range(20)}

    assert len(plans) > 15


def test_sections_that_share_a_leaf_are_refused() -> None:
    plain = PlainSection(name="facts", schema_id="facts/1", leaf=0, person=None, plaintext=b"")

    with pytest.raises(ValueError, match="leaf each"):
        sealed([plain, plain])
    with pytest.raises(ValueError, match="leaf each"):
        sealed([replace(plain, leaf=8)])


def test_nothing_is_sealed_for_a_person_without_a_key() -> None:
    with pytest.raises(KeyMissing):
        sealed([PlainSection(name="victim", schema_id="victim/1", leaf=0, person="f" * 32, plaintext=b"")])


def test_a_plain_section_does_not_show_its_content_when_printed() -> None:
    plain = PlainSection(
        name="victim", schema_id="victim/1", leaf=0, person=VICTIM, plaintext=b"Quillamareth"
    )

    assert "Quillamareth" not in repr(plain)


def sealed(plain: list[PlainSection]) -> Envelope:
    return seal_event(
        event_id=EVENT,
        type="VpaRaised",
        schema_id="VpaRaised/1",
        recorded_at=RECORDED,
        sections=plain,
        keys=KEYS,
        routing_key=ROUTING_KEY,
    )
