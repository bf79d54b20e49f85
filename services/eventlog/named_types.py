"""Put Avro's named types in where they are used, so that a schema stands by itself. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.eventlog.errors import Misdescribed

PRIMITIVE = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
NAMED = frozenset({"record", "enum", "fixed"})


def registered(documents: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return every named type defined anywhere in these documents, by its full name."""
    return {name: kind for document in documents for name, kind in _definitions(document, "")}


def expanded(schema: Any, named: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return the schema with each named type defined where it is first used, by name after that.

    Full names are written out. Raises `Misdescribed` for a name that nothing defines.
    """
    return _expanded(schema, named, "", set())


def _expanded(schema: Any, named: Mapping[str, Mapping[str, Any]], space: str, seen: set[str]) -> Any:
    if isinstance(schema, list):
        return [_expanded(branch, named, space, seen) for branch in schema]
    if isinstance(schema, str):
        return schema if schema in PRIMITIVE else _used(schema, named, space, seen)
    kind = schema["type"]
    if kind in NAMED:
        return _defined(schema, named, space, seen)
    if kind == "array":
        return {**schema, "items": _expanded(schema["items"], named, space, seen)}
    if kind == "map":
        return {**schema, "values": _expanded(schema["values"], named, space, seen)}
    return (
        {**schema, "type": _expanded(kind, named, space, seen)} if not isinstance(kind, str) else dict(schema)
    )


def _used(name: str, named: Mapping[str, Mapping[str, Any]], space: str, seen: set[str]) -> Any:
    full = name if "." in name or not space else f"{space}.{name}"
    if full in seen:
        return full
    if full not in named:
        raise Misdescribed(f"no named type `{full}`: define it under shared or in the same file")
    return _defined(named[full], named, full.rpartition(".")[0], seen)


def _defined(
    schema: Mapping[str, Any], named: Mapping[str, Mapping[str, Any]], space: str, seen: set[str]
) -> dict[str, Any]:
    full = full_name(schema, space)
    if full in seen:
        raise Misdescribed(f"`{full}` is defined twice: define it once and use its name")
    seen.add(full)
    inner = full.rpartition(".")[0]
    whole = {**schema, "name": full.rpartition(".")[2], "namespace": inner}
    if schema["type"] == "record":
        fields = [
            {**field, "type": _expanded(field["type"], named, inner, seen)} for field in schema["fields"]
        ]
        whole["fields"] = fields
    return whole


def full_name(schema: Mapping[str, Any], space: str) -> str:
    """Return a named type's full name, given the namespace around it."""
    name: str = schema["name"]
    around: str = schema.get("namespace", space)
    return name if "." in name or not around else f"{around}.{name}"


def _definitions(schema: Any, space: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(schema, list):
        for branch in schema:
            yield from _definitions(branch, space)
    if not isinstance(schema, Mapping):
        return
    kind, inner = schema["type"], space
    if kind in NAMED:
        full = full_name(schema, space)
        yield full, {**schema, "namespace": full.rpartition(".")[0]}
        inner = full.rpartition(".")[0]
    for part in (schema.get("items"), schema.get("values"), None if isinstance(kind, str) else kind):
        yield from _definitions(part, inner)
    for field in schema.get("fields", ()):
        yield from _definitions(field["type"], inner)
