"""Doors and services that the command calls, made of nothing but a socket: they say what a test wants."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt

from services.cli.client import System
from services.cli.settling import WATCHED
from services.runtime.clock import SharedClock, clock_path
from services.runtime.places import LOOPBACK

Door = Callable[[int, str], tuple[int, dict[str, Any]]]
"""What a door answers to its nth request: a status and a body."""


class Listener(ThreadingHTTPServer):
    """Whoever asked may be gone before the answer: that is no fault of the door's."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: what for, and as which agency."""

    method: str
    target: str
    agency: str
    body: str


@contextmanager
def answering(
    answer: Callable[[Asked], tuple[int, dict[str, Any]]], data: Path
) -> Iterator[tuple[System, list[Asked]]]:
    """Answer whatever the command asks, until the block ends; status 0 is a connection that breaks."""
    heard: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            heard.append(self._asked())
            status, body = answer(heard[-1])
            if status == 0:
                self.close_connection = True
                return
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def _asked(self) -> Asked:
            token = self.headers.get("authorization", "").removeprefix("Bearer ")
            said = jwt.decode(token, options={"verify_signature": False}) if token else {}
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            return Asked(method=self.command, target=self.path, agency=said.get("iss", ""), body=body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = Listener((LOOPBACK, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield System(f"http://{LOOPBACK}:{server.server_port}", data), heard
    server.shutdown()
    server.server_close()


@contextmanager
def listening(door: Door, data: Path) -> Iterator[tuple[System, list[str]]]:
    """Answer as a door does, by how many requests came before; yields the bodies as they come."""
    bodies: list[str] = []

    def answer(asked: Asked) -> tuple[int, dict[str, Any]]:
        bodies.append(asked.body)
        return door(len(bodies), asked.body)

    with answering(answer, data) as (system, _):
        yield system, bodies


@contextmanager
def silence() -> Iterator[str]:
    """The address of somebody who takes every call and never says a word."""
    with socket.create_server((LOOPBACK, 0), backlog=100) as listener:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"


def a_system_of(data: Path, url: str, *, simulated: bool = False) -> System:
    """A described system of which every service answers at one address."""
    SharedClock.start(clock_path(data), datetime(2024, 9, 1, tzinfo=UTC))
    described = {"url": url, "services": dict.fromkeys(WATCHED, url), "simulated": simulated}
    (data / "run" / "system.json").write_text(json.dumps(described))
    return System(url, data)
