"""What `sightline ops` says to people of lag, of who is stuck, and of a trial of the first records alone."""

from collections.abc import Mapping
from typing import Any

from services.cli.operating import is_stuck, lag_lines
from services.cli.redriving import words

PLAN: Mapping[str, Any] = {
    "reader": "projections",
    "topic": "to.dafsu",
    "first": 7,
    "until": 12,
    "possible": True,
    "done": False,
    "tried": 5,
    "of": 5,
    "untried": 0,
    "counts": {"applied": 4, "unreadable": 1},
    "records": [{"offset": 7, "was": "tampered", "times": 0, "says": "applied", "reason": None}],
}


def said(*, seconds: float | None = 3.4, stuck: Mapping[str, Any] | None = None) -> str:
    row = {"reader": "gate", "topic": "log", "next": 3, "records": 2, "seconds": seconds}
    return "\n".join(lag_lines(found(row, stuck)))


def found(row: Mapping[str, Any], stuck: Mapping[str, Any] | None = None) -> dict[str, Any]:
    nobody = {"recipients": 0, "since": None, "seconds": 0.0, "behind_aside": 0}
    waiting = {"projections": {**nobody, **(stuck or {})}}
    return {"readers": [row], "pending": {}, "oldest_undecided_seconds": 0.0, "waiting": waiting}


def test_lag_is_said_in_records_and_in_seconds() -> None:
    assert "2 records, 3 s behind" in said()


def test_where_nobody_knows_since_when_it_is_not_said_to_be_new() -> None:
    assert "2 records, since when is not known" in said(seconds=None)


def test_who_is_stuck_is_counted_with_how_long_and_why() -> None:
    behind = said(stuck={"recipients": 3, "seconds": 312.0, "behind_aside": 2})

    assert "projections: 3 recipients wait for a missing number, for up to 312 s" in behind
    assert "of 2 a record was set aside, see ops dead" in behind


def test_what_nothing_set_aside_explains_leads_to_the_gate() -> None:
    assert "look at the gate" in said(stuck={"recipients": 1, "seconds": 40.0})


def test_a_batch_that_comes_again_is_no_alarm_and_a_number_missing_for_long_is_one() -> None:
    assert not is_stuck(found({}, {"recipients": 1, "seconds": 29.0}))
    assert is_stuck(found({}, {"recipients": 1, "seconds": 31.0}))


def test_a_trial_of_all_of_it_says_nothing_of_a_limit_and_one_of_the_first_how_many_of_how_many() -> None:
    assert "were tried" not in words(PLAN)
    assert "the first 5 of 9 were tried" in words({**PLAN, "of": 9})
