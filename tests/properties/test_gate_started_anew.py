"""A gate that is started anew after every event says the same, byte for byte, as one that never stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from services.consent.flow.decide import Decider
from services.consent.flow.fold import Fold, empty
from services.consent.flow.record import encode
from services.consent.rules.reading import parse
from services.consent.rules.route import Rulebook
from services.consent.state.entities import Incident, Occurred, Person, Standing
from services.consent.state.heard import Heard
from services.consent.state.read_back import read_incident, read_person, read_standing
from services.consent.state.world import Due, World
from services.consent.state.written import write
from tests.gate_builders import internal
from tests.gate_comparison import a_desk, decider_without
from tests.gate_history import a_history, hear
from tests.system import sized

HISTORIES = sized(20, 300)
STEPS = 60


class Kept:
    """What a commit stores, as texts, and the gate that starts from it."""

    def __init__(self) -> None:
        self.standing = write(Standing())
        self.numbers: dict[str, int] = {}
        self.incidents: dict[str, str] = {}
        self.persons: dict[str, str] = {}
        self.waiting: dict[str, tuple[str, ...]] = {}
        self.policies: dict[str, str] = {}
        self.dues: set[Due] = set()
        self.occurred: set[Occurred] = set()

    def take(self, heard: Heard) -> bytes:
        """Start a gate, fold one event, keep what it changed. Returns the decision's bytes."""
        world = World(
            standing=read_standing(self.standing),
            numbers=self.numbers,
            incident_of=self._incident,
            person_of=self._person,
            agenda=self.dues,
            waiting_of=lambda recipient: self.waiting.get(recipient, ()),
            policy_of=self.policies.get,
            occurred_of=self._occurred,
        )
        policy = world.standing.policy
        decider = (
            Decider(Rulebook(parse(self.policies[policy])), a_desk()) if policy else decider_without(None)
        )
        said = encode(Fold(world, decider, a_desk()).take(heard, None).decision)
        self._keep(world)
        return said

    def _keep(self, world: World) -> None:
        self.standing = write(world.standing)
        self.numbers |= world.changed_numbers
        self.incidents |= {key: write(each) for key, each in world.changed_incidents.items()}
        self.persons |= {key: write(each) for key, each in world.changed_persons.items()}
        self.waiting |= world.changed_waiting
        self.policies |= {parse(text).hash: text for text in world.adopted.values()}
        self.dues = (self.dues | world.new_dues) - world.met_dues
        self.occurred |= {*world.new_occurred}

    def _incident(self, key: str) -> Incident | None:
        return read_incident(self.incidents[key]) if key in self.incidents else None

    def _occurred(self, after: Occurred, until: datetime, most: int) -> list[Occurred]:
        return [each for each in sorted(self.occurred) if each > after and each[0] <= until][:most]

    def _person(self, key: str) -> Person | None:
        return read_person(self.persons[key]) if key in self.persons else None


# Ids are in no order, as they are in a log: nothing may hang on the order that texts or sets have.
def test_a_gate_that_is_started_anew_after_every_event_says_the_same() -> None:
    for seed in range(HISTORIES):
        events = [replace(each, event_id=internal(each.event_id)) for each in hear(a_history(seed, STEPS))]
        live, kept = Fold(empty(), decider_without(None), a_desk()), Kept()
        for number, heard in enumerate(events):
            said = encode(live.take(heard, None).decision)

            assert kept.take(heard) == said, f"seed {seed}, event {number}: {heard.type}"
