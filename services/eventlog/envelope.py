"""What an event looks like in the log, and what a recipient gets of it (design 3). Values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.vocabulary.grounds import ReleaseKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Hold what everybody may see who holds the event, its least entitled reader included."""

    event_id: str
    type: str
    schema_id: str
    recorded_at: datetime
    sections_root: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Hold one section, sealed. `index` is its leaf under the root and enters its key.

    `key_ref` is the person id under the routing key, or empty where the routing key itself seals it.
    """

    name: str
    schema_id: str
    index: int
    key_ref: bytes
    commitment: bytes
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Hold a section's bytes as stored, and their inclusion proof under the header's root."""

    body: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Hold an event as the log keeps it. `header` is an encoded `Header`, hashed as stored."""

    header: bytes
    sections: tuple[Sealed, ...]


class Release(NamedTuple):
    """Hold what one recipient may see of one event (design 2). A tuple: the gate makes several of each event.

    `seq` starts at 1 and is gap-free per recipient and partition. `person` and `incident` are that
    recipient's own aliases. Header and sections are the log's bytes, untouched.
    """

    release_id: str
    kind: ReleaseKind
    recipient: str
    seq: int
    cause: str
    event_id: str
    decided_at: datetime
    ground: str
    rule: str
    policy: str
    purpose: str
    expects: str | None
    not_after: datetime | None
    person: str | None
    incident: str | None
    reason: str | None
    header: bytes
    sections: tuple[Sealed, ...]
