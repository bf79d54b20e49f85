"""What the command asks of a running system, and as whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.audit import commands
from services.cli import operating, reading, redriving
from services.cli.errors import NothingFound, Refused
from services.runtime.certificates import issue
from tests.command_builders import Asked, answering


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    issue(folder / "credentials", ("police", "dafsu"))
    return folder


def nothing_here(_asked: Asked) -> tuple[int, dict[str, Any]]:
    return 404, {"title": "not found", "detail": "there is nothing here for you: check the id"}


def test_the_answer_for_one_recipient_is_asked_for_and_told_as_it_came(data: Path) -> None:
    every_other = {"event_id": "e", "incident": None, "decisions": [{"recipient": "school:*"}]}
    with answering(lambda asked: (200, every_other), data) as (system, asked):
        found = reading.explanation(system, "EX/1", "school:900159")

    assert asked[0].target == "/v1/events/EX%2F1/explanation?to=school%3A900159"
    assert found == every_other


def test_a_recipient_of_whom_nothing_is_decided_is_said_to_be_none(data: Path) -> None:
    with answering(nothing_here, data) as (system, _), pytest.raises(NothingFound) as told:
        reading.explanation(system, "EX-1", "nobody")

    assert "`EX-1` for `nobody`" in str(told.value)


def test_of_a_release_whatever_may_be_opened_is_asked_for(data: Path) -> None:
    row = {"release_id": "r", "sections": ["incident", "facts", "victim"]}
    still = {"incident": {"reference": "EX-1"}}
    with answering(lambda asked: (200, {"sections": still}), data) as (system, asked):
        opened = reading.opened(system, row, "safety planning", "dafsu")

    assert json.loads(asked[0].body) == {"release_id": "r", "purpose": "safety planning"}
    assert opened["sections"] == still


def test_a_release_of_which_nothing_may_be_opened_is_empty(data: Path) -> None:
    with answering(nothing_here, data) as (system, _):
        opened = reading.opened(system, {"release_id": "r", "sections": ["facts"]}, "why", "dafsu")

    assert opened["sections"] == {}


@pytest.mark.parametrize(("recipient", "caller"), [("dafsu", "dafsu"), (None, "police")])
def test_a_recipients_bundle_is_asked_for_by_itself_and_the_record_by_the_hub(
    data: Path, tmp_path: Path, recipient: str | None, caller: str
) -> None:
    with answering(nothing_here, data) as (system, asked), pytest.raises(Refused):
        commands.export(system, tmp_path / "bundle", recipient)

    assert [each.agency for each in asked] == [caller]


STUCK = {"event_id": "e9", "offset": 9, "recipient": "dafsu", "reason": "rule-error"}


def operators_answers(asked: Asked) -> tuple[int, dict[str, Any]]:
    """Answer as a system in which nothing is set aside, and two events, a page each, could not be decided."""
    if "/v1/ledger/undecided?after=more" in asked.target:
        return 200, {"rows": [{**STUCK, "event_id": "e10"}], "next": None}
    if "/v1/ledger/undecided" in asked.target:
        return 200, {"rows": [STUCK], "next": "more"}
    return 200, {"records": []}


def test_what_the_gate_could_not_decide_is_among_the_dead_to_the_last_page(data: Path) -> None:
    with answering(operators_answers, data) as (system, _):
        found = operating.dead(system)

    assert [(row["reader"], row["topic"], row["event_id"]) for row in found] == [
        ("gate", "log", "e9"),
        ("gate", "log", "e10"),
    ]


def test_what_the_gate_could_not_decide_is_not_read_again(data: Path) -> None:
    with answering(operators_answers, data) as (system, _):
        assert redriving.tried(system, None, None) == []
