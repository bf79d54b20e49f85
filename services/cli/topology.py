"""Which processes make a system, on which ports, and what each is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from services.runtime.broker import Broker
from services.runtime.places import DEMO_PARTNERSHIP, LOOPBACK
from services.runtime.ports import free_ports
from services.runtime.processes import Program, module

BROKER = "broker"
MAILROOM = "mailroom"
ROOMS: Mapping[str, tuple[str, ...]] = {
    "ingest": ("ingest",),
    "gate": ("consent", "gate"),
    "keyring": ("consent", "keyring"),
    "projections": ("projections",),
    "notify": ("notify",),
    "audit": ("audit",),
    "console": ("console",),
}
DISPOSABLE: Mapping[str, tuple[str, ...]] = {"pulse": ("projections.pulse",)}
"""Services that nothing waits for: they are started last, and when they are away nothing else is."""

DISPOSABLE_PAUSE_SECONDS = 15.0
"""How far apart the starts of a disposable service come to lie that cannot run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `sightline up` was asked for: port 0 is any free one, `simulate_from` None is real time."""

    data: Path
    port: int = 0
    simulate_from: datetime | None = None
    partnership: Path = DEMO_PARTNERSHIP

    @property
    def simulated(self) -> bool:
        """Whether time is simulated."""
        return self.simulate_from is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """The processes of one system. Everything listens on loopback; ports stay while the system runs."""

    options: Options
    ports: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, options: Options) -> Topology:
        """Choose the ports."""
        names = (*ROOMS, *DISPOSABLE, MAILROOM, "smtp", BROKER, "controller")
        ports = dict(zip(names, free_ports(len(names)), strict=True))
        if options.port:
            ports["console"] = options.port
        return cls(options=options, ports=ports)

    @property
    def credentials(self) -> Path:
        """Where everybody's keys are."""
        return self.options.data / "credentials"

    @property
    def trust_root(self) -> Path:
        """Where the key is kept that a bundle is verified against."""
        return self.credentials / "checkpoint.vkey"

    @property
    def broker(self) -> Broker:
        """The broker of this system."""
        return Broker(self.options.data, self.ports[BROKER], self.ports["controller"], self.credentials)

    @property
    def bootstrap(self) -> str:
        """The broker's address."""
        return f"{LOOPBACK}:{self.ports[BROKER]}"

    @property
    def smtp(self) -> str:
        """The mailroom's address."""
        return f"{LOOPBACK}:{self.ports['smtp']}"

    def url(self, name: str) -> str:
        """Return the base address of a service."""
        return f"http://{LOOPBACK}:{self.ports[name]}"

    def broker_program(self) -> Program:
        """Return the broker as a program to keep running."""
        broker = self.broker
        return Program(name=BROKER, command=broker.command(), output=broker.output)

    def programs(self) -> list[Program]:
        """Return every service, and the mailroom that stands in for the schools' mail servers."""
        return [
            self._program(name, rooms) for name, rooms in {**ROOMS, MAILROOM: ("synthetic", MAILROOM)}.items()
        ]

    def disposable(self) -> list[Program]:
        """Return every service that nothing waits for."""
        return [
            replace(self._program(name, rooms), longest_pause=DISPOSABLE_PAUSE_SECONDS)
            for name, rooms in DISPOSABLE.items()
        ]

    def describe(self, pids: Mapping[str, int], checkpoint_key: str) -> None:
        """Write `<data>/run/system.json`, whole or not at all."""
        document = {
            "url": self.url("console"),
            "kafka": self.bootstrap,
            "services": {name: self.url(name) for name in ROOMS},
            "smtp": self.smtp,
            "partnership": str(self.options.partnership.resolve()),
            "pids": dict(pids),
            "simulated": self.options.simulated,
            "checkpoint_key": checkpoint_key,
        }
        path = self.options.data / "run" / "system.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(document), encoding="utf-8")
        part.replace(path)

    def _program(self, name: str, rooms: tuple[str, ...]) -> Program:
        environment = {**self._environment(), "SIGHTLINE_PORT": str(self.ports[name])}
        output = self.options.data / "logs" / f"{name}.log"
        return Program(name=name, command=module(*rooms), environment=environment, output=output)

    def _environment(self) -> dict[str, str]:
        return {
            "TMPDIR": str(self.options.data / "tmp"),
            "SIGHTLINE_DATA": str(self.options.data),
            "SIGHTLINE_KAFKA": self.bootstrap,
            "SIGHTLINE_PARTNERSHIP": str(self.options.partnership.resolve()),
            "SIGHTLINE_SIMULATED": "1" if self.options.simulated else "0",
            "SIGHTLINE_SMTP": self.smtp,
            **{f"SIGHTLINE_{name.upper()}": self.url(name) for name in (*ROOMS, *DISPOSABLE)},
        }
