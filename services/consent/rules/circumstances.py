"""The closed, finite set of facts that routes one recipient (design 5).

A policy's `when` may name these facts and no others, so every question about a policy can be
answered by trying all combinations.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult


class Circumstances(NamedTuple):
    """What decides whether one recipient of one event is owed it, and on what ground.

    `named`, `holds`: the event names it, or it holds a form of the incident or has an open case; never so
    of a form itself. `overdue`: the Hub has not reviewed a form in time. `counter_allegation`: it turns round
    who was known to harm whom. `out_of_hours`: offices are closed at the moment of deciding. A tuple, because
    one is made for every recipient of every form, and looked up by.
    """

    risk: Risk
    children: ChildrenLevel
    vulnerable_adults: frozenset[VulnerableAdult] = frozenset()
    adult_safeguarding_concern: bool = False
    consent: ConsentAnswer | None = None
    override: bool = False
    open_child_case: bool = False
    marac: bool = False
    named: bool = False
    holds: bool = False
    overdue: bool = False
    counter_allegation: bool = False
    out_of_hours: bool = False


Value = str | bool | None

OUT_OF_HOURS = "out_of_hours"
"""The one fact that hangs on the time of deciding: a policy that asks it says when offices are open."""

FACTS: Mapping[str, Callable[[Circumstances], Value]] = {
    **{fact: attrgetter(fact) for fact in Circumstances._fields if fact != "vulnerable_adults"},
    "vulnerable_adult": lambda at: bool(at.vulnerable_adults),
}
"""How each fact that a `when` may name is read."""

PLACEMENT = "placement"
"""The one fact of a child rather than of a form: only school and education rules may name it."""

ALLOWED: Mapping[str, frozenset[Value]] = {
    "risk": frozenset(Risk),
    "children": frozenset(ChildrenLevel),
    "vulnerable_adult": frozenset({True, False}),
    "adult_safeguarding_concern": frozenset({True, False}),
    "consent": frozenset(ConsentAnswer),
    "override": frozenset({True, False}),
    "open_child_case": frozenset({True, False}),
    "marac": frozenset({True, False}),
    "named": frozenset({True, False}),
    "holds": frozenset({True, False}),
    "overdue": frozenset({True, False}),
    "counter_allegation": frozenset({True, False}),
    OUT_OF_HOURS: frozenset({True, False}),
    PLACEMENT: frozenset(Placement),
}
"""What each fact may be."""


def at_another_hour(at: Circumstances) -> Circumstances:
    """Return the same circumstances with offices closed where they are open, or the other way."""
    return at._replace(out_of_hours=not at.out_of_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One fact, how it is read, and the values it may have."""

    fact: str
    values: frozenset[Value]
    read: Callable[[Circumstances], Value] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "read", FACTS.get(self.fact, _is_a_childs))

    def holds(self, at: Circumstances) -> bool:
        """Say whether it holds. Raises KeyError for a fact that is not one of a form's."""
        return self.read(at) in self.values


def all_hold(conditions: Iterable[Condition], at: Circumstances) -> bool:
    """Say whether every one of these conditions holds; none: yes. Raises as `Condition.holds` does."""
    for condition in conditions:  # noqa: SIM110 - a generator, or a call, each time is slow
        if condition.read(at) not in condition.values:
            return False
    return True


def _is_a_childs(_at: Circumstances) -> Value:
    raise KeyError(PLACEMENT)
