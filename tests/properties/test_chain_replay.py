"""Records that come again change nothing; records that come early are not applied."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.eventlog.replay import ALARM_AFTER, NextOnly, Verdict, Waiting

NOW = datetime(2024, 9, 2, 8, 30, tzinfo=UTC)


def applied(numbers: list[int]) -> list[int]:
    """Return the numbers a reader applies of those that come."""
    done: list[int] = []
    for number in numbers:
        if NextOnly().accept(number, len(done) + 1) is Verdict.APPLY:
            done.append(number)
    return done


@given(st.lists(st.integers(1, 12), max_size=40))
def test_whatever_comes_however_often_the_rows_are_gap_free_and_once_each(numbers: list[int]) -> None:
    done = applied(numbers)

    assert done == list(range(1, len(done) + 1))


@given(st.integers(0, 12), st.data())
def test_a_batch_that_comes_again_in_order_is_applied_whole(size: int, data: st.DataObject) -> None:
    stray = data.draw(st.lists(st.integers(1, size + 3), max_size=20))

    assert applied([*stray, *range(1, size + 1)])[:size] == list(range(1, size + 1))


def test_a_number_is_next_or_there_already_or_early() -> None:
    rule = NextOnly()

    assert [rule.accept(seq, 5) for seq in (4, 5, 6)] == [Verdict.HAVE, Verdict.APPLY, Verdict.EARLY]


def test_a_number_that_is_missing_for_too_long_is_overdue() -> None:
    waiting = Waiting().after(Verdict.EARLY, NOW).after(Verdict.EARLY, NOW + timedelta(seconds=20))

    assert not waiting.is_overdue(NOW + ALARM_AFTER)
    assert waiting.is_overdue(NOW + ALARM_AFTER + timedelta(seconds=1))
    assert not waiting.after(Verdict.APPLY, NOW).is_overdue(NOW + timedelta(days=1))
    assert waiting.after(Verdict.HAVE, NOW) == waiting
