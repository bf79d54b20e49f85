"""What the door says to systems, in words for who typed it: no code, no field's name, no pointer. Pure.

The door names a rule and a place. What is wrong is said by the rule; where, by the label of the question that
asks it, or, where the form asks none, by the place in words.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.projections.pages.questions import UNREAL, Form, Kind, Problem, Question, about
from services.projections.pages.words import section, sentence

Row = Mapping[str, object]

NOT_GIVEN: Final = frozenset({"missing", "required", "safe-contact"})
"""Rules that a question's own words for an answer that is missing say better."""

OTHERWISE: Final = "it was not taken as it stands: check it, or ask your agency's lead"
"""Said of what nobody foresaw that somebody could type."""

SAYS: Final[Mapping[str, str]] = {
    "missing": "not given",
    "required": "not given",
    "blank": "not given",
    "incomplete": "not whole, and left out: give all of it",
    "safe-contact": "nobody said whether it is safe to use, so nobody uses it: say yes, no or not known",
    "format": "use letters, digits and spaces",
    "type": "it could not be read: enter it again",
    "text": "it holds a character that nobody can read: type it again",
    "enum": "choose one of the list",
    "nhs-number": "not an NHS number, and nobody is recognised by it: check it with the person or the record",
    "two-persons": "somebody else has to confirm it: choose who",
    "unknown-person": "nobody is registered under this id: check it",
    "unknown-recipient": "no agency has this name: choose another",
    "another-area": "not another area: a case is transferred to one",
    "not-disclosed": "nothing says that it is disclosed, so nobody is told: leave it empty, or record the "
    "decision to disclose",
    "unknown-incident": "nothing is known of it here: go back to the inbox and start from the incident",
    "unknown-original": "the form it corrects is not known, so it counts as the newest: correct that one",
    "not-retractable": "it is not taken back: what is recorded next on the same takes its place",
    "still-counts": "nobody is shown it any more, but what it says of a case still counts: record how it is",
    "unknown-school": "no school has this number, so the education officer is told: check the number",
    "school-and-home-educated": "a school and home education are both given, and no school is told: give one",
    "named-organisation": "name the hospital, practice or service, never just health",
    "children-listed": "it says that there are none, and some are listed: they are not left out. Correct one",
    "child-as-adult-victim": "under 16 nobody is an adult victim, so it is taken as about a child: list them "
    "as a child too, or correct the date of birth",
    "review-unfinished": "a review needs a grade: complete the checklist and review it again",
    "rationale": "say why",
    "believable-time": "the time does not fit: start again from the incident",
    "authority": "not for your agency to record: ask the Hub",
    "no-repeat": "it lies more than 12 months before: check that the abuse itself was within 12 months of it",
    "ended-too-soon": "it ends at eMARAC only where support is under way and the risk is mitigated",
    "too-many-sections": "more than one record can hold: send several",
}
"""What is wrong, by the door's rule, after where it is."""

BY_A_SECOND: Final[Mapping[str, str]] = {
    "confirmed_by": "somebody else has to confirm it, and until then it counts as recorded only: name them",
    "reviewed_by": "somebody else has to look at it, and nobody else is known to have: name them",
}
"""What is said of a second person who is none, by the last name of the place."""

OWN_DETAILS: Final[Mapping[str, str]] = {
    "phone": "The referrer's own phone number stands where the adult victim's should",
    "email": "The referrer's own email address stands where the adult victim's should",
}
OWN_NAME: Final = "The referrer's own name stands where the adult victim's should"

MEASURED: Final = frozenset({"length", "range"})
"""Rules whose own words are people's: how long, or between which numbers."""

PLACES: Final[Mapping[str, str]] = {
    "given_name": "first name",
    "family_name": "last name",
    "identifiers": "number",
    "previous_risk": "grade before the review",
    "confirmed_by": "second person who confirms it",
    "reviewed_by": "person who reviewed it",
    "occurred_at": "time it happened",
    "corrects": "what it corrects or takes back",
    "client": "whose help it is",
    "text": "",
    "safe": "",
}
"""Names of fields that are not their own words; those that add nothing to the part they stand in."""

OF_THE_EVENT: Final = frozenset({"facts", "consent"})
"""Parts that people do not know by name, or of which the part says enough."""


def said(row: Row, where: str) -> str:
    """Return what is wrong at a place, given in words, and what to do."""
    rule, last = str(row.get("rule", "")), _names(row)[-1:]
    if rule == "referrers-own-details":
        return f"{OWN_DETAILS.get(''.join(last), OWN_NAME)}: give theirs, or leave it out"
    if rule in MEASURED:
        return f"{where}: {row.get('detail', '')}"
    if rule == "second-person":
        return f"{where}: {BY_A_SECOND.get(''.join(last), SAYS['two-persons'])}"
    return f"{where}: {SAYS.get(rule, OTHERWISE)}"


def at(row: Row, question: Question) -> str:
    """Return what is wrong with the answer to a question."""
    rule = row.get("rule")
    if rule in NOT_GIVEN and question.missing:
        return question.missing
    if rule == "format" and question.kind is Kind.DAY:
        return UNREAL
    return said(row, question.label.partition(" (optional)")[0].rstrip("?"))


def refused(form: Form, rows: Sequence[Row]) -> tuple[Problem, ...]:
    """Return every reason the door gave, each at the question it is about; at the first, with its place."""
    by_name = {question.name: question for question in form.questions}
    found = []
    for row in rows:
        name = about(form.about, str(row.get("pointer", "")))
        text = at(row, by_name[name]) if name is not None else elsewhere(row)
        found.append(Problem(name=name or form.questions[0].name, text=text))
    return tuple(dict.fromkeys(found))


def elsewhere(row: Row) -> str:
    """Return what is wrong with what no question of a form is about."""
    return said(row, place(row))


def place(row: Row) -> str:
    """Return where in an event a reason is, in words: `/children/0/school_urn` is "Child 1, school"."""
    names = _names(row)
    words = [each for each in _words(names) if each]
    return ", ".join([*words[:1], *(f"{each[:1].lower()}{each[1:]}" for each in words[1:])]) or "The form"


def _words(names: Sequence[str]) -> Iterator[str]:
    """Yield each part of a place in words. Who or what is named inside facts is a code, and is left out."""
    first, rest = "".join(names[:1]), names[1:]
    if first == "children" and rest and rest[0].isdigit():
        yield section(f"children[{rest[0]}]")
        rest = rest[1:]
    elif first not in OF_THE_EVENT:
        yield _word(first) if first in PLACES else section(first)
    elif first == "consent":
        yield sentence(first)
        rest = ()
    for name in rest:
        if not name.isdigit():
            yield _word(name)


def _word(name: str) -> str:
    words = PLACES.get(name, sentence(name))
    return f"{words[:1].upper()}{words[1:]}"


def _names(row: Row) -> list[str]:
    return [each for each in str(row.get("pointer", "")).split("/") if each]
