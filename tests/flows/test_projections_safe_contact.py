"""A way to reach an adult victim is shown as safe only on a plain yes (NA 3.20)."""

from typing import Any

import pytest

from services.projections.rules.safe_contact import Channel, channels

YES = {"phone": "yes", "post": "yes", "email": "yes", "phone_monitored": "no"}
ADDRESSES = {
    "phone": "07700 900123",
    "address": "14 Wimblethatch Lane",
    "email": "nobody@home.example",
}


def phone(contact: dict[str, Any]) -> Channel:
    return next(channel for channel in channels(contact) if channel.name == "phone")


def test_a_plain_yes_is_safe() -> None:
    assert phone({"phone": "07700 900123", "safe": YES}).safe


@pytest.mark.parametrize(
    "contact",
    [
        {},
        {"safe": None},
        {"safe": {}},
        {"safe": {"phone": None}},
        {"safe": {"phone": "no"}},
        {"safe": {"phone": "not_known"}},
        {"safe": {"phone": True}},
        {"safe": {"phone": "YES"}},
        {"safe": "yes"},
        {"safe": {"post": "yes"}},
        {"safe": {"phone": "yes", "phone_monitored": "yes"}},
        {"safe": YES, "do_not_contact": ["phone"]},
    ],
)
def test_anything_else_is_not(contact: dict[str, Any]) -> None:
    found = phone({"phone": "07700 900123", **contact})

    assert not found.safe
    assert found.why


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("no", "The person said this is not safe."),
        ("not_known", "It is not known whether this is safe."),
        (None, "It is not known whether this is safe."),
        ("yes", "It is marked as not to be used, although the person said it is safe."),
    ],
)
def test_a_channel_not_to_be_used_says_whether_the_person_said_so_or_nobody_knows(
    said: str | None, why: str
) -> None:
    contact = {"phone": "07700 900123", "safe": {"phone": said}, "do_not_contact": ["phone"]}

    assert phone(contact).why == why


def test_a_channel_without_an_address_is_never_safe() -> None:
    assert not any(channel.safe for channel in channels({"safe": YES}))


def test_each_channel_stands_for_itself() -> None:
    found = channels({**ADDRESSES, "safe": {**YES, "post": "no"}})

    assert {channel.name: channel.safe for channel in found} == {"phone": True, "post": False, "email": True}


def test_safe_hours_are_said_with_the_number() -> None:
    found = phone({"phone": "07700 900123", "safe": {**YES, "hours": "weekdays 10:00 to 14:00"}})

    assert "weekdays 10:00 to 14:00" in found.why
