"""Read a field of a section that may not be what its schema says: absent and wrong are both nothing."""

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
