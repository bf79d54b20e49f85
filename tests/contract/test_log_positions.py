"""What a saved position promises, on SQLite and on PostgreSQL: it moves once, from where it stood."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, MetaData, Table

from services.eventlog import positions
from services.eventlog.errors import Moved
from services.runtime.database import engine_at, reading, writing

METADATA = MetaData()
TABLE: Table = positions.positions_table(METADATA, "test")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_at(database_url)
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


def advance(engine: Engine, topic: str, expected: int, new: int, name: str = "gate") -> None:
    with writing(engine) as conn:
        positions.advance(conn, TABLE, name, topic, expected, new)


def load(engine: Engine, name: str = "gate") -> dict[str, int]:
    with reading(engine) as conn:
        return positions.load(conn, TABLE, name)


def test_a_reader_that_never_advanced_has_no_position(engine: Engine) -> None:
    assert load(engine) == {}


def test_a_position_is_where_it_was_moved_to_for_each_topic_and_reader(engine: Engine) -> None:
    advance(engine, "log", 0, 7)
    advance(engine, "log", 7, 9)
    advance(engine, "decisions", 0, 2)
    advance(engine, "log", 0, 1, name="another")

    assert load(engine) == {"decisions": 2, "log": 9}
    assert load(engine, "another") == {"log": 1}


@pytest.mark.parametrize("expected", [0, 3, 8])
def test_a_position_that_stands_elsewhere_is_not_moved(engine: Engine, expected: int) -> None:
    advance(engine, "log", 0, 7)

    with pytest.raises(Moved):
        advance(engine, "log", expected, 9)

    assert load(engine) == {"log": 7}


def test_a_position_never_goes_back(engine: Engine) -> None:
    advance(engine, "log", 0, 7)

    with pytest.raises(ValueError, match="only advances"):
        advance(engine, "log", 7, 6)


def test_a_position_and_its_rows_are_kept_together_or_not_at_all(engine: Engine) -> None:
    with pytest.raises(Moved), writing(engine) as conn:
        positions.advance(conn, TABLE, "gate", "log", 0, 7)
        positions.advance(conn, TABLE, "gate", "decisions", 5, 6)

    assert load(engine) == {}


def test_of_two_that_move_it_at_once_one_learns_that_it_moved(engine: Engine) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def move() -> None:
        together.wait()
        try:
            advance(engine, "log", 0, 7)
            outcomes.append("moved it")
        except Moved:
            outcomes.append("learned")

    threads = [threading.Thread(target=move) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["learned", "moved it"]
    assert load(engine) == {"log": 7}


def go_back(engine: Engine, expected: int, new: int) -> None:
    with writing(engine) as conn:
        positions.go_back(conn, TABLE, "gate", "log", expected, new)


def test_a_position_goes_back_from_where_it_stands_alone(engine: Engine) -> None:
    advance(engine, "log", 0, 7)

    with pytest.raises(Moved):
        go_back(engine, 6, 2)
    go_back(engine, 7, 2)

    assert load(engine) == {"log": 2}


def test_to_go_back_is_to_an_earlier_offset(engine: Engine) -> None:
    advance(engine, "log", 0, 7)

    with pytest.raises(ValueError, match="would not go back"):
        go_back(engine, 7, 7)
