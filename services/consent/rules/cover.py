"""Write many boxes of combinations as few, so that a lead can read them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from services.consent.rules.combinations import Box


def merged(boxes: Iterable[Box], among: Box) -> tuple[Box, ...]:
    """Return few boxes that cover the same combinations; they may overlap.

    `among`: what each fact can be at all. A fact that may be anything is left out of a box.
    """
    found = [_shorter(box, among) for box in boxes]
    found = _joined(found, among)
    found = _joined([_widened(box, found, among) for box in found], among)
    return tuple(_needed(found, among))


def intersection(one: Box, other: Box) -> Box | None:
    """Return the combinations that are in both boxes; None where there is none."""
    both = {fact: values & other.get(fact, values) for fact, values in one.items()}
    return {**other, **both} if all(both.values()) else None


def _shorter(box: Box, among: Box) -> Box:
    return {fact: values for fact, values in box.items() if values != among[fact]}


def _joined(boxes: list[Box], among: Box) -> list[Box]:
    """Join boxes that differ in one fact, as long as there are any."""
    facts = sorted({fact for box in boxes for fact in box})
    before = -1
    while before != len(boxes):
        before = len(boxes)
        for fact in facts:
            boxes = _joined_in(fact, boxes, among)
    return boxes


def _joined_in(fact: str, boxes: Iterable[Box], among: Box) -> list[Box]:
    by_rest: dict[frozenset[tuple[str, frozenset[Any]]], frozenset[Any]] = {}
    for box in boxes:
        rest = frozenset((name, values) for name, values in box.items() if name != fact)
        by_rest[rest] = by_rest.get(rest, frozenset()) | box.get(fact, among[fact])
    return [_shorter({**dict(rest), fact: values}, among) for rest, values in by_rest.items()]


def _widened(box: Box, boxes: Sequence[Box], among: Box) -> Box:
    """Leave out each fact that need not be said, because the others cover what it leaves out."""
    for fact in sorted(box):
        wider = {name: values for name, values in box.items() if name != fact}
        if _is_covered(wider, boxes, among):
            box = wider
    return box


def _needed(boxes: Sequence[Box], among: Box) -> Iterator[Box]:
    kept = list(boxes)
    for box in sorted(boxes, key=len, reverse=True):
        others = [each for each in kept if each is not box]
        if _is_covered(box, others, among):
            kept = others
    return iter(kept)


def _is_covered(box: Box, boxes: Sequence[Box], among: Box) -> bool:
    """Say whether every combination of a box is in one of these."""
    for place, other in enumerate(boxes):
        if intersection(box, other) is None:
            continue
        rest = boxes[place + 1 :]
        return all(_is_covered(piece, rest, among) for piece in _without(box, other, among))
    return False


def _without(box: Box, other: Box, among: Box) -> Iterator[Box]:
    """Yield boxes that together are all of one but what is in another."""
    left = dict(box)
    for fact, values in other.items():
        here = left.get(fact, among[fact])
        if here - values:
            yield {**left, fact: here - values}
        left[fact] = here & values
