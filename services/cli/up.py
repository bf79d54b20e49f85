"""`sightline up`: a broker and every service on this machine, kept running until told to stop.

The order matters:
1. keys and certificates, and the key that bundles are verified against  2. the broker, its topics and its
rules  3. the services, all at once  4. on an empty log, the strict policy through the door  5. the line that
says ready  6. what nothing waits for
"""

from __future__ import annotations

import fcntl
import json
import signal
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from types import FrameType
from typing import IO

from services.cli import adoption
from services.cli.errors import CliError
from services.cli.topology import BROKER, ROOMS, Options, Topology
from services.runtime.broker import BrokerError
from services.runtime.certificates import ADMIN, enrol, issue
from services.runtime.clock import Clock, SharedClock, SystemClock, clock_path, elapsed, rest
from services.runtime.identity import folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.ports import listening
from services.runtime.processes import Supervisor
from services.runtime.secrets import Secrets
from services.vocabulary.agencies import SERVICES

READY_SECONDS = 180.0
PROGRESS_SECONDS = 2.0
LOOK_SECONDS = 0.02


class Stopped(Exception):
    """Told to stop before everything was ready."""


class Up:
    """One running system. `run` returns when it was told to stop and everything has."""

    def __init__(self, options: Options, say: Callable[[str], None]) -> None:
        self._options = options
        self._say = say
        self._partnership = Partnership.load(options.partnership)
        self._topology = Topology.of(options)
        self._supervisor = Supervisor(self._describe)
        self._stopping = False
        self._until_ready = elapsed() + READY_SECONDS

    def run(self) -> None:
        """Start everything, say so, keep it running, stop it on SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            self._start()
            print(json.dumps(self._ready_line()), flush=True)
            self._supervisor.start(self._topology.disposable())
            self._supervisor.watch(until=lambda: self._stopping)
        except Stopped:
            pass
        finally:
            self._supervisor.stop(last=(BROKER,))

    def _start(self) -> None:
        self._lock = alone(self._options)
        prepare(self._options, self._partnership)
        self._topology.trust_root.write_text(self._checkpoint_key + "\n", encoding="utf-8")
        self._start_broker()
        self._supervisor.start(self._topology.programs())
        for name in ROOMS:
            self._wait(name, lambda url=self._topology.url(name): _is_ready(url))  # type: ignore[misc]
        self._wait("mailroom", lambda: listening(self._topology.ports["smtp"]))
        self._wait("policy", self._adopted)

    def _start_broker(self) -> None:
        try:
            self._topology.broker.prepare()
            self._supervisor.start([self._topology.broker_program()])
        except BrokerError as error:
            raise CliError(str(error)) from error
        self._wait(BROKER, lambda: listening(self._topology.ports[BROKER]))
        make_topics(self._topology, self._partnership)

    def _adopted(self) -> bool:
        from services.consent.flow.decision import DECISION_VERSION

        def events() -> Iterator[dict[str, object]]:
            second, now = self._second(), self._clock.now()
            for recipient in self._partnership.joiners():
                yield adoption.joining(recipient, second, now)
            text = self._partnership.policy.read_text(encoding="utf-8")
            yield adoption.adoption(text, DECISION_VERSION, second, now)

        url = self._topology.url
        return adoption.adopted(url("keyring"), url("ingest"), self._token, events)

    def _second(self) -> str:
        """Return who confirms the policy that the first registered person of the partnership adopts."""
        people = self._partnership.people_of("partnership")
        if len(people) < 2:
            raise CliError("two people adopt a policy: register a second `person` of agency `partnership`")
        return people[1].id

    def _wait(self, what: str, true: Callable[[], bool]) -> None:
        began, told = elapsed(), False
        while not true():
            if self._stopping:
                raise Stopped
            if elapsed() > self._until_ready:
                logs = self._options.data / "logs"
                raise CliError(
                    f"no answer from the {what} in {READY_SECONDS:.0f} s: read the logs in `{logs}`"
                )
            if not told and elapsed() - began > PROGRESS_SECONDS:
                self._say(f"waiting for the {what}")
                told = True
            self._supervisor.look()
            rest(LOOK_SECONDS)

    def _ready_line(self) -> dict[str, object]:
        return {"ready": True, "url": self._topology.url("console"), "checkpoint_key": self._checkpoint_key}

    def _describe(self, pids: Mapping[str, int]) -> None:
        self._topology.describe(pids, self._checkpoint_key)

    def _token(self, agency: str) -> str:
        key = (self._topology.credentials / folder_of(agency) / "key.pem").read_bytes()
        return mint(agency, self._partnership.people_of(agency)[0].id, key, SystemClock().now())

    @cached_property
    def _clock(self) -> Clock:
        return SharedClock(clock_path(self._options.data)) if self._options.simulated else SystemClock()

    @cached_property
    def _checkpoint_key(self) -> str:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        from services.audit.rules.notes import Signer

        key = load_pem_private_key((self._topology.credentials / "audit" / "key.pem").read_bytes(), None)
        assert isinstance(key, Ed25519PrivateKey)
        return Signer(partnership=self._partnership.name, key=key).vkey()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def alone(options: Options) -> IO[str]:
    """Return the lock on a data directory, held while the file is open.

    Raises CliError where another system runs on the directory, or somebody listens on the port asked for.
    """
    if options.port and listening(options.port):
        raise CliError(f"port `{options.port}` is in use: choose another, or 0 for any free one")
    (options.data / "run").mkdir(parents=True, exist_ok=True)
    lock = open(options.data / "run" / "lock", "w", encoding="ascii")  # noqa: SIM115 - held until the end
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CliError(
            f"a system runs on `{options.data}` already: stop it, or name another --data"
        ) from error
    return lock


def prepare(options: Options, partnership: Partnership) -> None:
    """Make keys, certificates and, for simulated time, the clock. What is there is kept."""
    (options.data / "tmp").mkdir(parents=True, exist_ok=True)
    if options.simulated:
        refuse_real_keys(options.data / "credentials")
    keep_kind_of_time(options)
    Secrets.ensure(options.data)
    issue(options.data / "credentials", (*partnership.publishers(), *SERVICES))
    enrol(options.data / "credentials", partnership.sandboxes())
    if options.simulate_from is not None:
        SharedClock.start(clock_path(options.data), options.simulate_from)


def refuse_real_keys(credentials: Path) -> None:
    """Raise CliError where keys lie that this command did not make: simulated time is for a demo."""
    if credentials.exists() and not (credentials / "authority.pem").exists():
        raise CliError(f"`{credentials}` holds real keys: simulated time needs a directory of its own")


def keep_kind_of_time(options: Options) -> None:
    """Raise CliError where the log was begun in the other kind of time: one log never mixes the two."""
    kind = "simulated" if options.simulated else "real"
    path = options.data / "run" / "time"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(kind, encoding="ascii")
    begun = path.read_text(encoding="ascii")
    if begun != kind:
        raise CliError(f"`{options.data}` was begun in {begun} time: name another directory with --data")


def make_topics(topology: Topology, partnership: Partnership) -> None:
    """Make the partnership's topics and rules on its broker."""
    from services.eventlog import topics
    from services.eventlog.access import Access

    admin = Access.at(topology.bootstrap, topology.credentials, ADMIN)
    try:
        topics.create_all(admin, partnership)
        topics.grant_all(admin, partnership)
    except topics.TopicsError as error:
        raise CliError(str(error)) from error


def _is_ready(url: str) -> bool:
    return adoption.ask(url, "GET", "/readyz").status == HTTPStatus.OK
