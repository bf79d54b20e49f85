"""One Apache Kafka node (KRaft) on loopback: mutual TLS, nothing allowed that no rule allows.

The jars are named in `infra/kafka/pom.xml` and put in `infra/kafka/jars` by `infra/setup.sh`.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

from services.runtime.certificates import ADMIN, BROKER
from services.runtime.clock import elapsed, rest
from services.runtime.places import LOOPBACK, ROOT
from services.runtime.ports import listening

JARS = ROOT / "infra" / "kafka" / "jars"
LARGEST_RECORD_BYTES = 8 * 1024 * 1024
READY_SECONDS = 60.0
STOP_SECONDS = 15.0
JVM = (
    "-Xmx512m",
    "-Xms256m",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-XX:-UsePerfData",
    "-Xshare:auto",
)


class BrokerError(Exception):
    """The broker's jars or Java are missing, or it did not start."""


class Broker:
    """A Kafka node that keeps everything under `<data>/kafka`; see `Broker.start`."""

    def __init__(self, data: Path, port: int, controller_port: int, credentials: Path) -> None:
        self._home = (data / "kafka").resolve()
        self._port = port
        self._controller = controller_port
        self._credentials = credentials.resolve()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """The address clients connect to."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The running Java process, if it was started."""
        return self._process

    def prepare(self) -> None:
        """Write the configuration and, on an empty directory, format it. Safe to repeat."""
        self._home.mkdir(parents=True, exist_ok=True)
        self._settings_file().write_text(self._properties(), encoding="utf-8")
        self._logging_file().write_text(LOGGING, encoding="utf-8")
        if not (self._home / "segments" / "meta.properties").exists():
            self._format()

    def command(self) -> list[str]:
        """Return the command line of the node. Raises BrokerError when jars or Java are missing."""
        return self._java("kafka.Kafka", str(self._settings_file()))

    @property
    def output(self) -> Path:
        """The file with what the node has to say, refusals included."""
        return self._home / "broker.out"

    def start(self) -> subprocess.Popen[bytes]:
        """Start the node and return at once; `await_ready` says when it answers."""
        with open(self.output, "ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        return self._process

    def await_ready(self, seconds: float = READY_SECONDS) -> None:
        """Return once the port accepts connections. Raises BrokerError when it dies or time is up."""
        until = elapsed() + seconds
        while elapsed() < until:
            if self._process is not None and self._process.poll() is not None:
                raise BrokerError(f"the broker stopped while starting: read `{self.output}`")
            if listening(self._port):
                return
            rest(0.05)
        raise BrokerError(f"the broker did not answer in {seconds:.0f} s: read `{self.output}`")

    def stop(self) -> None:
        """End the node in order; kill it if that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the node at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _format(self) -> None:
        cluster = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
        command = self._java(
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster}",  # in one word: an id may begin with a dash
            "--config",
            str(self._settings_file()),
        )
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode != 0:
            raise BrokerError(f"formatting failed: {done.stderr.decode(errors='replace')[-400:]}")

    def _java(self, *arguments: str) -> list[str]:
        java = shutil.which("java")
        if java is None or not any(JARS.glob("kafka_2.13-*.jar")):
            raise BrokerError("no broker to start: run make setup")
        logging = f"-Dlog4j2.configurationFile={self._logging_file()}"
        return [java, *JVM, logging, "-cp", f"{JARS}/*", *arguments]

    def _settings_file(self) -> Path:
        return self._home / "server.properties"

    def _logging_file(self) -> Path:
        return self._home / "log4j2.properties"

    def _properties(self) -> str:
        own = self._credentials / BROKER
        lines = {
            **FIXED,
            "log.dirs": str(self._home / "segments"),
            "controller.quorum.voters": f"1@{LOOPBACK}:{self._controller}",
            "listeners": f"SSL://{LOOPBACK}:{self._port},CONTROLLER://{LOOPBACK}:{self._controller}",
            "advertised.listeners": f"SSL://{LOOPBACK}:{self._port}",
            "ssl.keystore.location": str(own / "kafka.pem"),
            "ssl.truststore.location": str(own / "ca.pem"),
        }
        return "".join(f"{name}={value}\n" for name, value in lines.items())


FIXED = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "SSL",
    "listener.security.protocol.map": "CONTROLLER:SSL,SSL:SSL",
    "ssl.keystore.type": "PEM",
    "ssl.truststore.type": "PEM",
    "ssl.client.auth": "required",
    "ssl.principal.mapping.rules": r"RULE:^CN=([^,]+).*$/$1/,DEFAULT",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "false",
    "super.users": f"User:{BROKER};User:{ADMIN}",
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
    "num.partitions": "1",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
    "message.max.bytes": str(LARGEST_RECORD_BYTES),
    "replica.fetch.max.bytes": str(LARGEST_RECORD_BYTES),
    "log.retention.ms": "-1",
    "log.retention.bytes": "-1",
    "log.cleaner.enable": "true",
    "log.cleaner.dedupe.buffer.size": "4194304",
    "log.index.size.max.bytes": "1048576",
    "log.flush.interval.messages": "9223372036854775807",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "background.threads": "2",
}

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
logger.authorizer.name = kafka.authorizer.logger
logger.authorizer.level = info
"""
