"""When a system is at rest, judged from what its services say of themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from services.cli.settling import judge


def a_standing(service: str = "gate", **said: Any) -> dict[str, Any]:
    return {"service": service, "behind": 0, "pending": 0, "ends": {"log": 4}, "next_wake": None, **said}


def test_nothing_behind_and_nothing_to_send_is_rest() -> None:
    assert judge([a_standing(), a_standing("notify", ends={"to.schools": 2})]).resting


def test_a_service_that_is_behind_is_not_at_rest() -> None:
    assert judge([a_standing(), a_standing("notify", behind=1)]).busy == (
        "notify is 1 behind with 0 to send",
    )


def test_a_service_with_something_to_send_is_not_at_rest() -> None:
    assert not judge([a_standing(pending=1)]).resting


def test_an_end_that_one_has_seen_and_another_has_not_is_not_rest() -> None:
    assert not judge([a_standing(), a_standing("ingest", ends={"log": 5})]).resting


def test_the_earliest_wake_is_the_next() -> None:
    wakes = ["2024-09-03T08:35:00+01:00", "2024-09-02T08:35:00+01:00"]

    assert judge([a_standing(next_wake=at) for at in wakes]).next_wake == datetime(
        2024, 9, 2, 7, 35, tzinfo=UTC
    )
