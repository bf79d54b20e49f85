"""The schema a draft is written against says what the reader of policies says, as far as a schema can."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from services.consent.rules import reading
from services.consent.rules.reading import PolicyError, parse
from services.consent.rules.schema import schema
from services.vocabulary.grounds import Ground
from tests.gate_builders import STRICT
from tests.policy_drafts import PRACTISED, Edit, draft, ground, new_ground, rule

FITS = jsonschema_rs.validator_for(dict(schema()))
SHIPPED = tomllib.loads(STRICT.read_text())
ODD: tuple[object, ...] = ([], {}, 7, "x", True, 1.5, [[]], [{}], [7], ["x"], [{"ground": 7}], {"a": 1})
GROUND_OF_NO_ROW = rf"names no ground known here with `({'|'.join(Ground)})`"
ANOTHERS = re.compile(rf"is there twice|{GROUND_OF_NO_ROW}|names no section known here with `(?!None)")
"""What is wrong of a row because of another, which no schema of it can say."""

TEXT = STRICT.read_text()
HEAD, _, HOURS = TEXT.partition("[office_hours]")
NO_HOURS = HEAD + HOURS[HOURS.index("# ----") :]


def plain(value: Any) -> Any:
    """Return what TOML says as JSON has it: times and days as strings."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date | time) else value


def fits(text: str) -> bool:
    return FITS.is_valid(plain(tomllib.loads(text)))


def reasons(text: str) -> tuple[str, ...]:
    """Return why the reader refuses a policy, but for what rows say of each other; none where it reads it."""
    try:
        parse(text)
    except PolicyError as error:
        return tuple(each for each in error.reasons if not ANOTHERS.search(each))
    return ()


@pytest.mark.parametrize("shipped", [STRICT, PRACTISED], ids=lambda path: path.stem)
def test_a_shipped_policy_fits(shipped: Path) -> None:
    jsonschema_rs.validator_for(dict(schema())).validate(plain(tomllib.loads(shipped.read_text())))


def test_it_is_a_schema() -> None:
    assert jsonschema_rs.meta.is_valid(dict(schema()))


def test_it_knows_every_key_that_the_reader_knows() -> None:
    said = schema()["properties"]
    rules, grounds = said["rule"]["items"]["properties"], said["ground"]["items"]["properties"]

    assert set(said) == reading.KEYS
    assert set(rules) == reading.RULE_KEYS
    assert set(grounds) == reading.GROUND_KEYS
    assert set(said["office_hours"]["properties"]) == reading.HOURS_KEYS
    assert set(rules["alone"]["items"]["properties"]) == reading.ALONE_KEYS


def whole(**cells: object) -> Edit:
    return lambda document: document.update(cells)


def hours(**cells: object) -> Edit:
    return lambda document: document["office_hours"].update(cells)


@pytest.mark.parametrize(
    "edit",
    [
        whole(version=0),
        whole(review_within_hours=40_001),
        whole(name="x" * 65),
        whole(name="two\nlines"),
        whole(sections={**SHIPPED["sections"], "routing": [1]}),
        whole(sections={"facts": [0]}),
        hours(opens="early"),
        hours(bank_holidays=["Christmas"]),
        ground("high-risk", source=None),
        ground("high-risk", when={"placement": ["school"]}),
        ground("high-risk", when={"weather": ["wet"]}),
        ground("high-risk", when={"risk": ["huge"]}),
        ground("marac", attendees=["school"]),
        ground("consent", lasts_days=0),
        new_ground(id="curiosity", source="none", when={}),
        rule("own", when={"risk": ["high"]}),
        rule("own", to="everybody"),
        rule("dafsu-high-risk", on=["Vpa"]),
        rule("dafsu-high-risk", when={"placement": ["school"]}),
        rule("dafsu-high-risk", when={"out_of_hours": "yes"}),
        rule("dafsu-high-risk", grounds=None),
        rule("dafsu-high-risk", sections=[]),
        rule("dafsu-high-risk", purpose=None),
        rule("dafsu-high-risk", denies="no-ground"),
        rule("dafsu-high-risk", alone=[{"ground": "high-risk"}]),
        rule("awaiting-review", sections=["facts"]),
        rule("awaiting-review", denies="boredom"),
    ],
)
def test_what_the_reader_refuses_for_its_shape_does_not_fit(edit: Edit) -> None:
    text = draft(edit)

    assert reasons(text)
    assert not fits(text)


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace('name = "strict"', "", 1),
        f"surprise = 1\n{TEXT}",
        TEXT.partition("[[rule]]")[0],
        NO_HOURS,
    ],
    ids=["no name", "a surprise", "no rule", "no office hours"],
)
def test_a_policy_that_lacks_what_it_needs_does_not_fit(text: str) -> None:
    assert reasons(text)
    assert not fits(text)


def test_a_policy_that_never_asks_whether_offices_are_closed_needs_no_hours() -> None:
    text = NO_HOURS.replace(", out_of_hours = true", "")

    assert reasons(text) == ()
    assert fits(text)


def cells() -> Iterator[tuple[str, int, str]]:
    """Yield one place of each kind of cell, and those that a rule which denies has not."""
    seen: set[str] = set()
    for kind in ("ground", "rule"):
        for place, row in enumerate(SHIPPED[kind]):
            for key in sorted({f"{kind} {key}" for key in row} - seen):
                seen.add(key)
                yield kind, place, key.partition(" ")[2]
    denying = next(place for place, row in enumerate(SHIPPED["rule"]) if "denies" in row)
    for key in sorted(reading.RELEASING):
        yield "rule", denying, key


@pytest.mark.parametrize(("kind", "place", "key"), list(cells()))
def test_whatever_stands_in_a_cell_fits_where_it_is_read_and_nowhere_else(
    kind: str, place: int, key: str
) -> None:
    for odd in ODD:

        def put(document: dict[str, Any], value: object = odd) -> None:
            document[kind][place][key] = value

        text = draft(put)
        if refused := reasons(text):
            assert not fits(text), (odd, refused)
        elif _is_read(text):
            assert fits(text), odd


def _is_read(text: str) -> bool:
    try:
        parse(text)
    except PolicyError:
        return False
    return True
