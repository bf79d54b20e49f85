"""Settings of one process, from the environment (prefix `SIGHTLINE_`) and nowhere else."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from services.runtime.places import DEMO_PARTNERSHIP, LOOPBACK, ROOT

__all__ = ["DEMO_PARTNERSHIP", "LOOPBACK", "ROOT", "Settings"]


class Settings(BaseSettings):
    """Where this process keeps its data, whom it talks to, and on which port it answers.

    `database` unset means one SQLite file per service under `data`. `pause` maps the name of a
    step to seconds (see `services.runtime.pause`); it is for tests and empty otherwise.
    """

    model_config = SettingsConfigDict(env_prefix="SIGHTLINE_", frozen=True, extra="ignore")

    data: Path = Path("data")
    kafka: str = ""
    database: str | None = None
    partnership: Path = DEMO_PARTNERSHIP
    port: int = 0
    ingest: str = ""
    keyring: str = ""
    gate: str = ""
    projections: str = ""
    pulse: str = ""
    notify: str = ""
    audit: str = ""
    console: str = ""
    smtp: str = ""
    simulated: bool = False
    pause: dict[str, float] = {}

    @classmethod
    def load(cls) -> Settings:
        """Read the environment once."""
        return cls()

    @property
    def run(self) -> Path:
        """The directory of what describes the running system: `system.json`, the shared clock."""
        return self.data / "run"

    @property
    def credentials(self) -> Path:
        """One directory per agency, school and service, made by `sightline up` in the demo."""
        return self.data / "credentials"
