"""Waiting until all is decided, projected and planned; and moving simulated time without skipping.

A system is at rest when every service says it is behind in nothing and owes nothing, all who know a topic's
end agree on it, and a second look finds the same ends. Where somebody then still waits for a number, nothing
is on its way that could bring it: that is no rest, and waiting longer mends nothing.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.cli.client import System, connect, wait_for
from services.cli.errors import CliError, Refused
from services.cli.patience import PATIENCE_SECONDS, Patience, seconds_to_answer
from services.cli.stuck import stuck
from services.runtime.clock import SharedClock, clock_path, elapsed, rest

LOOK_SECONDS = 0.01
SLOWEST_LOOK_SECONDS = 0.25
BUSY_MOST = 4  # services named in the message when time is up
WATCHED = ("ingest", "gate", "keyring", "projections", "notify", "audit")


class Unsettled(CliError):
    """Time was up before the system came to rest."""


class Stuck(Unsettled):
    """Nothing moves any more, and somebody waits for a number that will not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """What every service said of itself at one look. `stuck`: who takes nothing more for whom, in words."""

    resting: bool
    ends: Mapping[str, int]
    busy: tuple[str, ...]
    next_wake: datetime | None
    stuck: tuple[str, ...] = ()


def settle(system: System, timeout: float = PATIENCE_SECONDS) -> Standings:
    """Return once the system is at rest, seen twice with the same ends.

    Raises Stuck as soon as all but a reader that waits for a missing number is at rest, and Unsettled when
    time is up.
    """
    seen = at_rest(system, Patience(timeout))
    if seen.stuck:
        raise Stuck("; ".join(seen.stuck))
    return seen


def at_rest(system: System, patience: Patience) -> Standings:
    """Return once nothing moves, whoever is stuck: that keeps nobody from publishing, nor the clock still.

    Raises Unsettled with the patience there is; it is spent where the system does not come to rest.
    """
    began, until, pace = elapsed(), patience.until(), LOOK_SECONDS
    before: Standings | None = None
    while True:
        seen = look(system, until)
        if seen.resting and before is not None and before.ends == seen.ends:
            return seen
        before = seen if seen.resting else None
        if elapsed() >= until:
            waited = elapsed() - began
            patience.spend(waited)
            why = ", ".join((*seen.stuck, *seen.busy)) or "still moving"
            raise Unsettled(f"not at rest after {waited:.0f} s: {why}")
        rest(min(pace, max(until - elapsed(), 0)))
        pace = LOOK_SECONDS if before else min(pace * 1.3, SLOWEST_LOOK_SECONDS)


def advance(system: System, to: datetime, patience: Patience | None = None) -> None:
    """Move the shared clock to `to`, stopping at each moment some service wants to act, settled in between.

    Does nothing when the clock is there already. Raises CliError when the system is not simulated, Unsettled
    when the patience is spent before the system has come to rest.
    """
    clock, allowed = clock_of(system), patience or Patience()
    while clock.now() < to:
        wake = at_rest(system, allowed).next_wake
        due = wake is not None and clock.now() < wake < to
        clock.advance(wake if due and wake is not None else to)


def clock_of(system: System) -> SharedClock:
    """Return the clock of a simulated system."""
    if not system.described.get("simulated", False):
        raise CliError("time is real here: start sightline up with --simulate-from to move it")
    return SharedClock(clock_path(system.data))


def look(system: System, until: float | None = None) -> Standings:
    """Ask every service how far it has come. One that does not say, or not by `until`, is not at rest."""
    try:
        return judge(_standings(system, until))
    except CliError as error:
        return _silent(str(error))
    except (OSError, ValueError, http.client.HTTPException) as error:
        return _silent(f"no answer ({type(error).__name__})")


def _silent(why: str) -> Standings:
    return Standings(resting=False, ends={}, busy=(why,), next_wake=None)


def judge(standings: Sequence[Mapping[str, Any]]) -> Standings:
    """Say whether what the services said of themselves adds up to rest."""
    busy = tuple(_busy(standings))
    wakes = [datetime.fromisoformat(one["next_wake"]) for one in standings if one.get("next_wake")]
    ends = {
        topic: max(one["ends"].get(topic, 0) for one in standings)
        for one in standings
        for topic in one["ends"]
    }
    return Standings(
        resting=not busy,
        ends=ends,
        busy=busy[:BUSY_MOST],
        next_wake=min(wakes, default=None),
        stuck=tuple(stuck(standings)),
    )


def _busy(standings: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for one in standings:
        if one["behind"] or one["pending"]:
            yield f"{one['service']} is {one['behind']} behind with {one['pending']} to send"
    for topic in sorted({topic for one in standings for topic in one["ends"]}):
        if len({one["ends"][topic] for one in standings if topic in one["ends"]}) > 1:
            yield f"{topic} is still growing"


def _standings(system: System, until: float | None) -> Sequence[Mapping[str, Any]]:
    services = system.described.get("services", {})
    if all(name in services for name in WATCHED):
        return _each({name: services[name] for name in WATCHED}, until)
    found: Sequence[Mapping[str, Any]] = system.get("/v1/standings", until=until).good()["standings"]
    return found


def _each(addresses: Mapping[str, str], until: float | None) -> Sequence[Mapping[str, Any]]:
    connections = {name: connect(address, seconds_to_answer(until)) for name, address in addresses.items()}
    try:
        for connection in connections.values():
            connection.request("GET", "/v1/standing")
        return [_said(name, connection, until) for name, connection in connections.items()]
    finally:
        for connection in connections.values():
            connection.close()


def _said(name: str, connection: http.client.HTTPConnection, until: float | None) -> Mapping[str, Any]:
    wait_for(connection, seconds_to_answer(until))
    response = connection.getresponse()
    body = response.read()
    if response.status != http.client.OK:
        raise Refused(response.status, f"{name} does not say how far it has come")
    standing: Mapping[str, Any] = json.loads(body)
    return standing
