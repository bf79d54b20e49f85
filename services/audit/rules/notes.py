"""Signed notes and checkpoints, as C2SP signed-note and tlog-checkpoint have them.

A note is text, an empty line, and a signature line naming its key:

    sightline/cheshire/log
    1812
    <root, base64>

    — cheshire.sightline <base64 of a 4 byte key hash and an Ed25519 signature>

The same size and root always make the same bytes: signing again after a crash does no harm.
"""

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"
"""The signature type C2SP gives to plain Ed25519 notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs a partnership's notes: a key name and the key."""

    partnership: str
    key: Ed25519PrivateKey

    @property
    def name(self) -> str:
        """The key's name, `cheshire.sightline`."""
        return f"{self.partnership}.sightline"

    def vkey(self) -> str:
        """Return the verification key as text: `<name>+<key hash>+<base64>`. This is the trust root."""
        public = ED25519 + self.key.public_key().public_bytes_raw()
        return f"{self.name}+{self._key_hash().hex()}+{_text(public)}"

    def sign(self, text: str) -> str:
        """Return the text as a signed note. The text ends in a newline."""
        signature = self._key_hash() + self.key.sign(text.encode())
        return f"{text}\n— {self.name} {_text(signature)}\n"

    def _key_hash(self) -> bytes:
        public = ED25519 + self.key.public_key().public_bytes_raw()
        return hashlib.sha256(self.name.encode() + b"\n" + public).digest()[:4]


def origin(partnership: str, what: str) -> str:
    """Return the first line of a note: what it speaks for, `sightline/cheshire/log`."""
    return f"sightline/{partnership}/{what}"


def checkpoint(signer: Signer, tree: str, size: int, root: bytes) -> str:
    """Return the signed tree head of one of a partnership's trees."""
    return signer.sign(f"{origin(signer.partnership, tree)}\n{size}\n{_text(root)}\n")


def manifest(signer: Signer, scope: str, files: list[tuple[str, int, bytes]]) -> str:
    """Return the signed list of a bundle's files: (path, size, SHA-256), ordered by path.

    The scope is `full`, or `as <recipient>` for that recipient's own releases.
    """
    lines = [f"{digest.hex()} {size} {path}\n" for path, size, digest in sorted(files)]
    return signer.sign(f"{origin(signer.partnership, 'bundle')}\n{scope}\n{''.join(lines)}")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
