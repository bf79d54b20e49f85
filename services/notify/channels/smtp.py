"""Neutral e-mail: something waits, sign in to read it; nothing of the scheme, a child or what happened."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime

from services.notify.rules.wording import SUBJECT, neutral_body
from services.notify.state import Notification, Refusal
from services.runtime.clock import Clock

SENDER = "messages@sightline.example"
ANSWER_SECONDS = 10.0
PERMANENT = 500
"""SMTP codes from here on mean that trying again is of no use."""


class Smtp:
    """Hands mail to a server at `host:port`, dated by `clock`. `address_of`: where a school reads mail."""

    name = "email"

    def __init__(self, server: str, link: str, address_of: Callable[[str], str | None], clock: Clock) -> None:
        host, _, port = server.rpartition(":")
        self._host, self._port = host, int(port)
        self._link = link
        self._address_of = address_of
        self._clock = clock

    def carry(self, notification: Notification) -> Refusal | None:
        """Hand one mail over; taken means that the server answered for it, not that anybody read it."""
        address = self._address_of(notification.school)
        if address is None:
            return Refusal(reason="no-address", permanent=True)
        try:
            with smtplib.SMTP(self._host, self._port, timeout=ANSWER_SECONDS) as server:
                server.send_message(self._mail(notification, address))
        except (smtplib.SMTPException, OSError) as error:
            return _refusal(error)
        return None

    def _mail(self, notification: Notification, address: str) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = SENDER
        mail["To"] = address
        mail["Subject"] = SUBJECT
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = f"<{notification.id}@sightline.example>"
        mail.set_content(neutral_body(self._link))
        return mail


def _refusal(error: Exception) -> Refusal:
    code = _code(error)
    if code is None:
        return Refusal(reason="unreachable", permanent=False)
    return Refusal(reason=f"smtp-{code}", permanent=code >= PERMANENT)


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return min(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
