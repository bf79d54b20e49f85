"""How far the readers of a running system have come, and what they set aside."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.cli.client import System
from services.cli.settling import clock_of
from services.runtime.clock import Clock, SystemClock
from services.runtime.lag import Unread, read_topics, seconds_since, waits_of, written_at

GATE = "gate"
READERS = ("projections", "notify")
"""Who follows numbers, and sets aside what it cannot read."""

LONG_SECONDS = 30.0
"""How long a number may be missing before somebody must look: a gate that was killed is back long before."""

LOG, UNDECIDED = "log", "undecided"
"""What the gate could not decide lies in the log, and is a list of the ledger."""

DOOR = "door"
"""Stands in the place of a topic where the door would not have what a service said."""

OLDEST = "sightline_gate_oldest_undecided_seconds"


def lag(system: System) -> dict[str, Any]:
    """Return each reader's lag by topic, the age of the oldest undecided event, and who waits for a number.

    `seconds` is how long ago the first record not taken yet was written, by the partnership's clock: 0 where
    all is read, None where nobody can say. What the gate has yet to read is undecided too. `waiting` is by
    the machine's clock.
    """
    standings = system.get("/v1/standings").good()["standings"]
    figures = exposed(system.get("/metrics").body.decode("utf-8"))
    topics = [each for one in standings for each in read_topics(one["service"], one)]
    rows = [{**asdict(one), "seconds": _age(system, one) if one.records else 0.0} for one in topics]
    return {
        "readers": rows,
        "pending": {one["service"]: one["pending"] for one in standings if one["pending"]},
        "oldest_undecided_seconds": max([figures.get(OLDEST, 0.0), *_unread_by(GATE, rows)]),
        "waiting": {one["service"]: _waiting(one) for one in standings if one["service"] in READERS},
    }


def is_stuck(found: Mapping[str, Any]) -> bool:
    """Say whether anybody has waited for a number for longer than anything but a lost record explains."""
    return any(one["seconds"] > LONG_SECONDS for one in found["waiting"].values())


def lag_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the answer for people: whoever has read all they read in one line, every other topic in one."""
    by_reader: dict[str, list[Mapping[str, Any]]] = {}
    for row in found["readers"]:
        by_reader.setdefault(row["reader"], []).append(row)
    for reader, rows in by_reader.items():
        late = [row for row in rows if row["records"]]
        yield from (f"{reader:<12} {row['topic']:<24} {row['records']} records, {_ago(row)}" for row in late)
        if not late:
            yield f"{reader:<12} has read all of {len(rows)} topics"
    yield f"oldest undecided event: {found['oldest_undecided_seconds']:.0f} s"
    yield from (f"{service} has {count} to send" for service, count in found["pending"].items())
    yield from (_stuck(reader, one) for reader, one in found["waiting"].items() if one["recipients"])


def exposed(text: str) -> dict[str, float]:
    """Return each metric's value, the largest where several services have it."""
    found: dict[str, float] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.partition("{")[0].partition(" ")[0], float(line.rpartition(" ")[2])
            found[name] = max(value, found.get(name, value))
    return found


def dead(system: System) -> list[dict[str, Any]]:
    """Return what was set aside, and what the gate could not decide: that is not read again."""
    return [*aside(system), *undecided(system)]


def undecided(system: System) -> list[dict[str, Any]]:
    """Return what the gate could not read, or on which a rule failed, and has not decided since."""
    rows: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        said = system.get(f"/v1/ledger/{UNDECIDED}", {"after": after} if after else {}).good()
        rows += [{"reader": GATE, "topic": LOG, **row} for row in said["rows"]]
        after = said["next"]
    return rows


def aside(system: System) -> list[dict[str, Any]]:
    """Return what readers could not read, and what the door would not have of our own services."""
    rows = []
    for reader in READERS:
        said = system.get(f"/v1/operations/{reader}/parked").good()
        rows += [{"reader": reader, **record} for record in said["records"]]
        rows += [{"reader": reader, "topic": DOOR, **event} for event in said.get("refused", ())]
    return rows


def _unread_by(reader: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[float]:
    yield from (row["seconds"] or 0.0 for row in rows if row["reader"] == reader)


def _age(system: System, unread: Unread) -> float | None:
    """Return how long ago the first record not taken yet was written. None where nobody can say."""
    asked = {"topic": unread.topic, "from": str(unread.next), "most": "1"}
    answer = system.get("/v1/operations/records", asked)
    if answer.status != http.client.OK:
        return None
    return seconds_since(written_at(answer.good()["records"]), _clock(system).now())


def _clock(system: System) -> Clock:
    return clock_of(system) if system.described.get("simulated", False) else SystemClock()


def _waiting(standing: Mapping[str, Any]) -> dict[str, Any]:
    waits = waits_of(standing)
    return {
        "recipients": waits.recipients,
        "since": waits.since.isoformat() if waits.since else None,
        "seconds": seconds_since(waits.since, SystemClock().now()) or 0.0,
        "behind_aside": waits.behind_aside,
    }


def _ago(row: Mapping[str, Any]) -> str:
    return "since when is not known" if row["seconds"] is None else f"{row['seconds']:.0f} s behind"


def _stuck(reader: str, one: Mapping[str, Any]) -> str:
    lasting = f"for up to {one['seconds']:.0f} s"
    lead = f"{reader}: {one['recipients']} recipients wait for a missing number, {lasting}"
    if not one["behind_aside"]:
        return f"{lead}: nothing was set aside there, look at the gate"
    return f"{lead}: of {one['behind_aside']} a record was set aside, see ops dead"
