"""A real broker, a real PostgreSQL, and whole running systems, for any test that needs one.

A machine that lacks one fails the test; it is never skipped.
"""

from __future__ import annotations

import itertools
import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.eventlog import topics
from services.eventlog.access import Access
from services.runtime.broker import Broker
from services.runtime.certificates import ADMIN, enrol, issue
from services.runtime.partnership import Partnership
from services.runtime.ports import free_port, free_ports
from services.runtime.secrets import Secrets
from services.runtime.settings import DEMO_PARTNERSHIP, LOOPBACK, Settings
from services.vocabulary.agencies import SERVICES

LONG = os.environ.get("SIGHTLINE_LONG") == "1"
POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/lib/postgresql/none"))
READY_SECONDS = 200.0
_numbers = itertools.count(1)


def sized(usual: int, long: int) -> int:
    """Return how much of something this run does: `usual`, or `long` under make test-long."""
    return long if LONG else usual


class KafkaSystem:
    """A broker with the partnership's topics and rules, and everybody's certificate."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.credentials = data / "credentials"
        self.partnership = Partnership.load(DEMO_PARTNERSHIP)
        port, controller = free_ports(2)
        self.broker = Broker(data, port, controller, self.credentials)

    def start(self) -> None:
        """Issue certificates, format, start, make topics and rules."""
        issue(self.credentials, (*self.partnership.publishers(), *SERVICES))
        enrol(self.credentials, self.partnership.sandboxes())
        self.broker.prepare()
        self.broker.start()
        self.broker.await_ready()
        topics.create_all(self.admin, self.partnership)
        topics.grant_all(self.admin, self.partnership)

    @property
    def admin(self) -> Access:
        """Access that may do everything; for tests of the log itself."""
        return self.access(ADMIN)

    def access(self, principal: str) -> Access:
        """Access of one agency, school or service."""
        return Access.at(self.broker.bootstrap, self.credentials, principal)

    def settings(self, data: Path, **fields: object) -> Settings:
        """Settings of a process that uses this broker and keeps its own files under `data`.

        `data/credentials` is this broker's, and `data/secrets` are made.
        """
        data.mkdir(parents=True, exist_ok=True)
        if not (data / "credentials").exists():
            (data / "credentials").symlink_to(self.credentials)
        Secrets.ensure(data)
        return Settings.model_validate({"data": data, "kafka": self.broker.bootstrap, **fields})

    def fresh_topic(self, partitions: int = 1) -> str:
        """Make a topic of its own for one test; only `admin` may use it."""
        name = f"fresh-{next(_numbers)}"
        topics.create(self.admin, name, partitions)
        return name


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaSystem]:
    """One broker for the whole run. A test that stops or kills it starts one of its own instead."""
    with own_kafka(tmp_path_factory.mktemp("kafka")) as system:
        yield system


@contextmanager
def own_kafka(data: Path) -> Iterator[KafkaSystem]:
    """Run a broker of one's own under `data`."""
    system = KafkaSystem(data)
    try:
        system.start()
        yield system
    finally:
        system.broker.kill()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A throw-away PostgreSQL cluster for the whole run."""
    with own_postgres() as url:
        yield url


@contextmanager
def own_postgres() -> Iterator[str]:
    """Run a throw-away PostgreSQL cluster; yields the SQLAlchemy URL of its maintenance database."""
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    port = free_port()
    try:
        _start_postgres(home, port)
        yield f"postgresql+psycopg://postgres@{LOOPBACK}:{port}/postgres"
    finally:
        _as_postgres(f"{POSTGRES}/pg_ctl", "-D", str(home / "cluster"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """Make an empty database on that server and yield its URL."""
    from sqlalchemy import create_engine, text

    name = f"test_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with engine.connect() as conn:
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@contextmanager
def postgres_schema(server: str) -> Iterator[str]:
    """Make an empty schema on that server and yield the URL of a database in which nothing else is seen.

    It is made in a hundredth of the time a database takes; the cluster is thrown away with all of them.
    """
    from sqlalchemy import NullPool, create_engine, text

    name = f"test_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as conn:
        conn.execute(text(f"CREATE SCHEMA {name}"))
    yield f"{server}?options=-csearch_path%3D{name}%20-capplication_name%3D{name}"
    with engine.connect() as conn:
        left = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
        conn.execute(text(left), {"name": name})


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    with postgres_schema(request.getfixturevalue("postgres")) as url:
        yield url


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A whole system started with `sightline up`."""

    url: str
    data: Path
    checkpoint_key: str
    process: subprocess.Popen[str]

    def cli(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the command against this system."""
        environment = {**os.environ, "SIGHTLINE_URL": self.url, "SIGHTLINE_DATA": str(self.data)}
        done = subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(
                f"sightline {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done

    @property
    def settings(self) -> Settings:
        """Settings of a process beside the running ones, on the same broker and databases."""
        described = json.loads((self.data / "run" / "system.json").read_text())
        return Settings.model_validate({"data": self.data, "kafka": described["kafka"]})

    def pids(self) -> dict[str, int]:
        """The process ids of now, by name."""
        found: dict[str, int] = json.loads((self.data / "run" / "system.json").read_text())["pids"]
        return found


@contextmanager
def running_system(
    data: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Run `sightline up --data <data> --port 0 <arguments>` until the block ends."""
    data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "services.cli", "up", "--data", str(data), "--port", "0", *arguments]
    with open(data / "up.err", "ab") as errors:
        process = subprocess.Popen(
            command,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        ready = first_line(process, data)
        yield Running(url=ready["url"], data=data, checkpoint_key=ready["checkpoint_key"], process=process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One system in real time on SQLite for the whole run; tests publish what is theirs alone."""
    with running_system(tmp_path_factory.mktemp("system")) as running:
        yield running


def first_line(process: subprocess.Popen[str], data: Path) -> dict[str, str]:
    """Return what `sightline up` prints when it is ready; its standard error is `up.err` under `data`."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], READY_SECONDS)
    line = process.stdout.readline() if ready else ""
    if not line:
        raise AssertionError(f"sightline up is not ready:\n{(data / 'up.err').read_text()[-2000:]}")
    found: dict[str, str] = json.loads(line)
    return found


def _start_postgres(home: Path, port: int) -> None:
    if os.getuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(home, owner.pw_uid, owner.pw_gid)
    cluster = str(home / "cluster")
    _as_postgres(
        f"{POSTGRES}/initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"
    )
    options = f"-p {port} -c listen_addresses={LOOPBACK} -k {home} -c fsync=off -c max_connections=200"
    _as_postgres(f"{POSTGRES}/pg_ctl", "-D", cluster, "-o", options, "-l", str(home / "log"), "-w", "start")


def _as_postgres(*command: str) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    done = subprocess.run(
        [*prefix, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        check=False, cwd="/", timeout=60,
    )  # fmt: skip
    if done.returncode != 0:
        raise AssertionError(f"PostgreSQL did not do as told ({command[0]}): run make setup")


def eventually(true: object, seconds: float = 30.0) -> None:
    """Wait until `true()` is; fail after `seconds`."""
    assert callable(true)
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, f"not true after {seconds} s"
        time.sleep(0.05)
