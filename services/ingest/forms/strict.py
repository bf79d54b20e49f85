"""JSON as it should be: what other readers would take differently, or not at all, is refused here."""

import json
import re
from typing import Any, NoReturn

from services.ingest.forms.faults import Fault
from services.ingest.settings import DEPTH_LIMIT
from services.ingest.state import Json

_ESCAPES = re.compile(r"[\x00\ud800-\udfff]")


class Malformed(Exception):
    """The body is not JSON that everyone reads alike; `fault` says why."""

    def __init__(self, rule: str, detail: str, fix: str) -> None:
        super().__init__(detail)
        self.fault = Fault(rule=rule, detail=detail, fix=fix)


def parse(body: bytes) -> Json:
    """Return the document in a body. Raises `Malformed`.

    Refuses what is not UTF-8, NaN and infinities, keys given twice, lone surrogates and U+0000 in any
    text, numbers too long to hold, and nesting beyond `DEPTH_LIMIT`.
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
    if b"\\u" in body:
        _require_texts(value)
    return value


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


def _require_texts(value: Json) -> None:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str) and _ESCAPES.search(item):
            detail = "a text holds U+0000 or half of a surrogate pair"
            raise Malformed("text", detail, "leave the character out, or escape both halves")
        if isinstance(item, dict):
            stack.extend(item.keys())
        stack.extend(_inside(item))


def _inside(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
