"""What is left of a section once what says nothing, and what is not whole, is taken out of it."""

from collections.abc import Collection

from services.ingest.state import Json

Path = tuple[str | int, ...]


def mended(value: Json, without: Collection[Path], at: Path = ()) -> Json:
    """Return a value without the places at these paths; the value itself where there are none below it."""
    if not any(path[: len(at)] == at for path in without):
        return value
    if isinstance(value, dict):
        return {
            name: mended(item, without, (*at, name))
            for name, item in value.items()
            if (*at, name) not in without
        }
    if isinstance(value, list):
        return [
            mended(item, without, (*at, index))
            for index, item in enumerate(value)
            if (*at, index) not in without
        ]
    return value
