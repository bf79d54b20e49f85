"""Keeps a set of processes running: whatever ends is started again, without limit.

Within a second, unless a program says that it can wait.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from services.runtime.clock import elapsed, rest

LOOK_SECONDS = 0.05
AGAIN_SECONDS = 0.5  # between two starts of one program, so that one that cannot start does not spin
PATIENCE_SECONDS = 8.0
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process to keep running; `environment` is added to this process's own.

    `longest_pause` is how many seconds may come to lie between two starts of a program that keeps ending: the
    pause doubles with each until then, and is short again once it ran for longer than that.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    output: Path
    longest_pause: float = AGAIN_SECONDS


class Supervisor:
    """Starts programs and starts them again. `on_change` is called whenever a process id changes.

    Children die with this process even if it is killed. All methods belong to the main thread.
    """

    def __init__(self, on_change: Callable[[Mapping[str, int]], None]) -> None:
        self._on_change = on_change
        self._programs: dict[str, Program] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._lasted: dict[str, float] = {}
        self.restarts = 0

    def start(self, programs: Sequence[Program]) -> None:
        """Start these programs and keep them running from now on."""
        for program in programs:
            self._programs[program.name] = program
            self._spawn(program)
        self._on_change(self.pids())

    def pids(self) -> dict[str, int]:
        """Return the process ids of now, by name."""
        return {name: process.pid for name, process in self._running.items()}

    def look(self) -> None:
        """Start again whatever has ended."""
        ended = [name for name, process in self._running.items() if process.poll() is not None]
        for name in ended:
            self._lasted.setdefault(name, self._since_start(name))
        due = [name for name in ended if self._since_start(name) >= self._pauses.get(name, AGAIN_SECONDS)]
        for name in due:
            self.restarts += 1
            self._pauses[name] = self._pause(name)
            self._spawn(self._programs[name])
        if due:
            self._on_change(self.pids())

    def watch(self, until: Callable[[], bool]) -> None:
        """Look again and again until told that it is enough."""
        while not until():
            self.look()
            rest(LOOK_SECONDS)

    def stop(self, last: Sequence[str] = ()) -> None:
        """End everything in order, the programs named `last` after the others; kill what takes too long."""
        first = [name for name in self._running if name not in last]
        for group in (first, [name for name in last if name in self._running]):
            _end([self._running.pop(name) for name in group])

    def _since_start(self, name: str) -> float:
        """Return the seconds since a program was last started."""
        return elapsed() - self._started[name]

    def _pause(self, name: str) -> float:
        """Return the seconds that must lie between the start that is due now and the next."""
        longest = self._programs[name].longest_pause
        if self._lasted.pop(name) > longest:
            return AGAIN_SECONDS
        return min(2 * self._pauses.get(name, AGAIN_SECONDS), longest)

    def _spawn(self, program: Program) -> None:
        program.output.parent.mkdir(parents=True, exist_ok=True)
        with open(program.output, "ab") as output:
            self._running[program.name] = _child(program, output)
        self._started[program.name] = elapsed()


def module(name: str, *rooms: str) -> list[str]:
    """Return the command line of one of our own services."""
    return [sys.executable, "-m", f"services.{name}", *rooms]


def _child(program: Program, output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(program.command),
        env={**os.environ, **program.environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
        process.send_signal(signal.SIGCONT)
    until = elapsed() + PATIENCE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, until - elapsed()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


_LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    _LIBC.prctl(DEATH_SIGNAL, signal.SIGKILL)
