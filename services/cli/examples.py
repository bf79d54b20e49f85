"""Example events, one beside each schema."""

from __future__ import annotations

from services.cli.errors import CliError
from services.runtime.places import ROOT

SCHEMAS = ROOT / "schemas" / "avro"


def example(event_type: str) -> str:
    """Return the example of an event type as JSON text. Raises CliError naming the types there are."""
    found = {path.name.removesuffix(".example.json"): path for path in SCHEMAS.glob("*/*.example.json")}
    if event_type not in found:
        raise CliError(f"no example of `{event_type}`: choose one of {', '.join(sorted(found))}")
    return found[event_type].read_text(encoding="utf-8")
