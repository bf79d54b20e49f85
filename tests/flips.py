"""Consent given and withdrawn over and over, between reviews: what is published, and what must come of it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from services.synthetic.month import year
from services.vocabulary.grounds import Ground, ReleaseKind
from tests.storm import PARTNERSHIP

TO = "cedah"
REVIEWS = 0.05
"""How many of the events are a further review rather than a flip."""

GIVEN, WITHDRAWN, REVIEW = "given", "withdrawn", "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event of the police about one incident."""

    what: str
    incident: str
    event: Mapping[str, Any]


def steps(incidents: int, count: int, seed: int) -> list[Step]:
    """Return a first review of each incident, and then so many flips and further reviews of them.

    Each review says again what the attending officer was answered: that consent was given. The first counts.
    """
    rng = random.Random(seed)
    forms = [_form(each) for each in _medium(seed, incidents)]
    began = datetime.now(UTC) - timedelta(days=2)
    given = dict.fromkeys((form["incident"] for form in forms), True)
    found = [_step(REVIEW, form) for form in forms]
    while len(found) < incidents + count:
        form = rng.choice(forms)
        incident = form["incident"]
        if rng.random() < REVIEWS:
            found.append(_step(REVIEW, form))
            continue
        given[incident] = not given[incident]
        found.append(_step(GIVEN if given[incident] else WITHDRAWN, form))
    return [_numbered(step, number, began) for number, step in enumerate(found)]


def expected(told: Sequence[Step]) -> dict[str, list[tuple[str, str]]]:
    """Return what one recipient must be sent of each incident, in order: what, and because of which event."""
    sent: dict[str, list[tuple[str, str]]] = {}
    given: set[str] = set()
    for step in told:
        because = step.event["id"]
        is_first = step.incident not in sent
        theirs = sent.setdefault(step.incident, [])
        if step.what == GIVEN or is_first:
            given.add(step.incident)
            theirs.append((ReleaseKind.NEW.value, because))
        elif step.what == WITHDRAWN:
            given.discard(step.incident)
            theirs.append((ReleaseKind.RECALLED.value, because))
        elif step.incident in given:
            theirs.append((ReleaseKind.CHANGED.value, because))
    return sent


def owed_to_others(told: Sequence[Step]) -> set[tuple[str, str, str, str, str]]:
    """Return who else must be sent what: recipient, ground, kind, of which event and because of which.

    Their publisher keeps its own, and the partnership's office counts: each event once, as it is. A form of
    this kind owes nothing to anybody else.
    """
    ids = [step.event["id"] for step in told]
    grounds = (("police", Ground.OWN), ("partnership", Ground.PARTNERSHIP))
    return {
        (recipient, ground.value, ReleaseKind.NEW.value, id_, id_)
        for id_ in ids
        for recipient, ground in grounds
    }


@dataclass
class Receipts:
    """Which incidents' consent is withdrawn, with a receipt, and nothing sent since."""

    _withdrawn: dict[str, int] = field(default_factory=dict)
    _sent: dict[str, int] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)

    def sending(self, batch: Sequence[Step]) -> None:
        """Know that these are on their way: from now on nobody can say what stands."""
        with self._turn:
            for step in batch:
                self._sent[step.incident] = self._sent.get(step.incident, 0) + 1
                self._withdrawn.pop(step.incident, None)

    def receipted(self, batch: Sequence[Step]) -> None:
        """Know that all of these have their receipts."""
        with self._turn:
            for step in batch:
                if step.what == GIVEN:
                    self._withdrawn.pop(step.incident, None)
                elif step.what == WITHDRAWN:
                    self._withdrawn[step.incident] = self._sent[step.incident]

    def withdrawn(self) -> list[tuple[str, int]]:
        """Return the incidents that nobody may open just now, each with a number that tells whether since."""
        with self._turn:
            return list(self._withdrawn.items())

    def still(self, incident: str, number: int) -> bool:
        """Say whether nothing was sent about an incident since it had that number."""
        with self._turn:
            return self._withdrawn.get(incident) == number


def _medium(seed: int, count: int) -> Iterator[Mapping[str, Any]]:
    found = 0
    events: list[dict[str, Any]] = year(seed, PARTNERSHIP)
    for event in events:
        if event["type"] == "VpaReviewed" and event["facts"]["risk"] == "medium" and found < count:
            found += 1
            yield event
    assert found == count, f"a synthetic year has only {found} reviews at medium risk"


def _form(event: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reviewed form that consent alone lets the recipient see, and that tells no school."""
    facts = {**event["facts"], "children": "none", "vulnerable_adults": []}
    kept = {name: value for name, value in event.items() if name not in ("children", "rationale")}
    return {**kept, "facts": facts, "consent": {TO: GIVEN}}


def _step(what: str, form: Mapping[str, Any]) -> Step:
    if what == REVIEW:
        return Step(what=what, incident=form["incident"], event=form)
    event: dict[str, Any] = {"type": "ConsentWithdrawn", "incident": form["incident"]}
    if what == GIVEN:
        event |= {"type": "ConsentRecorded", "consent": {TO: "given"}}
    return Step(what=what, incident=form["incident"], event=event)


def _numbered(step: Step, number: int, began: datetime) -> Step:
    at = began + timedelta(seconds=number)
    event = {**step.event, "id": f"flip-{number:06d}", "occurred_at": at.isoformat()}
    return Step(what=step.what, incident=step.incident, event=event)
