"""Operation Encompass, child by child: the child's own school, or the education officer (NA 4.15, 4.16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.consent.rules.policy import EDUCATION, SCHOOL, Rule
from services.consent.state.heard import Child
from services.vocabulary.agencies import school_of
from services.vocabulary.grounds import Reason

SCHOOL_STOPPED = "school-takes-no-part"
"""What a denial names in place of a rule where a school would be told, were it not stopped just now."""

NOT_WITH_SCHOOL = "decided-not-to-share-with-school"
"""The same where it was decided not to share with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolVerdict:
    """Say which children a school, or the education officer, is told of by which rule; none: why not."""

    rule: Rule | None
    children: tuple[Child, ...] = ()
    reason: Reason | None = None


def schools_of(children: Iterable[Child]) -> tuple[str, ...]:
    """Return each school these children name, in order of its number."""
    return tuple(sorted({school_of(child.urn) for child in children if child.urn is not None}))


def kind_of(recipient: str) -> str:
    """Return what rules call a school, or the education officer."""
    return EDUCATION if recipient == EDUCATION else SCHOOL


def tell(
    rules: Sequence[Rule], recipient: str, children: Sequence[Child], told: Iterable[str]
) -> SchoolVerdict:
    """Return what a school, or `education`, is told of an event's children, by the rules for its kind.

    `told` are the persons it was told of for this incident already: nobody is told of twice.
    """
    theirs = _theirs(recipient, children)
    if not theirs:
        return SchoolVerdict(rule=None, reason=Reason.NOT_OWED)
    known = frozenset(told)
    for rule in rules:
        new = tuple(c for c in theirs if rule.is_for(c.placement) and c.person not in known)
        if rule.denies is None and new:
            return SchoolVerdict(rule=rule, children=new)
    for rule in rules:
        if rule.denies is not None and any(rule.is_for(child.placement) for child in theirs):
            return SchoolVerdict(rule=rule, reason=rule.denies)
    return SchoolVerdict(rule=None, reason=Reason.NOT_OWED)


def _theirs(recipient: str, children: Sequence[Child]) -> list[Child]:
    """Return the children a recipient may be told of: a school's own; any, for the officer."""
    return [
        child
        for child in children
        if recipient == EDUCATION or (child.urn is not None and school_of(child.urn) == recipient)
    ]
