"""The mailroom keeps what schools were sent."""

import smtplib
from email.message import EmailMessage

from services.runtime.ports import free_port
from services.synthetic.mailroom import listening


def test_a_message_is_kept_whole_before_it_is_acknowledged(tmp_path):
    port = free_port()
    room = listening(f"127.0.0.1:{port}", tmp_path)
    message = EmailMessage()
    message["Subject"], message["To"] = "A message is waiting for you", "safeguarding@school.example"
    message.set_content("Please sign in.")

    with smtplib.SMTP("127.0.0.1", port) as post:
        post.send_message(message, "nobody@partnership.example", ["safeguarding@school.example"])

    (kept,) = tmp_path.glob("*.eml")
    assert kept.read_bytes().startswith(b"X-Recipients: safeguarding@school.example\r\n")
    assert b"Please sign in." in kept.read_bytes()
    room.stop()


def test_a_mailroom_that_starts_again_overwrites_nothing(tmp_path):
    (tmp_path / "000001.eml").write_text("earlier")
    port = free_port()
    room = listening(f"127.0.0.1:{port}", tmp_path)

    with smtplib.SMTP("127.0.0.1", port) as post:
        post.sendmail("a@partnership.example", ["b@school.example"], "Subject: x\r\n\r\ny\r\n")

    assert sorted(path.name for path in tmp_path.glob("*.eml")) == ["000001.eml", "000002.eml"]
    room.stop()
