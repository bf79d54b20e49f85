"""What the door says to systems is said to people in words: every rule it has, wherever in an event."""

import re

import pytest

from services.projections.pages.door_words import MEASURED, OTHERWISE, SAYS, elsewhere, place
from services.runtime.places import ROOT

OF_THE_BODY = {
    "batch-size", "depth", "different-body", "duplicate-key", "encoding", "json", "number", "sandbox",
    "sandbox-id", "size", "unknown-field", "unknown-type",
}  # fmt: skip
"""Rules about how a body is written: our own forms write it, and nothing that is typed breaks one."""

OF_THE_OFFICE = {
    "joins-by-event",
    "one-named",
    "scope",
    "two-named",
    "unlawful-ground",
}
"""Rules of events that no form publishes."""

NAMED = re.compile(
    r'rule="([a-z-]+)"|Malformed\(\s*"([a-z-]+)"|^UNKNOWN, NO_AREA = "([a-z-]+)", "([a-z-]+)"', re.M
)


def rules_of_the_door() -> set[str]:
    """Return every rule the door's source names."""
    found = [
        each
        for path in (ROOT / "services/ingest").rglob("*.py")
        for each in NAMED.findall(path.read_text("utf-8"))
    ]
    return {name for names in found for name in names if name}


def test_every_rule_of_the_door_that_an_answer_can_break_is_said_in_words() -> None:
    known = set(SAYS) | MEASURED | {"second-person", "referrers-own-details"}

    assert rules_of_the_door() - OF_THE_BODY - OF_THE_OFFICE == known


@pytest.mark.parametrize("rule", [*SAYS, "second-person", "referrers-own-details", "never-heard-of"])
def test_nothing_is_said_in_the_door_s_own_words(rule: str) -> None:
    row = {"pointer": "/facts/confirmed_by", "rule": rule, "detail": "set facts.confirmed_by", "fix": "`x`"}

    said = elsewhere(row)

    assert not re.search(r"[_`/]|facts", said)
    assert said[0].isupper()


def test_of_a_rule_nobody_foresaw_it_is_said_where_and_whom_to_ask() -> None:
    assert elsewhere({"pointer": "/narrative/text", "rule": "new"}) == f"Narrative: {OTHERWISE}"


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("", "The form"),
        ("/incident", "Incident reference"),
        ("/victim/given_name", "Adult victim, first name"),
        ("/children/1/school_urn", "Child 2, school"),
        ("/children/0/identifiers/0/value", "Child 1, number, value"),
        ("/person_causing_harm/date_of_birth", "Person causing harm, date of birth"),
        ("/facts/previous_risk", "Grade before the review"),
        ("/facts/to/0", "To"),
        ("/consent/cheshire-cares", "Consent"),
        ("/contact/safe/phone", "Contact and what is safe, phone"),
        ("/rationale/text", "Rationale"),
        ("/occurred_at", "Time it happened"),
        ("/facts/client", "Whose help it is"),
    ],
)
def test_a_place_is_said_in_words(pointer: str, words: str) -> None:
    assert place({"pointer": pointer}) == words
