"""What all services say alike of themselves in `/openapi.json`: how they refuse, and the words of a schema.

A schema built here names every field it has and no other, so that an answer that grew unsaid is found out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI

from services.runtime.problems import PROBLEM

Described = dict[str, Any]
Answers = dict[int | str, Described]

JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"
OPEN: Final[Described] = {"security": []}
"""Said of an operation that needs no token."""

TEXT: Final[Described] = {"type": "string"}
MOMENT: Final[Described] = {"type": "string", "format": "date-time"}
WHOLE: Final[Described] = {"type": "integer"}
YES_OR_NO: Final[Described] = {"type": "boolean"}

REFUSALS: Final[Mapping[int, str]] = {
    400: "What is asked cannot be read: see `detail`.",
    401: "Nobody is known by the token.",
    403: "The token names nobody who may ask this: see `detail`.",
    404: "There is nothing here for the caller: what is forbidden, unknown and erased look alike.",
    409: "It has changed since: ask again.",
    413: "The body is too large; nothing in it was looked at.",
    422: "What was sent does not fit: see `reasons`, or `detail`.",
    503: "Not now: send the same again after `Retry-After` seconds.",
}
DEFAULTS: Final = ("HTTPValidationError", "ValidationError")
"""What FastAPI would answer to what does not fit, and we never do."""


def texts() -> Described:
    """Return the schema of a list of texts."""
    return listed(TEXT)


def listed(each: Described) -> Described:
    """Return the schema of a list."""
    return {"type": "array", "items": each}


def by_name(each: Described) -> Described:
    """Return the schema of values under names nobody can foretell."""
    return {"type": "object", "additionalProperties": each}


def maybe(each: Described) -> Described:
    """Return the schema of a value or null."""
    words = {"enum": [*each["enum"], None]} if "enum" in each else {}
    return {**each, **words, "type": [each["type"], "null"]}


def said(each: Described, description: str) -> Described:
    """Return a schema with what it means."""
    return {**each, "description": description}


def one_of(each: Described, *words: str) -> Described:
    """Return the schema of a text that is one of these words."""
    return {**each, "enum": list(words)}


def either(*schemas: Described) -> Described:
    """Return the schema of a value that fits one of these."""
    return {"anyOf": list(schemas)}


def record(fields: Mapping[str, Described], sometimes: Mapping[str, Described] | None = None) -> Described:
    """Return the schema of an object that has each of these fields, may have the others, and has no more."""
    return {
        "type": "object",
        "required": list(fields),
        "properties": {**fields, **(sometimes or {})},
        "additionalProperties": False,
    }


def titled(title: str, each: Described) -> Described:
    """Return a schema under a name, which tells it from those beside it."""
    return {"title": title, **each}


def answer(description: str, schema: Described, example: object) -> Answers:
    """Return the good answer of an operation, as a route takes it."""
    return {200: {"description": description, "content": {JSON: {"schema": schema, "example": example}}}}


def shown(description: str, example: object) -> Answers:
    """Return the good answer of an operation whose route has the schema already, as its response model."""
    return {200: {"description": description, "content": {JSON: {"example": example}}}}


def other(media: str, description: str, **example: str) -> Answers:
    """Return a good answer that is no JSON object."""
    return {200: {"description": description, "content": {media: {"schema": TEXT, **example}}}}


def lines(description: str, line: Described, *examples: object) -> Answers:
    """Return a good answer that is told line by line.

    OpenAPI 3.1 has no word for what each line holds: that stands under the one 3.2 has.
    """
    text = "".join(json.dumps(each) + "\n" for each in examples)
    content = {"schema": TEXT, "example": text, "x-itemSchema": line}
    return {200: {"description": description, "content": {LINES: content}}}


def refusals(*statuses: int) -> Answers:
    """Return refusals, as a route takes them.

    401, 413, 422 and, of a body, 400 stand without being said where they can be given.
    """
    return {status: _refusal(status) for status in statuses}


def describe(app: FastAPI) -> None:
    """Have an app's own document say how it refuses: by problem details, and nothing that it never does.

    The token is no parameter there: the whole document says how it is sent.
    """
    made = app.openapi

    def described() -> Described:
        document = made()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = _problem()
        for name in DEFAULTS:
            schemas.pop(name, None)
        for operation in _operations(document):
            _refuses(operation)
            _shows(operation, schemas)
        complete(document)
        return document

    app.openapi = described  # type: ignore[method-assign]


def _operations(document: Described) -> Iterator[Described]:
    for path in document["paths"].values():
        yield from path.values()


def _refuses(operation: Described) -> None:
    asked = [each for each in operation.get("parameters", []) if each["name"].lower() != "authorization"]
    operation.pop("parameters", None)
    if asked:
        operation["parameters"] = asked
    responses = operation["responses"]
    if JSON in responses.get("422", {}).get("content", {}):
        del responses["422"]
    body = "requestBody" in operation
    if body or any(each["in"] == "query" for each in asked):
        responses.setdefault("422", _refusal(422))
    for status in (400, 413) if body else ():
        responses.setdefault(str(status), _refusal(status))
    if operation.get("security") != []:
        responses.setdefault("401", _refusal(401))


def _shows(operation: Described, schemas: Described) -> None:
    """Put the example of what an operation takes where readers look for it."""
    taken = operation.get("requestBody", {}).get("content", {}).get(JSON, {})
    name = taken.get("schema", {}).get("$ref", "").rpartition("/")[2]
    for example in schemas.get(name, {}).get("examples", [])[:1]:
        taken.setdefault("example", example)


def complete(document: Described) -> None:
    """Put into the example of every answer the nulls that FastAPI leaves out of it."""
    schemas = document["components"]["schemas"]
    for operation in _operations(document):
        given = operation["responses"].get("200", {}).get("content", {}).get(JSON, {})
        if "example" in given:
            given["example"] = _whole(given["schema"], given["example"], schemas)


def _whole(schema: Described, example: Any, schemas: Described) -> Any:
    schema = _meant(schema, example, schemas)
    if schema.get("type") == "array" and isinstance(example, list):
        return [_whole(schema["items"], each, schemas) for each in example]
    if not isinstance(example, dict) or "properties" not in schema:
        return example
    fields = schema["properties"]
    there = {name: _whole(fields.get(name, {}), each, schemas) for name, each in example.items()}
    return {**there, **{name: None for name in schema.get("required", ()) if name not in there}}


def _meant(schema: Described, example: Any, schemas: Described) -> Described:
    """Return what a reference stands for; of several schemas the one an example lacks the least of."""
    if "$ref" in schema:
        return _meant(schemas.get(schema["$ref"].rpartition("/")[2], {}), example, schemas)
    if "anyOf" not in schema or not isinstance(example, dict):
        return schema
    found = [_meant(each, example, schemas) for each in schema["anyOf"]]
    fitting = [each for each in found if set(example) <= set(each.get("properties", ()))]
    return min(fitting, key=lambda each: len(each["properties"]), default={})


def _refusal(status: int) -> Described:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": REFUSALS[status], "content": {PROBLEM: {"schema": schema}}}


def _problem() -> Described:
    reason = record(
        {
            "pointer": {**TEXT, "format": "json-pointer"},
            "rule": TEXT,
            "detail": TEXT,
            "fix": said(TEXT, "what to do"),
        }
    )
    named = record({"type": TEXT, "status": WHOLE, "title": TEXT, "detail": TEXT})
    named["properties"] |= {"reasons": listed(reason)}
    return {**named, "description": "RFC 9457", "additionalProperties": True}
