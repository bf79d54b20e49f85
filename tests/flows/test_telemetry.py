"""Whose child a span is, and what one scrape shows."""

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from services.runtime import telemetry

TRACER = TracerProvider().get_tracer("test")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_span_continues_the_trace_that_was_sent():
    with TRACER.start_as_current_span("server"), telemetry.continued({"traceparent": PARENT}):
        span = TRACER.start_span("inner")

    assert format(span.get_span_context().trace_id, "032x") == PARENT[3:35]


def test_a_span_stays_under_the_present_one_where_nothing_was_sent():
    for headers in ({}, {"traceparent": "no such thing"}):
        with TRACER.start_as_current_span("server") as server, telemetry.continued(headers):
            span = TRACER.start_span("inner")

        assert isinstance(server, trace.Span)
        assert span.get_span_context().trace_id == server.get_span_context().trace_id


def test_what_was_measured_just_now_is_shown_once_and_kept_nowhere():
    now = telemetry.Measured(name="measured_once", description="A figure", value=7)

    assert telemetry.exposition([now]).decode().count("sightline_measured_once 7.0") == 1
    assert "measured_once" not in telemetry.exposition().decode()
