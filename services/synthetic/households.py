"""Who lives there: an adult victim, a person causing harm, children and where they learn."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.runtime.partnership import Partnership, School
from services.synthetic.names import TOWNS, Inventor, Somebody

NOBODYS_URN = "999999"
"""A number no register holds: the child's school is not known."""

SEEN_BEFORE = 0.08
"""Share of incidents about an adult victim who was already in this month's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a household must be for the month's numbers to come out."""

    children: int
    home_schooled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A child and where they learn: a school, at home, or nowhere that is known."""

    who: Somebody
    school_urn: str | None
    home_educated: bool
    school_conflict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """The people of one incident."""

    town: str
    address: str
    victim: Somebody
    harming: Somebody
    children: tuple[Child, ...]
    account: str
    rationale: str


class Households:
    """Makes households until the month has enough."""

    def __init__(self, rng: random.Random, partnership: Partnership) -> None:
        self._rng = rng
        self._partnership = partnership
        self._inventor = Inventor(rng)
        self._known: list[Household] = []

    def make(self, plan: Plan, on: date) -> Household:
        """Return a household of that plan; sometimes of an adult victim who was there before."""
        earlier = [known for known in self._known if len(known.children) == plan.children]
        if earlier and not plan.home_schooled and self._rng.random() < SEEN_BEFORE:
            return replace(self._rng.choice(earlier), account=self._inventor.account())
        made = self._new(plan, on)
        if not plan.home_schooled:
            self._known.append(made)
        return made

    def _new(self, plan: Plan, on: date) -> Household:
        (town,) = self._rng.choices(list(TOWNS), list(TOWNS.values()))
        victim = self._inventor.person(self._born(on, 19, 62))
        return Household(
            town=town,
            address=self._inventor.address(town),
            victim=victim,
            harming=self._inventor.person(self._born(on, 19, 62)),
            children=tuple(self._children(plan, on, victim.family_name, town)),
            account=self._inventor.account(),
            rationale=self._inventor.reason(),
        )

    def _born(self, on: date, youngest: int, oldest: int) -> date:
        return on - timedelta(days=self._rng.randrange(youngest * 366 + 1, (oldest + 1) * 365))

    def _children(self, plan: Plan, on: date, family: str, town: str) -> list[Child]:
        if plan.home_schooled:
            return [self._at_home(on, family) for _ in range(plan.children)]
        return [self._at_school(on, family, town) for _ in range(plan.children)]

    def _at_home(self, on: date, family: str) -> Child:
        who = self._inventor.person(self._born(on, 5, 15), family)
        return Child(who=who, school_urn=None, home_educated=True, school_conflict="no")

    def _at_school(self, on: date, family: str, town: str) -> Child:
        roll = self._rng.random()
        if roll < 0.07:
            who = self._inventor.person(self._born(on, 0, 2), family)
            return Child(who=who, school_urn=None, home_educated=False, school_conflict="no")
        school = self._school(town)
        who = self._inventor.person(self._born(on, school.youngest + 1, school.oldest - 1), family)
        urn, conflict = self._elsewhere(school)
        return Child(who=who, school_urn=urn, home_educated=False, school_conflict=conflict)

    def _elsewhere(self, school: School) -> tuple[str | None, str]:
        """Return the school as the officer wrote it down: sometimes another area's, sometimes nobody's."""
        roll = self._rng.random()
        if roll < 0.012:
            return self._rng.choice(self._partnership.neighbours).urn, "no"
        if roll < 0.022:
            return NOBODYS_URN, "unknown"
        if roll < 0.032:
            return None, "unknown"
        if roll < 0.055:
            return school.urn, "yes"
        return school.urn, "unknown" if roll < 0.11 else "no"

    def _school(self, town: str) -> School:
        near = [s for s in self._partnership.schools if town in s.name and s.oldest <= 18]
        return self._rng.choice(near or list(self._partnership.schools))
