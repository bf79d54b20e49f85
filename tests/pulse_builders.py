"""A whole system in simulated time with enough published in a quarter hour to be told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from services.cli import publishing
from services.cli.client import System
from services.cli.settling import advance, clock_of, settle
from tests.door_builders import example
from tests.system import Running, running_system

START = "2024-09-02T08:01:00Z"
FORMS = 6


@contextmanager
def some_forms_raised(folder: Path) -> Iterator[Running]:
    """Run a system, an hour after six forms were raised within its first quarter hour."""
    with running_system(folder / "data", "--simulate-from", START) as running:
        publish(running, "raised")
        an_hour_passes(running)
        yield running


def publish(running: Running, name: str) -> None:
    """Raise six forms now, under ids of that name, and wait until all is decided."""
    form = example("VpaRaised")
    at = clock_of(of(running)).now().isoformat()
    names = [f"{name}-{number}" for number in range(FORMS)]
    forms = [{**form, "id": each, "incident": each, "occurred_at": at} for each in names]
    assert publishing.publish(of(running), [("police", form) for form in forms]).complete
    settle(of(running))


def an_hour_passes(running: Running) -> None:
    """Move the clock, stopping wherever a service wants to act."""
    advance(of(running), clock_of(of(running)).now() + timedelta(hours=1))


def of(running: Running) -> System:
    """The system as the command sees it."""
    return System(running.url, running.data)


def raised(running: Running) -> dict[str, int]:
    """Return how many forms were raised by the quarter hour, where told; none where nobody answers."""
    answer = of(running).get("/v1/pulse")
    windows = answer.json()["windows"] if answer.status == 200 else []
    found = [(window["from"], one) for window in windows for one in window["counts"]]
    return {at: one["count"] for at, one in found if one["event_type"] == "VpaRaised" and one["count"]}
