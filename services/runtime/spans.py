"""One trace's steps through the services, read from the spans they exported. Ids and durations alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

TRACE = re.compile("[0-9a-f]{32}", re.ASCII)
OWN_STEPS = re.compile(r"(console|door|gate|keyring|projections|notify|audit)\.[a-z]+")
"""Steps that say what happened to an event; the others are the web framework's."""


def steps_of(data: Path, trace: str) -> list[dict[str, Any]]:
    """Return a trace's steps in the order they began; none where nothing was exported under it.

    Spans are written some seconds after they end, and the oldest are let go of.
    """
    spans = [span for span in _exported(data, trace) if OWN_STEPS.fullmatch(span["name"])]
    spans.sort(key=lambda span: int(span["start_ns"]))
    return [_step(span, spans[0]["start_ns"]) for span in spans]


def step_line(step: Mapping[str, Any]) -> str:
    """Return a step for people: when it began after the first, what, and how long it took."""
    beside = " ".join(f"{name}={value}" for name, value in step["attributes"].items())
    failed = "" if step["ok"] else "  FAILED"
    return (
        f"{step['after_ms']:>10.1f} ms  {step['service']:<12} {step['name']:<20} "
        f"{step['took_ms']:>8.1f} ms  {beside}{failed}"
    ).rstrip()


def _exported(data: Path, trace: str) -> Iterator[dict[str, Any]]:
    for file in sorted((data / "telemetry").glob("*.jsonl")):
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
