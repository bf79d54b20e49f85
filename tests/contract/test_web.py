"""What every service's HTTP side promises, asked over a real socket."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from services.cli.client import Answer, connect, exchange
from services.runtime.places import LOOPBACK
from services.runtime.ports import free_port, listening
from services.runtime.web import LARGEST_BODY_BYTES
from tests.system import eventually

SERVICE = """
import asyncio
from fastapi import Request
from services.runtime import telemetry
from services.runtime.clock import rest
from services.runtime.settings import Settings
from services.runtime.web import Standing, create_app, serve

settings = Settings.load()
telemetry.setup("sample", settings)
stopped = []
app = create_app("sample", settings, ready=lambda: True,
                 standing=lambda: Standing(service="sample", behind=1, pending=2, ends={"log": 3}))

@app.post("/length")
async def length(request: Request) -> int:
    return len(await request.body())

@app.post("/typed")
async def typed(number: int) -> int:
    return number

@app.post("/fault")
async def fault() -> None:
    raise RuntimeError("Quenivaldra Thornwickle")

@app.post("/stop")
async def stop() -> None:
    stopped.append(True)

def work() -> None:
    while not stopped:
        rest(0.01)
    raise RuntimeError("Quenivaldra Thornwickle")

serve(app, settings, work)
"""


class Service:
    """A running process with one route of each kind."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.log = data / "log"
        environment = {"SIGHTLINE_DATA": str(data), "SIGHTLINE_PORT": str(self.port)}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([sys.executable, "-c", SERVICE], env=environment, stderr=log)
        eventually(lambda: listening(self.port))

    def ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        return exchange(connect(self.url), method, path, body, {})


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    running = Service(tmp_path_factory.mktemp("service"))
    yield running
    running.process.kill()
    running.process.wait()


def test_an_address_with_one_slash_more_is_not_there(service: Service) -> None:
    answer = service.ask("GET", "/readyz/")

    assert answer.status == 404


def test_health_readiness_metrics_and_standing_are_answered(service: Service) -> None:
    statuses = [
        service.ask("GET", path).status for path in ("/healthz", "/readyz", "/metrics", "/v1/standing")
    ]

    assert statuses == [200, 200, 200, 200]
    assert service.ask("GET", "/v1/standing").json() == {
        "service": "sample", "behind": 1, "pending": 2, "ends": {"log": 3}, "positions": {},
        "next_wake": None, "waits": None,
    }  # fmt: skip


def test_the_metrics_say_how_far_the_service_has_come_though_nobody_asked_for_its_standing(
    service: Service,
) -> None:
    lines = service.ask("GET", "/metrics").body.decode().splitlines()

    assert {"sightline_behind 1.0", "sightline_pending 2.0"} <= set(lines)


def test_a_body_up_to_the_bound_is_read(service: Service) -> None:
    assert service.ask("POST", "/length", b"x" * LARGEST_BODY_BYTES).json() == LARGEST_BODY_BYTES


def announced(service: Service, size: int, **headers: str) -> http.client.HTTPConnection:
    """Return a connection on which a body is announced and none of it sent."""
    connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=10)
    connection.putrequest("POST", "/length")
    connection.putheader("content-length", str(size))
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection


def test_a_body_announced_as_too_long_is_refused_though_it_never_comes(service: Service) -> None:
    assert announced(service, 50 * 1024 * 1024).getresponse().status == 413


def test_who_asks_before_sending_too_much_is_told_at_once(service: Service) -> None:
    began = time.monotonic()
    connection = announced(service, 50 * 1024 * 1024, expect="100-continue")

    assert connection.getresponse().status == 413
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
@pytest.mark.parametrize("megabytes", [3, 50])
def test_who_sends_too_much_hears_why(service: Service, megabytes: int, connection: str) -> None:
    asking = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=10)
    asking.request("POST", "/length", body=b"x" * megabytes * 1024 * 1024, headers={"connection": connection})

    answer = asking.getresponse()

    said = json.loads(answer.read())
    assert (answer.status, said["status"], said["results"]) == (413, 413, [])
    assert [(reason["pointer"], reason["rule"]) for reason in said["reasons"]] == [("", "size")]
    assert set(said["reasons"][0]) == {"pointer", "rule", "detail", "fix"}


def test_a_body_that_turns_out_too_long_is_refused(service: Service) -> None:
    connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=10)
    chunks = (b"x" * 65536 for _ in range(LARGEST_BODY_BYTES // 65536 + 1))
    connection.request("POST", "/length", body=chunks, encode_chunked=True)

    assert connection.getresponse().status == 413


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/typed?number=x", 422), ("/fault", 500)])
def test_what_goes_wrong_is_told_as_problem_details(service: Service, path: str, status: int) -> None:
    answer = service.ask("POST", path, b"")

    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert answer.json()["status"] == status


def test_what_an_exception_says_is_neither_told_nor_logged(service: Service) -> None:
    answer = service.ask("POST", "/fault", b"")

    assert b"Quenivaldra" not in answer.body
    assert "RuntimeError" in service.log.read_text()
    assert "Quenivaldra" not in service.log.read_text()


def test_every_answer_forbids_keeping_framing_and_saying_where_one_came_from(service: Service) -> None:
    connection = connect(service.url)
    connection.request("GET", "/healthz")
    headers = connection.getresponse().headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_a_worker_that_fails_ends_the_process_without_saying_what_it_read(tmp_path: Path) -> None:
    service = Service(tmp_path)

    with contextlib.suppress(http.client.HTTPException, ConnectionError):  # it may end before it answers
        service.ask("POST", "/stop", b"")

    assert service.process.wait(10) == 1
    line = json.loads(service.log.read_text().splitlines()[-1])
    assert line["message"].startswith("a worker stopped: RuntimeError")
    assert "Quenivaldra" not in service.log.read_text()


def test_a_told_process_stops_at_once(tmp_path: Path) -> None:
    service = Service(tmp_path)
    began = time.monotonic()

    service.process.terminate()

    assert service.process.wait(10) == 0
    assert time.monotonic() - began < 2
