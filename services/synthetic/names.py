"""People who do not exist: every name, street and mishap made of invented words.

Invented words are `SHORTEST` letters and more and said once each, so that finding one at rest means
that a person was found. Ordinary words in free text stay shorter, so that `tokens` can tell them apart.
Telephone numbers are from the range kept for drama, NHS numbers from the test range (999).
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

SHORTEST = 10
"""Letters in the shortest invented word."""

PERSONAL = (
    "victim",
    "contact",
    "children",
    "person_causing_harm",
    "narrative",
    "rationale",
    "referral",
    "referrer",
)
"""The sections in which invented words stand."""

SPEAKING = frozenset({"given_name", "family_name", "other_names", "address", "text", "name"})
"""The fields of those sections which say them."""

TOWNS = {
    "Crewe": 34,
    "Macclesfield": 24,
    "Congleton": 8,
    "Sandbach": 6,
    "Wilmslow": 6,
    "Nantwich": 5,
    "Middlewich": 4,
    "Knutsford": 3,
}
"""The area's towns, which do exist, by their share of referrals (domain 7)."""

_PLACES = frozenset(town.lower() for town in TOWNS)
_CONSONANTS = ("b", "br", "d", "dr", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z")
_VOWELS = ("a", "e", "i", "o", "u", "ay", "oo")
_WORD = re.compile(r"[A-Za-z]{10,}")


def token(rng: random.Random) -> str:
    """Return a pronounceable invented word of ten letters or more, with a capital."""
    word = ""
    while len(word) < SHORTEST:
        word += rng.choice(_CONSONANTS) + rng.choice(_VOWELS)
    return word.capitalize()


def nhs_number(nine: str) -> str | None:
    """Return nine digits with their check digit (modulus 11), or None where there is none."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return None if check == 10 else nine + str(check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """One invented person."""

    given_name: str
    family_name: str
    born: date
    nhs: str
    phone: str

    def as_section(self) -> dict[str, object]:
        """Return the fields that every section about a person has."""
        return {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "date_of_birth": self.born.isoformat(),
            "identifiers": [{"scheme": "nhs", "value": self.nhs}],
        }


class Inventor:
    """Makes people and places, never the same word or number twice."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._said: set[str] = set()
        self._numbers: set[str] = set()

    def said(self) -> frozenset[str]:
        """Return every word invented so far, in lower case."""
        return frozenset(self._said)

    def word(self) -> str:
        """Return an invented word nobody has had."""
        while (word := token(self._rng)).lower() in self._said:
            pass
        self._said.add(word.lower())
        return word

    def person(self, born: date, family_name: str | None = None) -> Somebody:
        """Return a new person, of a family that is already named or of their own."""
        return Somebody(
            given_name=self.word(),
            family_name=family_name or self.word(),
            born=born,
            nhs=self._nhs(),
            phone=f"07700 900{self._rng.randrange(1000):03d}",
        )

    def address(self, town: str) -> str:
        """Return a house in a street that is nowhere."""
        return f"{self._rng.randrange(1, 180)} {self.word()} {self._rng.choice(_STREETS)}, {town}"

    def account(self) -> str:
        """Return a few sentences of free text with invented words in them."""
        return self._rng.choice(_ACCOUNTS).format(self.word(), self.word())

    def reason(self) -> str:
        """Return a rationale with an invented word in it."""
        return self._rng.choice(_REASONS).format(self.word())

    def _nhs(self) -> str:
        while True:
            number = nhs_number(f"999{self._rng.randrange(10**6):06d}")
            if number and number not in self._numbers:
                self._numbers.add(number)
                return number


def tokens(events: Iterable[Mapping[str, object]]) -> frozenset[str]:
    """Return every invented word in the events, in lower case."""
    words = {word.lower() for event in events for name in PERSONAL for word in _words(event.get(name))}
    return frozenset(words - _PLACES)


def _words(value: object, *, speaking: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _words(inner, speaking=str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner, speaking=speaking)
    elif isinstance(value, str) and speaking in SPEAKING:
        yield from _WORD.findall(value)


_STREETS = ("Street", "Road", "Lane", "Close", "Avenue", "Court")
_ACCOUNTS = (
    "Called by a friend. He had come home from {0} and shouted for an hour, then broke her phone. She says "
    "it was the same after {1}. No injury seen.",
    "She rang from the kitchen. An argument over money from {0}; he held her by the arm and would not let "
    "her leave. The word he used was {1}.",
    "Passer-by heard shouting near {0}. Both had been drinking. She has a cut lip and wants him to stay "
    "with {1} for now.",
    "He follows her to {0} each day and checks her phone. Tonight he took the car keys. She is afraid of "
    "what {1} will say.",
    "Her mother called us. He pushed her on the stairs after the visit to {0}. She asked that {1} is told "
    "nothing yet.",
)
_REASONS = (
    "Two earlier calls from {0} were not linked; taken with tonight they show he is getting worse.",
    "Read with the timeline from {0}: no new harm, and he has left the area.",
    "She told the officer about {0} only after he had gone. The grade rests on that.",
)
