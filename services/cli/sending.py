"""Commands that send events, or say what would become of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.options import As, By, Data, Json, Timeout, Url, system_at

commands = typer.Typer()


@commands.command()
def example(
    event_type: Annotated[str, typer.Argument(metavar="TYPE")],
    own_id: Annotated[
        str | None, typer.Option("--id", help="Your own id for it; else the example's.")
    ] = None,
    json_: Json = False,
) -> None:
    """Print a valid example of an event, as one line that can be published.

    Example: sightline example VpaRaised > one.jsonl
    """
    from services.cli import show
    from services.cli.examples import example as found

    event = json.loads(found(event_type))
    show.document(event if own_id is None else {**event, "id": own_id})


@commands.command()
def publish(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", exists=True, dir_okay=False)],
    as_: As,
    at_their_times: Annotated[
        bool, typer.Option("--at-their-times", help="Move simulated time to each event's own first.")
    ] = False,
    timeout: Timeout = 240.0,
    person: By = None,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Publish events, one JSON object a line, and print the door's answer to each.

    Ends with 1 if any was refused or not answered.

    Example: sightline publish one.jsonl --as police
    """
    from services.cli import show
    from services.cli.publishing import Line, publish_lines

    def tell(result: Any) -> None:
        show.document(result.as_json()) if json_ else print(show.published(result.as_json()), flush=True)

    with open(file, encoding="utf-8", errors="surrogateescape") as texts:
        lines = (Line.of(as_, text.strip()) for text in texts if text.strip())
        tally = publish_lines(system_at(url, data), lines, at_their_times, tell, timeout, person)
    raise typer.Exit(0 if tally.complete else 1)


@commands.command()
def check(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="One event, an array, or one event a line; - for standard input."
        ),
    ],
    as_: As = "police",
    person: By = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Say what the door would say to events. Sends nothing, and needs no running system.

    Ends with 1 if any would be refused. What only a running system knows is said as not checked.

    Example: sightline check one.jsonl --as police
    """
    from services.cli import show
    from services.cli.checking import check as would_say
    from services.cli.checking import content_of
    from services.cli.client import System

    content = content_of(file)
    would_be_refused = False
    for row in would_say(System("", data or Path("data")), content, as_, person):
        show.document(row) if json_ else print(show.checked(row), flush=True)
        would_be_refused = would_be_refused or row["status"] == "refused"
    raise typer.Exit(1 if would_be_refused else 0)


@commands.command()
def settle(timeout: Timeout = 240.0, url: Url = None, data: Data = None, json_: Json = False) -> None:
    """Wait until everything published has been decided, projected and planned.

    Ends with 1 when time is up; and at once, with what to do, where a reader waits for a number that will
    not come.

    Example: sightline settle --timeout 60
    """
    from services.cli import show
    from services.cli.settling import settle as wait

    ends = dict(wait(system_at(url, data), timeout).ends)
    show.document({"settled": True, "ends": ends}) if json_ else print("settled")
