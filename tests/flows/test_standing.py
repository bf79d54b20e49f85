"""What is measured of a service's standing whenever somebody looks."""

from datetime import UTC, datetime
from threading import Event

from services.runtime.standing import Standing, Waits, Watch, as_json

SINCE = datetime(2024, 9, 2, 8, 30, tzinfo=UTC)


def test_each_look_measures_anew():
    stuck = iter((3, 5))
    watch = Watch(lambda: Standing(service="gate", behind=next(stuck), pending=1))

    looks = [{one.name: one.value for one in watch.look()} for _ in range(2)]

    assert looks == [{"behind": 3, "pending": 1}, {"behind": 5, "pending": 1}]


def test_who_waits_for_a_number_is_measured_with_since_when_and_behind_what():
    waits = Waits(recipients=3, since=SINCE, behind_aside=2)
    watch = Watch(lambda: Standing(service="projections", behind=0, pending=0, waits=waits))

    measured = {one.name: one.value for one in watch.look()}

    assert measured["waiting"] == 3
    assert measured["waiting_behind_aside"] == 2
    assert measured["waiting_since_seconds"] == SINCE.timestamp()


def test_a_standing_is_answered_with_its_moments_as_text_and_without_waits_where_there_are_none():
    waits = Waits(recipients=1, since=SINCE)
    told = as_json(Standing(service="notify", behind=0, pending=0, next_wake=SINCE, waits=waits))
    silent = as_json(Standing(service="gate", behind=0, pending=0))

    assert told["waits"] == {"recipients": 1, "since": SINCE.isoformat(), "behind_aside": 0}
    assert (told["next_wake"], silent["next_wake"], silent["waits"]) == (SINCE.isoformat(), None, None)


def test_a_service_that_cannot_say_measures_nothing():
    def away() -> Standing:
        raise ConnectionError

    assert Watch(away).look() == ()


def test_a_service_that_does_not_say_in_time_measures_nothing_and_is_asked_once():
    asked, answered = [], Event()

    def slow() -> Standing:
        asked.append(1)
        answered.wait(10)
        return Standing(service="gate", behind=1, pending=0)

    watch = Watch(slow, seconds=0.05)

    assert (watch.look(), watch.look()) == ((), ())
    assert len(asked) == 1
    answered.set()
