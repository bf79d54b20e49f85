"""Joining and history by backfill, committed and started again, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.consent.commands import catch_up, clear, dump
from services.consent.flow.record import decode
from services.consent.flow.whatif import Trial
from services.consent.keyring.counts import summary
from services.consent.rules.reading import parse
from services.consent.state.heard import Heard
from services.consent.state.world import MOST_AT_ONCE
from services.consent.store.days import Days
from services.consent.store.gate import GateStore
from services.consent.store.ledger import Ledger
from services.consent.worker.gate import Quiet
from services.consent.worker.hearing import Ear
from services.consent.worker.replaying import Replayer
from services.runtime.database import engine_at
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.calendar import LONDON
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    ROUTING_KEY,
    START,
    STRICT,
    Bench,
    a_form,
    an_event,
    catalogue,
    consent,
    desk,
    grades,
    internal,
    policy_adopted,
)
from tests.joining_builders import backfill, joined

BY_EVENT = ("dafsu",)
HIGH = grades(Risk.HIGH)
DAY = timedelta(days=1)
EVER = (START - 365 * DAY, START + 365 * DAY)
MANY = MOST_AT_ONCE + 30
YESTERDAY = (START - DAY).astimezone(LONDON)
"""As a publisher in London writes it."""


@pytest.fixture
def engine(database_url: str) -> Engine:
    return engine_at(database_url)


@pytest.fixture
def bench(engine: Engine) -> Bench:
    """A log in which DAFSU joins late, is ordered a history longer than one event brings, and gets it."""
    found = Bench(engine, by_event=BY_EVENT)
    found.publish(policy_adopted(), *forms(), joined("dafsu"), backfill("dafsu", START - 2 * DAY, EVER[1]))
    found.publish(consent({"cedah": "given"}), an_event(EventType.TIME_PASSED, publisher="ingest"))
    return found


def forms() -> Iterator[Heard]:
    """Yield high-risk forms: one long ago, the others of yesterday."""
    yield a_form(of=HIGH, occurred_at=START - 3 * DAY)
    for number in range(MANY):
        yield a_form(of=HIGH, incident=f"{number}", victim=f"{number}", occurred_at=YESTERDAY)


def brought(bench: Bench) -> list[str]:
    """Return the events DAFSU was sent that are not about how it takes part, in order."""
    return [each.event_id for each in bench.output().releases["dafsu"] if each.ground == "high-risk"]


def test_history_comes_once_and_whole_in_order_of_when_it_happened(bench: Bench) -> None:
    bench.settle()

    assert len(brought(bench)) == len({*brought(bench)}) == MANY


@pytest.mark.parametrize("limit", [1, 40])
def test_a_gate_that_is_started_anew_on_the_way_says_the_same(
    bench: Bench, limit: int, tmp_path: Path
) -> None:
    other = Bench(engine_at(f"sqlite:///{tmp_path / 'other.db'}"), by_event=BY_EVENT)
    other.log = bench.log
    while bench.gate(limit=limit).step(0.0):
        pass
    live, rows = bench.output(), list(dump(bench.engine))

    other.settle(other.gate(writer=Quiet()))

    assert list(dump(other.engine)) == rows
    assert other.output() == live


def test_the_ledger_is_made_again_row_for_row(bench: Bench) -> None:
    bench.settle(bench.gate(limit=50))
    live = list(dump(bench.engine))

    clear(bench.engine)
    bench.store = GateStore(bench.engine)
    catch_up(bench.gate(limit=7, writer=Quiet()))

    assert list(dump(bench.engine)) == live


def test_what_is_half_brought_is_made_again_row_for_row(engine: Engine) -> None:
    bench = Bench(engine, by_event=BY_EVENT)
    bench.publish(policy_adopted(), *forms(), joined("dafsu"), backfill("dafsu", *EVER))
    bench.settle()
    live = list(dump(engine))

    clear(engine)
    bench.store = GateStore(engine)
    catch_up(bench.gate(limit=1, writer=Quiet()))

    assert bench.store.load().standing.bringing != ()
    assert list(dump(engine)) == live


def test_a_gate_that_brings_history_is_woken_until_it_is_through(bench: Bench) -> None:
    bench.publish(a_form(of=grades(Risk.STANDARD), incident="late", victim="late"))
    gate = bench.gate(limit=1)
    while gate.position < 2 + MANY + 2:
        gate.step(0.0)

    due = bench.store.next_due()
    assert due is not None
    assert due <= bench.store.load().standing.time  # type: ignore[operator]
    bench.settle(gate)
    assert bench.store.load().standing.bringing == ()


def test_what_others_were_answered_is_counted_as_before_when_history_comes_for_one(engine: Engine) -> None:
    bench = Bench(engine, by_event=BY_EVENT)
    kept_from = an_event(
        EventType.DECIDED_NOT_TO_SHARE,
        incident=internal("incident"),
        recipient="family-help",
        confirmed_by="p-second-2",
    )
    bench.publish(policy_adopted(), a_form(of=grades(Risk.HIGH, ChildrenLevel.EARLY_HELP)), kept_from)
    bench.publish(joined("dafsu"))
    bench.settle()
    before = summary(Ledger(engine), RECIPIENTS, Days())

    bench.publish(backfill("dafsu", *EVER))
    bench.settle()
    after = summary(Ledger(engine), RECIPIENTS, Days())

    assert before["owed_withheld"] == after["owed_withheld"] == {"family-help": {"restricted": 1}}
    assert (before["shared_with_nobody"]["total"], after["shared_with_nobody"]["total"]) == (1, 0)


def test_a_draft_is_tried_with_the_joinings_and_the_backfills_of_the_log(bench: Bench) -> None:
    bench.settle()
    replayer = Replayer(bench.log.reader, Ear(catalogue(), ROUTING_KEY), desk(BY_EVENT))

    *_, trial = replayer.replay(parse(STRICT.read_text()), 0)

    assert isinstance(trial, Trial)
    assert (trial.more, trial.fewer) == ((), ())
    assert {each.row: each.draft for each in trial.received}[("dafsu", "high-risk")] == MANY


def test_a_log_with_a_backfill_is_decided_today_as_it_was(bench: Bench) -> None:
    bench.settle()
    replayer = Replayer(bench.log.reader, Ear(catalogue(), ROUTING_KEY), desk(BY_EVENT))

    *_, compared = replayer.redecide()

    assert compared.differing == 0  # type: ignore[union-attr]


def test_nobody_is_named_before_they_joined(bench: Bench) -> None:
    bench.settle()

    said = [decode(value) for value in bench.output().decisions]
    first = next(each.offset for each in said if "dafsu" in {a.recipient for a in each.answers})
    assert first == MANY + 2
