"""JSON as it should be: what other readers would take differently, or not at all, is refused here.

What makes the body as a whole something else to another reader refuses all of it (`parse`); a text that some
reader cannot hold refuses the event it stands in (`bad_texts`).
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from services.ingest.forms.faults import Fault
from services.ingest.settings import DEPTH_LIMIT
from services.ingest.state import Json

_ESCAPES = re.compile(r"[\x00\ud800-\udfff]")

_BAD_TEXT = Fault(
    rule="text",
    detail="a text holds U+0000 or half of a surrogate pair",
    fix="leave the character out, or escape both halves",
)


class Malformed(Exception):
    """The body is not JSON that everyone reads alike; `fault` says why."""

    def __init__(self, rule: str, detail: str, fix: str) -> None:
        super().__init__(detail)
        self.fault = Fault(rule=rule, detail=detail, fix=fix)


def parse(body: bytes) -> Json:
    """Return the document in a body. Raises `Malformed`.

    Refuses what is not UTF-8, NaN and infinities, keys given twice, numbers too long to hold, and nesting
    beyond `DEPTH_LIMIT`.
    """
    try:
        value: Json = json.loads(body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError:
        raise Malformed("encoding", "the body is not UTF-8", "send it as UTF-8") from None
    except RecursionError:
        raise _deep() from None
    except ValueError as error:
        where = f" at character {error.pos}" if isinstance(error, json.JSONDecodeError) else ""
        raise Malformed(
            "json", f"the body is not JSON{where}", "send one object, or an array of them"
        ) from None
    _require_shallow(value)
    return value


def canonical(value: Json) -> str:
    """Return the text by which a second copy of an event is known, whatever its spaces and its order."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def may_have_bad_texts(body: bytes) -> bool:
    """Say whether `bad_texts` has to be asked: without an escape no text is bad."""
    return b"\\u" in body


def bad_texts(value: Json) -> tuple[Fault, ...]:
    """Return a fault for each text and each key with U+0000 or a lone surrogate in it.

    The path of a key's fault is that of the object it stands in: a pointer could not be written with it.
    """
    return tuple(_bad_texts(value))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("duplicate-key", "an object has the same key twice", "give each key once")
    return found


def _constant(_text: str) -> NoReturn:
    raise Malformed(
        "number", "NaN and Infinity are not JSON numbers", "send a number, or leave the field out"
    )


def _require_shallow(value: Json) -> None:
    level = [value]
    for _ in range(DEPTH_LIMIT + 1):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, (dict, list))]
        if not level:
            return
    raise _deep()


def _deep() -> Malformed:
    detail = f"the body nests deeper than {DEPTH_LIMIT} levels"
    return Malformed("depth", detail, "send the event as its schema has it")


def cleaned(value: Json) -> Json:
    """Return a value without what is bad in its texts: to find what else is wrong, never to be taken."""
    if isinstance(value, str):
        return _ESCAPES.sub("", value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {_ESCAPES.sub("", name): cleaned(item) for name, item in value.items()}
    return value


def _bad_texts(value: Json) -> Iterator[Fault]:
    if isinstance(value, str) and _ESCAPES.search(value):
        yield _BAD_TEXT
    elif isinstance(value, list):
        yield from (fault.under(n) for n, item in enumerate(value) for fault in _bad_texts(item))
    elif isinstance(value, dict):
        if any(map(_ESCAPES.search, value)):
            yield _BAD_TEXT
        named = ((name, item) for name, item in value.items() if not _ESCAPES.search(name))
        yield from (fault.under(name) for name, item in named for fault in _bad_texts(item))


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
