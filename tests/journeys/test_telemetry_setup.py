"""What Prometheus is told to read and Grafana to draw is what a running system exposes."""

import json
import re
from collections.abc import Iterator

import pytest

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.consent.worker.alarms import ALARMS
from services.console.api.whole import METRICS
from services.runtime.places import ROOT
from tests.door_builders import example
from tests.system import Running

TELEMETRY = ROOT / "infra" / "telemetry"
NAME = re.compile(r"\b(?:sightline|process)_[a-z_]+")


@pytest.fixture(scope="module")
def exposed(system: Running) -> set[str]:
    cli = System(system.url, system.data)
    event = {**example("VpaRaised"), "id": "telemetry-1", "incident": "TELEMETRY-1"}
    assert publish(cli, [("police", event)]).complete
    settle(cli)
    lines = cli.get(METRICS).body.decode().splitlines()
    return {re.split("[{ ]", line, maxsplit=1)[0] for line in lines if not line.startswith("#")}


def drawn() -> Iterator[str]:
    dashboard = json.loads((TELEMETRY / "dashboard.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def alarmed_at() -> list[str]:
    return re.findall(r"^ *expr: (.*)$", (TELEMETRY / "alerts.yml").read_text("utf-8"), re.MULTILINE)


def test_every_query_of_the_dashboard_names_metrics_that_are_exposed(exposed: set[str]) -> None:
    queries = list(drawn())

    assert all(NAME.search(query) for query in queries)
    assert {name for query in queries for name in NAME.findall(query)} - exposed == set()


def test_every_alarm_names_metrics_that_are_exposed(exposed: set[str]) -> None:
    queries = alarmed_at()

    assert len(queries) == (TELEMETRY / "alerts.yml").read_text("utf-8").count("- alert:")
    assert {name for query in queries for name in NAME.findall(query)} - exposed == set()


def test_whatever_the_gate_says_somebody_must_look_at_has_an_alarm() -> None:
    said = {f"sightline_gate_{name}_total" for name in (*ALARMS, "decisions_differ")}

    assert said - {name for query in alarmed_at() for name in NAME.findall(query)} == set()


def test_the_place_that_is_scraped_is_the_consoles(exposed: set[str]) -> None:
    config = (TELEMETRY / "prometheus.yml").read_text("utf-8")

    assert re.findall(r"metrics_path: (\S+)", config) == [METRICS]
    assert "sightline_up" in exposed
