"""Waiting until all is decided, projected and planned; and moving simulated time without skipping.

A system is at rest when every service says it is behind in nothing and owes nothing, all who know a topic's
end agree on it, and a second look finds the same ends.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.cli.client import System, connect
from services.cli.errors import CliError
from services.runtime.clock import SharedClock, clock_path, elapsed, rest

PATIENCE_SECONDS = 240.0
LOOK_SECONDS = 0.01
SLOWEST_LOOK_SECONDS = 0.25
BUSY_MOST = 4  # services named in the message when time is up
WATCHED = ("ingest", "gate", "keyring", "projections", "notify", "audit")


class Unsettled(CliError):
    """Time was up before the system came to rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """What every service said of itself at one look."""

    resting: bool
    ends: Mapping[str, int]
    busy: tuple[str, ...]
    next_wake: datetime | None


def settle(system: System, timeout: float = PATIENCE_SECONDS) -> Standings:
    """Return once the system is at rest, seen twice with the same ends. Raises Unsettled when time is up."""
    until, pace = elapsed() + timeout, LOOK_SECONDS
    before: Standings | None = None
    while True:
        seen = look(system)
        if seen.resting and before is not None and before.ends == seen.ends:
            return seen
        before = seen if seen.resting else None
        if elapsed() > until:
            raise Unsettled(f"not at rest after {timeout:.0f} s: {', '.join(seen.busy) or 'still moving'}")
        rest(pace)
        pace = LOOK_SECONDS if before else min(pace * 1.3, SLOWEST_LOOK_SECONDS)


def advance(system: System, to: datetime, timeout: float = PATIENCE_SECONDS) -> None:
    """Move the shared clock to `to`, stopping at each moment some service wants to act, settled in between.

    Does nothing when the clock is there already. Raises CliError when the system is not simulated.
    """
    clock = clock_of(system)
    while clock.now() < to:
        wake = settle(system, timeout).next_wake
        due = wake is not None and clock.now() < wake < to
        clock.advance(wake if due and wake is not None else to)


def clock_of(system: System) -> SharedClock:
    """Return the clock of a simulated system."""
    if not system.described.get("simulated", False):
        raise CliError("time is real here: start sightline up with --simulate-from to move it")
    return SharedClock(clock_path(system.data))


def look(system: System) -> Standings:
    """Ask every service how far it has come."""
    try:
        return judge(_standings(system))
    except (OSError, ValueError, http.client.HTTPException, CliError) as error:
        return Standings(
            resting=False, ends={}, busy=(f"no answer ({type(error).__name__})",), next_wake=None
        )


def judge(standings: Sequence[Mapping[str, Any]]) -> Standings:
    """Say whether what the services said of themselves adds up to rest."""
    busy = tuple(_busy(standings))
    wakes = [datetime.fromisoformat(one["next_wake"]) for one in standings if one.get("next_wake")]
    ends = {
        topic: max(one["ends"].get(topic, 0) for one in standings)
        for one in standings
        for topic in one["ends"]
    }
    return Standings(resting=not busy, ends=ends, busy=busy[:BUSY_MOST], next_wake=min(wakes, default=None))


def _busy(standings: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for one in standings:
        if one["behind"] or one["pending"]:
            yield f"{one['service']} is {one['behind']} behind with {one['pending']} to send"
    for topic in sorted({topic for one in standings for topic in one["ends"]}):
        if len({one["ends"][topic] for one in standings if topic in one["ends"]}) > 1:
            yield f"{topic} is still growing"


def _standings(system: System) -> Sequence[Mapping[str, Any]]:
    services = system.described.get("services", {})
    if all(name in services for name in WATCHED):
        return _each([services[name] for name in WATCHED])
    found: Sequence[Mapping[str, Any]] = system.get("/v1/standings").good()["standings"]
    return found


def _each(addresses: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    connections = [connect(address) for address in addresses]
    try:
        for connection in connections:
            connection.request("GET", "/v1/standing")
        return [json.loads(connection.getresponse().read()) for connection in connections]
    finally:
        for connection in connections:
            connection.close()
