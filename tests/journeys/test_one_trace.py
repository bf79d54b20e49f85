"""One trace from the door to the school's message, read from what every process exported; and no content."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.runtime import telemetry
from tests.door_builders import example
from tests.system import Running, eventually

STEPS = {"door.take", "gate.decide", "projections.apply", "notify.plan"}
"""What happens to one form on its way from its publisher to the school."""

EXPLAINED = "GET /v1/events/{event}/explanation"
"""What the keyring's web framework calls the span of a question whose address has the publisher's own id."""

PLANTED = {
    "given_name": "Zarquinelda",
    "family_name": "Obblethwaitely",
    "reference": "PLANTED-REFERENCE-7",
    "text": "the kestrelwick door was broken",
    "phone": "07700900917",
}


@pytest.fixture(scope="module")
def cli(system: Running) -> System:
    return System(system.url, system.data)


@pytest.fixture(scope="module")
def spans(system: Running, cli: System) -> list[dict[str, Any]]:
    """Every span of every process, once the planted form is planned at its school."""
    event = planted()
    assert publish(cli, [("police", event)]).complete
    settle(cli)
    reader = f"school:{event['children'][0]['school_urn']}"
    release = cli.get("/v1/inbox?limit=100", agency=reader).good()["releases"][-1]
    opened = {"release_id": release["release_id"], "sections": None, "purpose": PLANTED["text"]}
    assert PLANTED["family_name"] in cli.post("/v1/open", opened, agency=reader).body.decode()
    assert cli.get(f"/v1/events/{PLANTED['reference']}/explanation", {"to": PLANTED["phone"]}).status < 500
    asked = len([span for span in exported(system.data) if span["name"] == EXPLAINED])
    eventually(lambda: len([span for span in exported(system.data) if span["name"] == EXPLAINED]) > asked)
    eventually(lambda: any(whole(trace) for trace in traces(system.data).values()))
    return list(exported(system.data))


def planted() -> dict[str, Any]:
    event = example("VpaRaised")
    event["facts"]["risk"] = "high"
    for section in (event["victim"], *event["children"]):
        section.update(given_name=PLANTED["given_name"], family_name=PLANTED["family_name"])
    event["narrative"]["text"] = PLANTED["text"]
    event["contact"]["phone"] = PLANTED["phone"]
    return {**event, "id": PLANTED["reference"], "incident": PLANTED["reference"]}


def exported(data: Path) -> Iterator[dict[str, Any]]:
    for file in sorted((data / "telemetry").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            yield {**json.loads(line), "service": file.name.partition(".")[0]}


def traces(data: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for span in exported(data):
        found.setdefault(span["trace"], []).append(span)
    return found


def whole(trace: list[dict[str, Any]]) -> bool:
    return {span["name"] for span in trace} >= STEPS


def test_one_trace_goes_from_the_door_to_the_schools_message(spans: list[dict[str, Any]]) -> None:
    by_trace: dict[str, set[tuple[str, str]]] = {}
    for span in spans:
        by_trace.setdefault(span["trace"], set()).add((span["service"], span["name"]))

    (found,) = [steps for steps in by_trace.values() if {name for _, name in steps} >= STEPS][-1:]

    assert {service for service, _ in found} >= {"ingest", "gate", "projections", "notify"}


def test_no_exported_span_holds_content(spans: list[dict[str, Any]]) -> None:
    text = json.dumps(spans, ensure_ascii=False)

    assert [name for name, word in PLANTED.items() if word in text] == []
    assert len(spans) > len(STEPS)


def test_a_spans_attributes_are_those_on_the_list(spans: list[dict[str, Any]]) -> None:
    attributes = {name: value for span in spans for name, value in span["attributes"].items()}

    assert set(attributes) <= telemetry.TOLD
    assert not [name for name in telemetry.TOLD if name.startswith("url") or "query" in name]


def test_no_metric_holds_content(spans: list[dict[str, Any]], cli: System) -> None:
    exposition = cli.get("/metrics").body.decode()

    assert [name for name, word in PLANTED.items() if word in exposition] == []
    assert re.search(r"^sightline_gate_decisions_total\{.*\} [1-9]", exposition, re.MULTILINE)
