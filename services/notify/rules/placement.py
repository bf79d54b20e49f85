"""Why no school is told of a child, and who answers for the child instead (NA 4.15, 5.23; design 5, 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.vocabulary.people import age_on

SCHOOL_AGE = 4
"""Years at which a child may start school (reception)."""

ADULT_AGE = 18
"""Years at which a person is no child (Domestic Abuse Act 2021 s49A)."""


class Reason(StrEnum):
    """Why a child was given to the authority's officer and to no school."""

    HOME_EDUCATED = "home-educated"
    TOO_YOUNG = "too-young"
    TOO_OLD = "too-old"
    NO_SCHOOL = "no-school"
    OUT_OF_AREA = "out-of-area"
    UNKNOWN_SCHOOL = "unknown-school"
    CONFLICT = "conflict"
    NOT_TO_BE_TOLD = "school-not-told"
    NOT_OPENED = "not-opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """What an element of `children` says that matters here; anything may be missing."""

    school_urn: str | None = None
    home_educated: bool = False
    conflict: bool = False
    born: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """The ages, inclusive, that a school teaches."""

    youngest: int
    oldest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The schools of the area by number, and the numbers known to be another area's."""

    schools: Mapping[str, Ages]
    elsewhere: frozenset[str]


def reason_for(pupil: Pupil, register: Register, on: date) -> Reason:
    """Return why no school is told of this child, the plainest reason first.

    The door or the gate decided that there is one; where the element alone does not show it, the school is
    known and not to be told: it takes no part just now, or the child is who causes the harm.
    """
    if pupil.home_educated:
        return Reason.HOME_EDUCATED
    age = age_on(on, pupil.born) if pupil.born else None
    if age is not None and age >= ADULT_AGE:
        return Reason.TOO_OLD
    if pupil.school_urn is None:
        return Reason.TOO_YOUNG if age is not None and age < SCHOOL_AGE else Reason.NO_SCHOOL
    return _despite_school(pupil, pupil.school_urn, age, register)


def is_by_phone(reason: str) -> bool:
    """Say whether somebody is phoned about a child listed for this reason: a parent works at the school."""
    return reason == Reason.CONFLICT


def clock_for(reason: Reason, bell: datetime, office: datetime) -> datetime:
    """Return by when the officer acts: by the bell where a school is to be phoned, else the next morning."""
    return bell if is_by_phone(reason) else office


def _despite_school(pupil: Pupil, urn: str, age: int | None, register: Register) -> Reason:
    if urn in register.elsewhere:
        return Reason.OUT_OF_AREA
    ages = register.schools.get(urn)
    if ages is None:
        return Reason.UNKNOWN_SCHOOL
    if age is not None and age < ages.youngest:
        return Reason.TOO_YOUNG
    if age is not None and age > ages.oldest:
        return Reason.TOO_OLD
    return Reason.CONFLICT if pupil.conflict else Reason.NOT_TO_BE_TOLD
