"""Which windows of the pulse are shown, what stands in them, and what is counted once."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from services.projections.rules.pulse import (
    COUNTED,
    FEWEST,
    STILL_SECONDS,
    Cell,
    Counted,
    Place,
    Reading,
    Window,
    counted,
    is_kept,
    moved,
    reading,
    shown,
    stands_still,
)
from services.vocabulary.grounds import ReleaseKind

NINE = datetime(2024, 9, 2, 9, tzinfo=UTC)
A_QUARTER = timedelta(minutes=15)
RAISED, REVIEWED = "VpaRaised", "VpaReviewed"


def at(begins: datetime, windows: tuple[Window, ...]) -> dict[str, int | None]:
    (window,) = [window for window in windows if window.begins == begins]
    return {one.event_type: one.count for one in window.counts}


@pytest.mark.parametrize(
    ("minutes", "is_shown"), [(0, False), (15, False), (29, False), (30, True), (60 * 24, True)]
)
def test_a_quarter_hour_is_shown_once_it_has_been_over_for_as_long_again(
    minutes: int, is_shown: bool
) -> None:
    windows = shown({}, NINE + timedelta(minutes=minutes))

    assert (NINE in {window.begins for window in windows}) == is_shown


def test_what_is_older_than_a_day_is_neither_kept_nor_shown() -> None:
    now = NINE + timedelta(days=1, seconds=1)

    assert not is_kept(NINE, now)
    assert is_kept(NINE + A_QUARTER, now)
    assert shown({}, now)[0].begins == NINE + A_QUARTER


def test_the_windows_of_a_day_follow_one_another_without_a_gap() -> None:
    windows = shown({}, NINE)

    assert len(windows) == 95
    assert all(earlier.ends == later.begins for earlier, later in itertools.pairwise(windows))


def test_five_are_told_and_four_are_not() -> None:
    counts = {
        Cell(RAISED, NINE): FEWEST,
        Cell(RAISED, NINE + A_QUARTER): FEWEST - 1,
    }

    windows = shown(counts, NINE + timedelta(hours=2))

    assert at(NINE, windows) == {RAISED: 5}
    assert at(NINE + A_QUARTER, windows) == {RAISED: None}


@pytest.mark.parametrize("few", [0, 1, 4])
def test_nobody_can_tell_one_event_from_none(few: int) -> None:
    told = {Cell(RAISED, NINE): 9}
    untold = {Cell(RAISED, NINE + A_QUARTER): few, Cell(REVIEWED, NINE): few}

    later = NINE + timedelta(hours=2)

    assert shown({**told, **untold}, later) == shown(told, later)


def test_a_rare_type_is_not_even_listed() -> None:
    windows = shown({Cell("AccessRestricted", NINE): 1}, NINE + timedelta(hours=1))

    assert {window.counts for window in windows} == {()}


def test_a_count_that_is_too_new_does_not_list_its_type() -> None:
    windows = shown({Cell(RAISED, NINE): 50}, NINE + timedelta(minutes=29))

    assert {window.counts for window in windows} == {()}


def test_a_release_is_counted_once_however_often_it_comes() -> None:
    first = counted(None, 7)

    assert first == counted(first, 7) == Counted(events=1, seq=7)
    assert counted(first, 9) == Counted(events=2, seq=9)
    assert counted(counted(first, 9), 7) == Counted(events=2, seq=9)


def test_only_the_next_number_is_taken() -> None:
    place = moved(moved(Place(), 1), 2)

    assert place == Place(following=3)
    assert moved(place, 2) == place
    assert moved(place, 5) == Place(following=3, waits=True)
    assert moved(moved(place, 5), 3) == Place(following=4)


def test_only_the_first_word_on_an_event_is_counted() -> None:
    assert {ReleaseKind.CHANGED, ReleaseKind.RECALLED}.isdisjoint(COUNTED)


def stood(*looks: tuple[float, int, int]) -> bool:
    """Say whether it stands still after these looks: when, how far it had come, and how much was left."""
    last = Reading(-1, looks[0][0])
    for at, offset, behind in looks:
        last = reading(last, offset, behind, at)
    return stands_still(last, looks[-1][0])


def test_what_reads_nothing_with_more_to_read_stands_still_after_a_while() -> None:
    assert stood((0, 7, 3), (STILL_SECONDS + 1, 7, 3))
    assert not stood((0, 7, 3), (STILL_SECONDS - 1, 7, 3))


def test_what_moves_or_has_nothing_left_to_read_does_not_stand_still() -> None:
    assert not stood((0, 7, 3), (29, 8, 3), (STILL_SECONDS + 1, 8, 3))
    assert not stood((0, 7, 0), (3 * STILL_SECONDS, 7, 0), (3 * STILL_SECONDS + 1, 7, 1))
