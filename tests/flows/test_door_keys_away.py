"""A key store that is down at the door: nothing is taken in, nothing lost, and all goes on afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from services.ingest.api.app import store_away
from tests.door_builders import Event, OpenDoor, example, open_door


@contextmanager
def table_away(door: OpenDoor) -> Iterator[None]:
    """Keep the table of the persons' keys under another name."""
    with door.engine.begin() as conn:
        conn.execute(text("ALTER TABLE keys_person RENAME TO keys_away"))
    yield
    with door.engine.begin() as conn:
        conn.execute(text("ALTER TABLE keys_away RENAME TO keys_person"))


@contextmanager
def reading_fails(door: OpenDoor) -> Iterator[None]:
    """Have whatever is asked of the persons' keys fail, as where the connection is lost."""
    with _failing(door, "keys_", OperationalError):
        yield


@contextmanager
def writing_fails(door: OpenDoor) -> Iterator[None]:
    """Have nothing new be written beside the persons' keys, after everybody known was looked up."""
    with _failing(door, "INSERT INTO keys_", OperationalError):
        yield


AWAY = [table_away, reading_fails, writing_fails]


@contextmanager
def _failing(door: OpenDoor, asked: str, error: type[DBAPIError]) -> Iterator[None]:
    def fail(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if asked in statement:
            raise error(statement, None, ConnectionError("the key store is away"))

    event.listen(door.engine, "before_cursor_execute", fail)
    yield
    event.remove(door.engine, "before_cursor_execute", fail)


def a_vpa(name: str) -> Event:
    return {**example("VpaRaised"), "id": name, "incident": name}


@pytest.fixture
def door(tmp_path: Path, database_url: str) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data", database_url) as opened:
        yield opened


@pytest.mark.parametrize("away", AWAY)
def test_an_event_is_asked_for_again_and_nothing_of_it_is_kept(door: OpenDoor, away: Any) -> None:
    door.publisher.publish(a_vpa("before"))
    before, heard = door.stored(), store_away()._value.get()

    with away(door):
        answer = door.publisher.publish(a_vpa("while"))
        pending = door.door.outbox.pending()

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["title"] == "busy"
    assert answer.json()["detail"] == (
        "the door cannot keep events just now: send the same again, under the same ids"
    )
    assert (pending, door.stored()) == (0, before)
    assert store_away()._value.get() - heard == 1


@pytest.mark.parametrize("away", AWAY)
def test_once_it_is_back_the_same_event_is_accepted_and_opens(door: OpenDoor, away: Any) -> None:
    with away(door):
        door.publisher.publish([a_vpa("one"), a_vpa("two")])

    results = door.publisher.publish([a_vpa("one"), a_vpa("two")]).json()["results"]

    assert [result["status"] for result in results] == ["accepted", "accepted"]
    one, two = door.opened()
    assert one.sections["victim"] == two.sections["victim"]
    assert one.persons["victim"] == two.persons["victim"] is not None


@pytest.mark.parametrize("away", AWAY)
def test_what_was_accepted_before_keeps_its_receipt_meanwhile(door: OpenDoor, away: Any) -> None:
    (first,) = door.publisher.publish(a_vpa("before")).json()["results"]

    with away(door):
        again = door.publisher.publish(a_vpa("before"))
        kept = door.publisher.get(f"/v1/receipts/{first['receipt']}")

    assert again.json()["results"] == [{**first, "status": "duplicate"}]
    assert kept.status_code == 200


@pytest.mark.parametrize("away", AWAY)
def test_a_batch_is_asked_for_again_whole_and_takes_nothing_twice(door: OpenDoor, away: Any) -> None:
    door.publisher.publish(a_vpa("before"))
    batch = [a_vpa("before"), a_vpa("new")]

    with away(door):
        assert door.publisher.publish(batch).status_code == 503
    results = door.publisher.publish(batch).json()["results"]

    assert [result["status"] for result in results] == ["duplicate", "accepted"]
    assert len(door.stored()) == 2


@pytest.mark.parametrize("fault", [IntegrityError, InterfaceError, ProgrammingError])
def test_a_fault_of_ours_is_not_said_to_be_a_store_that_is_away(
    door: OpenDoor, fault: type[DBAPIError]
) -> None:
    heard = store_away()._value.get()

    with _failing(door, "INSERT INTO keys_", fault):
        answer = door.publisher.publish(a_vpa("one"))

    assert (answer.status_code, answer.json()["title"]) == (500, "unexpected")
    assert store_away()._value.get() == heard
