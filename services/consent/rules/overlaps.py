"""What is no fault of a policy and the partnership should know: who holds what others do (NA 4.27, 4.29)."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from services.consent.rules.answers import ANY_SCHOOL, Answers
from services.consent.rules.breaches import OTHERS, permits
from services.consent.rules.combinations import Box, possible
from services.consent.rules.cover import intersection, merged
from services.consent.rules.faults import says_by_when
from services.consent.rules.policy import EDUCATION, Policy, Rule
from services.vocabulary.events import EventType

ABOUT_THE_FORM = (
    "risk",
    "children",
    "vulnerable_adults",
    "adult_safeguarding_concern",
    "overdue",
    "out_of_hours",
)
"""Facts that are the same for every recipient of a form; all others are each recipient's own."""

LOOKED_AT = (EventType.VPA_RAISED, EventType.VPA_REVIEWED)

OPEN = {frozenset({"dafsu-high-risk", "checs-safeguarding"}): "NA 4.27, 4.29"}
"""Overlaps that the documents themselves ask about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two recipients who may both hold a form, by which rules, and when.

    `asked`: the paragraph that asks whether they should, where one does.
    """

    recipients: tuple[str, str]
    rules: tuple[str, str]
    event_type: str
    boxes: tuple[Box, ...]
    among: Box
    asked: str | None


class _Told(NamedTuple):
    to: str
    rule: str
    boxes: tuple[Box, ...]


def overlaps(answers: Answers) -> Iterator[Overlap]:
    """Yield every two rules by which two recipients may hold the same form.

    Left out is who gets each as it is, and who hears of children alone.
    """
    for event_type in LOOKED_AT:
        among = _among(event_type)
        for one, other in itertools.combinations(_told(answers, event_type), 2):
            met = (intersection(a, b) for a in one.boxes for b in other.boxes)
            boxes = merged([box for box in met if box is not None], among)
            if boxes and one.to != other.to:
                yield Overlap(
                    recipients=(one.to, other.to),
                    rules=(one.rule, other.rule),
                    event_type=event_type,
                    boxes=boxes,
                    among=among,
                    asked=OPEN.get(frozenset({one.rule, other.rule})),
                )


def untimed(policy: Policy) -> tuple[Rule, ...]:
    """Return the rules that expect something and do not say until when (NA 6.185)."""
    return tuple(rule for rule in policy.rules if rule.expects and not says_by_when(rule.expects))


def _told(answers: Answers, event_type: str) -> Iterator[_Told]:
    among = _among(event_type)
    for to in OTHERS:
        if to in (EDUCATION, ANY_SCHOOL):
            continue
        by_rule: dict[str, list[Box]] = {}
        for _, case in permits(answers, [to], [event_type]):
            box = {fact: values for fact, values in case.box.items() if fact in among}
            by_rule.setdefault(case.verdict.rule, []).append(box)
        yield from (_Told(to, rule, merged(boxes, among)) for rule, boxes in by_rule.items())


def _among(event_type: str) -> Box:
    everything = possible("", event_type)
    return {fact: everything[fact] for fact in ABOUT_THE_FORM}
