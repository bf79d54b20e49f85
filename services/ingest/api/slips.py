"""Receipts of a sandbox: they say all there is to know of what they stand for, for nothing is kept of it."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from services.eventlog.ids import event_id

PREFIX: Final = "sandbox-"
"""How a sandbox's receipts begin, and no other does."""

MOMENT, NAME, SEAL = 8, 16, 16
"""Bytes of the moment it was given, of the event's id, and of the MAC over both and the sandbox's name."""

_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Hold what a sandbox's receipt says."""

    event_id: str
    recorded_at: datetime


class Slips:
    """Write receipts that need no keeping, and read them again. `key` is for them alone."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def event_id(self, sandbox: str, publisher_id: str) -> str:
        """Return the id that stands for an event: of the log's form, and no event of the log's."""
        return event_id(self._key, sandbox, publisher_id)

    def written(self, slip: Slip, sandbox: str) -> str:
        """Return the receipt of an event, good for that sandbox alone."""
        moment = (slip.recorded_at - _BEGINNING) // _TICK
        said = moment.to_bytes(MOMENT, "big") + bytes.fromhex(slip.event_id.replace("-", ""))
        return PREFIX + base64.urlsafe_b64encode(said + self._seal(said, sandbox)).decode().rstrip("=")

    def read(self, receipt: str, sandbox: str) -> Slip | None:
        """Return what a receipt says, or None where it was not given to that sandbox."""
        said, seal = _parts(receipt)
        if len(seal) != SEAL or not hmac.compare_digest(seal, self._seal(said, sandbox)):
            return None
        moment, name = int.from_bytes(said[:MOMENT], "big"), said[MOMENT:].hex()
        return Slip(
            event_id="-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:])),
            recorded_at=_BEGINNING + moment * _TICK,
        )

    def _seal(self, said: bytes, sandbox: str) -> bytes:
        return hmac.digest(self._key, b"receipt\x1f" + said + sandbox.encode("utf-8"), "sha256")[:SEAL]


def _parts(receipt: str) -> tuple[bytes, bytes]:
    """Return what a receipt says and its seal; nothing of what is no receipt, or is one written otherwise."""
    written = receipt.removeprefix(PREFIX)
    try:
        content = base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b"", b""
    again = PREFIX + base64.urlsafe_b64encode(content).decode().rstrip("=")
    return (content[:-SEAL], content[-SEAL:]) if again == receipt else (b"", b"")
