"""What a clock promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.runtime.clock import FixedClock, SharedClock, SystemClock

NINE = datetime(2024, 9, 2, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def shared(tmp_path: Path) -> SharedClock:
    return SharedClock.start(tmp_path / "run" / "clock", NINE)


def test_every_process_sees_the_same_simulated_time(shared: SharedClock, tmp_path: Path) -> None:
    other = SharedClock(tmp_path / "run" / "clock")

    shared.advance(NINE + timedelta(hours=1))

    assert other.now() == shared.now() == NINE + timedelta(hours=1)


def test_simulated_time_never_goes_back(shared: SharedClock) -> None:
    shared.advance(NINE - timedelta(seconds=1))

    assert shared.now() == NINE


def test_starting_again_keeps_the_later_time(shared: SharedClock, tmp_path: Path) -> None:
    shared.advance(NINE + timedelta(days=1))

    assert SharedClock.start(tmp_path / "run" / "clock", NINE).now() == NINE + timedelta(days=1)


def test_a_fixed_clock_stands_still_until_told() -> None:
    clock = FixedClock(NINE)
    before = clock.now()

    clock.advance(NINE + timedelta(minutes=1))

    assert (before, clock.now()) == (NINE, NINE + timedelta(minutes=1))


def test_the_machines_clock_says_its_offset() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
