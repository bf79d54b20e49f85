"""Has what was set aside read again, through each reader's own API: tried, then done as it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.cli.client import System
from services.cli.errors import CliError
from services.cli.operating import DOOR, aside
from services.runtime.clock import elapsed, rest

READ_SECONDS = 60.0
"""How long a reader may take to come as far again as it was."""

PAUSE_SECONDS = 0.1
CONFLICT = 409


def tried(system: System, topic: str | None, person: str | None) -> list[dict[str, Any]]:
    """Return what reading each topic again would do, by reader; nothing is done."""
    return [_asked(system, reader, {"topic": each}, person) for reader, each in _places(system, topic)]


def redriven(system: System, topic: str | None, person: str | None) -> list[dict[str, Any]]:
    """Try each topic, then do what was tried; return when its reader has come as far again as it was.

    What cannot be read again is returned as it was tried. Raises CliError where a reader takes too long.
    """
    done = []
    for plan in tried(system, topic, person):
        if plan["possible"]:
            body = {"topic": plan["topic"], "plan": plan["plan"]}
            plan = _asked(system, plan["reader"], body, person)
            _await_read(system, plan)
        done.append(plan)
    return done


def words(plan: Mapping[str, Any]) -> str:
    """Return a plan for people: what would come of it, counted, then each record that stands aside."""
    head = f"{plan['reader']} {plan['topic']}"
    if not plan["possible"]:
        return f"{head}: the log no longer holds `{plan['first']}`: it cannot be read again"
    verb = "sends" if plan["topic"] == DOOR else "reads"
    counts = ", ".join(f"{count} {says}" for says, count in plan["counts"].items() if count)
    lead = f"{head}: {verb} again from {plan['first']} to {plan['until'] - 1}: {counts}"
    if plan["tried"] < plan["of"]:
        lead += f" (the first {plan['tried']} of {plan['of']} were tried; the others follow them, in order)"
    rows = [
        f"    {one['offset']}: {one['was']}, read again {one['times']} times: {one['reason'] or one['says']}"
        for one in plan["records"]
    ]
    return "\n".join([lead, *rows, "    done" if plan["done"] else "    add --now to do it"])


def _places(system: System, topic: str | None) -> list[tuple[str, str]]:
    """Return each reader and topic of which something stands aside, once."""
    places = dict.fromkeys((str(row["reader"]), str(row["topic"])) for row in aside(system))
    return [(reader, each) for reader, each in places if topic in (None, each)]


def _asked(system: System, reader: str, body: Mapping[str, object], person: str | None) -> dict[str, Any]:
    answer = system.post(f"/v1/operations/{reader}/redrive", body, person=person)
    if answer.status == CONFLICT:
        raise CliError(f"what {reader} set aside has changed meanwhile: look again")
    return {"reader": reader, **answer.good()}


def _await_read(system: System, plan: Mapping[str, Any]) -> None:
    until = elapsed() + READ_SECONDS
    while not _is_read(system, plan):
        if elapsed() > until:
            raise CliError(
                f"{plan['reader']} has not read `{plan['topic']}` again yet: see sightline ops lag"
            )
        rest(PAUSE_SECONDS)


def _is_read(system: System, plan: Mapping[str, Any]) -> bool:
    said = system.get(f"/v1/operations/{plan['reader']}/parked").good()["redrives"]
    return all(one["read"] for one in said if one["topic"] == plan["topic"])
