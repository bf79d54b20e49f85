"""What the database rules promise, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from services.runtime.database import at_one_moment, engine_at, reading, writing

NOTES = Table("test_notes", MetaData(), Column("id", Integer, primary_key=True))


@pytest.fixture
def engine(database_url: str) -> Engine:
    engine = engine_at(database_url)
    NOTES.metadata.create_all(engine)
    return engine


def notes(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(NOTES)).scalar_one()


def test_what_was_written_is_there_afterwards(engine: Engine) -> None:
    with writing(engine) as conn:
        conn.execute(insert(NOTES), {"id": 1})

    assert notes(engine) == 1


def test_a_block_that_raises_writes_nothing(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as conn:
        conn.execute(insert(NOTES), {"id": 1})
        raise RuntimeError

    assert notes(engine) == 0


def test_a_reader_does_not_wait_for_a_writer_and_sees_one_moment(engine: Engine) -> None:
    with reading(engine) as before:
        assert before.execute(select(func.count()).select_from(NOTES)).scalar_one() == 0
        with writing(engine) as conn:
            conn.execute(insert(NOTES), {"id": 1})
            assert notes(engine) == 0

        assert before.execute(select(func.count()).select_from(NOTES)).scalar_one() == 0


def test_several_readers_at_one_moment_see_the_same(engine: Engine) -> None:
    with at_one_moment(engine):
        before = notes(engine)
        with writing(engine) as conn:
            conn.execute(insert(NOTES), {"id": 1})
        within = notes(engine)

    assert (before, within, notes(engine)) == (0, 0, 1)


def test_a_moment_of_one_database_is_none_of_another(engine: Engine, database_url: str) -> None:
    other = engine_at(database_url)
    with at_one_moment(engine):
        assert notes(engine) == 0
        with writing(other) as conn:
            conn.execute(insert(NOTES), {"id": 1})

        assert notes(other) == 1


def test_a_moment_that_is_broken_off_is_over(engine: Engine) -> None:
    with pytest.raises(RuntimeError), at_one_moment(engine):
        raise RuntimeError
    with writing(engine) as conn:
        conn.execute(insert(NOTES), {"id": 1})

    assert notes(engine) == 1


def test_a_reader_cannot_write(engine: Engine) -> None:
    with pytest.raises(DBAPIError), reading(engine) as conn:
        conn.execute(insert(NOTES), {"id": 1})

    assert notes(engine) == 0


def test_writers_that_first_read_queue_and_none_is_refused(engine: Engine) -> None:
    def add() -> None:
        for _ in range(10):
            with writing(engine) as conn:
                if engine.dialect.name != "sqlite":
                    conn.exec_driver_sql("LOCK TABLE test_notes IN EXCLUSIVE MODE")
                highest = conn.execute(select(func.coalesce(func.max(NOTES.c.id), 0))).scalar_one()
                conn.execute(insert(NOTES), {"id": highest + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert notes(engine) == 40
