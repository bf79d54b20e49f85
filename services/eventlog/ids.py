"""Ids that are derived, so that doing a thing twice gives it the same name."""

import hashlib
import hmac
import re
from functools import lru_cache
from typing import Final

EVENT_ID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
"""How the log's id of an event is written."""


def event_id(id_key: bytes, agency: str, publisher_id: str) -> str:
    """Return the log's id of an agency's event: 32 hex digits in the usual 8-4-4-4-12 groups.

    Keyed, so that nobody without the key can test a guess at the publisher's own id.
    """
    digest = hmac.digest(id_key, _joined(agency, publisher_id), "sha256").hex()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def release_id(cause: str, event: str, recipient: str) -> str:
    """Return the id of what `cause` made the gate send of `event` to `recipient`: 32 hex digits."""
    return hashlib.sha256(_joined(cause, event, recipient)).hexdigest()[:32]


def _joined(*parts: str) -> bytes:
    """Join texts with their lengths, so that no two lists of texts read the same."""
    return b"".join(map(_measured, parts))


@lru_cache(maxsize=1024)
def _measured(part: str) -> bytes:
    """Return a text after its length. Recipients recur, and an event is sent to several of them."""
    encoded = part.encode("utf-8")
    return len(encoded).to_bytes(4, "big") + encoded
