"""A policy as it is applied: rules and grounds, frozen (design 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from services.consent.rules.circumstances import PLACEMENT, Circumstances, Condition, all_hold
from services.vocabulary.agencies import is_school
from services.vocabulary.calendar import OfficeHours
from services.vocabulary.grounds import LAWFUL, Ground, Reason
from services.vocabulary.placement import Placement
from services.vocabulary.risk import VulnerableAdult

ANY = "*"
"""Every event, every section, or every recipient that no other rule is for."""

PUBLISHER = "publisher"
SCHOOL = "school"
EDUCATION = "education"
PARTNERSHIP = "partnership"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundRule:
    """When a ground holds; how long, if it can end; for MARAC, who attends where nobody is named.

    `always_attend`: whoever is named besides, or left out.
    `only`, `never`: whom alone it may serve, and whom it may not, whatever a rule says.
    """

    ground: Ground
    source: str
    when: tuple[Condition, ...]
    lasts_days: int | None = None
    attendees: tuple[str, ...] = ()
    core_attendees: tuple[str, ...] = ()
    always_attend: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def serves(self, recipient: str) -> bool:
        """Say whether it may serve a recipient at all (design 5, the last column of the grounds)."""
        return recipient not in self.never and (not self.only or recipient in self.only)

    def holds(self, at: Circumstances) -> bool:
        """Say whether the ground is there."""
        return all_hold(self.when, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """Sections released where one ground is the only one; those of one adult only where it is them."""

    ground: Ground
    adult: VulnerableAdult | None
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row: who is owed which events when, on which grounds, what it gets and what it should do."""

    id: str
    source: str
    to: str
    on: frozenset[str]
    when: tuple[Condition, ...]
    grounds: frozenset[Ground] = frozenset()
    sections: tuple[str, ...] = ()
    alone: tuple[Alone, ...] = ()
    purpose: str = ""
    expects: str | None = None
    denies: Reason | None = None
    placements: frozenset[Placement] = field(init=False, repr=False, compare=False)
    """How a child may stand whom the rule is about: what `when` says of it, and of nothing else."""

    def __post_init__(self) -> None:
        about = (each for each in Placement if all(_is_for(condition, each) for condition in self.when))
        object.__setattr__(self, "placements", frozenset(about))

    def is_on(self, event_type: str) -> bool:
        """Say whether the rule is about events of that type."""
        return event_type in self.on or ANY in self.on

    def holds(self, at: Circumstances) -> bool:
        """Say whether its recipient is owed a form in these circumstances."""
        return all_hold(self.when, at)

    def is_for(self, placement: Placement) -> bool:
        """Say whether it is about a child who stands so."""
        return placement in self.placements


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A whole policy. `hash` is over its text as adopted; decisions name it."""

    hash: str
    name: str
    version: int
    text: str
    sections: frozenset[str]
    grounds: tuple[GroundRule, ...]
    rules: tuple[Rule, ...]
    review_within: timedelta | None = None
    """How long danger may wait for the Hub's review before it is released provisionally; None: for ever."""
    hours: OfficeHours | None = None
    """When offices are open; None: the policy asks for no hours, and it is never out of them."""
    lasting: Mapping[Ground, timedelta] = field(init=False, repr=False, compare=False)
    """How long the grounds serve that do not serve for ever."""

    def __post_init__(self) -> None:
        first = {row.ground: row.lasts_days for row in reversed(self.grounds)}
        lasting = {ground: timedelta(days=days) for ground, days in first.items() if days is not None}
        object.__setattr__(self, "lasting", lasting)

    def rules_for(self, recipient: str, event_type: str) -> tuple[Rule, ...]:
        """Return the rules for one recipient and type of event, in order, and then the general ones.

        What is for everybody is for no school: a school hears of its own pupils, and of nothing else,
        whoever names it (NA 4.15; design 5).
        """
        on = [rule for rule in self.rules if rule.is_on(event_type)]
        general = () if is_school(recipient) else tuple(rule for rule in on if rule.to == ANY)
        return (*(rule for rule in on if rule.to == recipient), *general)

    @property
    def unlawful(self) -> tuple[Ground, ...]:
        """Return the grounds of it that are none: a policy that has one may be compared, never adopted."""
        return tuple(row.ground for row in self.grounds if row.ground not in LAWFUL)

    def rule(self, rule_id: str) -> Rule | None:
        """Return the rule of that id, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def ground(self, ground: Ground) -> GroundRule | None:
        """Return how a ground is defined, or None where this policy has none."""
        return next((row for row in self.grounds if row.ground is ground), None)

    def lasts(self, ground: Ground) -> timedelta | None:
        """Return how long a recorded ground serves that names no end of its own; None: for ever."""
        return self.lasting.get(ground)

    def attendees(self, named: tuple[str, ...], *, listed: bool) -> tuple[str, ...]:
        """Return who attends: whom the Hub named or, nobody, the usual; and who always does, named or not.

        NA 3.32-3.36: the core agencies contribute first; Probation and CGL join the full meeting; DAFSU
        offers support to every case.
        """
        row = self.ground(Ground.MARAC)
        if row is None:
            return named
        usual = row.attendees if listed else row.core_attendees
        return tuple(dict.fromkeys((*(named or usual), *row.always_attend)))


def _is_for(condition: Condition, placement: Placement) -> bool:
    return condition.fact == PLACEMENT and placement in condition.values
