"""A September and a year nobody lived through: published numbers, made of invented people.

Operation Encompass, Cheshire East, September 2024: 192 occurrences, 348 children, of which 9
occurrences with 21 children home-schooled. Risk is mixed as in the year's VPAs (domain 7).
The same seed and partnership make the same events.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from services.runtime.partnership import Partnership
from services.synthetic.afterwards import followed_up
from services.synthetic.dated import Dated, on_the_hour
from services.synthetic.households import Households, Plan
from services.synthetic.incident import Incident, raised, reviewed
from services.synthetic.moments import LONDON, occurrence_times, review_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Some days of the partnership, and the published numbers they must come out at.

    `risks` are those after the Hub's review. Every child of a home-schooled occurrence is home-schooled.
    """

    prefix: str
    first: date
    last: date
    risks: Mapping[str, int]
    occurrences: int
    children: int
    home_schooled_occurrences: int
    home_schooled_children: int

    @property
    def vpas(self) -> int:
        """How many VPAs there are."""
        return sum(self.risks.values())


SEPTEMBER = Period(
    prefix="CE-2409",
    first=date(2024, 9, 1),
    last=date(2024, 9, 30),
    risks={"high": 29, "medium": 91, "standard": 153, "not_completed": 1},
    occurrences=192,
    children=348,
    home_schooled_occurrences=9,
    home_schooled_children=21,
)
"""274 VPAs are a twelfth of 3,289; High 10.6%, medium 33.1%, standard 55.9%, not completed 0.4%."""

YEAR = Period(
    prefix="CE-2223",
    first=date(2022, 4, 1),
    last=date(2023, 3, 31),
    risks={"high": 350, "medium": 1088, "standard": 1837, "not_completed": 14},
    occurrences=2304,
    children=4176,
    home_schooled_occurrences=108,
    home_schooled_children=252,
)
"""VPAs 2022/23 as published; children, which were not, as twelve Septembers."""

YEARS = {"2022-23": YEAR}


def month(seed: int, partnership: Partnership) -> list[Dated]:
    """Return everything agencies publish about September 2024, in the order they publish it."""
    return lived(SEPTEMBER, seed, partnership)


def year(seed: int, partnership: Partnership, period: Period = YEAR) -> list[dict[str, object]]:
    """Return what the police publish about a year, ordered by when it happened."""
    events = [dated.event for dated in lived(period, seed, partnership) if dated.agency == "police"]
    return sorted(events, key=lambda event: datetime.fromisoformat(str(event["occurred_at"])))


def lived(period: Period, seed: int, partnership: Partnership) -> list[Dated]:
    """Return everything agencies publish about a period, in the order they publish it."""
    rng = random.Random(seed)
    incidents = list(_incidents(rng, period, partnership))
    events = [event for incident in incidents for event in (raised(incident), reviewed(incident))]
    events += followed_up(incidents, rng)
    return sorted(events, key=lambda dated: dated.at.astimezone(UTC))


def first_moment() -> datetime:
    """Return when a simulated system should start for the month, before anything happens."""
    return datetime.combine(SEPTEMBER.first, time(), tzinfo=LONDON) - timedelta(hours=12)


def _incidents(rng: random.Random, period: Period, partnership: Partnership) -> Iterator[Incident]:
    households = Households(rng, partnership)
    times = occurrence_times(rng, period.vpas, period.first, period.last)
    planned = zip(times, _plans(rng, period), _risks(rng, period), strict=True)
    for number, (happened, plan, risk) in enumerate(planned, 1):
        raised_at = on_the_hour(happened + timedelta(minutes=rng.randrange(25, 120)))
        yield Incident(
            reference=f"{period.prefix}-{number:04d}",
            happened=happened,
            raised_at=raised_at,
            reviewed_at=review_time(rng, raised_at),
            risk=risk,
            first_risk=_first_risk(rng, risk),
            household=households.make(plan, happened.date()),
            roll=rng.random(),
        )


def _plans(rng: random.Random, period: Period) -> list[Plan]:
    """Return how many children each household has, and whether they learn at home; shuffled."""
    home, at_home = period.home_schooled_occurrences, period.home_schooled_children
    learning = [Plan(children=n, home_schooled=True) for n in shares(rng, at_home, home)]
    others = shares(rng, period.children - at_home, period.occurrences - home)
    at_school = [Plan(children=n, home_schooled=False) for n in others]
    childless = [Plan(children=0, home_schooled=False)] * (period.vpas - period.occurrences)
    plans = learning + at_school + childless
    rng.shuffle(plans)
    return plans


def shares(rng: random.Random, total: int, households: int, most: int = 5) -> list[int]:
    """Split a number of children over households, at least one and at most `most` in each."""
    sizes, left = [1] * households, total - households
    while left:
        chosen = rng.randrange(households)
        if sizes[chosen] < most:
            sizes[chosen], left = sizes[chosen] + 1, left - 1
    return sizes


def _risks(rng: random.Random, period: Period) -> list[str]:
    risks = [risk for risk, count in period.risks.items() for _ in range(count)]
    rng.shuffle(risks)
    return risks


def _first_risk(rng: random.Random, risk: str) -> str:
    """Return the first responder's grade: mostly what the Hub finds too."""
    if rng.random() < 0.88:
        return risk
    return {"high": "medium", "medium": "standard", "standard": "medium"}.get(risk, risk)
