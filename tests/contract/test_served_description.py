"""Every answer in `/openapi.json` is said field by field, with an example, and every refusal in words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.consent.flow.decision import DECISION_VERSION
from services.consent.keyring.versions import POLICIES
from services.consent.rules.reading import parse
from services.console.api.document import DOCUMENTED
from services.console.api.passing import OWNERS
from services.runtime.described import JSON, LINES
from services.runtime.partnership import Partnership
from services.runtime.problems import PROBLEM
from services.runtime.settings import DEMO_PARTNERSHIP
from services.vocabulary.grounds import Ground
from tests.document_builders import document, examples, good, operations, validator

UNSAID = "Successful Response"
"""What FastAPI says of an answer of which nobody said anything."""

REASONS = {"reasons", "defects"}
"""Fields in which `rule` is a rule of the door's, not of the policy's."""

Json = dict[str, Any]


@pytest.fixture(scope="module")
def said() -> Json:
    """The whole document, with nothing running."""
    return document()


def answers(said: Json, media: str) -> dict[str, Json]:
    """Return what is said of each good answer of one media type, by operation."""
    found = [(name, each) for name, one in operations(said).items() for each in good(one)]
    return {name: content for name, (kind, content) in found if kind == media}


def unsaid(said: Json, schema: Json, place: str = "") -> Iterator[str]:
    """Yield the places of a schema where a value may be anything, and nothing says what it is.

    An object of anybody's making says in words where its fields are described.
    """
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if f"<{name}>" not in place:
            yield from unsaid(said, said["components"]["schemas"][name], f"{place}<{name}>")
    elif "anyOf" in schema or "oneOf" in schema:
        for each in schema.get("anyOf") or schema["oneOf"]:
            yield from unsaid(said, each, place)
    elif "array" in schema.get("type", ()):
        yield from unsaid(said, schema.get("items", {}), f"{place}[]")
    elif "object" in schema.get("type", ()):
        yield from _unsaid_in(said, schema, place)
    elif not {"type", "enum", "const"} & set(schema):
        yield place or "/"


def _unsaid_in(said: Json, schema: Json, place: str) -> Iterator[str]:
    others, fields = schema.get("additionalProperties"), schema.get("properties", {})
    for name, each in fields.items():
        yield from unsaid(said, each, f"{place}/{name}")
    if isinstance(others, dict):
        yield from unsaid(said, others, f"{place}/*")
    elif others is not False and not fields and not schema.get("description"):
        yield f"{place}/*"


@pytest.mark.parametrize("empty", [{}, {"type": "object"}, {"type": "array"}])
def test_a_schema_that_says_nothing_is_found_however_deep(empty: Json) -> None:
    within = {"type": "object", "properties": {"rows": {"type": "array", "items": empty}}}

    assert list(unsaid({}, empty))
    assert list(unsaid({}, within))


def test_every_path_the_console_passes_on_is_described(said: Json) -> None:
    patterns = [known.pattern for known in OWNERS if known.owner in DOCUMENTED]

    assert [each.pattern for each in patterns if not any(map(each.fullmatch, said["paths"]))] == []


def test_every_answer_is_said_field_by_field(said: Json) -> None:
    found = {name: list(unsaid(said, each.get("schema", {}))) for name, each in answers(said, JSON).items()}

    assert found
    assert {name: places for name, places in found.items() if places} == {}


def test_every_answer_has_an_example_and_it_fits_what_is_said(said: Json) -> None:
    wrong = {}
    for name, content in answers(said, JSON).items():
        fits = validator(said, content["schema"])
        shown = examples(content)
        wrong[name] = (
            [str(error) for each in shown for error in fits.iter_errors(each)] if shown else ["none"]
        )

    assert {name: errors for name, errors in wrong.items() if errors} == {}


def test_every_answer_told_line_by_line_says_what_a_line_holds_and_shows_some(said: Json) -> None:
    found = answers(said, LINES)

    assert found
    for content in found.values():
        fits = validator(said, content["x-itemSchema"])
        (shown,) = examples(content)
        assert list(unsaid(said, content["x-itemSchema"])) == []
        assert all(fits.is_valid(json.loads(line)) for line in shown.splitlines())


def test_every_operation_and_every_answer_of_it_is_in_words(said: Json) -> None:
    silent = [name for name, each in operations(said).items() if not each.get("summary")]
    unnamed = [
        f"{name} {status}"
        for name, operation in operations(said).items()
        for status, each in operation["responses"].items()
        if each.get("description", UNSAID) == UNSAID
    ]

    assert silent == []
    assert unnamed == []


def test_every_refusal_is_told_by_problem_details(said: Json) -> None:
    otherwise = [
        f"{name} {status}"
        for name, operation in operations(said).items()
        for status, each in operation["responses"].items()
        if not status.startswith("2") and set(each["content"]) != {PROBLEM}
    ]

    assert all(set(each["responses"]) - {"200", "201"} for each in operations(said).values())
    assert otherwise == []


def test_what_the_examples_name_is_in_the_demo(said: Json) -> None:
    demo = Partnership.load(DEMO_PARTNERSHIP)
    agencies = {*demo.recipients(), *demo.publishers()}
    there: dict[str, set[Any]] = {
        "rule": {rule.id for rule in parse((POLICIES / "strict.toml").read_text("utf-8")).rules},
        "ground": {*Ground},
        **dict.fromkeys(("recipient", "agency", "publisher", "school"), agencies),
        "owner": {each.id for each in demo.people},
        "decision_version": {DECISION_VERSION},
    }
    shown = [
        found
        for each in answers(said, JSON).values()
        for one in examples(each)
        for found in named(one, set(there))
    ]

    assert {name for name, _ in shown} == set(there)
    assert [(name, value) for name, value in shown if value not in {*there[name], None}] == []


def named(value: object, names: set[str]) -> Iterator[tuple[str, object]]:
    """Yield every value in an example that stands under one of these names."""
    if isinstance(value, list):
        for each in value:
            yield from named(each, names)
    for name, each in value.items() if isinstance(value, dict) else ():
        if name in REASONS:
            continue
        if name in names and not isinstance(each, list | dict):
            yield name, each
        yield from named(each, names)
