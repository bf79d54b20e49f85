"""Spans, metrics and log lines: ids, agencies, counts and durations; never a person.

Spans go to `<data>/telemetry/<service>.jsonl`, metrics to `/metrics`, log lines to standard error as JSON.
An exception is logged as its type and places in the code, without its message: a message may quote a person.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from services.runtime.settings import Settings

LARGEST_FILE_BYTES = 16 * 1024 * 1024
EXPOSITION_TYPE = CONTENT_TYPE_LATEST
TRACEPARENT = "traceparent"
TOLD = frozenset(
    {"agency", "events", "records", "rows", "offset"}
    | {"http.route", "http.request.method", "http.response.status_code", "error.type"}
)
"""Attributes that leave the process. The web framework adds addresses and queries, and in these a publisher's
own id may stand: what nobody put on this list stays here."""

_PROPAGATOR = TraceContextTextMapPropagator()


def setup(service: str, settings: Settings) -> None:
    """Send this process's spans and log lines where they belong. Call once, from `__main__`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(service))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)  # its warnings quote what a caller sent
    provider = TracerProvider(resource=Resource({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(FileExporter(_file(service, settings))))
    trace.set_tracer_provider(provider)


def flush() -> None:
    """Write out what is still buffered; for the end of a process."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.force_flush(timeout_millis=1000)


def tracer() -> trace.Tracer:
    """Return the tracer of this process."""
    return trace.get_tracer("sightline")


def carrier() -> dict[str, str]:
    """Return the current span as headers to send on: `traceparent`, or nothing outside a span."""
    headers: dict[str, str] = {}
    _PROPAGATOR.inject(headers)
    return headers


@contextmanager
def continued(headers: Mapping[str, str]) -> Iterator[None]:
    """Make spans started inside children of the span these headers carry; of the present one if none.

    Nothing but `traceparent` is taken from them: a `tracestate` is a caller's free text.
    """
    parent = headers.get(TRACEPARENT)
    carried = {} if parent is None else {TRACEPARENT: parent}
    token = context.attach(_PROPAGATOR.extract(carried, context.get_current()))
    try:
        yield
    finally:
        context.detach(token)


@cache
def counter(name: str, description: str, *labels: str) -> Counter:
    """Return the counter of that name, made on first use."""
    return Counter(f"sightline_{name}", description, labels)


@cache
def gauge(name: str, description: str, *labels: str) -> Gauge:
    """Return the gauge of that name, made on first use."""
    return Gauge(f"sightline_{name}", description, labels)


@cache
def histogram(name: str, description: str, *labels: str) -> Histogram:
    """Return the histogram of that name, made on first use; its unit is in its name."""
    return Histogram(f"sightline_{name}", description, labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure of this moment, measured because somebody asks and kept nowhere."""

    name: str
    description: str
    value: float


def exposition(now: Iterable[Measured] = ()) -> bytes:
    """Return every metric of this process in Prometheus' text format, and what was measured just now."""
    momentary = CollectorRegistry()
    for one in now:
        Gauge(f"sightline_{one.name}", one.description, registry=momentary).set(one.value)
    return generate_latest() + generate_latest(momentary)


class FileExporter(SpanExporter):
    """Appends one JSON line a span; starts the file again past 16 MiB and keeps the one before."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Write the spans."""
        if self._path.exists() and self._path.stat().st_size > LARGEST_FILE_BYTES:
            self._path.replace(self._path.with_suffix(".1.jsonl"))
        with open(self._path, "a", encoding="utf-8") as file:
            file.writelines(_line(span) + "\n" for span in spans)
        return SpanExportResult.SUCCESS


class LineFormatter(logging.Formatter):
    """One JSON object a line; exceptions without their messages."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": self.formatTime(record),
            "service": self._service,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().splitlines()[0] if record.getMessage() else "",
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = describe(record.exc_info[1])
        return json.dumps(line)


def describe(error: BaseException) -> str:
    """Return an exception's type and where it came from, and nothing it says."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
    return f"{type(error).__name__} at {places or 'no frame'}"


def _file(service: str, settings: Settings) -> Path:
    directory = settings.data / "telemetry"
    directory.mkdir(parents=True, exist_ok=True)
    return directory / f"{service}.jsonl"


def _line(span: ReadableSpan) -> str:
    identity = span.get_span_context()
    return json.dumps(
        {
            "name": span.name,
            "trace": format(identity.trace_id, "032x") if identity else None,
            "span": format(identity.span_id, "016x") if identity else None,
            "parent": format(span.parent.span_id, "016x") if span.parent else None,
            "start_ns": span.start_time,
            "end_ns": span.end_time,
            "attributes": {name: value for name, value in (span.attributes or {}).items() if name in TOLD},
            "ok": span.status.is_ok or span.status.is_unset,
        }
    )
