"""How each school is told and what an officer looks up, from the registered partnership."""

from collections.abc import Set as AbstractSet
from datetime import date, time, timedelta

from services.notify.flow import Custom, Office
from services.notify.rules.placement import Ages, Register
from services.runtime.partnership import Partnership, School
from services.vocabulary.agencies import urn_of
from services.vocabulary.calendar import SchoolYear

EARLY_BELL = time(8, 30)
"""When a school nobody registered is taken to start: a deadline too early is safe."""


class Customs:
    """The school year, the lead time and the people of the partnership. `mail`: is there a server."""

    def __init__(self, partnership: Partnership, bank_holidays: AbstractSet[date], *, mail: bool) -> None:
        self._partnership = partnership
        self._bank_holidays = bank_holidays
        self._mail = mail
        self._schools = {school.urn: school for school in partnership.schools}
        self._years = {urn: self._year(school) for urn, school in self._schools.items()}
        self._office = self._registered()

    def of_school(self, school: str) -> Custom:
        """Return how one school is told."""
        known = self._schools.get(urn_of(school))
        return Custom(
            year=self._years.get(urn_of(school)) or self._year(None),
            lead=timedelta(minutes=self._partnership.encompass.lead_minutes),
            owner=self.phone_owner,
            email=self._mail and known is not None and bool(known.email),
        )

    @property
    def years(self) -> tuple[SchoolYear, ...]:
        """Return the days each school keeps, and the days of one that nobody registered."""
        return (*self._years.values(), self._office.year)

    def office(self) -> Office:
        """Return who answers for children whom no school is told of."""
        return self._office

    def _registered(self) -> Office:
        ages = {urn: Ages(youngest=one.youngest, oldest=one.oldest) for urn, one in self._schools.items()}
        elsewhere = frozenset(school.urn for school in self._partnership.neighbours)
        return Office(
            owner=self._partnership.encompass.education_officer,
            lead=self._partnership.encompass.conflict_lead,
            register=Register(schools=ages, elsewhere=elsewhere),
            year=self._year(None),
            years=self._years,
        )

    def address_of(self, school: str) -> str | None:
        """Return where a school reads mail."""
        known = self._schools.get(urn_of(school))
        return known.email or None if known else None

    @property
    def phone_owner(self) -> str:
        """Return who phones a school that has not acknowledged."""
        return self._partnership.encompass.phone_owner

    def _year(self, school: School | None) -> SchoolYear:
        closures = frozenset(self._partnership.inset) | frozenset(school.closures if school else ())
        return SchoolYear(
            bell=school.bell if school else EARLY_BELL,
            terms=self._partnership.terms,
            closures=closures,
            bank_holidays=self._bank_holidays,
        )
