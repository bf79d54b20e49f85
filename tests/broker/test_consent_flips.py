"""However often consent is given and withdrawn, whatever is killed: nothing forbidden, nothing missing."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import pytest

from services.cli.client import System
from services.cli.errors import CliError
from services.cli.publishing import Result, publish, settle
from services.cli.reading import inbox
from services.eventlog.envelope import Release
from services.eventlog.ids import event_id
from services.runtime.secrets import Secrets
from tests.flips import TO, Receipts, Step, expected, owed_to_others, steps
from tests.refolding import gaps, released
from tests.storm import PARTNERSHIP, pauses, storm
from tests.system import Running, running_system, sized

FLIPS = sized(240, 20_000)
INCIDENTS = sized(20, 300)
AT_ONCE = 20
RANDOM_EACH, AIMED_EACH = sized(1, 6), sized(1, 6)
SEED = 20_240_914
PATIENCE_SECONDS, SETTLE_SECONDS = 600.0, 600.0
STOPPED_SECONDS, BETWEEN_STOPS = (0.3, 1.5), (1.0, 5.0)
REST_EVERY, REST_SECONDS = 4, 5.0
STOPPED = ("gate", "keyring")
SHOWN_NOTHING = {HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.BAD_GATEWAY}

pytestmark = [pytest.mark.long, pytest.mark.timeout(sized(600, 5_400))]


@dataclass
class Attempts:
    """Openings asked for after a withdrawal had its receipt: how many, and those that showed something."""

    made: int = 0
    shown: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flipped:
    """A settled system after all flips: what was told, every answer, the recipient's inbox, what was sent to
    anybody, the attempts.
    """

    told: tuple[Step, ...]
    results: tuple[Result, ...]
    rows: tuple[dict[str, Any], ...]
    sent: tuple[Release, ...]
    name_of: dict[str, str]
    attempts: Attempts
    stops: int


@pytest.fixture(scope="module")
def flipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flipped]:
    print(f"seed of the flips: {SEED}")
    told = steps(INCIDENTS, FLIPS, SEED)
    attempts, receipts, results = Attempts(), Receipts(), list[Result]()
    with running_system(tmp_path_factory.mktemp("flips"), environment=pauses()) as running:
        id_key = Secrets.load(running.settings).id
        name_of = {event_id(id_key, "police", step.event["id"]): step.event["id"] for step in told}
        incident_of = {step.event["id"]: step.incident for step in told}
        with (
            storm(running, SEED, random_each=RANDOM_EACH, aimed_each=AIMED_EACH) as weather,
            stopping(running) as stops,
            opening(running, receipts, attempts, lambda row: incident_of[name_of[row["event_id"]]]),
        ):
            _publish(running, told, receipts, results, attempts)
        settle(System(running.url, running.data), SETTLE_SECONDS)
        print(
            f"killed: {dict(weather.random_kills)}, aimed: {dict(weather.aimed_kills)}, stopped: {stops[0]}"
        )
        yield Flipped(
            told=tuple(told),
            results=tuple(results),
            rows=tuple(inbox(System(running.url, running.data), TO)),
            sent=tuple(released(running.settings, PARTNERSHIP)),
            name_of=name_of,
            attempts=attempts,
            stops=stops[0],
        )


def test_every_flip_was_accepted_and_the_weather_was_bad(flipped: Flipped) -> None:
    assert {result.status for result in flipped.results} <= {"accepted", "duplicate"}
    assert len({result.id for result in flipped.results}) == INCIDENTS + FLIPS
    assert flipped.stops > 0


def test_nothing_forbidden_was_released_and_nothing_owed_is_missing(flipped: Flipped) -> None:
    incident_of = {step.event["id"]: step.incident for step in flipped.told}
    assert {(row["ground"], row["event_id"] in flipped.name_of) for row in flipped.rows} == {
        ("consent", True)
    }
    sent: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in flipped.rows:
        about = incident_of[flipped.name_of[row["event_id"]]]
        sent[about].append((row["kind"], flipped.name_of[row["cause"]]))

    assert {key: rows for key, rows in expected(flipped.told).items() if rows} == dict(sent)


def test_nothing_went_to_anybody_but_who_is_owed_it(flipped: Flipped) -> None:
    """The policy adopted before the first flip is no form: the partnership's office has it, alone."""
    name_of = flipped.name_of
    others = [each for each in flipped.sent if each.recipient != TO]
    about = [each for each in others if each.event_id in name_of]

    assert {each.recipient for each in others if each.event_id not in name_of} <= {"partnership"}
    assert Counter(
        (one.recipient, one.ground, one.kind.value, name_of[one.event_id], name_of.get(one.cause, one.cause))
        for one in about
    ) == Counter(owed_to_others(flipped.told))


def test_the_inbox_holds_all_that_was_sent_to_it(flipped: Flipped) -> None:
    sent = {each.release_id for each in flipped.sent if each.recipient == TO}

    assert {row["release_id"] for row in flipped.rows} == sent


def test_its_numbers_have_no_gap(flipped: Flipped) -> None:
    assert gaps([(row["recipient"], row["seq"]) for row in flipped.rows]) == {}


def test_nothing_was_shown_after_a_withdrawal_had_its_receipt(flipped: Flipped) -> None:
    assert flipped.attempts.made > 0
    assert flipped.attempts.shown == []


def _publish(
    running: Running, told: list[Step], receipts: Receipts, results: list[Result], attempts: Attempts
) -> None:
    """Publish in order; now and then leave what is withdrawn alone until somebody has asked for it."""
    system = System(running.url, running.data)
    for start in range(0, len(told), AT_ONCE):
        batch = told[start : start + AT_ONCE]
        receipts.sending(batch)
        items = (("police", step.event) for step in batch)
        publish(system, items, on_result=results.append, timeout=PATIENCE_SECONDS)
        receipts.receipted(batch)
        if start % (REST_EVERY * AT_ONCE) == 0:
            _await_attempt(attempts)
    _await_attempt(attempts)


def _await_attempt(attempts: Attempts) -> None:
    before, until = attempts.made, time.monotonic() + REST_SECONDS
    while attempts.made == before and time.monotonic() < until:
        time.sleep(0.02)


@contextmanager
def stopping(running: Running) -> Iterator[list[int]]:
    """Stop the gate and the keyring with SIGSTOP for a while, over and over, while the block runs."""
    over, stops = threading.Event(), [0]

    def run() -> None:
        rng = random.Random(SEED)
        while not over.wait(rng.uniform(*BETWEEN_STOPS)):
            pid = running.pids().get(rng.choice(STOPPED))
            if pid is not None and _signalled(pid, signal.SIGSTOP):
                stops[0] += 1
                over.wait(rng.uniform(*STOPPED_SECONDS))
                _signalled(pid, signal.SIGCONT)

    with _thread(run, over):
        yield stops


@contextmanager
def opening(
    running: Running, receipts: Receipts, attempts: Attempts, incident_of: Callable[[dict[str, Any]], str]
) -> Iterator[None]:
    """Ask to open what was withdrawn, as soon as the withdrawal has its receipt, while the block runs."""
    over = threading.Event()
    watcher = Watcher(System(running.url, running.data), receipts, attempts, incident_of)

    def run() -> None:
        while not over.wait(0.02):
            with suppress(CliError):
                watcher.look()

    with _thread(run, over):
        yield


class Watcher:
    """Reads a recipient's inbox, and tries to open what nobody may open any more."""

    def __init__(
        self,
        system: System,
        receipts: Receipts,
        attempts: Attempts,
        incident_of: Callable[[dict[str, Any]], str],
    ) -> None:
        self._system = system
        self._receipts = receipts
        self._attempts = attempts
        self._incident_of = incident_of
        self._latest: dict[str, str] = {}
        self._after: str | None = None

    def look(self) -> None:
        """Read what is new, and ask for the last release of each incident whose consent is withdrawn."""
        page = self._system.get("/v1/inbox", {"after": self._after} if self._after else {}, agency=TO).good()
        self._after = page["resume"]
        for row in page["releases"]:
            if row["sections"] and row["ground"] == "consent":
                self._latest[self._incident_of(row)] = row["release_id"]
        for incident, number in self._receipts.withdrawn():
            if incident in self._latest:
                self._ask(incident, number)

    def _ask(self, incident: str, number: int) -> None:
        """Ask once. What was sent meanwhile makes an answer mean nothing."""
        if not self._receipts.still(incident, number):
            return
        body = {"release_id": self._latest[incident], "purpose": "was it withdrawn?"}
        answer = self._system.post("/v1/open", body, agency=TO)
        if self._receipts.still(incident, number):
            self._attempts.made += 1
            if answer.status not in SHOWN_NOTHING:
                self._attempts.shown.append(f"{incident}: {answer.status}")


@contextmanager
def _thread(run: Callable[[], None], over: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _signalled(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
