"""How two records are seen to speak of one person, without keeping either."""

import re
import unicodedata
from datetime import date


def normalise_name(name: str) -> str:
    """Return a name's letters alone, case and accents folded, so that spellings of one name meet."""
    folded = name.casefold()
    decomposed = folded if folded.isascii() else unicodedata.normalize("NFKD", folded)
    return decomposed if decomposed.isalpha() else "".join(filter(str.isalpha, decomposed))


def match_on_nhs(number: str) -> str:
    """Return the text whose keyed token stands for an NHS number."""
    return "nhs\x1f" + number


def match_on_name(given_name: str, family_name: str, date_of_birth: date) -> str | None:
    """Return the text whose keyed token stands for a name and birthday; None if a name has no letters."""
    given, family = normalise_name(given_name), normalise_name(family_name)
    if not given or not family:
        return None
    return "\x1f".join(("name", given, family, date_of_birth.isoformat()))


def match_on_calling(given_name: str, family_name: str) -> str | None:
    """Return the text for a name alone, which stands for somebody within one incident; None as above."""
    given, family = normalise_name(given_name), normalise_name(family_name)
    return "\x1f".join(("called", given, family)) if given and family else None


def match_on_home(address: str, postcode: str) -> str | None:
    """Return the text that two ways of writing one home's address share: its postcode and its number.

    A home without a number goes by its first line; None where there is no postcode to tell streets apart.
    """
    code = "".join(filter(str.isalnum, postcode.casefold()))
    if not code:
        return None
    number = re.search(r"\d+\s*[a-z]?\b", address.casefold())
    home = number.group().replace(" ", "") if number else normalise_name(address.split(",")[0])
    return "\x1f".join(("home", code, home)) if home else None


def is_second(person: str | None, sender: str | None) -> bool:
    """Say whether a staff id names somebody beside a sender who is named too: one id, however it is written.

    Where nobody is named as the sender there is no second: it may be the very person.
    """
    first, second = _id(sender), _id(person)
    return bool(first) and bool(second) and first != second


def is_same(person: str, other: str) -> bool:
    """Say whether two staff ids are one, however each is written."""
    return _id(person) == _id(other)


def _id(person: str | None) -> str:
    return (person or "").strip().casefold()


def age_on(day: date, date_of_birth: date) -> int:
    """Return completed years of age on a day (negative before birth)."""
    had_birthday = (day.month, day.day) >= (date_of_birth.month, date_of_birth.day)
    return day.year - date_of_birth.year - (not had_birthday)
