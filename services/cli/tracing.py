"""One event's way through the services, from the spans they exported. Ids and durations alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.cli import reading
from services.cli.client import System
from services.cli.errors import NothingFound
from services.cli.topics import records

TRACE = re.compile("[0-9a-f]{32}")
TRACEPARENT = "traceparent"
OWN_STEPS = re.compile(r"(console|door|gate|keyring|projections|notify|audit)\.[a-z]+")
"""Steps that say what happened to an event; the others are the web framework's."""

WHOLE_LOG = 2**31


def steps(system: System, which: str) -> dict[str, Any]:
    """Return an event's steps in the order they began, by its trace's id or its own.

    Raises NothingFound where nothing was exported under it. Spans are written some seconds after they end,
    and the oldest are let go of.
    """
    trace = which if TRACE.fullmatch(which) and _spans(system, which) else trace_of(system, which)
    spans = sorted(_spans(system, trace), key=lambda span: int(span["start_ns"]))
    if not spans:
        raise NothingFound(f"no step of `{which}` was exported: ask again in some seconds")
    began = spans[0]["start_ns"]
    return {"trace": trace, "steps": [_step(span, began) for span in spans]}


def trace_of(system: System, event: str) -> str:
    """Return the trace an event came into the log with. Raises NothingFound."""
    event_id = reading.explanation(system, event, None)["event_id"]
    for stored in records(system, "log", 0, WHOLE_LOG):
        parent = dict(stored.headers).get(TRACEPARENT)
        if stored.key == event_id.encode() and parent is not None:
            return parent.decode("ascii", "replace").split("-")[1]
    raise NothingFound(f"`{event}` came without a trace: look at it with ops peek")


def trace_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the way for people: when it began after the first, what, and how long it took."""
    yield f"trace {found['trace']}"
    for step in found["steps"]:
        beside = " ".join(f"{name}={value}" for name, value in step["attributes"].items())
        failed = "" if step["ok"] else "  FAILED"
        yield (
            f"{step['after_ms']:>10.1f} ms  {step['service']:<12} {step['name']:<20} "
            f"{step['took_ms']:>8.1f} ms  {beside}{failed}"
        ).rstrip()


def _spans(system: System, trace: str) -> list[dict[str, Any]]:
    return [span for span in _exported(system, trace) if OWN_STEPS.fullmatch(span["name"])]


def _exported(system: System, trace: str) -> Iterator[dict[str, Any]]:
    for file in sorted((system.data / "telemetry").glob("*.jsonl")):
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                if trace in line and line.endswith("\n") and (span := json.loads(line))["trace"] == trace:
                    yield {**span, "service": file.name.partition(".")[0]}


def _step(span: Mapping[str, Any], began: int) -> dict[str, Any]:
    return {
        "service": span["service"],
        "name": span["name"],
        "after_ms": (span["start_ns"] - began) / 1e6,
        "took_ms": (span["end_ns"] - span["start_ns"]) / 1e6,
        "attributes": span["attributes"],
        "ok": span["ok"],
    }
