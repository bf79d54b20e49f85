"""How the command publishes, against a door that is busy, gone, or picky."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from services.cli.client import System
from services.cli.publishing import Line, Result, Tally, publish, publish_lines
from services.cli.settling import Unsettled, settle
from services.runtime.certificates import issue
from tests.command_builders import a_system_of, listening, silence


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    issue(folder / "credentials", ("police", "dafsu"))
    return folder


def accepting(_count: int, body: str) -> tuple[int, dict[str, Any]]:
    events = json.loads(body)
    events = events if isinstance(events, list) else [events]
    results = [{"id": event["id"], "status": "accepted", "receipt": "r"} for event in events]
    return 200, {"results": results}


def an_event(number: int) -> dict[str, object]:
    return {"type": "CaseClosed", "id": f"e{number}", "occurred_at": "2024-09-02T09:00:00+01:00"}


def events(count: int, agency: str = "police") -> list[tuple[str, dict[str, object]]]:
    return [(agency, an_event(number)) for number in range(count)]


def test_every_event_is_answered_in_order(data: Path) -> None:
    told: list[Result] = []
    with listening(accepting, data) as (system, bodies):
        tally = publish(system, events(250), on_result=told.append)

    assert [result.id for result in told] == [f"e{number}" for number in range(250)]
    assert tally == Tally(accepted=250, duplicate=0, refused=0, unanswered=0)
    assert len(bodies) == 3


def test_each_agency_sends_its_own(data: Path) -> None:
    with listening(accepting, data) as (system, bodies):
        publish(system, [*events(2), *events(1, "dafsu"), *events(1)])

    assert [len(json.loads(body)) if body.startswith("[") else 1 for body in bodies] == [2, 1, 1]


def test_a_busy_door_gets_the_same_bytes_again(data: Path) -> None:
    def busy_twice(count: int, body: str) -> tuple[int, dict[str, Any]]:
        return (503, {"title": "busy"}) if count < 3 else accepting(count, body)

    with listening(busy_twice, data) as (system, bodies):
        tally = publish(system, events(2))

    assert tally.complete
    assert len(bodies) == 3
    assert len(set(bodies)) == 1


def test_a_lost_connection_is_made_again(data: Path) -> None:
    def lost_once(count: int, body: str) -> tuple[int, dict[str, Any]]:
        return (0, {}) if count == 1 else accepting(count, body)

    with listening(lost_once, data) as (system, bodies):
        tally = publish(system, events(1))

    assert tally.complete
    assert len(bodies) == 2


def test_an_event_without_an_answer_in_time_is_said_so(data: Path) -> None:
    with listening(lambda count, body: (503, {}), data) as (system, _):
        tally = publish(system, events(2), timeout=0.3)

    assert tally == Tally(accepted=0, duplicate=0, refused=0, unanswered=2)
    assert not tally.complete


def test_a_line_that_spoils_a_batch_is_refused_alone(data: Path) -> None:
    def picky(count: int, body: str) -> tuple[int, dict[str, Any]]:
        if "NaN" in body:
            return 422, {"title": "not JSON", "detail": "send JSON", "status": 422}
        return accepting(count, body)

    texts = (json.dumps(an_event(1)), '{"id": "e9", "n": NaN}', json.dumps(an_event(2)))
    lines = [Line.of("police", text) for text in texts]
    told: list[Result] = []
    with listening(picky, data) as (system, _):
        publish_lines(system, lines, on_result=told.append)

    assert [result.status for result in told] == ["accepted", "refused", "accepted"]
    assert told[1].reasons[0]["rule"] == "not JSON"


@pytest.mark.parametrize(
    "text", ['[{"id": "a"}]', "[]", '"a"', "7", "null", "{", '{"id": "a"}, {"id": "b"}', "[" * 100_000]
)
def test_a_line_that_is_no_json_object_is_refused_with_a_reason_and_never_sent(text: str, data: Path) -> None:
    lines = [Line.of("police", each) for each in (json.dumps(an_event(1)), text, json.dumps(an_event(2)))]
    told: list[Result] = []
    with listening(accepting, data) as (system, bodies):
        publish_lines(system, lines, on_result=told.append)

    assert [result.status for result in told] == ["accepted", "refused", "accepted"]
    assert set(told[1].reasons[0]) == {"pointer", "rule", "detail", "fix"}
    assert [json.loads(body)["id"] for body in bodies] == ["e1", "e2"]


def test_one_patience_is_spent_on_the_whole_file(data: Path) -> None:
    began = time.monotonic()
    with listening(lambda count, body: (503, {}), data) as (system, bodies):
        tally = publish(system, events(500), timeout=0.5)

    assert time.monotonic() - began < 1.5
    assert tally.unanswered == 500
    assert len(set(bodies)) == 1, "nothing is tried after what was not answered"


def test_time_in_which_the_door_answers_is_no_patience_spent(data: Path) -> None:
    def slow(count: int, body: str) -> tuple[int, dict[str, Any]]:
        time.sleep(0.2)
        return accepting(count, body)

    with listening(slow, data) as (system, _):
        tally = publish(system, events(500), timeout=0.5)

    assert tally.accepted == 500


def test_a_door_that_takes_the_call_and_says_nothing_is_not_waited_for_beyond_the_timeout(
    data: Path,
) -> None:
    began = time.monotonic()
    with silence() as url:
        tally = publish(System(url, data), events(2), timeout=0.5)

    assert time.monotonic() - began < 1.5
    assert tally.unanswered == 2


def test_settling_does_not_wait_for_a_silent_service_beyond_the_timeout(tmp_path: Path) -> None:
    began = time.monotonic()
    with silence() as url, pytest.raises(Unsettled):
        settle(a_system_of(tmp_path, url), timeout=0.5)

    assert time.monotonic() - began < 1.5


def test_a_service_that_cannot_say_how_far_it_has_come_is_waited_for(data: Path, tmp_path: Path) -> None:
    with listening(lambda count, body: (503, {}), data) as (away, _), pytest.raises(Unsettled) as told:
        settle(a_system_of(tmp_path, away.url), timeout=1.5)

    assert "ingest does not say how far it has come (status 503)" in str(told.value)


def test_a_service_that_says_again_how_far_it_has_come_is_at_rest(data: Path, tmp_path: Path) -> None:
    standing = {"service": "any", "behind": 0, "pending": 0, "ends": {"log": 3}, "next_wake": None}

    def away_at_first(count: int, body: str) -> tuple[int, dict[str, Any]]:
        return (503, {"title": "busy"}) if count < 10 else (200, standing)

    with listening(away_at_first, data) as (system, _):
        assert settle(a_system_of(tmp_path, system.url), timeout=10).ends == {"log": 3}


def test_where_time_cannot_move_on_every_line_is_told_unanswered(tmp_path: Path) -> None:
    told: list[Result] = []
    with silence() as url:
        system = a_system_of(tmp_path, url, simulated=True)
        later = {**an_event(3), "occurred_at": "2024-09-02T10:00:00+01:00"}
        items = [*events(2), ("police", later)]
        publish(system, items, at_their_times=True, on_result=told.append, timeout=0.3)

    assert [(result.id, result.status) for result in told] == [
        ("e0", "unanswered"), ("e1", "unanswered"), ("e3", "unanswered"),
    ]  # fmt: skip
    assert told[0].reasons[0]["rule"] == "not-at-rest"


def test_what_a_publisher_wrote_reaches_the_door_untouched(data: Path) -> None:
    text = '{"id": "a", "id": "b", "n": NaN}'
    with listening(lambda count, body: (422, {"detail": "no"}), data) as (system, bodies):
        publish_lines(system, [Line.of("police", text)])

    assert bodies == [text]
