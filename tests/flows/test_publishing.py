"""How the command publishes, against a door that is busy, gone, or picky."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from services.cli.client import System
from services.cli.publishing import Line, Result, Tally, publish, publish_lines
from services.runtime.certificates import issue
from services.runtime.places import LOOPBACK

Door = Callable[[int, str], tuple[int, dict[str, Any]]]
"""What a door answers to its nth request: a status and a body."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    issue(folder / "credentials", ("police", "dafsu"))
    return folder


@contextmanager
def listening(door: Door, data: Path) -> Iterator[tuple[System, list[str]]]:
    bodies: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
            status, body = door(len(bodies), bodies[-1])
            if status == 0:
                self.close_connection = True
                return
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield System(f"http://{LOOPBACK}:{server.server_port}", data), bodies
    server.shutdown()
    server.server_close()


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
        try:
            return accepting(count, body)
        except ValueError:
            return 422, {"title": "not JSON", "detail": "send JSON", "status": 422}

    lines = [Line.of("police", text) for text in (json.dumps(an_event(1)), "{", json.dumps(an_event(2)))]
    told: list[Result] = []
    with listening(picky, data) as (system, _):
        publish_lines(system, lines, on_result=told.append)

    assert [result.status for result in told] == ["accepted", "refused", "accepted"]
    assert told[1].reasons[0]["rule"] == "not JSON"


def test_what_a_publisher_wrote_reaches_the_door_untouched(data: Path) -> None:
    text = '{"id": "a", "id": "b", "n": NaN}'
    with listening(lambda count, body: (422, {"detail": "no"}), data) as (system, bodies):
        publish_lines(system, [Line.of("police", text)])

    assert bodies == [text]
