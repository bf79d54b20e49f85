"""Today's code decides the log again beside the record, and says where it would have said otherwise."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.consent.commands import dump
from services.consent.flow.record import decode, encode
from services.consent.state.heard import Heard
from services.eventlog.records import Record
from services.eventlog.topics import DECISIONS
from services.runtime.database import engine_at
from services.vocabulary.grounds import Outcome, Reason
from services.vocabulary.risk import Risk
from tests.gate_builders import Bench, a_child, a_form, consent, grades, policy_adopted
from tests.office_builders import Office, trier

HIGH, MEDIUM = grades(Risk.HIGH), grades(Risk.MEDIUM)
HUB, AUDITOR, LEAD = ("police", "p-hub-1"), ("partnership", "p-partnership-2"), ("cedah", "p-cedah-1")
PATH = "/v1/decisions/redecided"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(engine_at(f"sqlite:///{tmp_path / 'gate.db'}"))


def redecided(bench: Bench) -> Mapping[str, Any]:
    *_, last = trier(bench).redecides()
    found: Mapping[str, Any] = last["result"]
    return found


def decided(bench: Bench, *events: Heard) -> None:
    bench.publish(policy_adopted(), *events)
    bench.settle()


def test_the_code_that_decided_a_log_says_the_same_again(bench: Bench) -> None:
    decided(
        bench,
        a_form(of=HIGH, pupils=[a_child("one")]),
        consent({"cedah": "given"}),
        a_form(of=MEDIUM),
        consent(withdraws=True),
        a_form(of=HIGH),
    )

    found = redecided(bench)

    assert (found["events"], found["differing"], found["differences"]) == (6, 0, [])
    assert found["versions"] == {str(found["decision_version"]): 6}


def test_what_was_decided_otherwise_is_named_with_what_was_said_and_what_would_be(bench: Bench) -> None:
    decided(bench, a_form(of=HIGH))

    found = redecided(_otherwise(bench))

    (difference,) = found["differences"]
    assert difference["recipient"] == "dafsu"
    assert difference["recorded"].startswith("deny by dafsu-high-risk, no-ground")
    assert difference["today"].startswith("permit by dafsu-high-risk, high-risk")


def test_one_difference_does_not_make_every_later_event_differ(bench: Bench) -> None:
    decided(
        bench, a_form(of=HIGH), a_form(of=HIGH, incident="another"), a_form(of=MEDIUM, incident="another")
    )

    assert redecided(_otherwise(bench))["differing"] == 1


def test_nothing_is_written(bench: Bench) -> None:
    decided(bench, a_form(of=HIGH))
    before = (list(dump(bench.engine)), bench.output())

    redecided(bench)

    assert (list(dump(bench.engine)), bench.output()) == before


@pytest.mark.parametrize(("who", "status"), [(HUB, 200), (AUDITOR, 200), (LEAD, 404)])
def test_it_is_for_the_hub_and_auditors(tmp_path: Path, who: tuple[str, str], status: int) -> None:
    office = Office(f"sqlite:///{tmp_path / 'office.db'}", tmp_path)
    office.bench.publish(a_form(of=HIGH))
    office.bench.settle()

    answer = office.ask(who, PATH)

    assert answer.status_code == status
    if status == 200:
        assert json.loads(answer.text.splitlines()[-1])["result"]["differing"] == 0


def _otherwise(bench: Bench) -> Bench:
    """Return a bench with the same log, on whose record dafsu was denied the first form."""
    found = Bench(bench.engine)
    for stored in bench.records("log"):
        found.log.writer().append("log", [Record(key=stored.key, value=stored.value)])
    for stored in bench.records(DECISIONS):
        decision = decode(stored.value)
        if decision.event_type == "VpaReviewed" and decision.offset == 1:
            answers = tuple(
                each._replace(
                    outcome=Outcome.DENY, ground=None, reason=Reason.NO_GROUND, sections=(), leaves=()
                )
                if each.recipient == "dafsu"
                else each
                for each in decision.answers
            )
            emits = tuple(each for each in decision.emits if each.recipient != "dafsu")
            decision = replace(decision, answers=answers, emits=emits)
        found.log.writer().append(DECISIONS, [Record(key=stored.key, value=encode(decision))])
    return found
