"""One name for a person or an incident per recipient (design 3, decision 0005).

AES-SIV of the internal id with kind and recipient as associated data: the same recipient always
sees the same alias, two recipients never do, and only a holder of the alias key can turn one back.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from functools import lru_cache
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

Kind = Literal["person", "incident"]

_LENGTH = 43
"""Characters in an alias: 16 bytes of tag and 16 of id, in base64url without padding."""


def alias(key: bytes, internal_id: str, kind: Kind, recipient: str) -> str:
    """Return the recipient's name for the person or incident with this internal id (32 hex digits)."""
    sealed = _cipher(key).encrypt(bytes.fromhex(internal_id), _bound(kind, recipient))
    return urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def unalias(key: bytes, text: str, kind: Kind, recipient: str) -> str | None:
    """Return the internal id behind an alias given to this recipient, or None if it never was one."""
    sealed = _decoded(text)
    if sealed is None:
        return None
    try:
        return _cipher(key).decrypt(sealed, _bound(kind, recipient)).hex()
    except InvalidTag:
        return None


def _decoded(text: str) -> bytes | None:
    """Return the bytes of base64url text, if it is their only spelling."""
    if len(text) != _LENGTH or not text.isascii():
        return None
    try:
        sealed = urlsafe_b64decode(text + "=")
    except (NotBase64, ValueError):
        return None
    return sealed if urlsafe_b64encode(sealed).decode("ascii") == text + "=" else None


@lru_cache(maxsize=4096)
def _bound(kind: str, recipient: str) -> list[bytes]:
    """Keep what an alias is bound to: there are few recipients. Nobody changes the list."""
    return [kind.encode("ascii"), recipient.encode("utf-8")]


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESSIV:
    """Keep the ciphers of the few keys a process holds: making one costs more than using it."""
    return AESSIV(key)
