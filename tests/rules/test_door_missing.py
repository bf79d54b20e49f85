"""What is not given, or not whole, never sends an event back but where the design requires it (design 4)."""

from typing import Any

import pytest

from services.eventlog.codec import encode_content
from tests.door_builders import Event, example
from tests.door_forms import FORMS, defects, sections

NUMBER = {"scheme": "nhs", "value": "9990000042"}


def having(section: str, **changes: Any) -> Event:
    """Return the example of a VPA with some fields of one section replaced."""
    event = example("VpaRaised")
    event[section] = {**event[section], **changes}
    return event


def reasons(event: Event) -> set[tuple[str, str]]:
    """Return what sends an event back for its form."""
    return {(reason.pointer, reason.rule) for reason in FORMS.read(event).reasons}


def assert_sealable(event: Event) -> None:
    """Require that every section laid out fits its schema."""
    schema = FORMS.read(event).schema
    assert schema is not None
    for plain in sections(event).values():
        encode_content(schema.section(plain.name), plain.value)


@pytest.mark.parametrize(
    ("part", "lacking"),
    [
        ({"value": "9990000042"}, "scheme"),
        ({"scheme": "nhs"}, "value"),
        ({"scheme": "nhs", "value": None}, "value"),
        ({"scheme": "nhs", "value": "  "}, "value"),
    ],
)
def test_an_identifier_that_is_not_whole_is_left_out_and_flagged(part: Event, lacking: str) -> None:
    event = having("victim", identifiers=[part, NUMBER])

    assert defects(event) == {(f"/victim/identifiers/0/{lacking}", "incomplete")}
    assert sections(event)["victim"].value["identifiers"] == [NUMBER]
    assert_sealable(event)


@pytest.mark.parametrize(("part", "lacking"), [({"scheme": "ons"}, "code"), ({"code": "A1"}, "scheme")])
def test_an_ethnicity_that_is_not_whole_is_left_out_and_flagged(part: Event, lacking: str) -> None:
    event = having("victim", ethnicity=part)

    assert defects(event) == {(f"/victim/ethnicity/{lacking}", "incomplete")}
    assert "ethnicity" not in sections(event)["victim"].value
    assert_sealable(event)


def test_a_child_s_identifier_that_is_not_whole_is_left_out_and_flagged() -> None:
    event = example("VpaRaised")
    event["children"][1]["identifiers"] = [{"value": "A123"}]

    assert defects(event) == {("/children/1/identifiers/0/scheme", "incomplete")}
    assert_sealable(event)


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("victim", "identifiers"),
        ("victim", "other_names"),
        ("person_causing_harm", "identifiers"),
        ("dash", "score"),
    ],
)
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_null_or_blank_is_as_good_as_not_there(section: str, name: str, nothing: str | None) -> None:
    event = having(section, **{name: nothing})

    assert defects(event) == set()
    assert name not in sections(event)[section].value
    assert_sealable(event)


@pytest.mark.parametrize("name", ["adult_safeguarding_concern", "vulnerable_adults"])
def test_a_fact_that_is_null_is_taken(name: str) -> None:
    event = having("facts", **{name: None})

    assert reasons(event) == set()
    assert_sealable(event)


def test_an_answer_that_is_null_is_no_answer() -> None:
    event = having("consent", **{"cheshire-cares": None})

    assert defects(event) == set()
    assert sections(event)["routing"].value["consent"] == {"family-help": "refused"}


def test_an_empty_element_of_a_list_is_left_out_and_flagged() -> None:
    event = having("facts", vulnerable_adults=[None, "victim"])

    assert defects(event) == {("/facts/vulnerable_adults/0", "incomplete")}
    assert sections(event)["facts"].value["vulnerable_adults"] == ["victim"]


def test_a_child_about_whom_nothing_is_said_is_still_a_child() -> None:
    event = example("VpaRaised")
    event["children"].append(None)

    assert ("/children/2", "incomplete") in defects(event)
    assert sections(event)["facts"].value["child_count"] == 3
    assert_sealable(event)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_a_blank_reference_is_none_given(nothing: str | None) -> None:
    event = {**example("VpaRaised"), "incident": nothing}

    assert defects(event) == {("/incident", "missing")}
    assert "incident" not in sections(event)


@pytest.mark.parametrize("name", ["risk", "children"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_what_a_vpa_must_say_it_must_say(name: str, nothing: str | None) -> None:
    assert reasons(having("facts", **{name: nothing})) == {(f"/facts/{name}", "required")}


@pytest.mark.parametrize("name", ["id", "occurred_at"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_every_event_has_its_id_and_its_time(name: str, nothing: str | None) -> None:
    assert reasons({**example("VpaRaised"), name: nothing}) == {(f"/{name}", "required")}


def test_a_wrong_type_is_refused_where_it_stands() -> None:
    event = having("victim", identifiers=[{"value": "1"}, {"scheme": 7, "value": "2"}])

    assert reasons(event) == {("/victim/identifiers/1/scheme", "type")}


def test_a_field_nobody_names_is_refused_even_when_it_is_null() -> None:
    assert reasons(having("victim", nickname=None)) == {("/victim/nickname", "unknown-field")}
