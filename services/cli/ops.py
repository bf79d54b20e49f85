"""`sightline ops`: what an operator asks of a running system. Nothing of a person, ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from services.cli.options import By, Data, Json, Url, system_at

ops = typer.Typer(
    help="How the system runs: lag, what was set aside, any topic masked, one event's way.\n\n"
    "Example: sightline ops lag",
    no_args_is_help=True,
)


@ops.command("lag")
def ops_lag(url: Url = None, data: Data = None, json_: Json = False) -> None:
    """Say how far each reader is behind, in records and in seconds, and who waits for a missing number.

    Ends with 1 if somebody has waited for over 30 seconds: nothing later is taken for them.

    Example: sightline ops lag
    """
    from services.cli import show
    from services.cli.operating import is_stuck, lag, lag_lines

    found = lag(system_at(url, data))
    show.document(found) if json_ else print("\n".join(lag_lines(found)))
    raise typer.Exit(1 if is_stuck(found) else 0)


@ops.command("dead")
def ops_dead(
    redrive: Annotated[
        bool, typer.Option("--redrive", help="Say what reading it again would do; nothing is done.")
    ] = False,
    now: Annotated[
        bool, typer.Option("--now", help="With --redrive: do it, and wait until it is read.")
    ] = False,
    topic: Annotated[str | None, typer.Option(help="Only this topic, or `door` for what it refused.")] = None,
    person: By = None,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """List what was set aside because it could not be read or was refused, each with its reason.

    And what the gate could not decide: its event lies in the log as it is, and is never read again.
    With --redrive, what would come of reading it again; with --now as well, it is done, on record under
    the person's name. Ends with 1 where something cannot be read again.

    Example: sightline ops dead --redrive
    """
    from services.cli import show
    from services.cli.errors import CliError
    from services.cli.operating import dead
    from services.cli.redriving import redriven, tried, words

    if now and not redrive:
        raise CliError("--now goes with --redrive: say both, or neither to see the list")
    system = system_at(url, data)
    if not redrive:
        rows = [row for row in dead(system) if topic in (None, row["topic"])]
        return _shown(rows, show.ledger_row, json_)
    found = redriven(system, topic, person) if now else tried(system, topic, person)
    _shown(found, words, json_)
    raise typer.Exit(0 if all(one["possible"] for one in found) else 1)


def _shown(rows: list[dict[str, Any]], line: Callable[[dict[str, Any]], str], json_: bool) -> None:
    from services.cli import show

    for row in rows:
        show.document(row) if json_ else print(line(row))
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
