"""What is measured of a service's standing whenever somebody looks."""

from threading import Event

from services.runtime.standing import Standing, Watch


def test_each_look_measures_anew():
    stuck = iter((3, 5))
    watch = Watch(lambda: Standing(service="gate", behind=next(stuck), pending=1))

    looks = [{one.name: one.value for one in watch.look()} for _ in range(2)]

    assert looks == [{"behind": 3, "pending": 1}, {"behind": 5, "pending": 1}]


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
