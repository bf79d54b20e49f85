"""By what may a person be recognised, and who is it then? (design 3 and 4)"""

from collections.abc import Sequence

from stdnum.gb import nhs

from services.ingest.rules.reading import parts, text
from services.ingest.state import Candidate, Marks, Record
from services.vocabulary.people import match_on_calling, match_on_name, match_on_nhs
from services.vocabulary.times import NotATime, parse_date

NHS = "nhs"


def marks(person: Record) -> Marks:
    """Return what a person's section lets us recognise them by: an NHS number that holds, name and birth."""
    numbers = [number for number in nhs_numbers(person) if nhs.is_valid(number)]
    return Marks(
        nhs=match_on_nhs(nhs.compact(numbers[0])) if numbers else None,
        name=_name_mark(person),
        called=_called(person),
        born=_born(person),
    )


def nhs_numbers(person: Record) -> list[str]:
    """Return the NHS numbers given, right or wrong."""
    given = [(text(i, "scheme"), text(i, "value")) for i in parts(person, "identifiers")]
    return [value for scheme, value in given if scheme and scheme.casefold() == NHS and value]


def is_nhs_number(number: str) -> bool:
    """Say whether an NHS number has the right length and check digit."""
    return bool(nhs.is_valid(number))


def recognise(mine: Marks, by_nhs: str | None, by_name: Sequence[Candidate]) -> str | None:
    """Return the person these tokens stand for, or None where it is nobody known, or not clear who.

    The NHS number decides; a name and date of birth only where exactly one person has it whose NHS
    number does not contradict.
    """
    if by_nhs is not None:
        return by_nhs
    fitting = [known.person for known in by_name if may_be(mine, known.nhs)]
    return fitting[0] if len(fitting) == 1 else None


def may_be(mine: Marks, their_nhs: str | None) -> bool:
    """Say whether nothing contradicts this being the person with that NHS token (None: with none)."""
    return mine.nhs is None or their_nhs is None or mine.nhs == their_nhs


def recognise_child(mine: Marks, of_incident: Sequence[Candidate]) -> str | None:
    """Return the child of an incident who is called the same, where that is one and nothing contradicts.

    Two dates of birth do, and so do two NHS numbers: those are two children.
    """
    fitting = [
        known.person
        for known in of_incident
        if may_be(mine, known.nhs) and (mine.name is None or not known.has_birthday)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _born(person: Record) -> str | None:
    born = text(person, "date_of_birth")
    try:
        return f"born\x1f{parse_date(born).isoformat()}" if born else None
    except NotATime:
        return None


def _called(person: Record) -> str | None:
    given, family = text(person, "given_name"), text(person, "family_name")
    return match_on_calling(given, family) if given and family else None


def _name_mark(person: Record) -> str | None:
    given, family, born = (text(person, name) for name in ("given_name", "family_name", "date_of_birth"))
    try:
        return match_on_name(given, family, parse_date(born)) if given and family and born else None
    except NotATime:
        return None
