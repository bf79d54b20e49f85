"""By what may a person be recognised, and who is it then? (design 3 and 4)"""

from collections.abc import Mapping

from stdnum.gb import nhs

from services.ingest.rules.reading import parts, text
from services.ingest.state import Marks, Record
from services.vocabulary.people import match_on_name, match_on_nhs
from services.vocabulary.times import NotATime, parse_date

NHS = "nhs"


def marks(person: Record) -> Marks:
    """Return what a person's section lets us recognise them by: an NHS number that holds, name and birth."""
    numbers = [number for number in nhs_numbers(person) if nhs.is_valid(number)]
    return Marks(nhs=match_on_nhs(nhs.compact(numbers[0])) if numbers else None, name=_name_mark(person))


def nhs_numbers(person: Record) -> list[str]:
    """Return the NHS numbers given, right or wrong."""
    given = [(text(i, "scheme"), text(i, "value")) for i in parts(person, "identifiers")]
    return [value for scheme, value in given if scheme and scheme.casefold() == NHS and value]


def is_nhs_number(number: str) -> bool:
    """Say whether an NHS number has the right length and check digit."""
    return bool(nhs.is_valid(number))


def recognise(mine: Marks, by_mark: Mapping[str, str], numbered: Mapping[str, str]) -> str | None:
    """Return the person known by these marks, or None.

    `by_mark` gives the person known by a text, `numbered` the NHS text of a person who has one. The
    NHS number decides; a name and date of birth only where no two NHS numbers contradict each other.
    """
    if mine.nhs is not None and mine.nhs in by_mark:
        return by_mark[mine.nhs]
    candidate = by_mark.get(mine.name) if mine.name is not None else None
    return candidate if candidate is None or may_be(mine, numbered.get(candidate)) else None


def may_be(mine: Marks, their_nhs: str | None) -> bool:
    """Say whether nothing contradicts this being the person with that NHS mark (None: with none)."""
    return mine.nhs is None or their_nhs is None or mine.nhs == their_nhs


def _name_mark(person: Record) -> str | None:
    given, family, born = (text(person, name) for name in ("given_name", "family_name", "date_of_birth"))
    try:
        return match_on_name(given, family, parse_date(born)) if given and family and born else None
    except NotATime:
        return None
