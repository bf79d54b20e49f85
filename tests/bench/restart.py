"""Start the gate again with very many people in its state, and decide the first batch.

The state is that of the gate's own run many times over: each copy has ids of its own, which link its
incidents and people as in the original. `python -m tests.bench.restart DATA BOOTSTRAP` is the gate that is
started: a process of its own, so that nothing of it is warm.

Not many times over are the ledger and the releases: a start reads none of it, and the first batch only asks
the ledger's index whether it has these events.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter

from services.consent.__main__ import DATABASE, GateService
from services.consent.store.tables import DUE, STATE
from services.runtime.places import ROOT
from services.runtime.settings import Settings

OWN_DIGITS = 8
"""Hex digits at the front of an id that are a copy's own; the rest is the original's."""

AN_ID = re.compile(rf"\b[0-9a-f]{{{OWN_DIGITS}}}([0-9a-f]{{{32 - OWN_DIGITS}}})\b")

LATER = 300 * 86_400 * 1_000_000
"""Microseconds by which copies are due later than the original, so that none is due in the first batch."""

INSERT_STATE = f"INSERT INTO {STATE.name} (kind, key, value) VALUES (?, ?, ?)"
INSERT_DUE = f"INSERT INTO {DUE.name} (moment, incident) VALUES (?, ?)"

STARTS_WITHIN_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """How much state there is."""

    people: int
    incidents: int
    due: int
    megabytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """Seconds until the first batch was decided and committed: of the process, and of the gate alone."""

    process: float
    gate: float
    events: int


class _Template:
    """A row with its ids, of which each copy replaces the front."""

    __slots__ = ("_key", "_value", "extra")

    def __init__(self, extra: str | int, key: str, value: str = "") -> None:
        self.extra = extra
        self._key, self._value = key[OWN_DIGITS:], _apart(value)

    def row(self, own: str) -> tuple[str | int, str, str]:
        """Return the row in a copy: ids begin with `own`."""
        return self.extra, own + self._key, own.join(self._value)

    def due(self, own: str) -> tuple[int, str]:
        """Return when the copy's incident is due."""
        return int(self.extra) + LATER, own + self._key


def fill(data: Path, people: int) -> Filled:
    """Copy what the gate in `data` knows until there are that many people. The gate must be stopped."""
    database = data / f"{DATABASE}.db"
    conn = sqlite3.connect(database)
    conn.execute("PRAGMA synchronous=OFF")
    rows = [
        _Template(*row) for row in conn.execute("SELECT kind, key, value FROM consent_state ORDER BY key")
    ]
    known = [row for row in rows if row.extra in ("incident", "person")]
    dues = [_Template(*row) for row in conn.execute("SELECT moment, incident FROM consent_due")]
    there = sum(row.extra == "person" for row in known)
    copies = range(1, -(-people // there))
    with conn:
        conn.executemany(INSERT_STATE, (row.row(own) for own in _fronts(copies) for row in known))
        conn.executemany(INSERT_DUE, (row.due(own) for own in _fronts(copies) for row in dues))
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()
    _forget(database)
    times = len(copies) + 1
    return Filled(
        people=there * times,
        incidents=(len(known) - there) * times,
        due=len(dues) * times,
        megabytes=database.stat().st_size // 1_000_000,
    )


def restart(data: Path, bootstrap: str) -> Restart:
    """Start a gate in a process of its own, and return how long its first batch took to be committed."""
    command = [sys.executable, "-m", "tests.bench.restart", str(data), bootstrap]
    began = perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        seconds = perf_counter() - began
        process.wait(STARTS_WITHIN_SECONDS)
    if not line:
        raise RuntimeError("the gate did not start again: see what it said above")
    return Restart(process=seconds, **json.loads(line))


def main(data: Path, bootstrap: str) -> None:
    """Be the gate: start, decide one batch, say how long both took."""
    began = perf_counter()
    gate = GateService(Settings.model_validate({"data": data, "kafka": bootstrap})).gate
    first = gate.position
    for _ in count():
        if gate.step(1.0):
            break
    print(json.dumps({"gate": perf_counter() - began, "events": gate.position - first}), flush=True)


def _apart(text: str) -> list[str]:
    """Return a text without the fronts of its ids: joined by a front, it has ids again."""
    pieces, at = [], 0
    for found in AN_ID.finditer(text):
        pieces.append(text[at : found.start()])
        at = found.start(1)
    return [*pieces, text[at:]]


def _fronts(copies: range) -> Iterator[str]:
    for copy in copies:
        yield f"{copy:0{OWN_DIGITS}x}"


def _forget(database: Path) -> None:
    """Have the machine keep nothing of the file in memory, as after a start of the machine itself."""
    file = os.open(database, os.O_RDONLY)
    try:
        os.fsync(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
