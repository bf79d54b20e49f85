"""One trace from the door to the school: what notify does about a release goes on in the trace it came in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.notify.worker.publishing import FEW, Publisher
from tests.notify_builders import BELL, SCHOOL, Child, Front, Notify, answering

TRACE = "0af7651916cd43dd8448eb211c80319c"
ANOTHER = "1bf7651916cd43dd8448eb211c80319d"


@pytest.fixture(scope="module")
def exported() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


@pytest.fixture
def spans(exported: InMemorySpanExporter) -> InMemorySpanExporter:
    exported.clear()
    return exported


@pytest.fixture
def notify(tmp_path: Path) -> Notify:
    notify = Notify(url=f"sqlite:///{tmp_path / 'notify.db'}", mail=True)
    attended(notify, TRACE)
    notify.rest()
    return notify


@pytest.fixture
def door() -> Iterator[tuple[Front, str]]:
    front = Front()
    with answering(front) as url:
        yield front, url


def attended(notify: Notify, trace_id: str, number: int = 1) -> None:
    notify.traceparent = f"00-{trace_id}-b7ad6b7169203331-01"
    notify.police_attended({SCHOOL: [Child()]}, number=number, occurrence=number)


def publisher(notify: Notify, url: str) -> Publisher:
    return Publisher(engine=notify.engine, door=url, token=lambda: "token", signals=notify.signals)


def traces_of(exporter: InMemorySpanExporter, name: str) -> set[str]:
    found = [span.get_span_context() for span in exporter.get_finished_spans() if span.name == name]
    return {format(context.trace_id, "032x") for context in found if context is not None}


def test_planning_mailing_opening_phoning_and_saying_are_in_the_trace_the_release_came_in(
    spans: InMemorySpanExporter, notify: Notify, door: tuple[Front, str]
) -> None:
    front, url = door
    notify.mailer().step()
    notify.open(SCHOOL, notify.messages()[0].release_id)
    notify.at(BELL)
    publisher(notify, url).step()

    for step in ("plan", "mail", "look", "ring", "publish"):
        assert traces_of(spans, f"notify.{step}") == {TRACE}, step
    assert {parent.split("-")[1] for parent in front.traces} == {TRACE}


def test_what_is_said_of_two_messages_goes_on_in_two_traces(notify: Notify, door: tuple[Front, str]) -> None:
    front, url = door
    attended(notify, ANOTHER, number=2)
    notify.rest()

    publisher(notify, url).step()

    assert [parent.split("-")[1] for parent in front.traces] == [TRACE, ANOTHER]
    assert [len(batch) for batch in front.heard] == [2, 2]


def test_a_backlog_is_said_in_one_batch(notify: Notify, door: tuple[Front, str]) -> None:
    front, url = door
    for number in range(2, FEW):
        attended(notify, format(number, "032x"), number)
    notify.rest()

    publisher(notify, url).step()

    assert len(front.heard) == 1
