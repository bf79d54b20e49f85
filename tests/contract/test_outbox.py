"""What the outbox promises, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from services.eventlog.records import Position
from services.ingest.store.outbox import Entry, Outbox, Waiting
from services.runtime.database import engine_at


@pytest.fixture
def outbox(database_url: str) -> Iterator[Outbox]:
    engine = engine_at(database_url)
    box = Outbox(engine)
    box.create_tables()
    yield box
    engine.dispose()


def an_entry(name: str, value: bytes = b"sealed") -> Entry:
    return Entry(
        agency="police",
        event_id=name,
        mac=b"mac of " + name.encode(),
        receipt="receipt-" + name,
        recorded_at="2024-09-10T09:05:00+00:00",
        defects="[]",
        trace=None,
        value=value,
    )


def append(outbox: Outbox, rows: list[Waiting], first: int) -> None:
    outbox.appended(rows, [position(first + i) for i in range(len(rows))])


def position(offset: int) -> Position:
    return Position(topic="log", partition=0, offset=offset, timestamp=datetime(2024, 9, 10, tzinfo=UTC))


def names(rows: list[Waiting]) -> list[str]:
    return [row.event_id for row in rows]


def test_rows_wait_in_the_order_they_were_added(outbox: Outbox) -> None:
    outbox.add([an_entry("c"), an_entry("a")])
    outbox.add([an_entry("b")])

    assert names(outbox.waiting(10, 1_000)) == ["c", "a", "b"]
    assert outbox.pending() == 3


def test_the_numbers_of_rows_rise_and_belong_to_their_events(outbox: Outbox) -> None:
    numbers = outbox.add([an_entry(str(n)) for n in range(150)])

    assert [numbers[str(n)] for n in range(150)] == sorted(numbers.values())
    assert {name: kept.seq for name, kept in outbox.find(numbers).items()} == numbers


def test_what_waits_is_bounded_by_count_and_by_size(outbox: Outbox) -> None:
    outbox.add([an_entry(name, b"x" * 400) for name in "abcd"])

    assert names(outbox.waiting(3, 10_000)) == ["a", "b", "c"]
    assert names(outbox.waiting(10, 500)) == ["a", "b"]
    assert names(outbox.waiting(10, 1)) == ["a"]


def test_a_row_that_was_appended_waits_no_more_and_has_its_receipt(outbox: Outbox) -> None:
    outbox.add([an_entry("a"), an_entry("b")])

    append(outbox, outbox.waiting(1, 1_000), first=17)

    assert names(outbox.waiting(10, 1_000)) == ["b"]
    assert (outbox.pending(), outbox.end()) == (1, 18)
    receipt = outbox.receipt("receipt-a", "police")
    assert receipt is not None
    assert (receipt.event_id, receipt.offset) == ("a", 17)


def test_there_is_no_receipt_before_the_append_nor_for_another_agency(outbox: Outbox) -> None:
    outbox.add([an_entry("a"), an_entry("b")])
    append(outbox, outbox.waiting(1, 1_000), first=0)

    assert outbox.receipt("receipt-b", "police") is None
    assert outbox.receipt("receipt-a", "dafsu") is None


def test_an_event_is_an_agency_s_own_only_where_that_agency_published_it(outbox: Outbox) -> None:
    outbox.add([an_entry("a"), replace(an_entry("b"), agency="dafsu")])

    assert outbox.of_agency("police", ["a", "b", "never-sent"]) == {"a"}


def test_an_event_is_kept_once_or_the_whole_batch_is_not(outbox: Outbox) -> None:
    outbox.add([an_entry("a")])

    with pytest.raises(IntegrityError):
        outbox.add([an_entry("b"), replace(an_entry("a"), receipt="another")])

    assert set(outbox.find(["a", "b"])) == {"a"}
    assert names(outbox.waiting(10, 1_000)) == ["a"]


def test_the_bytes_that_wait_are_the_bytes_that_were_added(outbox: Outbox) -> None:
    value = bytes(range(256)) * 9
    outbox.add([an_entry("a", value)])

    assert [row.value for row in outbox.waiting(1, 1)] == [value] == [r.value for r in outbox.waiting(1, 1)]


def test_an_empty_outbox_is_at_rest(outbox: Outbox) -> None:
    assert outbox.add([]) == {}
    assert outbox.waiting(10, 1_000) == []
    assert (outbox.pending(), outbox.through(), outbox.end()) == (0, 0, 0)
