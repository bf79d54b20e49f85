"""What an opened section says, in the partnership's words: no code stands on a page as it is kept."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from services.eventlog.catalogue_files import load_catalogue, load_examples
from services.projections.pages.opened import Part, parts
from services.projections.pages.spoken import CODES
from services.vocabulary.titles import SECTIONS

TITLES = {"police": "Cheshire Constabulary", "school:111222": "Thistlewick Primary School"}


def opened(sections: Mapping[str, object]) -> tuple[Part, ...]:
    return parts(sections, lambda agency: TITLES.get(agency, agency))


def said(**sections: object) -> list[tuple[str, str]]:
    return [(line.label, line.value) for part in opened(sections) for line in part.lines]


def test_who_sent_it_is_named_as_people_name_it() -> None:
    assert said(facts={"source": "police"}) == [("Source", "Cheshire Constabulary")]


def test_an_nhs_number_is_said_to_be_one_and_written_as_one() -> None:
    known = [{"scheme": "nhs", "value": "9990000042"}, {"scheme": "custody", "value": "C7"}]

    assert said(victim={"identifiers": known}) == [("Identifiers", "NHS number 999 000 0042, Custody C7")]


@pytest.mark.parametrize(("code", "words"), [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")])
def test_a_school_conflict_is_that_a_parent_works_there(code: str, words: str) -> None:
    assert said(**{"children[0]": {"school_conflict": code}}) == [("A parent works at the school", words)]


def test_a_school_is_named_and_one_that_nobody_knows_keeps_its_number() -> None:
    known, unknown = ({"school_urn": urn} for urn in ("111222", "999999"))

    assert said(**{"children[0]": known}) == [("School", "Thistlewick Primary School")]
    assert said(**{"children[0]": unknown}) == [("School", "999999")]


def test_facts_are_said_in_the_partnerships_words() -> None:
    facts = {
        "risk": "not_completed",
        "children": "below_threshold",
        "vulnerable_adults": ["victim", "other"],
        "previous_risk": "high",
    }

    assert said(facts=facts) == [
        ("Risk", "Not completed"),
        ("Children", "Below the early help threshold"),
        ("Vulnerable adults", "Adult victim, Another member of the household"),
        ("Previous risk", "High"),
    ]


def test_another_reason_is_no_member_of_a_household() -> None:
    assert said(facts={"reason": "other"}) == [("Reason", "Other")]


def test_the_status_of_a_childs_case_is_spelled_out() -> None:
    assert said(facts={"status": "LAC"}) == [("Status", "Looked after")]


def test_an_ethnicity_is_one_line_with_the_scheme_it_was_recorded_by() -> None:
    assert said(victim={"ethnicity": {"scheme": "18+1", "code": "A1"}}) == [("Ethnicity", "A1 (18+1)")]


def test_what_somebody_wrote_stays_as_they_wrote_it() -> None:
    text = "he said source: police_officer, early_help and nhs"

    assert said(narrative={"text": text}) == [("Text", text)]


def test_every_closed_list_a_section_may_hold_is_known_by_its_field() -> None:
    closed = {
        path
        for event_type in load_catalogue().types()
        for section in load_catalogue().event(event_type).sections
        if section.name in SECTIONS
        for path in enums(section.avro, ())
    }
    shown_as_channels = {path for path in closed if path[0] in ("safe", "do_not_contact")}

    assert {path[-1] for path in closed - shown_as_channels} <= CODES


def test_no_example_is_shown_with_a_code_as_it_is_kept() -> None:
    shown = [
        (event_type, line.label, line.value)
        for event_type, example in load_examples().items()
        for part in opened(as_opened(example))
        for line in part.lines
    ]

    assert [
        each for each in shown if each[2] in ("police", "yes", "no", "not_known") or "nhs" in each[2]
    ] == []


def as_opened(example: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections of an example event as the keyring opens them."""
    children = example.get("children") or []
    named = {name: value for name, value in example.items() if name in SECTIONS and name != "children"}
    return {
        **{name: value for name, value in named.items() if isinstance(value, dict)},
        **{f"children[{number}]": child for number, child in enumerate(children)},
    }


def enums(schema: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the path of every field of a schema that holds one of a closed list."""
    if isinstance(schema, list):
        for each in schema:
            yield from enums(each, path)
    elif isinstance(schema, dict):
        if schema["type"] == "enum":
            yield path
        for field in schema.get("fields", ()):
            yield from enums(field["type"], (*path, field["name"]))
        yield from enums(schema.get("items", []), path)
        if isinstance(schema["type"], dict | list):
            yield from enums(schema["type"], path)
