"""Try every combination of the facts, branching only on those that are read (design 5).

A combination is written as a box: for each fact that matters, which values it may have; any other fact may
be anything. The boxes of one question never overlap, and together they are all combinations.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from services.consent.rules.circumstances import ALLOWED, PLACEMENT, Circumstances, Condition
from services.consent.rules.policy import GroundRule, Rule
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import NAMES_BOTH_SIDES, VPA_FAMILY, EventType
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult

Box = Mapping[str, frozenset[Any]]
"""Which values each fact may have. Facts are named as `Circumstances` names them, and `placement`."""

SETS: Mapping[str, frozenset[Any]] = {
    "vulnerable_adults": frozenset(
        frozenset(adults)
        for count in range(len(VulnerableAdult) + 1)
        for adults in itertools.combinations(VulnerableAdult, count)
    )
}
"""Facts that are sets of words, and every set they may be."""

FIELDS: Mapping[str, str] = {"vulnerable_adult": "vulnerable_adults"}
"""What `Circumstances` calls a fact, where a policy's `when` has another word for it."""

CHILDRENS_SERVICES = frozenset({"checs", "family-help", "adult-social-care"})
"""Who may record a child's case (design 10), and so alone can have one open."""

NO_FORM = frozenset({"named", "holds"})
"""Facts that are never so of a form itself."""

SOMETHING = Circumstances(risk=Risk.NOT_COMPLETED, children=ChildrenLevel.NONE)

_T = TypeVar("_T")


class Unasked(Exception):
    """a fact was read that is not decided on yet"""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


class _Partly:
    """Circumstances of which only some facts are known; reading another says which."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known

    def __getattr__(self, fact: str) -> Any:
        try:
            return self._known[fact]
        except KeyError:
            raise Unasked(fact) from None


def explore(
    ask: Callable[[Circumstances], _T], kinds: Mapping[str, Sequence[frozenset[Any]]]
) -> Iterator[tuple[Box, _T]]:
    """Yield each box of combinations that are all answered alike, and the answer.

    `kinds`: for each fact its values, those together that the question cannot tell apart.
    """
    pending: list[dict[str, frozenset[Any]]] = [{}]
    while pending:
        box = pending.pop()
        known = _Partly({fact: next(iter(values)) for fact, values in box.items()})
        try:
            answer = ask(cast(Circumstances, known))
        except Unasked as unasked:
            pending.extend({**box, unasked.fact: kind} for kind in reversed(kinds[unasked.fact]))
        else:
            yield box, answer


@cache
def every_value(fact: str) -> frozenset[Any]:
    """Return every value a fact may have; None among them where nothing may be known."""
    if fact in SETS:
        return SETS[fact]
    missing = Circumstances._field_defaults.get(fact, False)
    return frozenset({*ALLOWED[fact], missing}) if missing is None else frozenset(ALLOWED[fact])


@cache
def possible(recipient: str, event_type: str) -> Box:
    """Return which values each fact may have for a recipient of such an event."""
    of: dict[str, frozenset[Any]] = {fact: every_value(fact) for fact in Circumstances._fields}
    no: frozenset[Any] = frozenset({False})
    if event_type in VPA_FAMILY:
        of |= dict.fromkeys(NO_FORM, no)
    if event_type != EventType.VPA_RAISED:
        of["overdue"] = no
    if event_type not in NAMES_BOTH_SIDES:
        of["counter_allegation"] = no
    if recipient not in CHILDRENS_SERVICES:
        of["open_child_case"] = no
    return of


def kinds_of(
    rules: Iterable[Rule], grounds: Iterable[GroundRule], values: Box
) -> Mapping[str, tuple[frozenset[Any], ...]]:
    """Return each fact's values, those together that these rules and grounds cannot tell apart.

    A denial's reason tells consent that was withdrawn from consent that has expired; a narrowed row tells
    which adult is the vulnerable one.
    """
    rules = tuple(rules)
    asked = itertools.chain(*(rule.when for rule in rules), *(ground.when for ground in grounds))
    conditions = {each for each in asked if each.fact != PLACEMENT}
    adults = sorted({row.adult for rule in rules for row in rule.alone if row.adult is not None})
    return {fact: _kinds(fact, among, tuple(conditions), adults) for fact, among in values.items()}


def _kinds(
    fact: str, among: frozenset[Any], conditions: Sequence[Condition], adults: Sequence[VulnerableAdult]
) -> tuple[frozenset[Any], ...]:
    together: dict[tuple[bool, ...], list[Any]] = {}
    for value in in_order(among):
        at = SOMETHING._replace(**{fact: value})
        told = [each.holds(at) for each in conditions]
        told += [adult in at.vulnerable_adults for adult in adults]
        told += [at.consent is ConsentAnswer.WITHDRAWN, at.consent is ConsentAnswer.EXPIRED]
        together.setdefault(tuple(told), []).append(value)
    return tuple(map(frozenset, together.values()))


def in_order(values: Iterable[Any]) -> list[Any]:
    """Return values as a reader expects them: grades as they are listed, no before yes, sets by size."""
    return sorted(values, key=_place)


def _place(value: Any) -> tuple[int, int, str]:
    if isinstance(value, frozenset):
        return 0, len(value), " ".join(sorted(value))
    if value is None or isinstance(value, bool):
        return 0, int(bool(value)), ""
    every: type[Enum] = type(value)
    return 1, list(every).index(value), ""


def always(condition: Condition, values: Callable[[str], frozenset[Any]]) -> bool:
    """Say whether a condition holds whichever of its values a fact has."""
    fact = FIELDS.get(condition.fact, condition.fact)
    return all(condition.holds(SOMETHING._replace(**{fact: value})) for value in values(fact))
