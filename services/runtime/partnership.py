"""The partnership as registered in one reviewed file: who takes part, which schools, whose terms.

The file (`infra/demo/partnership.toml` for the demo) holds no keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Any

from services.vocabulary.sandbox import is_sandbox, rehearsed


class Role(StrEnum):
    """What a caller may do within their own agency."""

    LEAD = "lead"
    PRACTITIONER = "practitioner"
    RESPONDER = "responder"
    DSL = "dsl"
    AUDITOR = "auditor"
    OFFICER = "officer"
    SYSTEM = "system"
    SERVICE = "service"


class Joins(StrEnum):
    """From when an agency is a recipient: from the first, from an event that says that it joined, or never.

    Never is a sandbox alone: it is no publisher either.
    """

    FOUNDING = "founding"
    BY_EVENT = "by event"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A single controller that publishes, receives, or both.

    `system`: what people call the one it keeps its cases in, where others keep theirs in the same.
    """

    name: str
    title: str
    kind: str
    joins: Joins = Joins.FOUNDING
    system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school of the area; `bell` is when its day starts, in Europe/London; ages are inclusive years."""

    urn: str
    name: str
    bell: time
    email: str
    phone: str
    youngest: int
    oldest: int
    closures: tuple[date, ...] = ()

    @property
    def agency(self) -> str:
        """The school's name as publisher and recipient."""
        return f"school:{self.urn}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A school of another area, known by its number so that a child there is not taken for unknown."""

    urn: str
    name: str
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A named member of staff; `id` is opaque and is what tokens, openings and logs carry.

    Birth date and home are there for one thing: what names them, or where they live, is closed to them.
    """

    id: str
    name: str
    agency: str
    role: Role
    date_of_birth: date | None = None
    address: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encompass:
    """Operation Encompass in this area: who phones, how long before the bell, who hears of the rest.

    `conflict_lead` hears by phone of a child whose parent works at the school.
    """

    phone_owner: str
    lead_minutes: int
    education_officer: str
    conflict_lead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnership:
    """Everyone registered, and the school year they share. `terms` and `inset` are whole days."""

    name: str
    title: str
    partition: int
    area: str
    policy: Path
    agencies: tuple[Agency, ...]
    schools: tuple[School, ...]
    neighbours: tuple[Neighbour, ...]
    people: tuple[Person, ...]
    terms: tuple[tuple[date, date], ...]
    inset: tuple[date, ...]
    encompass: Encompass

    @classmethod
    def load(cls, path: Path) -> Partnership:
        """Read the file. Raises KeyError, TypeError or ValueError naming what is wrong in it."""
        return _partnership(tomllib.loads(path.read_text(encoding="utf-8")), path.resolve().parent)

    def recipients(self) -> tuple[str, ...]:
        """Return every founding single-controller recipient in the file's order; no schools."""
        return tuple(agency.name for agency in self.agencies if agency.joins is Joins.FOUNDING)

    def joiners(self) -> tuple[str, ...]:
        """Return every single controller that is a recipient once an event says that it joined."""
        return tuple(agency.name for agency in self.agencies if agency.joins is Joins.BY_EVENT)

    def publishers(self) -> tuple[str, ...]:
        """Return every registered agency, the founding first, and every school."""
        return (*self.recipients(), *self.joiners(), *(school.agency for school in self.schools))

    def shared_systems(self) -> Mapping[str, tuple[str, ...]]:
        """Return who keep their cases in one system, by what it is called: what one is sent, all may read."""
        sharing: dict[str, tuple[str, ...]] = {}
        for agency in self.agencies:
            if agency.system:
                sharing[agency.system] = (*sharing.get(agency.system, ()), agency.name)
        return {system: names for system, names in sharing.items() if len(names) > 1}

    def sandboxes(self) -> tuple[str, ...]:
        """Return every sandbox: known to the door alone, where what it sends is answered and forgotten."""
        return tuple(agency.name for agency in self.agencies if agency.joins is Joins.NEVER)

    def school(self, urn: str) -> School | None:
        """Return the school of this area with that number, or None."""
        return next((school for school in self.schools if school.urn == urn), None)

    def neighbour(self, urn: str) -> Neighbour | None:
        """Return the school of another area with that number, or None."""
        return next((school for school in self.neighbours if school.urn == urn), None)

    def people_of(self, agency: str) -> tuple[Person, ...]:
        """Return the people registered for an agency or school, in the file's order."""
        return tuple(person for person in self.people if person.agency == agency)

    def person(self, person_id: str) -> Person | None:
        """Return the registered person with that id, or None."""
        return next((person for person in self.people if person.id == person_id), None)

    def title_of(self, agency: str) -> str:
        """Return what people call an agency or school; its own name when nobody registered it."""
        titles = {known.name: known.title for known in self.agencies}
        titles.update({school.agency: school.name for school in self.schools})
        return titles.get(agency, agency)


def _partnership(doc: Mapping[str, Any], folder: Path) -> Partnership:
    schools = tuple(_school(row) for row in doc["school"])
    partnership = Partnership(
        name=doc["name"],
        title=doc["title"],
        partition=doc["partition"],
        area=doc["area"],
        policy=(folder / doc["policy"]).resolve(),
        agencies=tuple(map(_agency, doc["agency"])),
        schools=schools,
        neighbours=tuple(Neighbour(**row) for row in doc["neighbour"]),
        people=tuple(_people(doc)),
        terms=tuple((row["from"], row["to"]) for row in doc["term"]),
        inset=tuple(doc["inset"]),
        encompass=Encompass(**doc["encompass"]),
    )
    for agency in partnership.agencies:
        _check_sandbox(agency, partnership)
    return partnership


def _check_sandbox(agency: Agency, partnership: Partnership) -> None:
    """Raise ValueError for a sandbox that could be taken for anybody, and for anybody taken for a sandbox."""
    if (agency.joins is Joins.NEVER) is not is_sandbox(agency.name):
        raise ValueError(
            f'agency `{agency.name}`: joins = "never" is for a sandbox, and a sandbox alone is called '
            "`sandbox:` and whom it rehearses: change one of both"
        )
    if is_sandbox(agency.name) and rehearsed(agency.name) not in partnership.publishers():
        raise ValueError(f"agency `{agency.name}` rehearses nobody registered: name an agency or a school")
    if is_sandbox(agency.name) and partnership.people_of(agency.name):
        raise ValueError(f"agency `{agency.name}` has people: a sandbox has none, leave them out")


def _agency(row: Mapping[str, Any]) -> Agency:
    return Agency(**{**row, "joins": Joins(row.get("joins", Joins.FOUNDING))})


def _school(row: Mapping[str, Any]) -> School:
    plain = {key: row[key] for key in ("urn", "name", "bell", "email", "phone", "youngest", "oldest")}
    return School(**plain, closures=tuple(row.get("closures", ())))


def _people(doc: Mapping[str, Any]) -> Iterator[Person]:
    for row in doc["person"]:
        yield Person(**{**row, "role": Role(row["role"])})
    yield from map(_key_adult, doc["school"])


def _key_adult(row: Mapping[str, Any]) -> Person:
    return Person(
        id=f"p-school-{row['urn']}",
        name=row["dsl"],
        agency=f"school:{row['urn']}",
        role=Role.DSL,
        date_of_birth=row.get("dsl_date_of_birth"),
        address=row.get("dsl_address", ""),
        postcode=row.get("dsl_postcode", ""),
    )
