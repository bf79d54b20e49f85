"""What a caller's trace headers may leave behind: the ids, and nothing a caller wrote."""

import logging

import pytest
from opentelemetry import trace

from services.runtime import telemetry

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_span_goes_on_under_the_caller_s_own() -> None:
    with telemetry.continued({"traceparent": PARENT}):
        span = trace.get_current_span().get_span_context()

    assert format(span.trace_id, "032x") == "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize("state", ["Quenivaldra Thornwickle", "vendor=Quenivaldra"])
def test_what_a_caller_calls_its_state_is_neither_kept_nor_logged(
    state: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), telemetry.continued({"traceparent": PARENT, "tracestate": state}):
        kept = trace.get_current_span().get_span_context().trace_state
        sent_on = telemetry.carrier()

    assert dict(kept) == {}
    assert set(sent_on) == {"traceparent"}
    assert "Quenivaldra" not in caplog.text


@pytest.mark.parametrize("parent", ["", "Quenivaldra", "00-0-0-00", PARENT + "-Quenivaldra"])
def test_what_is_no_parent_is_none_and_is_not_logged(parent: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), telemetry.continued({"traceparent": parent}):
        span = trace.get_current_span().get_span_context()

    assert not span.is_valid
    assert caplog.text == ""
