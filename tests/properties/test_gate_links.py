"""Laws of linked persons: a history told under many names is the history told under one (decision 0023)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import pytest

from services.consent.flow import children
from services.consent.flow.decision import Again, Answer, Emit
from services.consent.flow.fold import Fold, empty
from services.consent.flow.record import encode
from services.consent.rules import evidence
from services.consent.state import evolve, harms, sides
from services.consent.state.entities import Person
from services.consent.state.heard import Child, Heard
from services.consent.state.links import PersonOf, group
from services.vocabulary.events import NAMES_BOTH_SIDES, VPA_FAMILY, EventType
from services.vocabulary.placement import Placement
from tests.gate_builders import START, an_event, internal, linked, unlinked
from tests.gate_comparison import a_desk, decider_without
from tests.gate_history import a_history, hear
from tests.properties.test_gate_started_anew import Kept
from tests.system import sized

HISTORIES = sized(40, 1_000)
STEPS = 50
ORDINARY = 100
"""Histories among which a gate that forgets links must be caught."""

PEOPLE = ("ana", "bo", "cy", "di", "ed")
NAMES = {name: (name, f"{name} as misspelt", f"{name} as married") for name in PEOPLE}
"""Under what names the door knows each: the first is whom the history means."""

BOTH_SIDES = VPA_FAMILY | NAMES_BOTH_SIDES
Said = tuple[tuple[Answer, ...], tuple[Again, ...], list[Emit]]


def a_told_history(seed: int) -> list[Heard]:
    """Return the events of a history in which some people harm others, or themselves are children."""
    rng = random.Random(seed)
    harming = (None, None, "ana", "bo", "bo", "cy")
    return [_harmed_by(event, rng.choice(harming)) for event in hear(a_history(seed, STEPS))]


def _harmed_by(event: Heard, name: str | None) -> Heard:
    if name is None or event.type not in BOTH_SIDES:
        return event
    return replace(event, causing_harm=internal(name), children=_placed(event.children, internal(name)))


def _placed(pupils: Iterable[Child], causing_harm: str) -> tuple[Child, ...]:
    """Place a child who causes the harm as the gate hears it: it knows them by one name."""
    return tuple(
        replace(child, placement=Placement.CAUSING_HARM) if child.person == causing_harm else child
        for child in pupils
    )


def under_any_name(events: Iterable[Heard], rng: random.Random) -> Iterator[Heard]:
    """Yield the events, each person in each under one of their names."""
    names = {internal(name): tuple(map(internal, theirs)) for name, theirs in NAMES.items()}

    def one(person: str | None) -> str | None:
        return rng.choice(names[person]) if person in names else person

    for event in events:
        pupils = tuple(replace(child, person=one(child.person) or "") for child in event.children)
        yield replace(event, victim=one(event.victim), causing_harm=one(event.causing_harm), children=pupils)


def every_link() -> list[Heard]:
    """Return the links that make one of everybody's names: in a row, so that they hold onwards."""
    pairs = [(all_of[n], all_of[n + 1]) for all_of in NAMES.values() for n in (0, 1)]
    return [linked(*pair, event_id=f"link-{number}") for number, pair in enumerate(pairs)]


def decided(events: Sequence[Heard]) -> list[Said]:
    """Return what is decided of each event, but for whom each release calls the person."""
    fold = Fold(empty(), decider_without(None), a_desk())
    told = [fold.take(replace(each, offset=at), None).decision for at, each in enumerate(events)]
    return [(each.answers, each.again, [emit._replace(person=None) for emit in each.emits]) for each in told]


def parts(seed: int) -> bool:
    """Say whether a history told under many linked names is decided otherwise than under one."""
    history = a_told_history(seed)
    many = list(under_any_name(history, random.Random(seed)))
    return decided([*every_link(), *many]) != decided([*every_link(), *history])


def test_under_many_linked_names_all_is_decided_as_under_one() -> None:
    assert [seed for seed in range(HISTORIES) if parts(seed)] == []


def alone(person_of: PersonOf, key: str) -> tuple[str, ...]:
    return (key,)


def unlinked_one(person_of: PersonOf, key: str) -> Person:
    return person_of(key)


ALTERED = {
    "withdrawals and cases count of one name": (evidence, "as_one", unlinked_one),
    "news of one name is none of the others": (evolve, "as_one", unlinked_one),
    "a case is closed of one name": (evolve, "group", alone),
    "who harms is known of one name": (harms, "as_one", unlinked_one),
    "who is harmed is known by one name": (harms, "group", alone),
    "the hub speaks of one name": (sides, "group", alone),
    "schools are told of names": (children, "group", alone),
}
"""Where linked persons are asked for, each as if they were not: the place, its name, what stands there."""


@pytest.mark.parametrize("place", ALTERED)
def test_a_gate_that_forgets_the_links_in_one_place_is_caught(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name, altered = ALTERED[place]
    monkeypatch.setattr(where, name, altered)

    assert any(parts(seed) for seed in range(ORDINARY))


def with_links(events: Iterable[Heard], rng: random.Random) -> Iterator[Heard]:
    """Yield a history with links of anybody and anybody told in between, and their ends."""
    now = START
    for number, event in enumerate(events):
        if rng.random() < 0.3:
            says = linked if rng.random() < 0.6 else unlinked
            yield says(*rng.sample(PEOPLE, 2), event_id=f"link-{number}", recorded_at=now)
        now = max(now, event.recorded_at)
        yield event


def test_a_gate_started_anew_after_every_event_knows_the_same_links() -> None:
    for seed in range(HISTORIES // 4):
        events = list(with_links(a_told_history(seed), random.Random(seed)))
        fold, kept = Fold(empty(), decider_without(None), a_desk()), Kept()
        for at, event in enumerate(events):
            placed = replace(event, offset=at)
            assert kept.take(placed) == encode(fold.take(placed, None).decision), (seed, at)


def test_who_is_one_with_whom_is_said_of_each_alike_and_in_the_same_order() -> None:
    for seed in range(HISTORIES):
        rng, fold = random.Random(seed), Fold(empty(), decider_without(None), a_desk())
        for event in with_links([_noon(at) for at in range(12)], rng):
            fold.take(event, None)

        groups = {name: group(fold.world.person, internal(name)) for name in PEOPLE}

        for name, theirs in groups.items():
            assert internal(name) in theirs
            assert theirs == tuple(sorted(set(theirs)))
            assert all(groups[other] == theirs for other in PEOPLE if internal(other) in theirs)


def _noon(at: int) -> Heard:
    return an_event(EventType.TIME_PASSED, event_id=f"noon-{at}")
