"""Which abuse is a repeat: within 12 months of the last referral to MARAC (SafeLives; domain 4)."""

from datetime import date

import pytest

from services.ingest.rules.repeating import is_repeat
from tests.family_builders import arrived, defects, refused, with_facts

FLAGGED = {("/facts/last_referral_on", "no-repeat")}


@pytest.mark.parametrize(
    ("incident_on", "last_referral_on", "repeat"),
    [
        (date(2024, 9, 6), date(2024, 3, 11), True),
        (date(2024, 9, 6), date(2023, 9, 7), True),
        (date(2024, 9, 6), date(2023, 9, 6), True),
        (date(2024, 9, 6), date(2023, 9, 5), False),
        (date(2024, 9, 6), date(2019, 9, 6), False),
        (date(2024, 2, 29), date(2023, 2, 28), True),
        (date(2024, 2, 29), date(2023, 2, 27), False),
        (date(2025, 2, 28), date(2024, 2, 29), True),
        (date(2025, 3, 1), date(2024, 2, 29), False),
    ],
)
def test_a_repeat_is_within_twelve_months(incident_on: date, last_referral_on: date, *, repeat: bool) -> None:
    assert is_repeat(incident_on, last_referral_on) is repeat


@pytest.mark.parametrize(
    ("last_referral_on", "found"),
    [("2024-03-11", set()), ("2023-09-06", set()), ("2023-09-05", FLAGGED)],
)
def test_what_is_no_repeat_is_taken_and_flagged(last_referral_on: str, found: set[tuple[str, str]]) -> None:
    arrival = with_facts("RepeatIdentified", {"last_referral_on": last_referral_on})

    assert refused(arrival) == set()
    assert defects(arrival) == found


def test_the_day_it_happened_is_the_partnership_s_own() -> None:
    facts = {"criterion": "repeat", "last_referral_on": "2023-09-06"}
    late_in_the_evening = "2024-09-06T23:30:00Z"

    assert defects(arrived("RepeatIdentified", occurred_at=late_in_the_evening, facts=facts)) == FLAGGED


def test_where_no_day_is_given_that_alone_is_flagged() -> None:
    arrival = with_facts("RepeatIdentified", {"last_referral_on": None})

    assert defects(arrival) == {("/facts/last_referral_on", "missing")}
