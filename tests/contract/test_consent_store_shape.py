"""Tables of another shape are not read: the gate says so at its start, and makes them again from the log."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update

from services.consent.commands import catch_up, clear, dump
from services.consent.flow.decision import DECISION_VERSION
from services.consent.flow.fold import OtherVersion
from services.consent.state import entities, heard
from services.consent.state.read_back import OtherShape
from services.consent.state.written import SHAPE
from services.consent.store.gate import STANDING, GateStore
from services.consent.store.tables import LEDGER, METADATA, STATE
from services.consent.worker.gate import Decides, Quiet
from services.eventlog.topics import DECISIONS
from services.runtime.database import engine_at, reading, writing
from services.vocabulary.risk import Risk
from tests.gate_builders import Bench, a_form, grades, override, policy_adopted

HIGH = grades(Risk.HIGH)
OTHER = DECISION_VERSION + 1

KEPT = {1: "ee30c5cd162797d6", 2: "8e595fd9e32464e7", 3: "ff618e1e6885ba21", 4: "3bc007e2c120b279"}
"""By shape, the digest of everything the gate's tables hold: of another, raise `SHAPE` and add a line."""


@pytest.fixture
def bench(database_url: str) -> Bench:
    """A gate that has decided a form and an override."""
    made = Bench(engine_at(database_url))
    made.publish(policy_adopted(), a_form(of=HIGH), override("cedah"))
    made.settle()
    return made


def of_an_earlier_version(engine: Engine) -> None:
    """Make the tables as decision version 4 left them: no shape was counted, and a column was not there."""
    with writing(engine) as conn:
        standing = json.loads(conn.scalars(select(STATE.c.value).where(STATE.c.kind == STANDING)).one())
        before = {**standing, "decision_version": 4}
        del before["shape"]
        conn.execute(update(STATE).where(STATE.c.kind == STANDING).values(value=json.dumps(before)))
        conn.execute(text("ALTER TABLE consent_vpa DROP COLUMN awaited"))


def rebuilt(bench: Bench, version: int = DECISION_VERSION) -> None:
    clear(bench.engine)
    bench.store = GateStore(bench.engine)
    catch_up(bench.gate(limit=2, writer=Quiet(), version=version, decides=Decides.NOTHING_NEW))


def what_is_kept() -> Iterator[str]:
    """Yield every column of the gate's tables, and every field of what is written in them."""
    for table in METADATA.sorted_tables:
        yield from (f"{table.name}.{column.name} {column.type!r}" for column in table.columns)
    for module in (entities, heard):
        for name, made in sorted(vars(module).items()):
            if isinstance(made, type) and made.__module__ == module.__name__ and made is not heard.Heard:
                yield f"{name} {made.__annotations__}"


def test_what_the_tables_hold_is_what_their_shape_says() -> None:
    assert KEPT.get(SHAPE) == sha256("\n".join(what_is_kept()).encode()).hexdigest()[:16]


def test_a_gate_does_not_start_on_tables_of_another_shape_and_says_what_to_do(bench: Bench) -> None:
    of_an_earlier_version(bench.engine)

    with pytest.raises(OtherShape) as refused:
        GateStore(bench.engine).create_tables()

    assert str(refused.value) == (
        "the gate's tables were written in shape `None` by decision version `4`, and this code reads shape"
        f" `{SHAPE}`: stop the gate, make them again with `python -m services.consent rebuild`, and start it"
    )


def test_a_gate_starts_on_tables_of_its_own_shape_and_on_none(bench: Bench, tmp_path: Path) -> None:
    GateStore(bench.engine).create_tables()
    GateStore(engine_at(f"sqlite:///{tmp_path / 'new.db'}")).create_tables()


@pytest.mark.parametrize("service", ["gate", "keyring"])
def test_the_process_ends_with_a_code_and_one_line(service: str, tmp_path: Path) -> None:
    made = Bench(engine_at(f"sqlite:///{tmp_path / 'consent.db'}"))
    made.publish(policy_adopted())
    made.settle()
    of_an_earlier_version(made.engine)

    ended = subprocess.run(
        [sys.executable, "-m", "services.consent", service],
        env={**os.environ, "SIGHTLINE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "make them again with `python -m services.consent rebuild`" in ended.stderr


def test_tables_of_another_shape_are_made_again_with_all_their_columns(bench: Bench) -> None:
    live = list(dump(bench.engine))
    of_an_earlier_version(bench.engine)

    rebuilt(bench)

    assert list(dump(bench.engine)) == live


def test_what_nobody_decided_yet_is_left_to_the_gate_that_records_it(bench: Bench) -> None:
    late = a_form(of=HIGH, incident="late")
    bench.publish(late)

    rebuilt(bench)

    assert bench.gate().position == 3
    assert late.event_id not in keys(bench)
    bench.settle()
    assert late.event_id in keys(bench)


def test_of_two_versions_the_other_makes_the_tables_again_at_the_adoption_and_goes_on(bench: Bench) -> None:
    after = a_form(of=HIGH)
    bench.publish(policy_adopted(version=OTHER), after)
    with pytest.raises(OtherVersion):
        bench.settle(bench.gate(limit=1))
    of_an_earlier_version(bench.engine)

    rebuilt(bench, OTHER)
    bench.settle(bench.gate(version=OTHER))

    with reading(bench.engine) as conn:
        rows = conn.execute(
            select(LEDGER.c.version).where(LEDGER.c.cause == LEDGER.c.event_id).order_by(LEDGER.c.offset)
        )
        assert [row.version for row in rows] == [DECISION_VERSION] * 3 + [OTHER] * 2
    assert len(keys(bench)) == 5


def keys(bench: Bench) -> list[str]:
    """Return the events whose decision is on record, in order."""
    return [stored.key.decode() for stored in bench.records(DECISIONS)]
