"""Makes one Prometheus exposition of several services': each sample says whose it is. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

SERVICE = "service"
UP = "sightline_up"


def composed(texts: Mapping[str, str | None]) -> bytes:
    """Return one exposition text of what each service exposes, with a `service` label on every sample.

    `sightline_up` is 0 for a service that exposed nothing, or nothing that can be read. A metric that
    several services have stands once, with everybody's samples under it.
    """
    families: dict[str, Metric] = {}
    up = Metric(UP, "Whether the service answered with its metrics", "gauge")
    for service, text in texts.items():
        found = _read(text)
        up.add_sample(UP, {SERVICE: service}, 0 if found is None else 1)
        for metric in found or ():
            family = families.setdefault(metric.name, _empty(metric))
            family.samples += _owned(metric.samples, service)
    registry = CollectorRegistry()
    registry.register(_Collected([up, *families.values()]))
    return generate_latest(registry)


def _read(text: str | None) -> list[Metric] | None:
    try:
        return None if text is None else list(text_string_to_metric_families(text))
    except ValueError:
        return None


def _empty(metric: Metric) -> Metric:
    return Metric(metric.name, metric.documentation, metric.type)


def _owned(samples: Iterable[Sample], service: str) -> Iterator[Sample]:
    for sample in samples:
        yield sample._replace(labels={**sample.labels, SERVICE: service})


class _Collected:
    """What is exposed, in the shape the library collects it in."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Return every metric."""
        return self._metrics
