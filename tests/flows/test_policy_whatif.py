"""A draft is tried on the log as it is: who would have been told what. Nothing is written, nobody is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from services.cli import trying
from services.cli.errors import CliError, NothingFound
from services.consent.commands import dump
from services.consent.keyring.trying import OneAtATime
from services.consent.state.heard import Heard
from services.eventlog.topics import DECISIONS, LOG, OPENINGS, topic_of
from services.runtime.certificates import issue
from services.runtime.database import engine_at
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.events import EventType
from services.vocabulary.risk import Risk
from tests.command_builders import Asked, answering
from tests.gate_builders import (
    STRICT,
    Bench,
    a_child,
    a_form,
    an_event,
    case,
    consent,
    grades,
    override,
    policy_adopted,
)
from tests.office_builders import Office, trier
from tests.policy_drafts import PRACTISED, draft, rule

MEDIUM, HIGH, STANDARD = grades(Risk.MEDIUM), grades(Risk.HIGH), grades(Risk.STANDARD)
WHATIF = "/v1/policy/whatif"
HUB_LEAD, PARTNERSHIP = ("police", "p-hub-1"), ("partnership", "p-partnership-1")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(engine_at(f"sqlite:///{tmp_path / 'gate.db'}"))


def told(bench: Bench, *events: Heard, text: str) -> Mapping[str, Any]:
    """Return what a draft would have done of these events, once the gate has decided them."""
    bench.publish(*events)
    bench.settle()
    *_, last = trier(bench).tries(text, 5)
    found: Mapping[str, Any] = last["result"]
    return found


def counted(rows: Iterable[Mapping[str, Any]], why: str) -> dict[tuple[str, str], int]:
    return {(row["recipient"], row[why]): row["count"] for row in rows}


def test_what_would_have_been_sent_and_was_not_is_counted_by_recipient_and_ground_with_examples(
    bench: Bench,
) -> None:
    first, second = (a_form(of=MEDIUM, incident=name) for name in ("one", "two"))

    found = told(bench, policy_adopted(), first, second, text=PRACTISED.read_text())

    assert found["more"] == [
        {
            "recipient": "cedah",
            "ground": "practice",
            "count": 2,
            "examples": [first.event_id, second.event_id],
        }
    ]
    assert found["fewer"] == found["withheld"] == []
    assert counted(found["withheld_in_fact"], "reason") == {("cedah", "no-ground"): 2}
    assert not found["lawful"]


def test_what_was_sent_and_would_not_have_been_is_counted_on_the_ground_it_was_sent_on(bench: Bench) -> None:
    text = draft(rule("cedah-medium-risk", grounds=["consent"]))

    found = told(bench, policy_adopted(), a_form(of=MEDIUM), override("cedah"), text=text)

    assert counted(found["fewer"], "ground") == {("cedah", "override"): 1}
    assert counted(found["withheld"], "reason") == {("cedah", "no-ground"): 1}
    assert found["more"] == []


def test_sections_shown_or_no_longer_shown_are_named(bench: Bench) -> None:
    text = draft(rule("dafsu-high-risk", sections=["incident", "facts", "victim", "contact", "children"]))

    found = told(bench, policy_adopted(), a_form(of=HIGH), text=text)

    (row,) = found["otherwise"]
    assert (row["recipient"], row["gained"]) == ("dafsu", "")
    assert row["lost"] == "dash, narrative, person_causing_harm"


def test_how_many_examples_are_named_is_what_was_asked_for(bench: Bench) -> None:
    forms = [a_form(of=MEDIUM, incident=f"incident {number}") for number in range(4)]
    bench.publish(policy_adopted(), *forms)
    bench.settle()

    *_, last = trier(bench).tries(PRACTISED.read_text(), 3)

    (row,) = last["result"]["more"]
    assert (row["count"], row["examples"]) == (4, [form.event_id for form in forms[:3]])


def a_month() -> list[Heard]:
    """Return events that decide incidents again: consent, its end, overrides, cases, reviews, corrections."""
    pupils = [a_child("one")]
    form = a_form(of=MEDIUM, pupils=pupils)
    return [
        policy_adopted(),
        a_form(EventType.VPA_RAISED, HIGH, pupils=pupils),
        form,
        consent({"cedah": "given", "cheshire-cares": "given"}),
        override("adult-social-care"),
        case(EventType.CASE_OPENED, "cedah"),
        consent(withdraws=True),
        a_form(of=STANDARD, pupils=pupils, incident="another", consent={"cheshire-cares": "given"}),
        an_event(EventType.TIME_PASSED, publisher="ingest"),
        a_form(EventType.VPA_CORRECTED, HIGH, corrects=form.event_id),
    ]


def test_under_the_policy_that_was_in_force_nothing_would_have_been_otherwise(bench: Bench) -> None:
    found = told(bench, *a_month(), text=STRICT.read_text())

    assert found["events"] == 10
    assert found["more"] == found["fewer"] == found["otherwise"] == []
    assert found["withheld"] == found["withheld_in_fact"]
    assert found["received"]
    assert all(row["draft"] == row["recorded"] for row in found["received"])


def test_the_draft_takes_the_place_of_every_adoption_from_the_first_one_on(bench: Bench) -> None:
    unadopted, adopted = a_form(of=HIGH, incident="before"), a_form(of=HIGH, incident="after")
    later = policy_adopted(text=STRICT.read_text() + "\n# later\n")

    found = told(bench, unadopted, policy_adopted(), adopted, later, text=draft(rule("own", grounds=["own"])))

    assert found["more"] == found["fewer"] == []
    received = {(row["recipient"], row["ground"]): row["draft"] for row in found["received"]}
    assert received["dafsu", "high-risk"] == 1


def test_an_event_that_is_not_decided_yet_is_left_out(bench: Bench) -> None:
    bench.publish(policy_adopted(), a_form(of=MEDIUM))
    bench.settle()
    bench.publish(a_form(of=MEDIUM, incident="waits"))

    *_, last = trier(bench).tries(PRACTISED.read_text(), 5)

    assert last["result"]["events"] == 2
    assert counted(last["result"]["more"], "ground") == {("cedah", "practice"): 1}


def test_how_far_it_is_is_told_after_each_batch(bench: Bench) -> None:
    bench.publish(policy_adopted(), a_form(of=MEDIUM))
    bench.settle()

    first, *_ = trier(bench).tries(STRICT.read_text(), 0)

    assert first == {"read": 2, "of": 2}


def test_nothing_is_written_anywhere(bench: Bench) -> None:
    bench.publish(*a_month(), a_form(of=MEDIUM, incident="withheld"))
    bench.settle()
    topics = (LOG, DECISIONS, OPENINGS, *map(topic_of, RECIPIENTS), "to.schools")
    before = [bench.records(topic) for topic in topics], list(dump(bench.engine))

    *_, last = trier(bench).tries(PRACTISED.read_text(), 5)

    assert last["result"]["more"]
    assert ([bench.records(topic) for topic in topics], list(dump(bench.engine))) == before


def test_one_draft_is_tried_at_a_time_and_who_goes_away_gives_the_turn_back(bench: Bench) -> None:
    bench.publish(policy_adopted())
    bench.settle()
    tries = trier(bench)
    first = tries.tries(STRICT.read_text(), 0)

    with pytest.raises(OneAtATime):
        tries.tries(STRICT.read_text(), 0)
    del first

    assert list(tries.tries(STRICT.read_text(), 0))


def test_a_log_that_goes_away_on_the_way_is_said_to_have(bench: Bench) -> None:
    bench.publish(policy_adopted())
    bench.settle()
    bench.log.stop()

    (line,) = trier(bench).tries(STRICT.read_text(), 0)

    assert line == {"problem": "the log did not answer to its end: send the same again"}


CALLERS = (HUB_LEAD, PARTNERSHIP, ("police", "p-hub-2"), ("police", "p-responder-3"), ("cedah", "p-cedah-1"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    found = Office(f"sqlite:///{tmp_path / 'office.db'}", tmp_path)
    found.bench.publish(a_form(of=MEDIUM))
    found.bench.settle()
    return found


@pytest.mark.parametrize("caller", [HUB_LEAD, PARTNERSHIP])
def test_the_hubs_lead_and_the_partnerships_office_are_answered_line_by_line(
    office: Office, caller: tuple[str, str]
) -> None:
    answer = office.ask(caller, WHATIF, {"text": PRACTISED.read_text()})

    progress, last = map(json.loads, answer.text.splitlines())
    assert progress == {"read": 2, "of": 2}
    assert counted(last["result"]["more"], "ground") == {("cedah", "practice"): 1}


@pytest.mark.parametrize("caller", CALLERS[2:])
def test_to_everybody_else_there_is_nothing_here(office: Office, caller: tuple[str, str]) -> None:
    assert office.ask(caller, WHATIF, {"text": STRICT.read_text()}).status_code == 404


def test_a_draft_that_cannot_be_applied_is_refused_with_every_reason(office: Office) -> None:
    text = draft(rule("dafsu-high-risk", to="nobody"), rule("cedah-medium-risk", sections=["everything"]))

    answer = office.ask(HUB_LEAD, WHATIF, {"text": text})

    assert answer.status_code == 422
    assert [reason["pointer"] for reason in answer.json()["reasons"]] == ["/text", "/text"]
    assert "`nobody`" in answer.json()["reasons"][0]["detail"]


@pytest.mark.parametrize(
    "body", [{"text": "x" * 300_000}, {"text": 7}, {}, {"text": "", "examples": 21}, {"text": "", "more": 1}]
)
def test_a_body_that_is_too_long_or_no_draft_is_refused(office: Office, body: Mapping[str, Any]) -> None:
    assert office.ask(HUB_LEAD, WHATIF, body).status_code == 422


def test_who_asks_while_another_draft_is_tried_is_told_to_come_back(office: Office) -> None:
    other = office.trier.tries(STRICT.read_text(), 0)

    assert office.ask(HUB_LEAD, WHATIF, {"text": STRICT.read_text()}).status_code == 503
    del other


RESULT: dict[str, Any] = {
    "draft": {"name": "draft", "version": 3, "hash": "f" * 64},
    "lawful": True,
    "events": 1234,
    "received": [{"recipient": "cedah", "ground": "consent", "draft": 5, "recorded": 3}],
    "more": [{"recipient": "cedah", "ground": "consent", "count": 2, "examples": ["e1", "e2"]}],
    "fewer": [],
    "otherwise": [],
    "withheld": [],
    "withheld_in_fact": [],
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    issue(folder / "credentials", ("police",))
    return folder


def test_the_command_asks_as_the_hub_and_returns_the_last_line(data: Path) -> None:
    with answering(lambda asked: (200, {"result": RESULT}), data) as (system, asked):
        found = trying.tried(system, "text", 4, lambda _: None)

    assert found == RESULT
    assert [(each.method, each.target, each.agency) for each in asked] == [
        ("POST", "/v1/policy/whatif", "police")
    ]
    assert json.loads(asked[0].body) == {"text": "text", "examples": 4}


def test_the_command_says_how_far_it_is_when_it_takes_long() -> None:
    said: list[str] = []
    lines: list[dict[str, Any]] = [{"read": 500, "of": 12_345}, {"result": RESULT}]

    assert trying.last(lines, said.append, every=0.0) == RESULT
    assert said == ["replayed 500 of 12,345 events"]
    assert trying.last(lines, said.append) == RESULT
    assert len(said) == 1


def test_the_command_says_what_went_wrong_on_the_way(data: Path) -> None:
    def nothing_here(_asked: Asked) -> tuple[int, dict[str, Any]]:
        return 404, {"detail": "there is nothing here for you: check the id"}

    with answering(nothing_here, data) as (system, _), pytest.raises(NothingFound, match="Hub's lead"):
        trying.tried(system, "text", 4, lambda _: None)
    with pytest.raises(CliError, match="did not answer"):
        trying.last([{"problem": "the log did not answer"}], lambda _: None)
    with pytest.raises(CliError, match="ended before"):
        trying.last([{"read": 1, "of": 2}], lambda _: None)


def test_what_is_printed_names_counts_and_examples() -> None:
    printed = list(trying.lines(RESULT))

    assert "these would have been sent, and were not:" in printed
    assert any(line.split() == ["cedah", "consent", "2", "e1,", "e2"] for line in printed)
    assert "these would not have been sent, and were: none" in printed
