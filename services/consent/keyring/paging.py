"""Where the next page of a list begins: a place in its order, sealed, so that it tells nobody anything."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

LONGEST = 400
"""Characters of a cursor."""


def cursor(key: bytes, place: str, name: str, agency: str) -> str:
    """Return the cursor of a place in a list, for one agency: AES-SIV, bound to both."""
    sealed = _cipher(key).encrypt(place.encode(), _bound(name, agency))
    return urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def place_of(key: bytes, text: str, name: str, agency: str) -> str | None:
    """Return the place behind a cursor given to this agency for this list, or None if it never was one."""
    try:
        sealed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        return _cipher(key).decrypt(sealed, _bound(name, agency)).decode()
    except (InvalidTag, NotBase64, ValueError):
        return None


def _bound(name: str, agency: str) -> list[bytes]:
    return [b"cursor", name.encode(), agency.encode()]


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESSIV:
    return AESSIV(key)
