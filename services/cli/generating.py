"""Writing a synthetic year to a file."""

from __future__ import annotations

import json
from pathlib import Path

from services.cli.errors import CliError
from services.runtime.partnership import Partnership
from services.runtime.places import DEMO_PARTNERSHIP
from services.synthetic.month import YEARS, year


def generate(name: str, seed: int, out: Path) -> int:
    """Write a year's police events, one a line, ordered by when they happened; return how many."""
    if name not in YEARS:
        raise CliError(f"`{name}` is no year we have totals for: choose {', '.join(YEARS)}")
    events = year(seed, Partnership.load(DEMO_PARTNERSHIP), YEARS[name])
    with open(out, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)
    return len(events)
