"""`sightline ops`: what an operator asks of a running system. Nothing of a person, ever."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.options import Data, Json, Url, system_at

ops = typer.Typer(
    help="How the system runs: lag, what was set aside, any topic masked, one event's way.\n\n"
    "Example: sightline ops lag",
    no_args_is_help=True,
)


@ops.command("lag")
def ops_lag(url: Url = None, data: Data = None, json_: Json = False) -> None:
    """Say how far each reader is behind, in records and in seconds, and which numbers are missing.

    Ends with 1 if a number has been missing for over 30 seconds.

    Example: sightline ops lag
    """
    from services.cli import show
    from services.cli.operating import lag, lag_lines

    found = lag(system_at(url, data))
    show.document(found) if json_ else print("\n".join(lag_lines(found)))
    raise typer.Exit(1 if any(found["waiting"].values()) else 0)


@ops.command("dead")
def ops_dead(url: Url = None, data: Data = None, json_: Json = False) -> None:
    """List what was set aside because it could not be read or was refused, each with its reason.

    Example: sightline ops dead
    """
    from services.cli import show
    from services.cli.operating import dead

    rows = dead(system_at(url, data))
    for row in rows:
        show.document(row) if json_ else print(show.ledger_row(row))
    if not rows and not json_:
        print("nothing was set aside")


@ops.command("peek")
def ops_peek(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="log, decisions, openings, to.dafsu, ...")],
    start: Annotated[
        int | None, typer.Option("--from", min=0, help="First offset; else the last few.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many records at most.")] = 10,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Look at a topic's records with the content masked: ids, times and sections' names alone.

    Example: sightline ops peek log
    """
    from services.cli import show
    from services.cli.peeking import peek

    for row in peek(system_at(url, data), topic, start, count):
        show.document(row) if json_ else print(show.ledger_row(row))


@ops.command("trace")
def ops_trace(
    which: Annotated[str, typer.Argument(metavar="TRACE-OR-EVENT", help="A trace's id, or an event's.")],
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Follow one event from the door to what was released and planned, step by step.

    Example: sightline ops trace example-vpa-raised
    """
    from services.cli import show
    from services.cli.tracing import steps, trace_lines

    found = steps(system_at(url, data), which)
    show.document(found) if json_ else print("\n".join(trace_lines(found)))
