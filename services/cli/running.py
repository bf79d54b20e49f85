"""Commands that start a system, or make what one is fed with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.errors import CliError
from services.cli.options import Json

commands = typer.Typer()


@commands.command()
def up(
    data: Annotated[
        Path, typer.Option("--data", envvar="SIGHTLINE_DATA", help="Keeps everything, Kafka's segments too.")
    ] = Path("data"),
    port: Annotated[int, typer.Option(help="The console's port; 0 for any free one.")] = 0,
    simulate_from: Annotated[
        str | None, typer.Option(help="Start a simulated clock here (RFC 3339).")
    ] = None,
    json_: Json = False,
) -> None:
    """Start the broker and every service, and keep them running until Ctrl-C.

    Prints one line of JSON when all answer.

    Example: sightline up --data data --simulate-from 2024-09-01T00:00:00+01:00
    """
    from services.cli.show import progress
    from services.cli.topology import Options
    from services.cli.up import Up

    start = _moment(simulate_from) if simulate_from else None
    Up(Options(data=data.resolve(), port=port, simulate_from=start), progress).run()


@commands.command()
def demo(
    seed: Annotated[int, typer.Option(help="Another seed is another month.")] = 1,
    month: Annotated[str, typer.Option(help="Which month to play.")] = "2024-09",
    data: Annotated[
        Path | None, typer.Option("--data", help="A fresh directory to keep; else one that goes afterwards.")
    ] = None,
    exit_: Annotated[bool, typer.Option("--exit", envvar="DEMO_EXIT", help="Stop when all is told.")] = False,
    json_: Json = False,
) -> None:
    """Play a synthetic month through a whole system and print what every agency and school received.

    With --json the services' answers as one document.

    Example: sightline demo --exit
    """
    from services.cli import show
    from services.cli.demo import Wanted
    from services.cli.demo import demo as play

    wanted = Wanted(seed=seed, month=month, data=data, stay=not exit_)
    play(wanted, show.answers_as_json if json_ else show.answers)


@commands.command()
def generate(
    out: Annotated[Path, typer.Option(help="The file to write, one event a line.")],
    year: Annotated[str, typer.Option(help="Which year.")] = "2022-23",
    seed: Annotated[int, typer.Option(help="Another seed is another year.")] = 1,
    json_: Json = False,
) -> None:
    """Write a synthetic year of police events with the partnership's published totals.

    Example: sightline generate --year 2022-23 --seed 1 --out year.jsonl
    """
    from services.cli import show
    from services.cli.generating import generate as write

    count = write(year, seed, out)
    show.document({"out": str(out), "events": count}) if json_ else print(f"{count} events in {out}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CliError(f"`{text}` is no time: write 2024-09-01T00:00:00+01:00") from error
    if moment.tzinfo is None:
        raise CliError(f"`{text}` has no offset: write 2024-09-01T00:00:00+01:00")
    return moment
