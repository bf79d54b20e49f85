"""How far readers are behind, from what services answer: in records, in time, and who waits."""

from datetime import UTC, datetime, timedelta

import pytest

from services.eventlog.waiting import waits
from services.runtime.lag import Unread, read_topics, seconds_since, waits_of, written_at
from services.runtime.standing import Standing, Waits, as_json

NOW = datetime(2024, 9, 2, 9, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=5)


def test_a_reader_has_to_read_what_lies_between_its_position_and_the_end():
    said = {"positions": {"to.cedah": 4, "log": 3}, "ends": {"log": 5, "to.cedah": 4, "decisions": 9}}

    assert list(read_topics("notify", said)) == [
        Unread(reader="notify", topic="log", next=3, records=2),
        Unread(reader="notify", topic="to.cedah", next=4, records=0),
    ]


def test_a_topic_of_which_no_end_is_known_is_not_said_to_be_behind():
    assert [one.records for one in read_topics("notify", {"positions": {"log": 3}})] == [0]


@pytest.mark.parametrize(
    "record",
    [
        {"appended_at": "2026-11-27T08:00:00Z", "recorded_at": EARLIER.isoformat()},
        {"appended_at": "2026-11-27T08:00:00Z", "recorded_at": "masked", "decided_at": EARLIER.isoformat()},
        {"appended_at": "2026-11-27T08:00:00Z", "at": EARLIER.isoformat()},
        {"appended_at": EARLIER.isoformat(), "unreadable": "undecodable"},
    ],
)
def test_a_record_was_written_when_it_says_itself_and_only_then_when_the_broker_says(record):
    assert written_at([record]) == EARLIER


def test_a_record_that_is_not_there_was_written_nobody_knows_when():
    assert written_at([]) is None
    assert seconds_since(None, NOW) is None


def test_what_a_clock_says_of_the_future_is_no_time_ago():
    assert (seconds_since(EARLIER, NOW), seconds_since(NOW, EARLIER)) == (300.0, 0.0)


def test_who_waits_is_counted_since_the_first_and_by_whether_a_record_stands_aside_there():
    found = waits({"dafsu": NOW, "school:900101": EARLIER, "cedah": NOW}, {"to.dafsu", "to.schools"})

    assert found == Waits(recipients=3, since=EARLIER, behind_aside=2)


def test_what_a_service_answers_of_who_waits_is_read_as_it_was_meant():
    meant = Waits(recipients=3, since=EARLIER, behind_aside=2)

    assert waits_of(as_json(Standing(service="notify", behind=0, pending=0, waits=meant))) == meant
    assert waits_of(as_json(Standing(service="gate", behind=0, pending=0))) == Waits()
