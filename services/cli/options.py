"""The options that commands share, and the running system they name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

Url = Annotated[
    str | None, typer.Option("--url", envvar="SIGHTLINE_URL", help="The running system's address.")
]
Data = Annotated[
    Path | None,
    typer.Option("--data", envvar="SIGHTLINE_DATA", help="Its data directory, with the demo credentials."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON: one document, or one a line.")]
As = Annotated[str, typer.Option("--as", help="The agency to act as.")]
By = Annotated[
    str | None, typer.Option("--person", help="The person to act as; else the agency's first registered.")
]
Timeout = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds to keep trying.")]


def system_at(url: str | None, data: Path | None) -> Any:
    """Return the running system that `--url` and `--data` name (`services.cli.client.System`)."""
    from services.cli.client import System

    return System.find(url, data)
