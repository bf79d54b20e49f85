"""The two sides of a case: what the Hub finds about who harms whom, and for whom a worker works."""

from services.vocabulary.words import Word


class Roles(Word):
    """What the Hub found of a report that turns round who was known to harm whom."""

    STAND = "stand"
    BOTH = "both"
    REVERSED = "reversed"


class Looked(Word):
    """How far the Hub is with such a report: its last word counts."""

    WAITS = "waits"
    FOUND_RIGHT = "found_right"
    FOUND_WRONG = "found_wrong"


class Client(Word):
    """For whom in an incident a practitioner works."""

    ADULT_VICTIM = "adult_victim"
    PERSON_CAUSING_HARM = "person_causing_harm"
    CHILD = "child"


class Part(Word):
    """What part somebody has in an incident."""

    ADULT_VICTIM = "adult_victim"
    CHILD = "child"
    PERSON_CAUSING_HARM = "person_causing_harm"


class VictimAge(Word):
    """How old an adult victim was on the day: under sixteen nobody is one (Domestic Abuse Act 2021 s1)."""

    UNDER_16 = "under_16"
    SIXTEEN_OR_SEVENTEEN = "sixteen_or_seventeen"
    ADULT = "adult"
