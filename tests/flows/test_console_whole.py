"""The console's address answers for the whole system: whether it is ready, and all its metrics."""

import time
from collections.abc import Mapping
from typing import Final

import anyio
import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from services.console.api import passing, whole
from services.console.api.exposition import composed
from services.runtime.settings import Settings
from services.runtime.web import Standing, busy, create_app

SERVICES: Final = passing.WHOLE_SERVICES
HERE = "127.0.0.1"
READY, AWAY, SILENT, BABBLING = "ready", "away", "silent", "babbling"


def a_service(name: str, behaviour: str) -> FastAPI:
    app = FastAPI()

    @app.get("/readyz")
    async def readyz() -> Response:
        return await answered(PlainTextResponse("yes"))

    @app.get("/metrics")
    async def metrics() -> Response:
        if behaviour == BABBLING:
            return PlainTextResponse("this is { no exposition")
        text = (
            f"# HELP sightline_behind Behind\n# TYPE sightline_behind gauge\nsightline_behind {len(name)}\n"
        )
        return await answered(PlainTextResponse(text))

    async def answered(answer: Response) -> Response:
        if behaviour == SILENT:
            await anyio.sleep(60)
        return busy("not ready") if behaviour == AWAY else answer

    return app


class ByHost(httpx.AsyncBaseTransport):
    """Reaches each service by its name, in this process."""

    def __init__(self, behaviours: Mapping[str, str]) -> None:
        self._apps = {
            name: httpx.ASGITransport(a_service(name, behaviours.get(name, READY))) for name in SERVICES
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._apps[request.url.host].handle_async_request(request)


def ask(path: str, **behaviours: str) -> httpx.Response:
    return asked_from(HERE, path, **behaviours)


def asked_from(
    host: str, path: str, headers: dict[str, str] | None = None, /, **behaviours: str
) -> httpx.Response:
    async def asked() -> httpx.Response:
        settings = Settings.model_validate({name: f"http://{name}" for name in SERVICES})
        standing = Standing(service="console", behind=0, pending=0)
        app = create_app("console", settings, ready=lambda: True, standing=lambda: standing)
        whole.install(app, settings, httpx.AsyncClient(transport=ByHost(behaviours)))
        transport = httpx.ASGITransport(app, client=(host, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            return await client.get(path, headers=headers)

    return anyio.run(asked)


def families(text: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(text)}


def by_service(family: Metric) -> dict[str, float]:
    return {sample.labels["service"]: sample.value for sample in family.samples}


def test_the_system_is_ready_when_every_service_is() -> None:
    answer = ask("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"ready": True})


@pytest.mark.parametrize("behaviour", [AWAY, SILENT])
def test_the_system_is_not_ready_while_a_service_is_not_and_names_it(behaviour: str) -> None:
    answer = ask("/readyz", gate=behaviour)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["not_ready"] == ["gate"]


def test_every_services_metrics_are_in_one_answer_each_under_its_name() -> None:
    answer = ask("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert by_service(families(answer.text)["sightline_behind"]) == {name: len(name) for name in SERVICES}
    assert set(by_service(families(answer.text)["sightline_up"]).values()) == {1}


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7", "somewhere"])
def test_metrics_are_not_there_for_another_machine(host: str) -> None:
    assert asked_from(host, "/metrics").status_code == 404
    assert asked_from(host, "/readyz").status_code == 200


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
def test_metrics_are_not_there_for_whom_a_proxy_asks(header: str) -> None:
    answer = asked_from(HERE, "/metrics", {header: "192.0.2.7"})

    assert answer.status_code == 404
    assert "sightline" not in answer.text


@pytest.mark.parametrize("behaviour", [AWAY, SILENT, BABBLING])
def test_a_service_that_does_not_answer_is_down_and_the_others_are_shown(behaviour: str) -> None:
    found = families(ask("/metrics", notify=behaviour).text)

    up = by_service(found["sightline_up"])
    assert {name for name, value in up.items() if value == 0} == {"notify"}
    assert set(by_service(found["sightline_behind"])) == set(SERVICES) - {"notify"}


def test_services_that_say_nothing_are_waited_for_together_and_not_for_long() -> None:
    began = time.monotonic()
    ask("/readyz", **dict.fromkeys(SERVICES, SILENT))

    assert time.monotonic() - began < 3


def test_a_metric_that_several_have_is_described_once() -> None:
    histogram = (
        "# HELP took_seconds How long\n# TYPE took_seconds histogram\n"
        'took_seconds_bucket{le="+Inf"} 2.0\ntook_seconds_count 2.0\ntook_seconds_sum 3.0\n'
        "# HELP done_total Done\n# TYPE done_total counter\n"
        'done_total{what="a \\"quoted\\" word"} 1.0\n'
    )
    text = composed({"gate": histogram, "notify": histogram}).decode()
    comments = [line for line in text.splitlines() if line.startswith("#")]

    assert len(comments) == len(set(comments)) == 2 * len(families(text))
    assert by_service(families(text)["done"]) == {"gate": 1, "notify": 1}
    assert families(text)["took_seconds"].type == "histogram"
