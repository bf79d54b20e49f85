"""Draw who harms whom, who is a child, and who speaks for whom: a few persons who change places."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from services.vocabulary.events import NAMES_BOTH_SIDES, VPA_FAMILY, EventType
from services.vocabulary.sides import Client, Roles, VictimAge
from tests.gate_builders import internal

if TYPE_CHECKING:
    from tests.gate_history import Step

USUALLY: Final = {"one": ("ana", "bo"), "two": ("bo", "ana"), "three": ("ana", "ray")}
"""Who is harmed in an incident, and by whom: each of two harms the other, and a third harms one of them."""

REPORTS = (
    EventType.REFERRAL_RECEIVED,
    EventType.REFERRAL_RECEIVED,
    EventType.REFERRED_ON,
    EventType.REFERRED_ON,
    EventType.MARAC_REFERRED,
    EventType.MARAC_TRANSFERRED,
)
"""What partners send of who is harmed, and by whom."""

SAYS_AN_AGE = VPA_FAMILY | {EventType.REFERRAL_RECEIVED, EventType.MARAC_REFERRED}
NAMES_SOMEBODY = VPA_FAMILY | NAMES_BOTH_SIDES | {EventType.DVDS_DECIDED, EventType.DVPN_ISSUED}
"""Whatever may name a person causing harm beside the adult victim: police decisions too."""

CONSENTS = frozenset({EventType.CONSENT_RECORDED, EventType.CONSENT_WITHDRAWN})
CASES = frozenset({EventType.CASE_OPENED, EventType.CASE_CLOSED})
OTHERS = (Client.CHILD, Client.PERSON_CAUSING_HARM)


class Said(NamedTuple):
    """What an event says of the two sides beside its adult victim."""

    causing_harm: str | None = None
    age: VictimAge | None = None
    roles: Roles | None = None
    consent_of: Client = Client.ADULT_VICTIM
    client: Client | None = None

    def fields(self) -> dict[str, Any]:
        """Return the same as what the gate hears."""
        return {
            "causing_harm": internal(self.causing_harm) if self.causing_harm else None,
            "victim_age": self.age,
            "roles": self.roles,
            "consent_of": self.consent_of,
            "client": self.client,
        }


NOTHING_SAID: Final = Said()


class Persons:
    """Draw the persons of one history: how often they change places, and who of them is a child."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._turns = rng.choice((0.1, 0.3, 0.5))
        self._children = {name for name in ("ana", "bo", "ray") if rng.random() < 0.15}
        self._ages_said = rng.choice((0.0, 0.2, 0.6))

    def told(self, step: Step) -> Step:
        """Return a step with what it says of the persons in it."""
        if step.type in CONSENTS and self._rng.random() < 0.1:
            return replace(step, sides=Said(consent_of=self._rng.choice(OTHERS)))
        if step.type in CASES:
            return replace(step, sides=Said(client=self._rng.choice((None, None, *Client))))
        if step.incident is None or step.type not in NAMES_SOMEBODY:
            return step
        return self._naming_both(step, step.incident)

    def _naming_both(self, step: Step, incident: str) -> Step:
        is_form = step.type in VPA_FAMILY
        victim, harming = USUALLY[incident]
        if self._rng.random() < (self._turns / 2 if is_form else self._turns):
            victim, harming = harming, victim
        elif is_form and step.victim is not None:
            victim = step.victim
        named = self._rng.choices((harming, "ray", "cy", None), (12, 1, 1, 2))[0]
        age = self._age(victim) if step.type in SAYS_AN_AGE else None
        return replace(step, victim=victim, sides=Said(causing_harm=named, age=age))

    def _age(self, victim: str) -> VictimAge | None:
        if self._rng.random() >= self._ages_said:
            return None
        if self._rng.random() < 0.15:
            return self._rng.choice(list(VictimAge))
        return VictimAge.UNDER_16 if victim in self._children else VictimAge.ADULT


def roles_reviewed(rng: random.Random, step: Step) -> Step:
    """Return the Hub's word on the roles in an incident, told to who sent the report, perhaps."""
    named = tuple(rng.sample(("cedah", "mycwa", "dafsu", "housing"), rng.choice((0, 1, 2))))
    roles = rng.choice((Roles.STAND, Roles.STAND, Roles.BOTH, Roles.REVERSED, Roles.REVERSED))
    return replace(step, named=named, sides=Said(roles=roles))


def told_once(rng: random.Random, step: Step) -> Step:
    """Return what came of what was shared, or an action raised: told as it is, and never again."""
    kind = rng.choice((EventType.EXPECTATION_MET, EventType.ACTION_RAISED, EventType.REVIEW_COMMISSIONED))
    if kind is EventType.EXPECTATION_MET:
        return replace(step, type=kind, publisher=rng.choice(("dafsu", "cedah", "checs")))
    named = tuple(rng.sample(("police", "dafsu", "cedah", "housing"), rng.choice((1, 2))))
    return replace(step, type=kind, incident=None, publisher="partnership", named=named)
