"""The appender and the ticker: in order, the same bytes on every retry, one tick a quarter hour."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.eventlog.errors import Unavailable
from services.eventlog.records import Position, Record
from services.ingest.worker.appender import Appender
from services.runtime import telemetry
from tests.door_builders import NOW, OpenDoor, example


class Forgetful:
    """A log whose first acknowledgement is lost on the way, after some of the records were written."""

    def __init__(self, door: OpenDoor, *, after: int) -> None:
        self._writer = door.log.writer()
        self._after = after
        self.asked: list[list[Record]] = []

    def append(self, topic: str, records: Sequence[Record]) -> list[Position]:
        self.asked.append(list(records))
        if len(self.asked) == 1:
            self._writer.append(topic, records[: self._after])
            raise Unavailable("the acknowledgement was lost")
        return self._writer.append(topic, records)


class Stamping:
    """A log that stamps what it takes with a time of its own."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self.taken = 0

    def append(self, topic: str, records: Sequence[Record]) -> list[Position]:
        self.taken += len(records)
        return [
            Position(topic=topic, partition=0, offset=n, timestamp=self._at) for n, _ in enumerate(records)
        ]


@pytest.fixture
def door(tmp_path: Path, database_url: str) -> Iterator[OpenDoor]:
    """A door whose appender does nothing by itself, and that waits for nobody."""
    opened = OpenDoor(tmp_path / "data", database_url, patience=0)
    yield opened
    opened.engine.dispose()


def keep(door: OpenDoor, *names: str) -> None:
    """Have the door keep VPAs with these ids."""
    events = [{**example("VpaRaised"), "id": name, "incident": name} for name in names]
    assert door.publisher.publish(events).status_code == 503


def appender(door: OpenDoor, writer: object, *, simulated: bool = True) -> Appender:
    """Return an appender of this door's outbox to another log."""
    return Appender(door.door.outbox, door.door.progress, writer, door.clock, simulated=simulated)  # type: ignore[arg-type]


def stepped_until_ready(door: OpenDoor) -> bool:
    """Have the door append what it holds, and say whether it is ready then."""
    door.door.ticker.step()
    door.door.appender.step()
    return door.door.is_ready()


def waiting(door: OpenDoor) -> float:
    """Return what a scrape is told of the rows that wait."""
    lines = telemetry.exposition().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("sightline_door_pending "))


def test_a_lost_acknowledgement_is_followed_by_the_same_bytes_in_the_same_order(door: OpenDoor) -> None:
    keep(door, "1", "2", "3")
    writer = Forgetful(door, after=2)
    hands = appender(door, writer)

    with pytest.raises(Unavailable):
        hands.step()
    assert hands.step() == 3

    assert writer.asked[0] == writer.asked[1]
    values = [record.value for record in door.stored()]
    assert values == [r.value for r in writer.asked[0][:2]] + [r.value for r in writer.asked[0]]
    assert len(door.opened()) == 3


def test_nothing_passes_a_row_that_is_not_acknowledged(door: OpenDoor) -> None:
    keep(door, "1")
    writer = Forgetful(door, after=0)
    with pytest.raises(Unavailable):
        appender(door, writer).step()
    keep(door, "2")

    appender(door, writer).step()

    assert [len(asked) for asked in writer.asked] == [1, 2]
    assert writer.asked[1][0] == writer.asked[0][0]


def test_a_door_killed_before_it_remembered_the_append_appends_again(door: OpenDoor) -> None:
    keep(door, "1", "2")
    rows = door.door.outbox.waiting(10, 100_000)
    door.log.writer().append("log", [Record(key=row.event_id.encode(), value=row.value) for row in rows])

    door.door.appender.step()

    values = [record.value for record in door.stored()]
    assert values[:2] == values[2:]
    assert len(door.opened()) == 2


@pytest.mark.parametrize("apart", [-3, 3])
def test_a_log_whose_clock_disagrees_stops_the_door(door: OpenDoor, apart: int) -> None:
    keep(door, "1")
    ready = stepped_until_ready(door)

    keep(door, "2")
    appender(door, Stamping(NOW + timedelta(seconds=apart)), simulated=False).step()
    answer = door.publisher.publish({**example("VpaRaised"), "id": "3"})

    assert (ready, door.door.is_ready()) == (True, False)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    assert door.door.outbox.pending() == 0


def test_what_a_log_with_another_clock_took_is_not_copied_when_the_door_starts_again(
    tmp_path: Path, database_url: str
) -> None:
    asked: list[int] = []
    for life in range(3):
        door = OpenDoor(tmp_path / "data", database_url, patience=0)
        keep(door, f"{life}")
        stamping = Stamping(NOW + timedelta(hours=1))
        hands = appender(door, stamping, simulated=False)
        while hands.step():
            pass
        asked.append(stamping.taken)
        door.engine.dispose()

    assert asked == [1, 1, 1]


def test_the_receipt_of_an_event_whose_stamp_is_not_trusted_is_true(door: OpenDoor) -> None:
    keep(door, "1")
    appender(door, Stamping(NOW + timedelta(hours=1)), simulated=False).step()
    appender(door, Stamping(NOW), simulated=False).step()
    door.door.progress.trust()

    result = door.publisher.publish({**example("VpaRaised"), "id": "1", "incident": "1"}).json()["results"][0]

    assert result["status"] == "duplicate"
    assert door.publisher.get(f"/v1/receipts/{result['receipt']}").status_code == 200


def test_once_the_clocks_agree_again_the_door_goes_on(door: OpenDoor) -> None:
    keep(door, "1", "2", "3", "4")
    stepped_until_ready(door)
    keep(door, "5", "6", "7")
    wrong, right = Stamping(NOW + timedelta(hours=1)), Stamping(NOW)
    door.door.progress.distrust()

    one = appender(door, wrong, simulated=False).step()
    still = door.door.is_ready()
    another = appender(door, right, simulated=False).step()

    assert (one, still, another, door.door.is_ready()) == (1, False, 1, True)
    assert appender(door, right, simulated=False).step() == 1


def test_how_much_waits_is_counted_when_it_is_asked_for(door: OpenDoor) -> None:
    before = waiting(door)
    keep(door, "1", "2")
    kept = waiting(door)
    door.door.appender.step()

    assert (before, kept, waiting(door)) == (0, 2, 0)


def test_two_seconds_apart_is_agreement(door: OpenDoor) -> None:
    keep(door, "1")

    assert appender(door, Stamping(NOW + timedelta(seconds=2)), simulated=False).step() == 1


def test_time_passes_once_each_quarter_hour(door: OpenDoor) -> None:
    for minutes in (0, 1, 9, 10, 11, 24, 25):
        door.clock.advance(NOW + timedelta(minutes=minutes))
        door.door.ticker.step()
    door.door.appender.step()

    times = [event.facts["occurred_at"] for event in door.opened()]
    assert times == ["2024-09-10T09:00:00Z", "2024-09-10T09:15:00Z", "2024-09-10T09:30:00Z"]


def test_a_door_that_starts_again_in_the_same_quarter_does_not_tell_it_twice(
    tmp_path: Path, database_url: str
) -> None:
    for _ in range(2):
        door = OpenDoor(tmp_path / "data", database_url)
        door.clock.advance(NOW)
        door.door.ticker._id_key = b"the same key in both lives of it"
        door.door.ticker.step()
        pending = door.door.outbox.pending()
        door.engine.dispose()

    assert pending == 1


def test_quarters_nobody_lived_through_are_not_made_up(door: OpenDoor) -> None:
    door.door.ticker.step()
    door.clock.advance(NOW + timedelta(days=2))
    door.door.ticker.step()

    assert door.door.outbox.pending() == 2


def test_the_door_is_not_at_rest_while_a_quarter_is_due_or_a_row_waits(door: OpenDoor) -> None:
    assert door.door.standing().pending == 1
    door.door.ticker.step()
    assert door.door.standing().pending == 1
    door.door.appender.step()
    assert door.door.standing().pending == 0
    assert door.door.standing().ends == {"log": 1}

    door.clock.advance(NOW + timedelta(minutes=10))

    assert door.door.standing().pending == 1


def test_the_door_is_ready_once_all_it_kept_is_in_the_log(door: OpenDoor) -> None:
    before = door.door.is_ready()
    door.door.ticker.step()
    kept = door.door.is_ready()
    door.door.appender.step()

    assert (before, kept, door.door.is_ready()) == (False, False, True)
