"""How far the readers of a running system have come, and what they set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.cli.client import System
from services.cli.topics import fetched
from services.runtime.clock import SystemClock

WAITING = {"projections": "sightline_projections_waiting", "notify": "sightline_notify_waiting"}
"""What counts the recipients whose next number has been missing for over 30 seconds, by reader."""

DOOR = "door"
"""Stands in the place of a topic where the door would not have what a service said."""

OLDEST = "sightline_gate_oldest_undecided_seconds"


def lag(system: System) -> dict[str, Any]:
    """Return each reader's lag by topic, the age of the oldest undecided event, and numbers waiting.

    `seconds` is the age of the first record not read yet, 0 where all is read.
    """
    standings = system.get("/v1/standings").good()["standings"]
    figures = exposed(system.get("/metrics").body.decode("utf-8"))
    unread = list(_unread(standings))
    came = fetched(system, [(row["topic"], row["next"]) for row in unread if row["records"]])
    now = SystemClock().now()
    return {
        "readers": [{**row, "seconds": _age(came.get((row["topic"], row["next"])), now)} for row in unread],
        "pending": {one["service"]: one["pending"] for one in standings if one["pending"]},
        "oldest_undecided_seconds": figures.get(OLDEST, 0.0),
        "waiting": {reader: int(figures.get(name, 0)) for reader, name in WAITING.items()},
    }


def lag_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the answer for people: whoever has read all they read in one line, every other topic in one."""
    by_reader: dict[str, list[Mapping[str, Any]]] = {}
    for row in found["readers"]:
        by_reader.setdefault(row["reader"], []).append(row)
    for reader, rows in by_reader.items():
        late = [row for row in rows if row["records"]]
        yield from (
            f"{reader:<12} {row['topic']:<24} {row['records']} records, {row['seconds']:.0f} s behind"
            for row in late
        )
        if not late:
            yield f"{reader:<12} has read all of {len(rows)} topics"
    yield f"oldest undecided event: {found['oldest_undecided_seconds']:.0f} s"
    yield from (f"{service} has {count} to send" for service, count in found["pending"].items())
    yield from (
        f"{reader}: {count} recipients have waited over 30 s for a number"
        for reader, count in found["waiting"].items()
        if count
    )


def exposed(text: str) -> dict[str, float]:
    """Return each metric's value, the largest where several services have it."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.partition("{")[0].partition(" ")[0], float(line.rpartition(" ")[2])
            found[name] = max(value, found.get(name, value))
    return found


def dead(system: System) -> list[dict[str, Any]]:
    """Return what readers could not read, and what the door would not have of our own services."""
    rows = []
    for reader in ("projections", "notify"):
        said = system.get(f"/v1/operations/{reader}/parked").good()
        rows += [{"reader": reader, **record} for record in said["records"]]
        rows += [{"reader": reader, "topic": DOOR, **event} for event in said.get("refused", ())]
    return rows


def _unread(standings: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in standings:
        for topic, position in sorted(one["positions"].items()):
            behind = max(one["ends"].get(topic, position) - position, 0)
            yield {"reader": one["service"], "topic": topic, "next": position, "records": behind}


def _age(came: datetime | None, now: datetime) -> float:
    return max((now - came).total_seconds(), 0.0) if came is not None else 0.0
