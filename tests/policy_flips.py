"""A policy with one cell changed, for each of its cells: what a test of a whole table must notice."""

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, time
from multiprocessing import get_context
from typing import Any, TypeVar

from services.vocabulary.grounds import Ground, Reason

T = TypeVar("T")


def flips(
    document: Mapping[str, Any], *, concerns: Callable[[Mapping[str, Any]], bool]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the policy with one cell changed, for each cell, and what was changed.

    `concerns` says whether a rule is one of those to change; what is no rule is always changed.
    """
    for path, value in cells(document):
        if path[0] == "rule" and not concerns(document["rule"][path[1]]):
            continue
        for other in others(path, value):
            changed = copy.deepcopy(dict(document))
            put(changed, path, other)
            yield f"{'.'.join(map(str, path))} = {other!r}", changed
    for key in ("ground", "rule"):
        for place, row in enumerate(document[key]):
            if key == "rule" and not concerns(row):
                continue
            changed = copy.deepcopy(dict(document))
            del changed[key][place]
            yield f"without {key} {place}", changed
    for place in range(6):
        changed = copy.deepcopy(dict(document))
        rows = changed["ground"]
        rows[place], rows[place + 1] = rows[place + 1], rows[place]
        yield f"grounds {place} and {place + 1} in the other order", changed


def unseen(changes: Sequence[tuple[str, T]], is_seen: Callable[[T], bool]) -> list[str]:
    """Return the changes that a test does not see, asked of two processes: each is a whole policy."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        seen = pool.map(is_seen, [changed for _, changed in changes], chunksize=8)
        return [what for (what, _), found in zip(changes, seen, strict=True) if not found]


def cells(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict) and path and path[-1] == "when":
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from cells(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for place, inner in enumerate(value):
            yield from cells(inner, (*path, place))
    else:
        yield path, value


def others(path: tuple[Any, ...], value: Any) -> Iterable[Any]:
    """Return other values for a cell: a list without each of its members, a word in place of another."""
    if isinstance(value, dict):
        return [{k: v for k, v in value.items() if k != gone} for gone in value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, list):
        shorter = [value[:n] + value[n + 1 :] for n in range(len(value))]
        return shorter if path[0] != "sections" else [[2]]
    known: Mapping[Any, Iterable[str]] = {
        "to": ("cedah", "fire") if value != "cedah" else ("dafsu",),
        "denies": [reason.value for reason in Reason if reason.value != value][:1],
        "adult": ("other",),
        "ground": [ground.value for ground in Ground if ground.value != value][:1],
    }
    return known.get(path[-1], (f"{value} or other",))


def put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


def as_toml(document: Mapping[str, Any]) -> str:
    lines = [f"{key} = {json.dumps(document[key])}" for key in ("name", "version", "review_within_hours")]
    lines += ["[sections]", *(f"{name} = {json.dumps(v)}" for name, v in document["sections"].items())]
    lines += ["[office_hours]", *(f"{name} = {inline(v)}" for name, v in document["office_hours"].items())]
    for key in ("ground", "rule"):
        for row in document[key]:
            lines.append(f"[[{key}]]")
            lines += [f"{name} = {inline(value)}" for name, value in row.items()]
    return "\n".join(lines)


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {inline(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return value.isoformat() if isinstance(value, date | time) else json.dumps(value)
