"""Combinations of facts as clauses, and recipients by what people call them."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.consent.rules.combinations import Box, in_order
from services.vocabulary.risk import VulnerableAdult

WHATEVER = "whatever the facts are"

GRADES = {
    "risk": ("the risk is {}", "the risk is not {}"),
    "children": ("the children's level is {}", "the children's level is not {}"),
    "consent": ("consent is {}", "consent is not {}"),
    "placement": ("the child's place is {}", "the child's place is not {}"),
}

VALUES: Mapping[object, str] = {
    None: "recorded",
    VulnerableAdult.VICTIM: "the victim",
    VulnerableAdult.PERSON_CAUSING_HARM: "the person causing harm",
    VulnerableAdult.OTHER: "another of the household",
}

SO = {
    "adult_safeguarding_concern": (
        "there is an adult safeguarding concern",
        "there is no adult safeguarding concern",
    ),
    "override": ("an override is recorded for it", "no override is recorded for it"),
    "open_child_case": ("it has an open case about a child", "it has no open case about a child"),
    "marac": ("it attends the MARAC", "it attends no MARAC"),
    "named": ("the event names it", "the event does not name it"),
    "holds": ("it holds the form or has an open case", "it holds no form and has no open case"),
    "counter_allegation": ("it turns round who was known to harm whom", "it turns no roles round"),
    "overdue": ("the Hub's review is overdue", "the Hub's review is not overdue"),
    "out_of_hours": ("offices are closed", "offices are open"),
}
"""What each fact that is so or not is in words. One that is not here is named as policies name it."""

NAMES = {
    "publisher": "its publisher",
    "school:any": "a school",
    "gp:any": "a GP practice",
    "hospital:any": "a hospital",
    "landlord:any": "a landlord",
    "area:any": "another area",
    "*": "anybody",
}


def name(recipient: str) -> str:
    """Return what people call a recipient that rules or questions name."""
    return NAMES.get(recipient, recipient)


def when(box: Box, among: Box) -> str:
    """Return a box as clauses joined by commas and a last `and`, in the order facts are listed."""
    listed = [fact for fact in among if fact in box and box[fact] != among[fact]]
    return both(clause(fact, box[fact], among[fact]) for fact in listed) or WHATEVER


def one_of(box: Box) -> Box:
    """Return one combination of a box: for each fact the first of its values."""
    return {fact: frozenset(in_order(values)[:1]) for fact, values in box.items()}


def clause(fact: str, values: frozenset[Any], among: frozenset[Any]) -> str:
    """Return which values a fact has as a clause, by those it has not where they are fewer."""
    if fact == "vulnerable_adults":
        return _adults(values, among)
    if fact not in GRADES:
        yes, no = SO.get(fact, (f"`{fact}` is so", f"`{fact}` is not so"))
        return yes if values == {True} else no
    rest = among - values
    is_, is_not = GRADES[fact]
    if values == {None}:
        return is_not.format(_word(None))
    if None in values or (len(rest) < len(values) and None not in rest):
        return is_not.format(_words(rest))
    return is_.format(_words(values))


def _words(values: Iterable[Any]) -> str:
    return either(map(_word, in_order(values)))


def _word(value: object) -> str:
    return VALUES.get(value, str(value).replace("_", " "))


def _adults(values: frozenset[Any], among: frozenset[Any]) -> str:
    """Say which adults are vulnerable, one by one where that says it all, else set by set."""
    nobody: frozenset[Any] = frozenset()
    if values == {nobody}:
        return "no adult is vulnerable"
    if values == among - {nobody}:
        return "an adult is vulnerable"
    yes = [adult for adult in VulnerableAdult if all(adult in adults for adults in values)]
    no = [adult for adult in VulnerableAdult if not any(adult in adults for adults in values)]
    told = {adults for adults in among if adults.issuperset(yes) and adults.isdisjoint(no)}
    if told == values and (yes or no):
        return both(
            (*(f"{_word(each)} is vulnerable" for each in yes), *(f"{_word(each)} is not" for each in no))
        )
    sets = (" with ".join(map(_word, in_order(adults))) or "nobody" for adults in in_order(values))
    return f"the vulnerable adult is {either(sets)}"


def either(words: Iterable[str]) -> str:
    """Return words joined by commas and a last `or`."""
    return _listed(words, "or")


def both(words: Iterable[str]) -> str:
    """Return words joined by commas and a last `and`."""
    return _listed(words, "and")


def _listed(words: Iterable[str], last: str) -> str:
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"
