"""What stands against making somebody unreadable? (design 8, decision 0027)"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from services.consent.state.entities import Erasure, Incident, Person
from services.vocabulary.erasure import Objection
from services.vocabulary.events import EventType

WAIT: Final = timedelta(days=30)
"""How long nothing of somebody opens before their key is destroyed (design 8)."""

MARAC_KEEPS: Final = timedelta(days=366)
"""Twelve months, a leap year's, after whatever was last heard of a case at MARAC (NA 6.61-6.70)."""

MARAC: Final = frozenset(each for each in EventType if each.value.startswith("Marac"))


def objections(
    erasures: Iterable[Erasure], persons: Iterable[Person], incidents: Iterable[Incident], now: datetime
) -> tuple[Objection, ...]:
    """Return everything that stands against erasing one human being, in a fixed order; none: nothing does.

    They are given under each name they are known by, with every incident that names them in any role.
    """
    return tuple(dict.fromkeys(sorted(_objections(erasures, persons, incidents, now))))


def is_over(ordered_at: datetime, now: datetime) -> bool:
    """Say whether the time is over in which an order may be taken back."""
    return now >= ordered_at + WAIT


def _objections(
    erasures: Iterable[Erasure], persons: Iterable[Person], incidents: Iterable[Incident], now: datetime
) -> Iterator[Objection]:
    if any(erasure.holds for erasure in erasures):
        yield Objection.LEGAL_HOLD
    if any(person.child_cases for person in persons):
        yield Objection.OPEN_CASE
    for incident in incidents:
        if incident.cases or incident.child_cases:
            yield Objection.OPEN_CASE
        if any(now < at + MARAC_KEEPS for at in _at_marac(incident)):
            yield Objection.RECENT_MARAC


def _at_marac(incident: Incident) -> Iterator[datetime]:
    """Yield when anything was recorded of an incident at MARAC: referred, accepted, listed, heard, moved."""
    if incident.marac is not None:
        yield incident.marac.recorded_at
    for beside in incident.beside.values():
        if beside.form.type in MARAC:
            yield beside.form.recorded_at
