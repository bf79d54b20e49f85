"""Operation Encompass, child by child: the child's own school, or the education officer (NA 4.15, 4.16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.consent.rules.policy import EDUCATION, SCHOOL, Policy, Rule
from services.consent.state.heard import Child
from services.vocabulary.agencies import school_of
from services.vocabulary.grounds import Ground, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolVerdict:
    """Say which children a school or the education officer is told of, and by which rule; none: why not."""

    rule: str | None
    ground: Ground | None = None
    reason: Reason | None = None
    children: tuple[Child, ...] = ()


def schools_of(children: Iterable[Child]) -> tuple[str, ...]:
    """Return each school these children name, in order of its number."""
    return tuple(sorted({school_of(child.urn) for child in children if child.urn is not None}))


def tell(
    policy: Policy, recipient: str, event_type: str, children: Sequence[Child], told: Iterable[str]
) -> SchoolVerdict:
    """Return what a school, or `education`, is told of an event's children.

    `told` are the persons it was told of for this incident already: nobody is told of twice.
    """
    kind = recipient if recipient == EDUCATION else SCHOOL
    theirs = [child for child in children if kind == EDUCATION or school_of(child.urn or "") == recipient]
    rules = policy.rules_for(kind, event_type)
    known = frozenset(told)
    for rule in rules:
        mine = [child for child in theirs if rule.is_for(child.placement)]
        new = tuple(child for child in mine if child.person not in known)
        if rule.denies is None and new:
            return SchoolVerdict(rule=rule.id, ground=_ground(rule), children=new)
    return _untold(rules, theirs)


def _ground(rule: Rule) -> Ground:
    return next(iter(sorted(rule.grounds)))


def _untold(rules: Sequence[Rule], theirs: Sequence[Child]) -> SchoolVerdict:
    for rule in rules:
        if rule.denies is not None and any(rule.is_for(child.placement) for child in theirs):
            return SchoolVerdict(rule=rule.id, reason=rule.denies)
    return SchoolVerdict(rule=None, reason=Reason.NOT_OWED)
