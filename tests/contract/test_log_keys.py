"""What the key database promises, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from services.eventlog.errors import KeyMissing, Tampered
from services.eventlog.keys import PERSONS, TOKENS, FileKek, KeyStore
from services.runtime.database import engine_at, reading, writing

KEK = bytes(range(32))
NOW = datetime(2024, 9, 2, 8, 30, tzinfo=UTC)
ONE, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_at(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> KeyStore:
    store = KeyStore(engine, FileKek(KEK))
    store.create_tables()
    return store


def test_a_key_that_was_made_is_found_again(engine: Engine, store: KeyStore) -> None:
    made = store.create([ONE, OTHER], at=NOW)

    again = KeyStore(engine, FileKek(KEK))

    assert again.get(ONE) == made[ONE]
    assert again.get_all([ONE, OTHER, "3" * 32]) == made
    assert len({*made.values()}) == 2
    assert {len(key) for key in made.values()} == {32}


def test_making_no_keys_makes_none(store: KeyStore) -> None:
    assert store.create([], at=NOW) == {}
    assert store.get_all([]) == {}


def test_a_person_nobody_knows_has_no_key(store: KeyStore) -> None:
    with pytest.raises(KeyMissing):
        store.get(ONE)
    with pytest.raises(KeyMissing):
        store.destroy(ONE, at=NOW)


def test_keys_lie_wrapped_and_each_for_its_own_person(engine: Engine, store: KeyStore) -> None:
    made = store.create([ONE, OTHER], at=NOW)
    with writing(engine) as conn:
        wrapped = {row.person: row.wrapped for row in conn.execute(select(PERSONS))}
        conn.execute(PERSONS.update().where(PERSONS.c.person == ONE).values(wrapped=wrapped[OTHER]))

    assert made[ONE] not in wrapped[ONE]
    with pytest.raises(Tampered):
        store.get(ONE)


def test_another_key_encryption_key_unwraps_nothing(engine: Engine, store: KeyStore) -> None:
    store.create([ONE], at=NOW)

    with pytest.raises(Tampered):
        KeyStore(engine, FileKek(bytes(32))).get(ONE)


def test_tokens_find_everybody_they_were_added_for(store: KeyStore) -> None:
    store.create([ONE, OTHER], at=NOW)
    store.add_tokens({ONE: ["name", "number"], OTHER: ["name"]})
    store.add_tokens({ONE: ["name", "later"]})
    store.add_tokens({})

    assert store.match(["name", "number", "later", "unknown"]) == {
        "name": (ONE, OTHER),
        "number": (ONE,),
        "later": (ONE,),
    }


def test_more_tokens_than_one_question_may_name_are_matched(store: KeyStore) -> None:
    store.create([ONE], at=NOW)
    many = [f"token-{number}" for number in range(1_200)]
    store.add_tokens({ONE: many})

    assert len(store.match(many)) == len(many)


def test_a_key_and_its_tokens_are_destroyed_together(engine: Engine, store: KeyStore) -> None:
    store.create([ONE, OTHER], at=NOW)
    store.add_tokens({ONE: ["name"], OTHER: ["name"]})

    store.destroy(ONE, at=NOW)
    store.destroy(ONE, at=NOW)

    with pytest.raises(KeyMissing):
        store.get(ONE)
    assert store.get_all([ONE, OTHER]).keys() == {OTHER}
    assert store.match(["name"]) == {"name": (OTHER,)}
    with reading(engine) as conn:
        gone = conn.execute(select(PERSONS).where(PERSONS.c.person == ONE)).one()
        assert conn.execute(select(TOKENS).where(TOKENS.c.person == ONE)).all() == []
    assert (gone.wrapped, gone.destroyed_at is None) == (None, False)


def test_what_is_done_in_a_transaction_that_fails_is_not_done(engine: Engine, store: KeyStore) -> None:
    with pytest.raises(RuntimeError), writing(engine) as conn:
        store.create([ONE], at=NOW, conn=conn)
        store.add_tokens({ONE: ["name"]}, conn=conn)
        assert store.match(["name"], conn=conn) == {"name": (ONE,)}
        assert len(store.get(ONE, conn=conn)) == 32
        raise RuntimeError

    assert store.get_all([ONE]) == {}
    assert store.match(["name"]) == {}


def test_a_key_is_not_shown_when_its_holder_is_printed() -> None:
    assert repr(KEK) not in repr(FileKek(KEK))
