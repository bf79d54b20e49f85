"""Each thing that can fail, made to fail: it withholds or waits, says so, is on record, and shows nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from services.consent.api.answering import store_away
from services.consent.flow.record import decode
from services.consent.state.heard import Heard
from services.consent.worker.alarms import ALARMS
from services.consent.worker.gate import Gate
from services.eventlog.records import Record
from services.eventlog.topics import LOG, OPENINGS
from services.runtime import telemetry
from services.runtime.database import engine_at, writing
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome
from services.vocabulary.risk import Risk
from tests.gate_builders import Bench, a_form, an_event, grades, policy_adopted, sealed
from tests.office_builders import Office

HIGH = grades(Risk.HIGH)
TO_CEDAH = {"cedah": "given"}


@pytest.fixture
def engine(database_url: str) -> Engine:
    return engine_at(database_url)


@pytest.fixture
def bench(engine: Engine) -> Bench:
    return Bench(engine)


def suspended(recipient: str) -> Heard:
    return an_event(EventType.RECIPIENT_SUSPENDED, publisher="partnership", named=(recipient,))


@contextmanager
def alarm(name: str, *, times: int = 1) -> Iterator[None]:
    """Expect that an alarm sounds so often while the block runs."""
    counter = telemetry.counter(f"gate_{name}", f"Events of which one {ALARMS[name]}")
    before = counter._value.get()
    yield
    assert counter._value.get() - before == times


def everybody_is_denied(bench: Bench, reason: str) -> bool:
    """Say whether the last event reached nobody at all, for that reason, and a record says so."""
    decision = decode(bench.output().decisions[-1])
    denied = all(each.outcome is Outcome.DENY for each in decision.answers)
    return denied and {each.reason for each in decision.answers} == {reason} and decision.emits == ()


def test_no_policy_adopted_releases_nothing_and_sounds(bench: Bench) -> None:
    bench.publish(a_form(of=HIGH))

    with alarm("no_policy"):
        bench.settle()

    assert everybody_is_denied(bench, "unclassified")


def test_that_time_passed_before_any_policy_was_nothing_to_decide(bench: Bench) -> None:
    bench.publish(an_event(EventType.TIME_PASSED, publisher="ingest"), policy_adopted())

    with alarm("no_policy", times=0):
        bench.settle()


def test_what_is_no_event_releases_nothing_and_sounds(bench: Bench) -> None:
    bench.publish(policy_adopted())
    bench.log.writer().append(LOG, [Record(key=b"x", value=b"noise")])

    with alarm("unreadable"):
        bench.settle()

    assert everybody_is_denied(bench, "unclassified")


def test_facts_of_a_version_the_gate_does_not_know_release_nothing_and_sound(bench: Bench) -> None:
    record = sealed(a_form(of=HIGH))
    bench.publish(policy_adopted())
    unknown = record.value.replace(b"facts/2", b"facts/9")
    assert unknown != record.value
    bench.log.writer().append(LOG, [Record(key=record.key, value=unknown)])

    with alarm("unreadable"):
        bench.settle()

    assert everybody_is_denied(bench, "unclassified")


@pytest.mark.parametrize(("ends_on", "times"), [("9999-12-31", 1), ("9999-12-30", 0), ("2025-06-30", 0)])
def test_a_day_after_which_there_is_none_is_not_read_and_the_next_event_is_decided(
    bench: Bench, ends_on: str, times: int
) -> None:
    signed = an_event(
        EventType.AGREEMENT_SIGNED, publisher="partnership", named=("dafsu",), agreement="isa-1"
    )
    bench.publish(policy_adopted())
    bench.log.writer().append(LOG, [sealed(signed, ends_on=ends_on), sealed(a_form(of=HIGH))])

    with alarm("unreadable", times=times):
        bench.settle()

    assert "dafsu" in bench.output().releases


def test_a_rule_that_raises_withholds_from_that_recipient_alone_and_sounds(bench: Bench) -> None:
    bench.publish(policy_adopted(), a_form(of=HIGH))
    gate = failing_for(bench, "dafsu")

    with alarm("rule_errors"):
        bench.settle(gate)

    answers = {each.recipient: each for each in decode(bench.output().decisions[-1]).answers}
    assert (answers["dafsu"].outcome, answers["dafsu"].reason) == (Outcome.DENY, "rule-error")
    assert answers["police"].outcome is Outcome.PERMIT
    assert "dafsu" not in bench.output().releases


def test_a_key_store_that_is_down_shows_nothing_says_to_come_back_and_sounds(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    office = Office(database_url, tmp_path)
    office.bench.publish(a_form(of=HIGH))
    office.bench.settle()
    release = office.bench.output().releases["police"][-1].release_id
    with writing(engine) as conn:
        conn.execute(text("ALTER TABLE keys_person RENAME TO keys_away"))

    before = store_away()._value.get()

    answer = office.ask(
        ("police", "p-hub-1"), "/v1/open", {"release_id": release, "purpose": "Safety planning"}
    )

    assert answer.status_code == 503
    assert store_away()._value.get() - before == 1
    assert answer.headers["retry-after"]
    assert office.bench.records(OPENINGS) == []


def test_danger_that_is_held_back_from_whoever_is_suspended_sounds(bench: Bench) -> None:
    bench.publish(policy_adopted(), suspended("dafsu"), a_form(of=HIGH))

    with alarm("danger_held_back"):
        bench.settle()


def test_what_says_no_danger_waits_for_whoever_is_suspended_and_is_no_alarm(bench: Bench) -> None:
    bench.publish(policy_adopted(), suspended("cedah"), a_form(of=grades(Risk.MEDIUM), consent=TO_CEDAH))

    with alarm("danger_held_back", times=0):
        bench.settle()


def test_danger_that_everybody_owed_it_hears_of_is_no_alarm_whoever_else_is_suspended(bench: Bench) -> None:
    bench.publish(policy_adopted(), suspended("cedah"), a_form(of=HIGH))

    with alarm("danger_held_back", times=0):
        bench.settle()


def failing_for(bench: Bench, recipient: str) -> Gate:
    """Return a gate whose aliases fail for one recipient."""
    gate = bench.gate()
    known = gate._on.desk.alias

    def failing(internal_id: str, kind: object, to: str) -> str:
        if to == recipient:
            raise ArithmeticError
        return known(internal_id, kind, to)  # type: ignore[arg-type]

    object.__setattr__(gate._on.desk, "alias", failing)
    return gate
