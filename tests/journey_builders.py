"""A few days of the synthetic month, played through a whole system, and what its services answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from services.cli.client import System
from services.cli.demo import played, running
from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP
from services.synthetic.dated import Dated
from services.synthetic.month import month
from services.synthetic.printout import Answers

SEED = 12
FIRST, LAST = date(2024, 9, 1), date(2024, 9, 30)
PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)

Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A running system that has lived through some events, and its answers."""

    system: System
    events: tuple[Dated, ...]
    answers: Answers


@contextmanager
def lived(data: Path, events: Sequence[Dated]) -> Iterator[Lived]:
    """Play events on a fresh system, ask its services, and keep it running until the block ends."""
    with running(data) as system:
        answers = played(system, events, SEED, FIRST, LAST)
        yield Lived(system=system, events=tuple(events), answers=answers)


def a_few_days(incidents: int, seed: int = SEED) -> list[Dated]:
    """Return all that is published about the month's first incidents."""
    events = month(seed, PARTNERSHIP)
    raised = [dated.event["incident"] for dated in events if dated.event["type"] == "VpaRaised"]
    chosen = set(raised[:incidents])
    return [dated for dated in events if _about(dated) in chosen]


def _about(dated: Dated) -> object:
    reference = dated.about or dated.event.get("incident")
    return str(reference).removeprefix("CEDAH-")


def without_a_child(events: Sequence[Dated]) -> list[Dated]:
    """Return the same events with one child left out: the last of the first household of two or more."""
    chosen = next(d.event["incident"] for d in events if len(children(d.event)) > 1)
    changed = []
    for dated in events:
        event = deepcopy(dated.event)
        if event.get("incident") == chosen and "children" in event:
            event["children"] = children(event)[:-1]
        changed.append(replace(dated, event=event))
    return changed


def children(event: Event) -> list[dict[str, Any]]:
    """Return an event's children."""
    return list(event.get("children") or ())


def raised(events: Sequence[Dated]) -> list[Event]:
    """Return the VPAs first responders raised."""
    return [dated.event for dated in events if dated.event["type"] == "VpaRaised"]


def reviewed(events: Sequence[Dated]) -> list[Event]:
    """Return the VPAs the Hub reviewed."""
    return [dated.event for dated in events if dated.event["type"] == "VpaReviewed"]
