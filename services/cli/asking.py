"""Commands that ask a running system what it knows: who holds what, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from services.cli.errors import CliError
from services.cli.options import As, By, Data, Json, Url, system_at

commands = typer.Typer()
schools = typer.Typer(
    help="Operation Encompass: which school heard when.\n\n"
    "Example: sightline schools status --from 2024-09-01 --to 2024-09-30",
    no_args_is_help=True,
)
commands.add_typer(schools, name="schools")


@commands.command()
def inbox(
    as_: As,
    open_: Annotated[
        bool, typer.Option("--open", help="Open each section; every opening is recorded.")
    ] = False,
    purpose: Annotated[str | None, typer.Option(help="Why it is opened; recorded with the opening.")] = None,
    person: By = None,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Print what a recipient was released, one release a line.

    Example: sightline inbox --as dafsu --open --purpose "first contact" --json
    """
    from services.cli import reading, show

    if open_ and not purpose:
        raise CliError("opening needs a reason: add --purpose")
    system = system_at(url, data)
    for row in reading.inbox(system, as_, person):
        shown = reading.opened(system, row, purpose or "", as_, person) if open_ else row
        show.document(shown) if json_ or open_ else print(show.release(shown), flush=True)


@commands.command()
def token(
    as_: As,
    person: By = None,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Print a token that names somebody of an agency, for calls of your own: good for five minutes at most.

    Example: sightline token --as dafsu
    """
    from services.cli import show

    signed = system_at(url, data).token(as_, person)
    show.document({"token": signed}) if json_ else print(signed)


@commands.command()
def explain(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The log's id or the publisher's.")],
    to: Annotated[str | None, typer.Option(help="Only the decision on this recipient.")] = None,
    person: By = None,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Say who may see an event, who may not, and why.

    A school the event does not name has the answer given to every other school.

    Example: sightline explain example-vpa-raised --to dafsu
    """
    from services.cli import reading, show

    found = reading.explanation(system_at(url, data), event, to, person)
    if json_:
        return show.document(found)
    for one in found["decisions"]:
        print(show.decision(one))


@commands.command()
def ledger(
    name: Annotated[
        str,
        typer.Argument(
            help="not-shared, withheld, held-back, undecided, overridden, own-word, openings, told, ..."
        ),
    ],
    from_: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    about: Annotated[
        str | None, typer.Option(help="The alias of a person, as an inbox row's `person` has it.")
    ] = None,
    event: Annotated[str | None, typer.Option(help="Or an event's id in the log, with --role.")] = None,
    role: Annotated[
        str | None, typer.Option(help="victim, person_causing_harm, or children[0], children[1], ...")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(help="So many of overridden, or own-word, drawn by lot.")
    ] = None,
    seed: Annotated[str | None, typer.Option(help="With --sample: draw as it was drawn before.")] = None,
    as_: As = "police",
    person: By = None,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Print a list of the ledger: what went nowhere, was withheld, overridden, opened; who was told.

    Example: sightline ledger withheld --from 2024-09-01 --to 2024-09-30
    """
    from services.cli import reading, show

    query = {
        "from": from_.date().isoformat() if from_ else None,
        "to": to.date().isoformat() if to else None,
        "person": about,
        "event": event,
        "role": role,
        "sample": str(sample) if sample is not None else None,
        "seed": seed,
    }
    found = reading.ledger(system_at(url, data), name, query, as_, person)
    if json_:
        return show.document(found)
    for row in found["rows"]:
        print(show.ledger_row(row))
    if "seed" in found:
        show.progress(f"drawn by the seed {found['seed']}: the same days and --seed draw the same again")
    if found["more"]:
        show.progress("there are more: ask for fewer days")


@schools.command("status")
def schools_status(
    from_: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    to: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")],
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Count occurrences and children by date: told, escalated, listed.

    Example: sightline schools status --from 2024-09-01 --to 2024-09-30
    """
    from services.cli import show

    days = {"from": from_.date().isoformat(), "to": to.date().isoformat()}
    found = system_at(url, data).get("/v1/schools/status", days).good()
    if json_:
        return show.document(found)
    for name in ("occurrences", "children", "told", "escalated", "listed"):
        print(f"{name:<12} {found[name]}")
