"""Stands in for the schools' mail servers: takes every message and keeps it under `<data>/mail`.

Nobody reads them but tests and the search for anybody at rest: a message must hold nothing to find.
"""

from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 kept"
LARGEST_BYTES = 1024 * 1024


class Mailroom:
    """Keeps messages as files, numbered as they come."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._numbers = count(len(list(directory.glob("*.eml"))) + 1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one message, whole or not at all, before it is acknowledged."""
        content = envelope.original_content or b""
        path = self._directory / f"{next(self._numbers):06d}.eml"
        part = path.with_suffix(".part")
        part.write_bytes(b"X-Recipients: " + ", ".join(envelope.rcpt_tos).encode() + b"\r\n" + content)
        part.replace(path)
        return ACCEPTED


def listening(address: str, directory: Path) -> Controller:
    """Start to take messages at `host:port`, and return what stops it."""
    host, _, port = address.rpartition(":")
    controller = Controller(Mailroom(directory), hostname=host, port=int(port), data_size_limit=LARGEST_BYTES)
    controller.start()
    return controller
