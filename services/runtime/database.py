"""SQL storage: SQLite files by default, PostgreSQL by one URL; one way to read and one way to write.

    with writing(engine) as conn: ...      a transaction that may write; committed, or rolled back
    with reading(engine) as conn: ...      one consistent snapshot; takes no write lock, and cannot write
    with at_one_moment(engine): ...        all that is read within is of one snapshot

On SQLite every writing transaction is BEGIN IMMEDIATE, so two writers queue instead of failing half way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event

from services.runtime.settings import Settings

BUSY_SECONDS = 30.0
_READS = "sightline_reads"
_MOMENT: Final = ContextVar[Connection | None]("moment", default=None)
"""The snapshot whose block this is within."""


def engine_for(service: str, settings: Settings) -> Engine:
    """Return the engine of one service's tables; `engine_for("keys", settings)` is the key database."""
    if settings.database:
        return engine_at(settings.database)
    settings.data.mkdir(parents=True, exist_ok=True)
    return engine_at(f"sqlite:///{settings.data / (service + '.db')}")


def overwrite_deleted(engine: Engine) -> bool:
    """Leave nothing of what was deleted in the files. Returns whether that is done: else ask again.

    SQLite: deleted content is overwritten as it is deleted, and what its write-ahead log still holds is
    copied back and cut off here, unless somebody reads just now. PostgreSQL: not promised; old row versions
    stay until it vacuums, and in its own write-ahead log for as long as that is kept.
    """
    if engine.dialect.name != "sqlite":
        return True
    raw = engine.raw_connection()
    try:
        busy, *_ = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        raw.close()


def engine_at(url: str) -> Engine:
    """Return an engine for a SQLAlchemy URL, with this system's transaction rules."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=20)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may write. Commits on leaving; rolls back if the block raises."""
    with engine.begin() as conn:
        yield conn


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open one consistent snapshot. Waits for nobody and is always rolled back.

    Within `at_one_moment` of the same engine it is the snapshot of that.
    """
    moment = _MOMENT.get()
    if moment is not None and moment.engine is engine:
        yield moment
        return
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            conn = conn.execution_options(**{_READS: True})
        else:
            conn = conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with conn.begin() as transaction:
            yield conn
            transaction.rollback()


@contextmanager
def at_one_moment(engine: Engine) -> Iterator[None]:
    """Let several stores read what is one answer from one snapshot: it cannot contradict itself.

    Holds for this thread alone. Wait for nothing within: the snapshot is held meanwhile.
    """
    with reading(engine) as conn:
        before = _MOMENT.set(conn)
        try:
            yield
        finally:
            _MOMENT.reset(before)


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, pool_size=5, max_overflow=40)

    @event.listens_for(engine, "connect")
    def configure(raw: sqlite3.Connection, _record: Any) -> None:
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        reads = conn.get_execution_options().get(_READS, False)
        conn.exec_driver_sql("PRAGMA query_only=ON" if reads else "PRAGMA query_only=OFF")
        conn.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine
