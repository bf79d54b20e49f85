"""One incident for the Hub: who was told, who opened it, how it would be decided now. Writes nothing."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from services.consent.flow.children import told_already
from services.consent.flow.decide import Decider
from services.consent.flow.decision import Answer
from services.consent.flow.desk import Desk
from services.consent.keyring.shown import as_seen
from services.consent.keyring.telling import Teller, sharing
from services.consent.rules.danger import review_due
from services.consent.rules.policy import EDUCATION
from services.consent.rules.reading import parse
from services.consent.rules.route import Rulebook
from services.consent.state.entities import Incident
from services.consent.state.sides import age_of
from services.consent.state.world import World
from services.consent.store.days import Days
from services.consent.store.ledger import InForce, Ledger
from services.consent.store.openings import OPENING, Openings
from services.runtime.identity import Caller
from services.vocabulary.agencies import is_school
from services.vocabulary.times import format_time

MOST = 1000
"""Openings of one incident that are told, the latest first."""

POLICIES = 2
"""Policies that are kept compiled: the one in force, and the one before it while it is adopted."""


class Incidents:
    """Tells the Hub, and auditors, of one incident; what is closed to them looks absent."""

    def __init__(self, ledger: Ledger, openings: Openings, teller: Teller, desk: Desk) -> None:
        self._ledger = ledger
        self._openings = openings
        self._teller = teller
        self._desk = desk
        self._deciders = lru_cache(maxsize=POLICIES)(self._decider)

    def account(self, caller: Caller, text: str) -> Mapping[str, Any]:
        """Return who may see what of an incident, who opened it or was refused, and what would be said now.

        `person`: the adult victim's handle for the ledger's `told`; None: nobody is known as one.
        `sharing`: as it stands. `openings`: the latest first. `routing`: how its latest form would be decided
        by the state and the policy of now, with the gate's own rules, each beside how it stands; empty where
        there is no policy or no form. `review`: until when its form may wait for the Hub's, None where none
        waits. What the ledger says is as of one moment. Raises NothingToTell.
        """
        with self._ledger.at_one_moment():
            return self._account(caller, text)

    def _account(self, caller: Caller, text: str) -> Mapping[str, Any]:
        incident, given = self._teller.given(caller, text)
        stands = sharing(given)
        events = sorted({each.event_id for each in given})
        opened = self._openings.within(Days(), MOST, OPENING.c.event_id.in_(events))
        return {
            "incident": text,
            "person": self._handle(caller, incident),
            "sharing": stands,
            "openings": [as_seen(each, caller) for each in opened],
            "routing": self._routing(incident, {row["recipient"]: row for row in stands}),
            "review": self._review(incident),
        }

    def _review(self, key: str) -> Mapping[str, Any] | None:
        """Return until when a raised form may wait: `review_by` None is for ever (NA 4.10)."""
        incident, policy = self._ledger.incident(key), self._ledger.policy()
        if incident is None or incident.raised is None:
            return None
        age = age_of(self._ledger.person, incident, incident.raised)
        in_force = self._deciders(policy).rulebook.policy if policy is not None else None
        due = review_due(incident.raised, age, in_force) if in_force is not None else None
        now = self._ledger.taking_part().time
        return {
            "review_by": format_time(due) if due is not None else None,
            "overdue": due is not None and now is not None and due <= now,
        }

    def _handle(self, caller: Caller, incident: str) -> str | None:
        known = self._ledger.incident(incident)
        victim = known.victim if known is not None else None
        return self._teller.handle(caller, victim) if victim is not None else None

    def _routing(self, incident: str, stands: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Schools and the education officer are asked of the children the form names, and `stands` has those
        of them who are known there by any form. The police and the partnership's office get each event as it
        is: they are not asked again.
        """
        policy, world = self._ledger.policy(), self._world()
        again = self._deciders(policy).now(world, incident) if policy is not None else None
        if again is None:
            return []
        known = world.incident(incident)
        return [
            _row(answer, _as_told(world, known, answer, stands.get(answer.recipient)))
            for answer in again.answers
        ]

    def _decider(self, policy: InForce) -> Decider:
        """Return what decides by a policy. Kept by all of it, so that an adoption is seen at once."""
        return Decider(Rulebook(parse(policy.text)), self._desk)

    def _world(self) -> World:
        """Return what is known now, to be read and thrown away."""
        ledger = self._ledger
        return World(
            standing=ledger.taking_part(), numbers={}, incident_of=ledger.incident, person_of=ledger.person
        )


def _as_told(
    world: World, incident: Incident, answer: Answer, stands: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """Return how it stands: what a school, or the officer, is told is told child by child, over all forms."""
    told_of_children = answer.recipient == EDUCATION or is_school(answer.recipient)
    if stands is None or not told_of_children:
        return stands
    return {**stands, "sections": list(told_already(world, incident, answer))}


def _row(answer: Answer, stands: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "recipient": answer.recipient,
        "outcome": answer.outcome,
        "owed": answer.owed,
        "rule": answer.rule,
        "ground": answer.ground,
        "reason": answer.reason,
        "sections": list(answer.sections),
        "stands": {name: stands[name] for name in ("outcome", "ground", "sections")} if stands else None,
    }
