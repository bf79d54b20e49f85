"""Decide for all recipients of one event: our rules against cedarpy's, in the environment that has cedarpy.

`python -m tests.bench.deciding SEED` prints one JSON document, see `Deciding`. Both are given the same
questions, ready made: ours as `Circumstances`, cedarpy's as requests whose context is JSON already, with the
policies parsed once and only those about the type of event in question. Both then answer for every
recipient of one event at a time; cedarpy in one batch an event.
"""

from __future__ import annotations

import gc
import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Any

from services.consent.flow.decide import Decider
from services.consent.flow.desk import Desk
from services.consent.rules.circumstances import Circumstances
from services.consent.rules.combinations import in_order, possible
from services.consent.rules.policy import EDUCATION, PARTNERSHIP, PUBLISHER, Policy
from services.consent.rules.reading import parse
from services.consent.rules.route import Rulebook
from services.consent.rules.schools import tell
from services.consent.state.heard import Child
from services.vocabulary.agencies import HUB, RECIPIENTS
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.placement import Placement
from tests.bench.cedar import Asked, policies, request, require_no_general_rule_for_children

STRICT = Path(__file__).parents[2] / "services" / "consent" / "policies" / "strict.toml"

EVENTS = 2000
"""Reviewed forms decided, of which no recipient's circumstances are ever the same twice."""

CEDAR_EVENTS = 300
"""As many of them as cedarpy is given: it keeps nothing from one to the next, so more say the same."""

CHECKED = 16
"""Combinations of each type of event that both are asked about, for every recipient."""

SHARED = (
    "risk",
    "children",
    "vulnerable_adults",
    "adult_safeguarding_concern",
    "overdue",
    "out_of_hours",
    "counter_allegation",
)
"""Facts that all recipients of an event have in common."""

OWN = ("consent", "override", "open_child_case", "marac", "named", "holds")
"""Facts that each has of its own."""

Event = Sequence[Asked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """Decisions a second, one for each recipient; `checked` were asked of both and answered alike.

    `cold`: no question was asked before, so no answer was kept. `warm`: every one was. `cedar`: by the
    policies about reviewed forms alone; `cedar_all_policies`: by those about every type of event.
    """

    checked: int
    permitted: int
    policies: int
    recipients: int
    cold: float
    warm: float
    cedar: float
    cedar_all_policies: float


def main(seed: int) -> None:
    """Check, measure, print."""
    policy = parse(STRICT.read_text("utf-8"))
    require_no_general_rule_for_children(policy)
    print(json.dumps(asdict(measured(policy, random.Random(seed)))))


def measured(policy: Policy, chance: random.Random) -> Deciding:
    """Return what both do of the same. Raises AssertionError where they answer differently."""
    checked = [event for each in EventType for event in _events(chance, each, CHECKED)]
    permitted = check(policy, checked)
    events = list(_events(chance, EventType.VPA_REVIEWED, EVENTS))
    decider = _decider(policy)
    gc.freeze()  # the questions are neither's to look through for garbage
    cold, warm = _seconds_of_ours(decider, events), _seconds_of_ours(decider, events)
    some = events[:CEDAR_EVENTS]
    about = policies(policy, (EventType.VPA_REVIEWED,))
    return Deciding(
        checked=sum(map(len, checked)),
        permitted=permitted,
        policies=about.count("permit("),
        recipients=len(RECIPIENTS),
        cold=_asked(events) / cold,
        warm=_asked(events) / warm,
        cedar=_asked(some) / _seconds_of_cedar(about, some),
        cedar_all_policies=_asked(some) / _seconds_of_cedar(policies(policy), some),
    )


def check(policy: Policy, events: Sequence[Event]) -> int:
    """Require that both answer alike, and return how many they permit."""
    decider, text, permitted = _decider(policy), policies(policy), 0
    for event in events:
        ours, theirs = _ours(decider, event), _cedar(text)([request(asked) for asked in event])
        for asked, we, they in zip(event, ours, theirs, strict=True):
            assert we == they, f"we answer {we} and cedarpy {they}: {asked}"
            permitted += we
    return permitted


def _events(chance: random.Random, event_type: str, count: int) -> Iterator[Event]:
    """Yield events; no recipient's circumstances are ever those it had in one before."""
    alike = _combinations(chance, HUB, event_type, SHARED)
    own = {to: _combinations(chance, to, event_type, OWN) for to in RECIPIENTS}
    for number in range(count):
        turn, place = divmod(number, len(alike))
        assert turn < min(map(len, own.values())), "there are not so many combinations: ask for fewer events"
        placements = tuple(chance.choices(list(Placement), k=chance.randrange(3)))
        yield [
            Asked(
                recipient=to,
                event_type=event_type,
                at=Circumstances(**{**alike[place], **own[to][(turn + place) % len(own[to])]}),
                publishes=to == HUB,
                placements=placements if event_type in VPA_FAMILY else (),
            )
            for to in RECIPIENTS
        ]


def _combinations(
    chance: random.Random, recipient: str, event_type: str, facts: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Return every combination of these facts that can be, shuffled."""
    values = possible(recipient, event_type)
    every: list[Mapping[str, Any]] = [
        dict(zip(facts, each, strict=True)) for each in product(*(in_order(values[fact]) for fact in facts))
    ]
    chance.shuffle(every)
    return every


def _ours(decider: Decider, event: Event) -> list[bool]:
    """Answer for everybody as the gate does before it looks at what was released already.

    Not asked here, of either: an adopted suspension, and who holds what.
    """
    usual = decider.by_type.usual(event[0].event_type, HUB, decider.desk.recipients)
    return [usual[asked.recipient] is None and _permits(decider, asked) for asked in event]


def _permits(decider: Decider, asked: Asked) -> bool:
    to, event_type = asked.recipient, asked.event_type
    if to == PARTNERSHIP:
        return _always(decider, PARTNERSHIP, event_type)
    if asked.publishes:
        return _always(decider, PUBLISHER, event_type)
    if to == EDUCATION and event_type in VPA_FAMILY:
        return _told(decider, asked)
    return decider.rulebook.verdict(to, event_type, asked.at).permit


def _always(decider: Decider, to: str, event_type: str) -> bool:
    verdict = decider.by_type.always(to, event_type)
    return verdict is not None and verdict.permit


def _told(decider: Decider, asked: Asked) -> bool:
    rules = [rule for rule in decider.rulebook.rules_for(EDUCATION, asked.event_type) if rule.to == EDUCATION]
    children = [
        Child(leaf=leaf, person=f"child-{leaf}", urn=None, placement=placement)
        for leaf, placement in enumerate(asked.placements)
    ]
    verdict = tell(rules, EDUCATION, children, ())
    return verdict.rule is not None and bool(verdict.children)


def _decider(policy: Policy) -> Decider:
    """Return one that has been asked nothing."""
    return Decider(Rulebook(policy), Desk(recipients=RECIPIENTS, alias=lambda *_: ""))


def _seconds_of_ours(decider: Decider, events: Sequence[Event]) -> float:
    began = perf_counter()
    for event in events:
        _ours(decider, event)
    return perf_counter() - began


def _cedar(text: str) -> Callable[[list[dict[str, str]]], list[bool]]:
    """Return what answers requests in one batch by these policies."""
    import cedarpy

    parsed, nobody = cedarpy.PolicySet.from_str(text), cedarpy.Entities.from_json_str("[]")

    def answer(requests: list[dict[str, str]]) -> list[bool]:
        return [each.allowed for each in cedarpy.is_authorized_batch(requests, parsed, nobody)]

    return answer


def _seconds_of_cedar(text: str, events: Sequence[Event]) -> float:
    answer = _cedar(text)
    ready = [[request(asked) for asked in event] for event in events]
    answer(ready[0])
    began = perf_counter()
    for requests in ready:
        answer(requests)
    return perf_counter() - began


def _asked(events: Sequence[Event]) -> int:
    return sum(map(len, events))


if __name__ == "__main__":
    main(int(sys.argv[1]))
