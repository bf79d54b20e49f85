"""Joinings, and history ordered for whoever joined, as the gate hears them."""

from datetime import datetime
from typing import Any

from services.consent.state.heard import Heard, SectionAt
from services.vocabulary.events import EventType
from tests.gate_builders import an_event


def joined(recipient: str, *, confirmed_by: str | None = "p-second-2", **more: Any) -> Heard:
    """Return the joining of a recipient, by two people unless told otherwise."""
    return _by_the_office(EventType.RECIPIENT_JOINED, recipient, confirmed_by, **more)


def backfill(
    recipient: str,
    since: datetime,
    until: datetime,
    *,
    confirmed_by: str | None = "p-second-2",
    **more: Any,
) -> Heard:
    """Return history ordered for a recipient, both ends included, by two people unless told otherwise."""
    sections = (
        SectionAt(name="routing", schema_id="routing/1", leaf=0),
        SectionAt(name="facts", schema_id="facts/2", leaf=1),
    )
    scope = {"since": since, "until": until, "sections": sections}
    return _by_the_office(EventType.BACKFILL_ORDERED, recipient, confirmed_by, **scope, **more)


def _by_the_office(event_type: EventType, recipient: str, confirmed_by: str | None, **more: Any) -> Heard:
    return an_event(
        event_type, publisher="partnership", named=(recipient,), confirmed_by=confirmed_by, **more
    )
