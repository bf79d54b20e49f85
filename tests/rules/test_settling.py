"""When a system is at rest, judged from what its services say of themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.cli.client import Answer, System
from services.cli.patience import Patience
from services.cli.settling import Stuck, Unsettled, at_rest, judge, settle


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


def waiting(recipients: int, behind_aside: int = 0) -> dict[str, Any]:
    since = "2024-09-02T08:35:12+00:00" if recipients else None
    return {"recipients": recipients, "since": since, "behind_aside": behind_aside}


def test_who_waits_for_nobody_is_not_stuck() -> None:
    assert judge([a_standing(), a_standing("notify", waits=waiting(0))]).stuck == ()


def test_a_reader_behind_a_record_that_was_set_aside_is_stuck_and_it_is_said_how_it_is_read_again() -> None:
    seen = judge([a_standing(), a_standing("projections", waits=waiting(2, 2))])

    (said,) = seen.stuck
    assert seen.resting
    assert said.startswith("projections takes nothing more for 2 recipients, since 08:35:12: a record of 2")
    assert "sightline ops dead --redrive --now" in said


def test_a_reader_behind_a_number_that_was_lost_is_stuck_and_reading_again_is_not_said_to_help() -> None:
    (said,) = judge([a_standing("notify", waits=waiting(1))]).stuck

    assert said.startswith("notify takes nothing more for 1 recipient, since")
    assert "never came" in said
    assert "redrive" not in said


def test_of_several_who_wait_it_is_said_of_how_many_a_record_was_lost_too() -> None:
    (said,) = judge([a_standing("projections", waits=waiting(3, 1))]).stuck

    assert "a record of 1 could not be read" in said
    assert "of the others a record was lost" in said


class Scripted(System):
    """A system whose services say what they are given, look by look; the last of it again and again."""

    def __init__(self, folder: Path, *looks: list[dict[str, Any]]) -> None:
        super().__init__("http://nowhere", folder)
        self.looks = list(looks)
        self.asked = 0

    def get(self, path: str, *_query: Any, **_who: Any) -> Answer:
        self.asked += 1
        said = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        body = json.dumps({"standings": said}).encode()
        return Answer(status=200, body=body, content_type="application/json")


def test_settling_fails_as_soon_as_nothing_moves_but_somebody_waits(tmp_path: Path) -> None:
    system = Scripted(tmp_path, [a_standing("projections", waits=waiting(1, 1))])

    with pytest.raises(Stuck, match="takes nothing more for 1 recipient"):
        settle(system, timeout=60)

    assert system.asked == 2


def test_settling_waits_on_while_something_may_still_bring_the_number(tmp_path: Path) -> None:
    behind = a_standing("projections", waits=waiting(1), behind=3)
    system = Scripted(tmp_path, [behind], [behind], [a_standing("projections", waits=waiting(0))])

    assert settle(system, timeout=60).stuck == ()


def test_who_is_stuck_keeps_the_clock_from_nothing(tmp_path: Path) -> None:
    system = Scripted(tmp_path, [a_standing("projections", waits=waiting(1, 1))])

    assert at_rest(system, Patience(60)).stuck != ()


def test_when_time_is_up_who_is_stuck_is_named_beside_who_is_busy(tmp_path: Path) -> None:
    stuck = a_standing("projections", waits=waiting(1, 1))
    system = Scripted(tmp_path, [stuck, a_standing("gate", behind=7)])

    with pytest.raises(Unsettled, match=r"projections takes nothing more.*gate is 7 behind"):
        settle(system, timeout=0.05)
