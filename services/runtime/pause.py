"""Pauses a test may inject between two steps, so that a kill can be aimed there.

`SIGHTLINE_PAUSE='{"gate-after-decisions": 0.5}'` makes `at("gate-after-decisions")` sleep half a second and
append one line to `<data>/run/pauses/<step>` first, so that a test can count the times it was there.
"""

from __future__ import annotations

import os
from functools import lru_cache

from services.runtime.clock import rest
from services.runtime.settings import Settings


def at(step: str) -> None:
    """Stop here for as long as the environment says; by default not at all."""
    settings = _settings()
    if step in settings.pause:
        _note(settings, step)
        rest(settings.pause[step])


def _note(settings: Settings, step: str) -> None:
    directory = settings.run / "pauses"
    directory.mkdir(parents=True, exist_ok=True)
    with open(directory / step, "a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")


@lru_cache(maxsize=1)
def _settings() -> Settings:
    return Settings.load()
