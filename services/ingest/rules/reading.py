"""Read a field of a section that may not be what its schema says: absent and wrong are both nothing."""

from collections.abc import Mapping

from services.ingest.state import Json, Record


def text(section: Record, name: str) -> str | None:
    """Return a non-blank text, or None."""
    value = section.get(name)
    return value if isinstance(value, str) and value.strip() else None


def flag(section: Record, name: str) -> bool | None:
    """Return a boolean, or None."""
    value = section.get(name)
    return value if isinstance(value, bool) else None


def part(section: Record, name: str) -> Record:
    """Return a record inside a section, empty where there is none."""
    value = section.get(name)
    return value if isinstance(value, dict) else {}


def parts(section: Record, name: str) -> tuple[Record, ...]:
    """Return the records of a list inside a section."""
    value: Json = section.get(name)
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def is_empty(value: "Json | Record") -> bool:
    """Say whether a value says nothing: null, a blank text, or a list or record of nothing else."""
    if isinstance(value, Mapping):
        return all(map(is_empty, value.values()))
    if isinstance(value, list):
        return all(map(is_empty, value))
    return value is None or (isinstance(value, str) and not value.strip())
