"""How one principal reaches the broker: its address and its own certificate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.runtime.identity import folder_of

if TYPE_CHECKING:
    from services.runtime.settings import Settings

QUIET = 2  # librdkafka's log level: errors reach us as exceptions, not as lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where the broker is and as whom to connect; without a certificate, in the clear (never in a system)."""

    bootstrap: str
    certificate: Path | None = None
    ca: Path | None = None

    @classmethod
    def of(cls, settings: Settings, principal: str) -> Access:
        """Return the access of an agency, a school or a service to this system's broker."""
        return cls.at(settings.kafka, settings.credentials, principal)

    @classmethod
    def at(cls, bootstrap: str, credentials: Path, principal: str) -> Access:
        """Return the access of one principal whose certificate lies under `credentials`."""
        own = credentials / folder_of(principal)
        return cls(bootstrap=bootstrap, certificate=own / "kafka.pem", ca=own / "ca.pem")

    def config(self) -> dict[str, str | int]:
        """Return librdkafka's connection settings: mutual TLS and fast reconnection, nothing else."""
        plain: dict[str, str | int] = {
            "bootstrap.servers": self.bootstrap,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 500,
            "log_level": QUIET,
        }
        if self.certificate is None:
            return plain
        return {
            **plain,
            "security.protocol": "ssl",
            "ssl.certificate.location": str(self.certificate),
            "ssl.key.location": str(self.certificate),
            "ssl.ca.location": str(self.ca),
        }
