"""Seal an event's sections, and open one (design 3).

Content is AES-256-GCM under HKDF-SHA256(key, event id || leaf), with event id, name and schema id as
associated data and a random 32 byte salt inside. The commitment, SHA-256 of salt and plaintext, is
checked on opening: AES-GCM alone would let one ciphertext open under two keys.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.eventlog import chain
from services.eventlog.codec import decode_header, decode_section, encode_header, encode_section
from services.eventlog.envelope import Envelope, Header, Sealed, Section
from services.eventlog.errors import KeyMissing, Tampered, TooManySections

SIZES: Final = (8, 16, 32, 64)
"""Leaves under a sections root: nobody learns more about how many sections there were."""

KEY_SIZE: Final = 32
SALT_SIZE: Final = 32
NONCE_SIZE: Final = 12

Randomness = Callable[[int], bytes]
"""Return that many unpredictable bytes, never the same twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainSection:
    """Hold a section before it is sealed. `person` is whose key seals it; None: the routing key."""

    name: str
    schema_id: str
    leaf: int
    person: str | None
    plaintext: bytes = field(repr=False)


class Carrier(Protocol):
    """Hold a header and sealed sections: an envelope, or a release."""

    @property
    def header(self) -> bytes: ...
    @property
    def sections(self) -> tuple[Sealed, ...]: ...


def plan_leaves(count: int, shuffle: Callable[[list[int]], None]) -> tuple[int, tuple[int, ...]]:
    """Return the padded size for `count` sections and a leaf for each, in shuffled places.

    Called before the plaintexts are made, because routing names each child's leaf.
    `shuffle` reorders a list in place, unpredictably. Raises `TooManySections`.
    """
    size = padded(count)
    leaves = list(range(size))
    shuffle(leaves)
    return size, tuple(leaves[:count])


def padded(count: int) -> int:
    """Return how many leaves the root over `count` sections has. Raises `TooManySections`."""
    for size in SIZES:
        if count <= size:
            return size
    raise TooManySections(f"`{count}` sections do not fit under {SIZES[-1]} leaves: send fewer in one event")


def seal_event(
    *,
    event_id: str,
    type: str,
    schema_id: str,
    recorded_at: datetime,
    sections: Sequence[PlainSection],
    keys: Mapping[str, bytes],
    routing_key: bytes,
    randomness: Randomness = secrets.token_bytes,
) -> Envelope:
    """Return the event sealed, with its header over the padded root.

    1. Seal each section.  2. Fill the other leaves with random digests.  3. Prove each section.
    Sealing twice gives two different envelopes: keep the bytes and send those again.
    Raises `KeyMissing`, `TooManySections`, and ValueError where two sections share a leaf.
    """
    size = padded(len(sections))
    _require_own_leaves(sections, size)
    bodies = [encode_section(_sealed(plain, event_id, keys, routing_key, randomness)) for plain in sections]
    digests = [randomness(chain.HASH_SIZE) for _ in range(size)]
    for plain, body in zip(sections, bodies, strict=True):
        digests[plain.leaf] = chain.leaf_hash(body)
    proofs = chain.inclusion_proofs(digests, [plain.leaf for plain in sections])
    header = Header(
        event_id=event_id,
        type=type,
        schema_id=schema_id,
        recorded_at=recorded_at,
        sections_root=chain.root(digests),
    )
    sealed = [Sealed(body=body, proof=tuple(proof)) for body, proof in zip(bodies, proofs, strict=True)]
    return Envelope(header=encode_header(header), sections=tuple(sealed))


def open_section(section: Section | bytes, event_id: str, key: bytes) -> bytes:
    """Return the plaintext of a section, given the key it was sealed under.

    Raises `Tampered` where key, event, name, schema, leaf, bytes or commitment do not belong together.
    """
    if isinstance(section, bytes):
        section = decode_section(section)
    cipher = AESGCM(_section_key(key, event_id, section.index))
    try:
        salted = cipher.decrypt(
            section.nonce, section.ciphertext, _bound(event_id, section.name, section.schema_id)
        )
    except (InvalidTag, ValueError):
        raise Tampered(
            f"`{section.name}` of `{event_id}` does not open: wrong key or changed bytes"
        ) from None
    if not hmac.compare_digest(sha256(salted).digest(), section.commitment):
        raise Tampered(f"`{section.name}` of `{event_id}` is not what was committed to: do not use it")
    return salted[SALT_SIZE:]


def open_routed(section: Section | bytes, event_id: str, routing_key: bytes) -> bytes:
    """Return the plaintext of `routing` or `facts`, which the routing key itself seals."""
    if isinstance(section, bytes):
        section = decode_section(section)
    if section.key_ref:
        raise Tampered(f"`{section.name}` of `{event_id}` is sealed for a person: ask the keyring")
    return open_section(section, event_id, routing_key)


def person_of(section: Section | bytes, event_id: str, routing_key: bytes) -> str | None:
    """Return whose key seals a section, or None where the routing key does. Raises `Tampered`."""
    if isinstance(section, bytes):
        section = decode_section(section)
    if not section.key_ref:
        return None
    nonce, ciphertext = section.key_ref[:NONCE_SIZE], section.key_ref[NONCE_SIZE:]
    cipher = AESGCM(_reference_key(routing_key, event_id, section.index))
    try:
        person = cipher.decrypt(nonce, ciphertext, _bound(event_id, section.name, section.schema_id))
    except (InvalidTag, ValueError):
        raise Tampered(
            f"key reference of `{section.name}` of `{event_id}` does not open: changed bytes"
        ) from None
    return person.decode("ascii")


def verify_sections(carrier: Carrier) -> None:
    """Check that each section of an envelope or release is under its header's root, each once.

    Needs no key, and holds for a copy with sections left out. Raises `Tampered`.
    """
    header = decode_header(carrier.header)
    seen: set[int] = set()
    for sealed in carrier.sections:
        section = decode_section(sealed.body)
        size = 1 << len(sealed.proof)
        digest = chain.leaf_hash(sealed.body)
        proven = chain.verify_inclusion(digest, section.index, size, sealed.proof, header.sections_root)
        if size not in SIZES or section.index in seen or not proven:
            raise Tampered(f"`{section.name}` is not a section of `{header.event_id}`: do not use it")
        seen.add(section.index)


def _sealed(
    plain: PlainSection, event_id: str, keys: Mapping[str, bytes], routing_key: bytes, randomness: Randomness
) -> Section:
    bound = _bound(event_id, plain.name, plain.schema_id)
    key, reference = routing_key, b""
    if plain.person is not None:
        key = _key_of(plain.person, keys)
        nonce = randomness(NONCE_SIZE)
        cipher = AESGCM(_reference_key(routing_key, event_id, plain.leaf))
        reference = nonce + cipher.encrypt(nonce, plain.person.encode("ascii"), bound)
    salted = randomness(SALT_SIZE) + plain.plaintext
    nonce = randomness(NONCE_SIZE)
    return Section(
        name=plain.name,
        schema_id=plain.schema_id,
        index=plain.leaf,
        key_ref=reference,
        commitment=sha256(salted).digest(),
        nonce=nonce,
        ciphertext=AESGCM(_section_key(key, event_id, plain.leaf)).encrypt(nonce, salted, bound),
    )


def _key_of(person: str, keys: Mapping[str, bytes]) -> bytes:
    try:
        return keys[person]
    except KeyError:
        raise KeyMissing(f"no key for person `{person}`: create it before sealing") from None


def _require_own_leaves(sections: Sequence[PlainSection], size: int) -> None:
    leaves = {plain.leaf for plain in sections}
    if len(leaves) != len(sections) or not leaves <= set(range(size)):
        raise ValueError(f"sections do not have a leaf each below `{size}`: take them from plan_leaves")


def _section_key(key: bytes, event_id: str, leaf: int) -> bytes:
    return hkdf(key, event_id.encode("utf-8") + leaf.to_bytes(4, "big"))


def _reference_key(routing_key: bytes, event_id: str, leaf: int) -> bytes:
    return hkdf(routing_key, b"key_ref|" + event_id.encode("utf-8") + leaf.to_bytes(4, "big"))


def hkdf(key: bytes, info: bytes) -> bytes:
    """Return 32 bytes of HKDF-SHA256 (RFC 5869) without salt."""
    if len(key) != KEY_SIZE:
        raise ValueError("a key is 32 bytes: this is not one")
    extracted = hmac.digest(bytes(32), key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def _bound(event_id: str, name: str, schema_id: str) -> bytes:
    return f"{event_id}|{name}|{schema_id}".encode()
