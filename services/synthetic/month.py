"""A September nobody lived through: the partnership's published numbers, made of invented people.

Operation Encompass, Cheshire East, September 2024: 192 occurrences, 348 children, of which 9
occurrences with 21 children home-schooled. Risk is mixed as in the year's VPAs (domain 7).
The same seed and partnership make the same month.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from services.runtime.partnership import Partnership
from services.synthetic.afterwards import followed_up
from services.synthetic.dated import Dated, on_the_hour
from services.synthetic.households import Households, Plan
from services.synthetic.incident import Incident, raised, reviewed
from services.synthetic.moments import START, occurrence_times, review_time

VPAS = 274
"""3,289 VPAs a year, twelve months."""

OCCURRENCES, CHILDREN = 192, 348
HOME_SCHOOLED_OCCURRENCES, HOME_SCHOOLED_CHILDREN = 9, 21

RISKS = {"high": 29, "medium": 91, "standard": 153, "not_completed": 1}
"""High 10.6%, medium 33.1%, standard 55.9%, DASH not completed 0.4% (domain 7)."""


def month(seed: int, partnership: Partnership) -> list[Dated]:
    """Return everything agencies publish about September 2024, in the order they publish it."""
    rng = random.Random(seed)
    incidents = list(_incidents(rng, partnership))
    events = [event for incident in incidents for event in (raised(incident), reviewed(incident))]
    events += followed_up(incidents, rng)
    return sorted(events, key=lambda dated: dated.at)


def _incidents(rng: random.Random, partnership: Partnership) -> Iterator[Incident]:
    households = Households(rng, partnership)
    times = occurrence_times(rng, VPAS)
    for number, (happened, plan, risk) in enumerate(zip(times, _plans(rng), _risks(rng), strict=True), 1):
        raised_at = on_the_hour(happened + timedelta(minutes=rng.randrange(25, 120)))
        yield Incident(
            reference=f"CE-2409-{number:04d}",
            happened=happened,
            raised_at=raised_at,
            reviewed_at=review_time(rng, raised_at),
            risk=risk,
            first_risk=_first_risk(rng, risk),
            household=households.make(plan, happened.date()),
            roll=rng.random(),
        )


def _plans(rng: random.Random) -> list[Plan]:
    """Return how many children each household has, and whether they learn at home; shuffled."""
    at_home = [
        Plan(children=n, home_schooled=True)
        for n in shares(rng, HOME_SCHOOLED_CHILDREN, HOME_SCHOOLED_OCCURRENCES)
    ]
    others = shares(rng, CHILDREN - HOME_SCHOOLED_CHILDREN, OCCURRENCES - HOME_SCHOOLED_OCCURRENCES)
    at_school = [Plan(children=n, home_schooled=False) for n in others]
    childless = [Plan(children=0, home_schooled=False)] * (VPAS - OCCURRENCES)
    plans = at_home + at_school + childless
    rng.shuffle(plans)
    return plans


def shares(rng: random.Random, total: int, households: int, most: int = 5) -> list[int]:
    """Split a number of children over households, at least one and at most `most` in each."""
    sizes = [1] * households
    while sum(sizes) < total:
        chosen = rng.randrange(households)
        if sizes[chosen] < most:
            sizes[chosen] += 1
    return sizes


def _risks(rng: random.Random) -> list[str]:
    risks = [risk for risk, count in RISKS.items() for _ in range(count)]
    rng.shuffle(risks)
    return risks


def _first_risk(rng: random.Random, risk: str) -> str:
    """Return the first responder's grade: mostly what the Hub finds too."""
    if rng.random() < 0.88:
        return risk
    return {"high": "medium", "medium": "standard", "standard": "medium"}.get(risk, risk)


def first_moment() -> datetime:
    """Return when a simulated system should start, before anything happens."""
    return START - timedelta(hours=12)
