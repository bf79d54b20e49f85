"""A gate that is started anew after every event says the same, byte for byte, as one that never stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

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
from services.vocabulary.events import EventType
from services.vocabulary.risk import Risk
from services.vocabulary.sides import Roles
from tests.gate_builders import START, an_event, grades, internal
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


def a_report(victim: str, by: str | None, **more: Any) -> Heard:
    """Return what a partner reports at high risk, of one incident."""
    named = {"victim": internal(victim), "causing_harm": internal(by) if by is not None else None}
    given = {"publisher": "cedah", "incident": internal("one"), "grades": grades(Risk.HIGH), **named}
    return an_event(EventType.REFERRAL_RECEIVED, **given, **more)


# The report that waits has the lower id: texts are kept in order of ids, and reports came the other way.
def test_what_follows_a_report_found_wrong_is_held_by_it_though_the_gate_was_started_anew() -> None:
    wrong = an_event(EventType.ROLES_REVIEWED, incident=internal("one"), roles=Roles.REVERSED)
    two = a_report("ben", "ada", event_id="z-found-wrong"), a_report("ben", "ada", event_id="a-waits")
    told = (a_report("ada", "ben"), two[0], wrong, two[1], a_report("ben", None))
    later = an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + timedelta(days=3))
    events = [replace(each, offset=number) for number, each in enumerate((*told, later))]
    live, kept = Fold(empty(), decider_without(None), a_desk()), Kept()

    said = [(kept.take(heard), encode(live.take(heard, None).decision)) for heard in events]

    assert said[-1][0] == said[-1][1]
