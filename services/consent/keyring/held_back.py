"""Danger that somebody is owed who takes no part just now: nobody hears of it in their place (design 5)."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from services.consent.flow.held_back import is_held_back, says_danger
from services.consent.flow.said import forms_of
from services.consent.state.entities import Form
from services.consent.state.taking_part import stopped
from services.consent.store.ledger import Ledger
from services.vocabulary.grounds import Reason


class HeldBack(NamedTuple):
    """One event that says danger, whom it is held back from, why they take no part, and since when."""

    form: Form
    incident: str
    recipient: str
    why: Reason
    since: datetime


def held_back(ledger: Ledger) -> Iterator[HeldBack]:
    """Yield what waits for whoever is stopped, as it stands: nothing once they take part again."""
    standing = ledger.taking_part()
    for recipient, incidents in ledger.waiting().items():
        why = stopped(standing, recipient)
        for key in incidents if why is not None else ():
            for form in _dangers(ledger, key):
                since = _since(ledger, form, recipient)
                if why is not None and since is not None:
                    yield HeldBack(form, key, recipient, why, since)


def _dangers(ledger: Ledger, key: str) -> Iterator[Form]:
    incident = ledger.incident(key)
    if incident is not None:
        yield from (form for form in forms_of(incident) if says_danger(ledger.person, incident, form))


def _since(ledger: Ledger, form: Form, recipient: str) -> datetime | None:
    """Return since when an event is held back from somebody; None: as it stands, it is not."""
    since: datetime | None = None
    for given in ledger.about([form.event_id]):
        for answer in given.answers:
            if answer.recipient == recipient:
                since = (since or given.decided_at) if is_held_back(answer) else None
    return since
