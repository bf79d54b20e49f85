"""Person keys and match tokens, in a database that holds nothing else (design 3, decision 0006).

Written by the door alone. A person's key and tokens are made before an event about them is
appended, and destroyed together: what was sealed for them is then unreadable everywhere.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from services.eventlog.errors import KeyMissing, Tampered
from services.runtime.database import reading, writing

NAME = "name:"
"""Begins a token of a name and birthday."""

KEY_SIZE = 32
NONCE_SIZE = 12
_AT_ONCE = 500
"""Values in one IN list: well below what either database allows."""

KEYS = MetaData()

PERSONS = Table(
    "keys_person",
    KEYS,
    Column("person", String(64), primary_key=True),
    Column("wrapped", LargeBinary, nullable=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("destroyed_at", DateTime(timezone=True), nullable=True),
)

TOKENS = Table(
    "keys_token",
    KEYS,
    Column("token", String(128), primary_key=True),
    Column("person", String(64), primary_key=True, index=True),
)

RETIRED = Table(
    "keys_retired",
    KEYS,
    Column("person", String(64), primary_key=True),
    Column("retired_at", DateTime(timezone=True), nullable=False),
)
"""Whose key seals and opens nothing just now, because it is to be destroyed (decision 0027)."""


def name_token(match_key: bytes, mark: str) -> str:
    """Return the keyed token of a name and birthday (`match_on_name`): it says nothing without the key."""
    return NAME + hmac.digest(match_key, mark.encode("utf-8"), "sha256").hex()


class KeyEncryption(Protocol):
    """Wrap a person's key under a key that is not in the database: a file, the environment, a KMS."""

    def wrap(self, person: str, key: bytes) -> bytes: ...
    def unwrap(self, person: str, wrapped: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class FileKek:
    """Wrap with AES-256-GCM under 32 bytes from a file, bound to the person."""

    kek: bytes = field(repr=False)

    def wrap(self, person: str, key: bytes) -> bytes:
        nonce = token_bytes(NONCE_SIZE)
        return nonce + AESGCM(self.kek).encrypt(nonce, key, person.encode("utf-8"))

    def unwrap(self, person: str, wrapped: bytes) -> bytes:
        try:
            return AESGCM(self.kek).decrypt(
                wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], person.encode("utf-8")
            )
        except (InvalidTag, ValueError):
            raise Tampered(f"key of person `{person}` does not unwrap: wrong key-encryption key") from None


class KeyStore:
    """Keep person keys and match tokens.

    Every call may be given a connection, and is then part of its transaction; without one it has a
    transaction of its own, committed when it returns.
    """

    def __init__(
        self, engine: Engine, kek: KeyEncryption, *, randomness: Callable[[int], bytes] = token_bytes
    ) -> None:
        self._engine = engine
        self._kek = kek
        self._randomness = randomness

    def create_tables(self) -> None:
        """Make the tables where they are missing."""
        KEYS.create_all(self._engine)

    def create(
        self, persons: Iterable[str], *, at: datetime, conn: Connection | None = None
    ) -> dict[str, bytes]:
        """Make a key for each new person, and return the keys by person."""
        keys = {person: self._randomness(KEY_SIZE) for person in persons}
        rows = [
            {"person": person, "wrapped": self._kek.wrap(person, key), "created_at": at}
            for person, key in keys.items()
        ]
        with self._writing(conn) as on:
            if rows:
                on.execute(insert(PERSONS), rows)
        return keys

    def get(self, person: str, *, conn: Connection | None = None) -> bytes:
        """Return a person's key. Raises `KeyMissing` where there was none or it was destroyed."""
        found = self.get_all([person], conn=conn)
        if person not in found:
            raise KeyMissing(f"no key for person `{person}`: never made, or destroyed")
        return found[person]

    def get_all(self, persons: Iterable[str], *, conn: Connection | None = None) -> dict[str, bytes]:
        """Return the keys there are, by person; who has none, or whose is retired, is absent."""
        there = select(PERSONS.c.person, PERSONS.c.wrapped).where(
            PERSONS.c.wrapped.is_not(None), PERSONS.c.person.not_in(select(RETIRED.c.person))
        )
        with self._reading(conn) as on:
            rows = [
                row for few in _few(persons) for row in on.execute(there.where(PERSONS.c.person.in_(few)))
            ]
        return {row.person: self._kek.unwrap(row.person, row.wrapped) for row in rows}

    def add_tokens(self, tokens: Mapping[str, Iterable[str]], *, conn: Connection | None = None) -> None:
        """Remember keyed match tokens by person. One that is known already is kept as it is."""
        wanted = {(token, person) for person, theirs in tokens.items() for token in theirs}
        theirs = select(TOKENS.c.token, TOKENS.c.person)
        with self._writing(conn) as on:
            known = {
                (row.token, row.person)
                for few in _few(tokens)
                for row in on.execute(theirs.where(TOKENS.c.person.in_(few)))
            }
            rows = [{"token": token, "person": person} for token, person in sorted(wanted - known)]
            if rows:
                on.execute(insert(TOKENS), rows)

    def match(self, tokens: Iterable[str], *, conn: Connection | None = None) -> dict[str, tuple[str, ...]]:
        """Return the persons each token is known for, in a fixed order; an unknown token is absent."""
        known = select(TOKENS.c.token, TOKENS.c.person).order_by(TOKENS.c.token, TOKENS.c.person)
        found: dict[str, tuple[str, ...]] = {}
        with self._reading(conn) as on:
            for few in _few(tokens):
                for row in on.execute(known.where(TOKENS.c.token.in_(few))):
                    found[row.token] = (*found.get(row.token, ()), row.person)
        return found

    def retire(self, persons: Iterable[str], *, at: datetime) -> None:
        """Use these persons' keys no more, for sealing or opening, from when this returns.

        Their tokens stay: who is recognised by one and has no key begins anew. Doing it again is harmless.
        """
        with self._writing(None) as on:
            new = sorted(set(persons) - self._retired(on))
            if new:
                on.execute(insert(RETIRED), [{"person": person, "retired_at": at} for person in new])

    def retired(self) -> frozenset[str]:
        """Return whose key is retired."""
        with self._reading(None) as on:
            return frozenset(self._retired(on))

    def take_back(self, persons: Iterable[str]) -> None:
        """Use these persons' keys again."""
        with self._writing(None) as on:
            for few in _few(persons):
                on.execute(delete(RETIRED).where(RETIRED.c.person.in_(few)))

    def kept(self, persons: Iterable[str]) -> tuple[str, ...]:
        """Return those of these persons of whom a key or a token is kept, in order."""
        found: set[str] = set()
        with self._reading(None) as on:
            for few in _few(persons):
                there = select(PERSONS.c.person).where(PERSONS.c.wrapped.is_not(None))
                found.update(on.scalars(there.where(PERSONS.c.person.in_(few))))
                known = select(TOKENS.c.person).join(PERSONS, PERSONS.c.person == TOKENS.c.person)
                found.update(on.scalars(known.where(TOKENS.c.person.in_(few))))
        return tuple(sorted(found))

    def destroy(self, person: str, *, at: datetime, conn: Connection | None = None) -> None:
        """Destroy a person's key and tokens together. Doing it again changes nothing.

        Raises `KeyMissing` where no such person was ever known.
        """
        standing = update(PERSONS).where(PERSONS.c.person == person, PERSONS.c.destroyed_at.is_(None))
        with self._writing(conn) as on:
            if on.execute(select(PERSONS.c.person).where(PERSONS.c.person == person)).first() is None:
                raise KeyMissing(f"no person `{person}` in the key database: check the id")
            on.execute(standing.values(wrapped=None, destroyed_at=at))
            on.execute(delete(TOKENS).where(TOKENS.c.person == person))
            on.execute(delete(RETIRED).where(RETIRED.c.person == person))

    def _retired(self, on: Connection) -> set[str]:
        return set(on.scalars(select(RETIRED.c.person)))

    def _reading(self, conn: Connection | None) -> AbstractContextManager[Connection]:
        return nullcontext(conn) if conn is not None else reading(self._engine)

    def _writing(self, conn: Connection | None) -> AbstractContextManager[Connection]:
        return nullcontext(conn) if conn is not None else writing(self._engine)


def _few(values: Iterable[str]) -> Iterator[list[str]]:
    """Split values into lists short enough for one question."""
    every = sorted(set(values))
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]
