"""Read the schema files for the catalogue and the codec."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import fastavro

from services.eventlog.catalogue import Catalogue

SCHEMAS = Path(__file__).parents[2] / "schemas" / "avro"


@cache
def load_catalogue(root: Path = SCHEMAS) -> Catalogue:
    """Return the catalogue of every event schema under `root`, every merged version included.

    Read once a process: a schema file that changes is seen by the next. Raises `Misdescribed` at the first
    schema that may not be used.
    """
    texts = {
        path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.avsc"))
    }
    return Catalogue.load(texts, parse=fastavro.parse_schema)


def load_examples(root: Path = SCHEMAS) -> dict[str, dict[str, Any]]:
    """Return the example document that stands beside each event's schema, by event type."""
    paths = sorted(root.glob("*/*.example.json"))
    return {path.name.removesuffix(".example.json"): json.loads(path.read_text("utf-8")) for path in paths}


@cache
def log_schemas(name: str) -> tuple[dict[str, Any], ...]:
    """Return every schema a log record type was ever written with, the newest last."""
    merged = sorted((SCHEMAS / "merged" / "log" / name).glob("*.avsc"), key=lambda path: int(path.stem))
    paths = [*merged, SCHEMAS / "log" / f"{name}.avsc"]
    return tuple(json.loads(path.read_text("utf-8")) for path in paths)
