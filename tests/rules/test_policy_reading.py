"""A text that is no policy is refused with its reasons, whatever its cells hold: it never stops a gate."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from services.consent.rules.reading import PolicyError, parse
from tests.gate_builders import STRICT
from tests.policy_drafts import draft, rule

ODD: tuple[object, ...] = ([], {}, 7, "x", True, 1.5, [[]], [{}], [7], [{"ground": 7}], {"a": 1})
SHIPPED = tomllib.loads(STRICT.read_text())


def cells() -> Iterator[tuple[str, int, str]]:
    """Yield one place of each kind of cell, and those that a rule which denies has not."""
    seen: set[str] = set()
    for kind in ("ground", "rule"):
        for place, row in enumerate(SHIPPED[kind]):
            for key in sorted(row.keys() - seen):
                seen.add(key)
                yield kind, place, key
    denying = next(place for place, row in enumerate(SHIPPED["rule"]) if "denies" in row)
    for key in ("grounds", "sections", "alone", "purpose", "expects"):
        yield "rule", denying, key


@pytest.mark.parametrize(("kind", "place", "key"), list(cells()))
def test_whatever_stands_in_a_cell_is_read_or_refused_with_reasons(kind: str, place: int, key: str) -> None:
    for odd in ODD:

        def put(document: dict[str, Any], value: object = odd) -> None:
            document[kind][place][key] = value

        with contextlib.suppress(PolicyError):
            parse(draft(put))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("review_within_hours", 10_000_000_000_000),
        ("review_within_hours", 0),
        ("version", 99_999_999_999_999_999_999),
        ("name", "x" * 65),
        ("name", "two\nlines"),
        ("name", ""),
    ],
)
def test_a_number_or_name_nothing_could_hold_is_refused(key: str, value: object) -> None:
    def put(document: dict[str, Any]) -> None:
        document[key] = value

    with pytest.raises(PolicyError):
        parse(draft(put))


@pytest.mark.parametrize("text", ["a = " + "[" * 3000, "a = " + "9" * 5000])
def test_a_text_that_breaks_the_reader_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        parse(text)


def test_a_rule_that_denies_and_releases_is_refused() -> None:
    with pytest.raises(PolicyError, match="`awaiting-review` denies, and has `sections`"):
        parse(draft(rule("awaiting-review", sections=["facts"])))
