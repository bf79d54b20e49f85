"""What a way to reach a school promises."""

from typing import Protocol

from services.notify.state import Notification, Refusal


class Channel(Protocol):
    """Carries word of a message to its school."""

    @property
    def name(self) -> str:
        """Return the channel's code, as school events name it."""

    def carry(self, notification: Notification) -> Refusal | None:
        """Hand word over. Returns None once the other side has taken it, else why it has not.

        MUST NOT raise for what the other side does. MUST NOT say anything of a child, an incident or the
        scheme. MAY be called again for the same message, after a crash: the other side sees one id twice.
        """
