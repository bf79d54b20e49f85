"""`sightline demo`: the main job, seen from outside.

1. Start a broker and every service on a fresh directory, on simulated time.  2. Play a synthetic September
2024 for Cheshire East through the doors.  3. Ask the services what became of it and print their answers.
4. Leave the console running until Ctrl-C, or with DEMO_EXIT=1 stop everything and end.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import FrameType
from typing import IO

from services.cli.answers import ask
from services.cli.client import System
from services.cli.errors import CliError
from services.cli.playing import play
from services.cli.show import progress
from services.runtime.clock import elapsed
from services.runtime.partnership import Partnership
from services.runtime.places import DEMO_PARTNERSHIP, ROOT
from services.runtime.processes import die_with_parent
from services.synthetic.actors import Schools
from services.synthetic.dated import Dated
from services.synthetic.month import first_moment, month
from services.synthetic.printout import Answers

TOLD_EVERY_SECONDS = 2.0
STOP_SECONDS = 30.0
MONTHS = {"2024-09": (date(2024, 9, 1), date(2024, 9, 30))}


class Unsound(CliError):
    """What was printed does not hold together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to demonstrate. `data` None: a directory of its own under var, removed afterwards."""

    seed: int
    month: str
    data: Path | None
    stay: bool


def demo(wanted: Wanted, tell: Callable[[Answers], None]) -> None:
    """Run the demo and tell the answers, before it stays for whoever wants to look around.

    Raises Unsound when children do not add up, the record fails or somebody is at rest.
    """
    if wanted.month not in MONTHS:
        raise CliError(f"`{wanted.month}` is no month we have: choose {', '.join(MONTHS)}")
    signal.signal(signal.SIGTERM, _interrupted)
    events = month(wanted.seed, Partnership.load(DEMO_PARTNERSHIP))
    with directory(wanted.data) as data, running(data) as system:
        answers = played(system, events, wanted.seed, *MONTHS[wanted.month])
        tell(answers)
        if wanted.stay:
            _wait()
    if not answers.sound:
        raise Unsound("the demo's own figures do not hold: read what it printed")


def played(system: System, events: Sequence[Dated], seed: int, first: date, last: date) -> Answers:
    """Play events on a simulated system and return what its services answer."""
    schools = Schools(seed=seed, urns=[school.urn for school in system.partnership.schools])
    with Telling() as telling:
        play(system, events, schools, telling.say)
        telling.say(1.0, "asking the services what became of it")
        return ask(system, events, first, last, lambda text: telling.say(1.0, text))


@contextmanager
def running(data: Path) -> Iterator[System]:
    """Run `sightline up` on a directory, with simulated time, until the block ends."""
    command = [sys.executable, "-m", "services.cli", "up", "--data", str(data), "--port", "0"]
    command += ["--simulate-from", first_moment().isoformat()]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    try:
        yield System(_url(process), data)
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise CliError("sightline up did not become ready: read above, and give --data to keep its logs")
    return str(json.loads(line)["url"])


@contextmanager
def directory(given: Path | None) -> Iterator[Path]:
    """Yield a fresh directory: the one given, or one of our own that goes afterwards, however it ends.

    It holds keys: what failed is looked at again on a directory that somebody gave.
    """
    if given is not None:
        if given.exists() and any(given.iterdir()):
            raise CliError(f"`{given}` is not empty: the demo needs a fresh directory")
        yield given.resolve()
        return
    (ROOT / "var").mkdir(exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix="demo-", dir=ROOT / "var"))
    try:
        yield own
    finally:
        shutil.rmtree(own)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait() -> None:
    progress("Ctrl-C stops everything")
    with suppress(KeyboardInterrupt):
        while True:
            signal.pause()


class Telling:
    """Shows how far the month is: a bar on a terminal, else a line now and then."""

    def __init__(self, out: IO[str] | None = None) -> None:
        self._out = out or sys.stderr
        self._told = elapsed()
        self._bar: object = None

    def __enter__(self) -> Telling:
        """Begin to show."""
        if self._out.isatty():
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(file=self._out), transient=True)
            bar.start()
            self._bar = (bar, bar.add_task("September", total=1.0))
        return self

    def __exit__(self, *_: object) -> None:
        """Stop showing."""
        if isinstance(self._bar, tuple):
            self._bar[0].stop()

    def say(self, done: float, text: str) -> None:
        """Tell how much is done, from 0 to 1, and what the time is there."""
        if isinstance(self._bar, tuple):
            bar, task = self._bar
            bar.update(task, completed=done, description=text)
        elif elapsed() - self._told >= TOLD_EVERY_SECONDS:
            self._told = elapsed()
            progress(f"{done:4.0%}  {text}")
