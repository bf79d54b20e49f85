"""Drafts of a policy: a shipped one with a row edited."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from services.consent.rules.policy import Policy
from services.consent.rules.reading import parse
from tests.gate_builders import STRICT
from tests.policy_flips import as_toml

PRACTISED = STRICT.with_name("practised.toml")
Edit = Callable[[dict[str, Any]], None]


def draft(*edits: Edit, of: Path = STRICT) -> str:
    """Return the text of a shipped policy after these edits."""
    document = copy.deepcopy(tomllib.loads(of.read_text()))
    for edit in edits:
        edit(document)
    return as_toml(document)


def a_policy(*edits: Edit, of: Path = STRICT) -> Policy:
    """Return a shipped policy after these edits."""
    return parse(draft(*edits, of=of))


def rule(rule_id: str, **cells: object) -> Edit:
    """Return the edit that gives a rule these cells; None takes a cell away."""
    return lambda document: _put(_row(document["rule"], rule_id), cells)


def ground(ground_id: str, **cells: object) -> Edit:
    """Return the edit that gives a ground these cells; None takes a cell away."""
    return lambda document: _put(_row(document["ground"], ground_id), cells)


def new_ground(**cells: object) -> Edit:
    """Return the edit that adds a ground."""
    return lambda document: document["ground"].append(cells)


def _row(rows: list[dict[str, Any]], row_id: str) -> dict[str, Any]:
    (found,) = [row for row in rows if row["id"] == row_id]
    return found


def _put(row: dict[str, Any], cells: Mapping[str, object]) -> None:
    row.update(cells)
    for name in [name for name, value in row.items() if value is None]:
        del row[name]
