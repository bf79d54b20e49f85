"""Since when what happened is of the coming bell, where schools keep different days."""

from datetime import date, time

from services.notify.rules import bell
from services.vocabulary.calendar import SchoolYear

MONDAY, FRIDAY, THURSDAY = date(2024, 9, 16), date(2024, 9, 13), date(2024, 9, 12)
TERM = ((date(2024, 9, 2), date(2024, 10, 25)),)
OPEN = SchoolYear(bell=time(8, 45), terms=TERM)
CLOSED_ON_FRIDAY = SchoolYear(bell=time(8, 45), terms=TERM, closures=frozenset({FRIDAY}))


def test_on_a_monday_it_is_friday() -> None:
    assert bell.since(MONDAY, [OPEN]) == FRIDAY


def test_a_school_closed_longer_leaves_no_day_of_its_own_out() -> None:
    assert bell.since(MONDAY, [OPEN, CLOSED_ON_FRIDAY]) == THURSDAY
