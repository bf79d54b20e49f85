"""What the ways to reach a school promise: against a real SMTP server, and the inbox on both databases."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notify import flow
from services.notify.channels.secure_inbox import SecureInbox
from services.notify.channels.smtp import Smtp
from services.notify.state import Notification, Refusal
from services.notify.store import messages
from services.runtime.clock import FixedClock
from services.runtime.database import writing
from tests.notify_builders import (
    AN_HOUR_LATER,
    OTHER_SCHOOL,
    SCHOOL,
    Child,
    Notify,
    a_custom,
    opened,
)

LINK = "http://127.0.0.1:8000/sign-in"
CLOCK = FixedClock(AN_HOUR_LATER)
ADDRESS = "office@school-900101.example"


@dataclass(slots=True)
class Mailroom:
    """Keeps the mail it is handed, or answers as it was told to."""

    answer: str = "250 taken"
    kept: list[Message] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        content = envelope.content
        assert isinstance(content, bytes)
        if self.answer.startswith("250"):
            self.kept.append(message_from_bytes(content))
        return self.answer


@pytest.fixture
def mailroom() -> Mailroom:
    return Mailroom()


@pytest.fixture
def server(mailroom: Mailroom) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(mailroom, hostname="127.0.0.1", port=port)
    controller.start()
    yield f"127.0.0.1:{port}"
    controller.stop()


def address_of(school: str) -> str | None:
    return ADDRESS if school == SCHOOL else None


def a_notification(to: str = SCHOOL) -> Notification:
    return flow.plan(opened("ana", to=to), (), a_custom(), AN_HOUR_LATER).notifications[0]


def test_the_mail_reaches_the_school_and_says_only_where_to_sign_in(server: str, mailroom: Mailroom) -> None:
    refusal = Smtp(server, LINK, address_of, CLOCK).carry(a_notification())

    (mail,) = mailroom.kept
    assert refusal is None
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == "You have a new message"
    assert LINK in str(mail.get_payload())


def test_the_mail_says_when_it_was_sent_by_the_clock_it_was_given(server: str, mailroom: Mailroom) -> None:
    Smtp(server, LINK, address_of, CLOCK).carry(a_notification())

    assert parsedate_to_datetime(str(mailroom.kept[0]["Date"])) == AN_HOUR_LATER


def test_nothing_in_the_whole_mail_speaks_of_the_scheme_a_child_or_an_incident(
    server: str, mailroom: Mailroom
) -> None:
    Smtp(server, LINK, address_of, CLOCK).carry(a_notification())

    text = mailroom.kept[0].as_string().casefold()
    for word in ("encompass", "child", "pupil", "police", "abuse", "incident", "domestic", "occurrence"):
        assert word not in text


def test_the_same_message_sent_again_has_the_same_message_id(server: str, mailroom: Mailroom) -> None:
    channel = Smtp(server, LINK, address_of, CLOCK)

    channel.carry(a_notification())
    channel.carry(a_notification())

    assert len({mail["Message-ID"] for mail in mailroom.kept}) == 1


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ("451 not now", Refusal(reason="smtp-451", permanent=False)),
        ("550 nobody here", Refusal(reason="smtp-550", permanent=True)),
    ],
)
def test_a_server_that_does_not_take_it_is_answered_with_its_code(
    server: str, mailroom: Mailroom, answer: str, refusal: Refusal
) -> None:
    mailroom.answer = answer

    assert Smtp(server, LINK, address_of, CLOCK).carry(a_notification()) == refusal


def test_a_server_that_is_away_is_no_error_but_a_refusal(server: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        channel = Smtp(f"127.0.0.1:{nobody.getsockname()[1]}", LINK, address_of, CLOCK)

        assert channel.carry(a_notification()) == Refusal(reason="unreachable", permanent=False)


def test_a_school_without_an_address_is_not_tried_again(server: str) -> None:
    refusal = Smtp(server, LINK, address_of, CLOCK).carry(a_notification(OTHER_SCHOOL))

    assert refusal == Refusal(reason="no-address", permanent=True)


def test_a_planned_message_stands_in_its_own_schools_inbox_alone(database_url: str) -> None:
    notify = Notify(url=database_url)
    notify.police_attended({SCHOOL: [Child()]})
    notify.rest()

    inbox = SecureInbox(notify.engine)

    assert [one.school for one in inbox.of(SCHOOL)] == [SCHOOL]
    assert inbox.of(OTHER_SCHOOL) == ()


def test_the_inbox_has_a_message_only_once_it_was_kept(database_url: str) -> None:
    notify = Notify(url=database_url)
    inbox, notification = SecureInbox(notify.engine), a_notification()

    before = inbox.carry(notification)
    with writing(notify.engine) as conn:
        messages.keep(conn, flow.plan(opened("ana"), (), a_custom(), AN_HOUR_LATER), AN_HOUR_LATER)

    assert before == Refusal(reason="not-there", permanent=False)
    assert inbox.carry(notification) is None


def test_a_real_server_that_comes_back_gets_the_mail_it_missed(
    database_url: str, server: str, mailroom: Mailroom
) -> None:
    notify = Notify(url=database_url, mail=True)
    notify.police_attended({SCHOOL: [Child()]})
    notify.rest()
    mailer = notify.mailer(Smtp(server, LINK, lambda _school: ADDRESS, notify.clock))
    mailroom.answer = "451 not now"
    mailer.step()

    mailroom.answer = "250 taken"
    notify.clock.advance(notify.next_wake() or AN_HOUR_LATER)
    mailer.step()

    assert len(mailroom.kept) == 1
    assert notify.said() == ["planned", "delivered", "failed-1", "sent"]
