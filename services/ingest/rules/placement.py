"""Is there a school to tell about this child? (NA 4.15, Domestic Abuse Act 2021 s49A)"""

from datetime import date

from services.ingest.rules.reading import flag, text
from services.ingest.state import Record, Registered
from services.vocabulary.consent import SchoolConflict
from services.vocabulary.people import age_on
from services.vocabulary.placement import Placement
from services.vocabulary.times import NotATime, parse_date

SCHOOL_STARTS = 4
"""Years of age below which a child without a school is too young for one."""

ADULT = 18
"""Years of age from which nobody is a child in this law."""


def place(child: Record, on: date, registered: Registered) -> Placement:
    """Return where a child stands on the day it happened. Every child gets exactly one placement.

    What is said outright goes first: home-educated, then of age, then the school given. A school of the
    area is told only about a child of its own ages, with no parent on its staff.
    """
    age = _age(child, on)
    if flag(child, "home_educated"):
        return Placement.HOME_EDUCATED
    if age is not None and age >= ADULT:
        return Placement.TOO_OLD
    urn = text(child, "school_urn")
    if urn is None:
        return Placement.TOO_YOUNG if age is not None and age < SCHOOL_STARTS else Placement.NO_SCHOOL
    return _at_school(urn, age, child, registered)


def _at_school(urn: str, age: int | None, child: Record, registered: Registered) -> Placement:
    if urn in registered.neighbours:
        return Placement.OUT_OF_AREA
    ages = registered.schools.get(urn)
    if ages is None:
        return Placement.UNKNOWN_SCHOOL
    if age is not None and age < ages.youngest:
        return Placement.TOO_YOUNG
    if age is not None and age > ages.oldest:
        return Placement.TOO_OLD
    return Placement.CONFLICT if conflict_of(child) is SchoolConflict.YES else Placement.SCHOOL


def conflict_of(child: Record) -> SchoolConflict:
    """Return whether a parent works at the school; not said is unknown."""
    said = text(child, "school_conflict")
    return SchoolConflict(said) if said in tuple(SchoolConflict) else SchoolConflict.UNKNOWN


def _age(child: Record, on: date) -> int | None:
    born = text(child, "date_of_birth")
    try:
        return age_on(on, parse_date(born)) if born is not None else None
    except NotATime:
        return None
