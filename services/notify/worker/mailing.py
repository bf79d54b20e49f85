"""Sends the neutral e-mail that goes with a message, with retries; never in the way of a deadline."""

from datetime import datetime

from sqlalchemy import Engine

from services.notify import flow
from services.notify.channels.protocol import Channel
from services.notify.state import Mail, Notification, Refusal
from services.notify.store import messages, traces
from services.notify.worker.signals import TICK_SECONDS, Signals
from services.runtime import pause, telemetry
from services.runtime.clock import Clock
from services.runtime.database import reading, writing

LIMIT = 50


class Mailer:
    """Hands due mails to a channel one after the other. One thread of its own: a mail server may be slow."""

    def __init__(self, *, engine: Engine, channel: Channel, signals: Signals, clock: Clock) -> None:
        self._engine = engine
        self._channel = channel
        self._signals = signals
        self._clock = clock
        self._next: datetime | None = None

    def run(self) -> None:
        """Send for ever."""
        while True:
            if not self.step():
                self._signals.mail.wait(TICK_SECONDS)

    def step(self) -> int:
        """Send what is due. Returns how many mails were tried."""
        if self._signals.mail.is_set():
            self._look()
        now = self._clock.now()
        if self._next is None or now < self._next:
            return 0
        with reading(self._engine) as conn:
            due = messages.mails_due(conn, now, LIMIT)
        for mail in due:
            self._send(mail)
        self._look()
        return len(due)

    def _look(self) -> None:
        self._signals.mail.clear()
        with reading(self._engine) as conn:
            self._next = messages.next_mail(conn)

    def _send(self, mail: Mail) -> None:
        """Send one mail.  1. Hand it over.  2. Keep what came of it and say so, in one transaction.

        Killed between, it is sent again, with the same Message-ID.
        """
        with reading(self._engine) as conn:
            notification = messages.notification(conn, mail.notification)
        if notification is None:
            return
        refusal = self._channel.carry(notification)
        pause.at("notify-after-mail")
        self._keep(mail.notification, refusal)

    def _keep(self, notification_id: str, refusal: Refusal | None) -> None:
        now = self._clock.now()
        with writing(self._engine) as conn:
            notification, mail = (
                messages.held(conn, notification_id),
                messages.mail(conn, notification_id),
            )
            if notification is None or mail is None or (refusal and mail.next_at is None):
                return  # called off meanwhile: a refusal does not call it on again
            with traces.continued(traces.of_release(conn, notification.release_id), "notify.mail"):
                messages.keep(conn, _came_of(mail, notification, refusal, now), now)
        taken = "taken" if refusal is None else "refused"
        telemetry.counter("notify_mails", "e-mails handed over", "outcome").labels(taken).inc()
        self._signals.outbox.set()


def _came_of(mail: Mail, notification: Notification, refusal: Refusal | None, now: datetime) -> flow.Outcome:
    if refusal is None:
        return flow.mailed(mail, notification, now)
    return flow.mail_refused(mail, notification, refusal, now)
