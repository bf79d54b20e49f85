"""The partnership's own keys, one file of 32 random bytes each, readable by this system's user alone."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.runtime.settings import Settings

SIZE = 32


class SecretMissing(Exception):
    """A key file is absent or has the wrong size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Keys by purpose (design 3): `kek` wraps person keys, `routing` seals routing and facts, `alias` makes
    aliases, `match` keys match tokens, `id` derives event ids, `body` keys the outbox's MAC of a body."""

    kek: bytes
    routing: bytes
    alias: bytes
    match: bytes
    id: bytes
    body: bytes

    @classmethod
    def load(cls, settings: Settings) -> Secrets:
        """Read every key. Raises SecretMissing naming the file; never makes one."""
        return cls(**{field.name: _read(_path(settings.data, field.name)) for field in fields(cls)})

    @classmethod
    def ensure(cls, data: Path) -> None:
        """Make the keys that are not there yet. An existing key is never replaced."""
        (data / "secrets").mkdir(mode=0o700, parents=True, exist_ok=True)
        for field in fields(cls):
            _make(_path(data, field.name))


def _path(data: Path, name: str) -> Path:
    return data / "secrets" / f"{name}.key"


def _read(path: Path) -> bytes:
    if not path.exists() or path.stat().st_size != SIZE:
        raise SecretMissing(f"`{path}` is not a key of {SIZE} bytes: run sightline up once on this directory")
    return path.read_bytes()


def _make(path: Path) -> None:
    if not path.exists():
        write_private(path, os.urandom(SIZE))


def write_private(path: Path, content: bytes) -> None:
    """Write a file only its owner may read; whole or not at all."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
