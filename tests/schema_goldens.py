"""Golden bytes of every merged schema version: what was once written stays readable.

`python -m tests.schema_goldens` writes those that are missing and touches no other.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro

from services.eventlog.catalogue import event_schema
from services.eventlog.evolution import Version, merged

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """One thing that is written on its own: a log record, or a section of an event."""

    name: str
    avro: Any


def written(version: Version) -> list[Written]:
    """Return what a schema version writes."""
    if version.folder == "log":
        return [Written(name=version.name, avro=dict(version.document))]
    sections = event_schema(version.path, version.document).sections
    return [Written(name=section.schema_id, avro=section.avro) for section in sections]


def golden_path(version: Version) -> Path:
    """Return where a version's golden bytes are kept."""
    return GOLDEN / version.folder / version.name / f"{version.version}.json"


def encoded(avro: Any, value: Any) -> bytes:
    """Return a value's bytes."""
    out = BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(avro), value)
    return out.getvalue()


def decoded(written_as: Any, data: bytes, read_as: Any | None = None) -> Any:
    """Return the value in these bytes, as `read_as` has it."""
    reader = fastavro.parse_schema(read_as) if read_as is not None else None
    return fastavro.schemaless_reader(BytesIO(data), fastavro.parse_schema(written_as), reader)


def sample(schema: Any, named: dict[str, Any], at: str = "x") -> Any:
    """Return a value with everything in it that the schema allows."""
    if isinstance(schema, list):
        return sample(schema[-1], named, at)
    if isinstance(schema, str):
        return sample(named[schema], named, at) if schema in named else _PRIMITIVE[schema](at)
    return _compound(schema, named, at)


def _compound(schema: Mapping[str, Any], named: dict[str, Any], at: str) -> Any:
    kind = schema["type"]
    if kind in ("record", "enum", "fixed"):
        named[f"{schema.get('namespace', '')}.{schema['name']}".lstrip(".")] = schema
    if kind == "record":
        return {field["name"]: sample(field["type"], named, field["name"]) for field in schema["fields"]}
    if kind == "enum":
        return schema["symbols"][-1]
    if kind == "fixed":
        return bytes(range(schema["size"]))
    if kind == "array":
        return [sample(schema["items"], named, at)]
    if kind == "map":
        return {at: sample(schema["values"], named, at)}
    return sample(kind, named, at)


_PRIMITIVE: dict[str, Callable[[str], Any]] = {
    "null": lambda at: None,
    "boolean": lambda at: True,
    "int": lambda at: 7,
    "long": lambda at: 1_725_000_000_000_000,
    "float": lambda at: 0.5,
    "double": lambda at: 0.5,
    "bytes": lambda at: at.encode(),
    "string": lambda at: f"a {at}",
}


def missing() -> Iterator[Version]:
    """Yield merged versions without golden bytes."""
    return (version for version in merged() if not golden_path(version).is_file())


def main() -> None:
    """Write what is missing."""
    for version in missing():
        path = golden_path(version)
        path.parent.mkdir(parents=True, exist_ok=True)
        golden = {one.name: encoded(one.avro, sample(one.avro, {})).hex() for one in written(version)}
        path.write_text(json.dumps(golden, indent=2) + "\n", "utf-8")
        print(path.relative_to(GOLDEN))


if __name__ == "__main__":
    main()
