"""When a school next starts: literal days of 2024, as the area keeps them (domain 2)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.vocabulary.calendar import LONDON, OfficeHours, SchoolYear, local_date, next_office_morning

TERMS = (
    (date(2024, 6, 3), date(2024, 7, 23)),
    (date(2024, 9, 2), date(2024, 10, 25)),
    (date(2024, 11, 4), date(2024, 12, 20)),
    (date(2025, 1, 6), date(2025, 2, 14)),
    (date(2025, 2, 24), date(2025, 4, 4)),
    (date(2025, 4, 22), date(2025, 5, 23)),
)
INSET = frozenset({date(2024, 9, 2), date(2025, 1, 6)})
BANK_HOLIDAYS = frozenset({date(2024, 8, 26), date(2024, 12, 25), date(2025, 4, 21), date(2025, 5, 5)})


def a_year(*, bell: time = time(8, 45), closures: frozenset[date] = INSET) -> SchoolYear:
    return SchoolYear(bell=bell, terms=TERMS, closures=closures, bank_holidays=BANK_HOLIDAYS)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("after", "bell", "why"),
    [
        ("2024-09-10 23:10", "2024-09-11 08:45", "a weekday night: the next morning"),
        ("2024-09-11 03:20", "2024-09-11 08:45", "before dawn: the same morning"),
        ("2024-09-11 08:44", "2024-09-11 08:45", "a minute before the bell: this bell"),
        ("2024-09-11 08:45", "2024-09-12 08:45", "the bell itself has rung: the next day's"),
        ("2024-09-13 22:00", "2024-09-16 08:45", "Friday night: Monday"),
        ("2024-09-14 11:00", "2024-09-16 08:45", "Saturday: Monday"),
        ("2024-10-25 19:30", "2024-11-04 08:45", "the last day before half-term: the Monday after it"),
        ("2024-07-23 16:00", "2024-09-03 08:45", "the last day of summer term: first day after INSET"),
        ("2024-08-11 02:00", "2024-09-03 08:45", "the summer holiday: first day after INSET"),
        ("2024-12-24 23:59", "2025-01-07 08:45", "Christmas: the first day after INSET"),
        ("2025-04-04 21:00", "2025-04-22 08:45", "Easter, and the bank holiday that ends it"),
        ("2025-05-02 21:00", "2025-05-06 08:45", "a bank holiday inside a term"),
    ],
)
def test_a_school_next_starts(after: str, bell: str, why: str) -> None:
    assert a_year().next_start(london(after)) == london(bell), why


def test_a_school_that_closes_for_a_day_of_its_own_starts_on_the_next() -> None:
    year = a_year(closures=frozenset({date(2024, 9, 20)}))

    assert year.next_start(london("2024-09-19 20:00")) == london("2024-09-23 08:45")


def test_each_school_has_its_own_bell() -> None:
    year = a_year(bell=time(9, 5))

    assert year.next_start(london("2024-09-11 08:50")) == london("2024-09-11 09:05")


def test_the_bell_keeps_its_place_in_the_morning_when_summer_time_ends_in_half_term() -> None:
    bell = a_year().next_start(london("2024-10-25 19:30"))

    assert bell.astimezone(LONDON).utcoffset() == timedelta(0)
    assert bell - london("2024-10-25 08:45") == timedelta(days=10, hours=1)


def test_the_bell_keeps_its_place_in_the_morning_when_summer_time_begins_on_a_sunday() -> None:
    bell = a_year().next_start(london("2025-03-28 22:00"))

    assert bell == london("2025-03-31 08:45")
    assert bell.astimezone(LONDON).utcoffset() == timedelta(hours=1)


def test_a_moment_written_in_another_offset_is_the_same_moment() -> None:
    late_in_london = datetime.fromisoformat("2024-09-11T07:44:00+00:00")

    assert a_year().next_start(late_in_london) == london("2024-09-11 08:45")
    assert local_date(datetime.fromisoformat("2024-09-10T23:30:00+00:00")) == date(2024, 9, 11)


def test_beyond_the_terms_we_know_every_weekday_may_be_a_school_day() -> None:
    assert a_year().next_start(london("2025-06-20 22:00")) == london("2025-06-23 08:45")


def test_long_before_the_terms_we_know_every_weekday_may_be_a_school_day() -> None:
    assert a_year().next_start(london("2023-02-10 22:00")) == london("2023-02-13 08:45")


def test_an_officer_is_at_work_on_the_next_weekday_that_is_no_bank_holiday() -> None:
    assert next_office_morning(london("2024-08-23 17:30"), BANK_HOLIDAYS) == london("2024-08-27 09:00")
    assert next_office_morning(london("2024-08-27 08:00"), BANK_HOLIDAYS) == london("2024-08-27 09:00")


OFFICE = OfficeHours(opens=time(8, 30), closes=time(17), bank_holidays=BANK_HOLIDAYS)


@pytest.mark.parametrize(
    ("moment", "are_on", "why"),
    [
        ("2024-09-02T08:29:59", False, "before offices open"),
        ("2024-09-02T08:30:00", True, "at the minute they open"),
        ("2024-09-02T16:59:59", True, "a Monday afternoon, in summer time"),
        ("2024-09-02T17:00:00", False, "at the minute they close"),
        ("2024-11-04T16:59:59", True, "a Monday afternoon, in winter time"),
        ("2024-09-07T11:00:00", False, "a Saturday"),
        ("2024-09-08T11:00:00", False, "a Sunday"),
        ("2024-08-26T11:00:00", False, "a bank holiday"),
    ],
)
def test_offices_are_open_on_working_days_as_the_clocks_of_london_read(
    moment: str, are_on: bool, why: str
) -> None:
    assert OFFICE.are_on(london(moment)) == are_on, why


@pytest.mark.parametrize(
    ("after", "end"),
    [
        ("2024-09-02T09:00:00", "2024-09-02T17:00:00"),
        ("2024-09-02T17:00:00", "2024-09-03T17:00:00"),
        ("2024-09-06T20:00:00", "2024-09-09T17:00:00"),
        ("2024-08-23T17:00:00", "2024-08-27T17:00:00"),
        ("2024-10-25T18:00:00", "2024-10-28T17:00:00"),
    ],
)
def test_offices_next_close_on_a_working_day(after: str, end: str) -> None:
    assert OFFICE.next_end(london(after)) == london(end)


@pytest.mark.parametrize(
    ("day", "before", "why"),
    [
        ("2024-09-11", "2024-09-10", "a Wednesday: Tuesday"),
        ("2024-09-16", "2024-09-13", "a Monday: Friday"),
        ("2024-09-15", "2024-09-13", "a Sunday: Friday"),
        ("2024-11-04", "2024-10-25", "the Monday after half-term: the Friday before it"),
        ("2024-09-03", "2024-07-23", "the first day after the holidays and INSET: the last day of term"),
        ("2025-05-06", "2025-05-02", "the Tuesday after a bank holiday: Friday"),
    ],
)
def test_a_school_was_last_open(day: str, before: str, why: str) -> None:
    assert a_year().last_before(date.fromisoformat(day)) == date.fromisoformat(before), why
