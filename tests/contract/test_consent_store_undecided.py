"""What the gate could not decide stands in a list until it is decided, and is the same when made again."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from services.consent import commands
from services.consent.worker.gate import Gate
from services.eventlog.keys import name_token
from services.eventlog.records import Record
from services.eventlog.topics import LOG
from services.runtime.database import engine_at
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_name
from services.vocabulary.risk import Risk
from tests.gate_builders import Bench, a_form, an_event, case, grades, internal, policy_adopted
from tests.office_builders import AUDITOR, HUB, LEAD, MATCH_KEY, PRACTITIONER, Office

HIGH = grades(Risk.HIGH)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Office:
    made = Office(database_url, tmp_path)
    made.bench.settle()
    return made


def failing_for(bench: Bench, recipient: str) -> Gate:
    """Return a gate whose rules fail for one recipient."""
    gate = bench.gate()
    known = gate._on.desk.alias

    def failing(internal_id: str, kind: Any, to: str) -> str:
        if to == recipient:
            raise ArithmeticError
        return known(internal_id, kind, to)

    object.__setattr__(gate._on.desk, "alias", failing)
    return gate


def undecided(office: Office, who: tuple[str, str] = HUB, query: str = "") -> list[dict[str, Any]]:
    found = office.ask(who, f"/v1/ledger/undecided{query}")
    assert found.status_code == 200, found.text
    return list(found.json()["rows"])


def spoilt(bench: Bench, text: bytes = b"noise") -> None:
    """Append a record that is no event, and let the gate read it."""
    bench.log.writer().append(LOG, [Record(key=text, value=text)])
    bench.settle()


def test_where_everything_could_be_decided_nothing_stands_there(office: Office) -> None:
    office.bench.publish(a_form(of=HIGH))
    office.bench.settle()

    assert undecided(office) == []


def test_what_cannot_be_read_stands_there_by_its_place_in_the_log(office: Office) -> None:
    spoilt(office.bench)

    (row,) = undecided(office)

    assert (row["event_type"], row["offset"], row["recipient"], row["reason"]) == (
        "unreadable",
        1,
        None,
        "unreadable",
    )


def test_a_rule_that_failed_stands_there_for_that_recipient_alone(office: Office) -> None:
    form = a_form(of=HIGH)
    office.bench.publish(form)
    office.bench.settle(failing_for(office.bench, "dafsu"))

    rows = undecided(office)

    assert [(row["event_id"], row["offset"], row["recipient"], row["reason"]) for row in rows] == [
        (form.event_id, 1, "dafsu", "rule-error")
    ]


def test_what_is_decided_after_all_leaves_the_list(office: Office) -> None:
    office.bench.publish(a_form(of=HIGH))
    office.bench.settle(failing_for(office.bench, "dafsu"))
    office.bench.publish(case(EventType.CASE_OPENED, "cedah"))
    office.bench.settle()

    assert undecided(office) == []


def test_a_later_form_takes_the_place_of_one_on_which_a_rule_failed(office: Office) -> None:
    office.bench.publish(a_form(of=HIGH))
    office.bench.settle(failing_for(office.bench, "dafsu"))
    office.bench.publish(a_form(of=grades(Risk.STANDARD)))
    office.bench.settle()

    assert undecided(office) == []


def test_news_on_which_a_rule_fails_stands_there_too(office: Office) -> None:
    form = a_form(of=grades(Risk.MEDIUM))
    office.bench.publish(form)
    office.bench.settle()
    office.bench.publish(
        an_event(EventType.OVERRIDE_RECORDED, incident=internal("incident"), recipient="cedah")
    )
    office.bench.settle(failing_for(office.bench, "cedah"))

    assert {(row["event_id"], row["recipient"]) for row in undecided(office)} >= {(form.event_id, "cedah")}


def test_an_event_that_came_before_any_policy_stands_there_and_that_time_passed_does_not(
    database_url: str,
) -> None:
    bench = Bench(engine_at(database_url))
    form, tick = a_form(of=HIGH), an_event(EventType.TIME_PASSED, publisher="ingest")
    bench.publish(form, tick)
    bench.settle()

    rows = [line for line in commands.dump(bench.engine) if "consent_undecided" in line]

    assert len(rows) == 1
    assert form.event_id in rows[0]
    assert "no-policy" in rows[0]


def test_the_latest_stands_first_on_request(office: Office) -> None:
    for text in (b"one", b"two", b"three"):
        spoilt(office.bench, text)

    assert [row["offset"] for row in undecided(office, query="?order=newest")] == [3, 2, 1]
    assert [row["offset"] for row in undecided(office, AUDITOR, "?limit=2")] == [1, 2]


@pytest.mark.parametrize("who", [LEAD, PRACTITIONER, ("partnership", "p-partnership-1")])
def test_it_is_absent_for_everybody_who_does_not_operate(office: Office, who: tuple[str, str]) -> None:
    assert office.ask(who, "/v1/ledger/undecided").status_code == 404


def test_an_operator_is_not_shown_what_is_about_themselves(office: Office) -> None:
    office.bench.publish(a_form(of=HIGH))
    office.bench.settle(failing_for(office.bench, "dafsu"))
    _is_the_victim(office, HUB[1])

    assert undecided(office) == []
    assert len(undecided(office, AUDITOR)) == 1


@pytest.mark.parametrize("limit", [1, 3, 500])
def test_made_again_it_is_the_same_row_for_row(database_url: str, limit: int) -> None:
    bench = Bench(engine_at(database_url))
    bench.publish(a_form(of=HIGH, incident="before"), policy_adopted(), a_form(of=HIGH, incident="one"))
    bench.settle(failing_for(bench, "dafsu"))
    spoilt(bench)
    bench.publish(a_form(of=HIGH, incident="two"))
    bench.settle(failing_for(bench, "dafsu"))
    bench.publish(a_form(of=grades(Risk.STANDARD), incident="two"))
    bench.settle()
    bench.publish(an_event(EventType.EXPECTATION_MET, publisher="dafsu", answers="f" * 32))
    bench.settle()
    live = _dumped(bench.engine)

    commands.clear(bench.engine)
    bench.settle(bench.gate(limit=limit))

    assert len([line for line in live if "consent_undecided" in line]) == 3
    assert len([line for line in live if "consent_met" in line]) == 1
    assert _dumped(bench.engine) == live


def _dumped(engine: Engine) -> list[str]:
    return list(commands.dump(engine))


def _is_the_victim(office: Office, person: str) -> None:
    born = date(1988, 2, 3)
    mark = match_on_name("Verimberlyn", "Keenquillerton", born)
    assert mark is not None
    office.keys.add_tokens({internal("victim"): [name_token(MATCH_KEY, mark)]})
    office.changed[person] = {"name": "Verimberlyn Keenquillerton", "date_of_birth": born}
