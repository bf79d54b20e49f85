"""By when something is expected, from the words of the policy (NA 6.184)."""

from datetime import UTC, date, datetime

import pytest

from services.vocabulary.due import Due, Precision, due

FRIDAY_NIGHT = datetime(2024, 8, 23, 21, 30, tzinfo=UTC)
"""Before a weekend and a bank holiday, 22:30 in London."""

BANK_HOLIDAYS = frozenset({date(2024, 8, 26)})


def of(expects: str | None) -> Due | None:
    return due(expects, FRIDAY_NIGHT, BANK_HOLIDAYS)


@pytest.mark.parametrize(
    ("expects", "day"),
    [
        ("offer an independent adviser within 1 working day, checking first", date(2024, 8, 27)),
        ("make contact within 5 working days", date(2024, 9, 2)),
    ],
)
def test_working_days_leave_out_weekends_bank_holidays_and_the_day_it_came(expects: str, day: date) -> None:
    found = of(expects)

    assert found is not None
    assert (found.day, found.precision) == (day, Precision.DAY)


def test_a_working_day_is_over_at_midnight_in_london() -> None:
    found = of("decide within 1 working day what the children need")

    assert found is not None
    assert found.over_at == datetime(2024, 8, 27, 23, 0, tzinfo=UTC)


def test_hours_are_counted_as_time_passes() -> None:
    found = of("answer within 24 hours")

    assert found == Due(
        over_at=datetime(2024, 8, 24, 21, 30, tzinfo=UTC), day=date(2024, 8, 24), precision=Precision.MOMENT
    )


def test_what_is_owed_at_once_is_overdue_when_the_day_it_came_is_over() -> None:
    found = of("offer an independent adviser at once: a high-risk referral never waits")

    assert found is not None
    assert (found.precision, found.over_at) == (
        Precision.AT_ONCE,
        datetime(2024, 8, 23, 23, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize("expects", [None, "", "try the telephone three times, then write"])
def test_an_expectation_that_names_no_moment_has_none(expects: str | None) -> None:
    assert of(expects) is None
