"""Commands that prove what is on record, or take it away to be proved elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from services.cli.errors import CliError
from services.cli.options import Data, Json, Url, system_at

commands = typer.Typer()
audit = typer.Typer(
    help="Whether the record still says what today's code would say.\n\nExample: sightline audit redecide",
    no_args_is_help=True,
)
commands.add_typer(audit, name="audit")


@audit.command("redecide")
def audit_redecide(url: Url = None, data: Data = None, json_: Json = False) -> None:
    """List where today's code would have decided otherwise than is on record.

    Decides the whole log again in memory; writes nothing. Ends with 1 if anything differs.

    Example: sightline audit redecide
    """
    from services.cli import show
    from services.cli.trying import redecided, redecided_lines

    found = redecided(system_at(url, data), show.progress)
    show.document(found) if json_ else print("\n".join(redecided_lines(found)))
    raise typer.Exit(0 if not found["differing"] else 1)


@commands.command()
def export(
    out: Annotated[Path, typer.Option(help="A new directory for the bundle.")],
    as_: Annotated[str | None, typer.Option("--as", help="Only what this recipient was released.")] = None,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Fetch the offline bundle: the record with its proofs, or what one recipient was released.

    With --as it is the recipient that asks, without it the Hub's lead.

    Example: sightline export --out bundle
    """
    from services.audit import commands
    from services.cli import show

    try:
        files = commands.export(system_at(url, data), out, as_)
    except commands.NotEmpty as error:
        raise CliError(str(error)) from error
    show.document({"out": str(out), "files": files}) if json_ else print(f"{len(files)} files in {out}")


@commands.command()
def verify(
    directory: Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False)],
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="File with the partnership's key.")],
    json_: Json = False,
) -> None:
    """Check a bundle offline, against a key that did not come with it.

    `sightline up` prints the key and keeps it under its data directory; hand it on by another way than
    the bundle.

    Example: sightline verify bundle --key data/credentials/checkpoint.vkey
    """
    from dataclasses import asdict

    from services.audit.verifier import verify as check
    from services.cli import show

    result = check(directory, key.read_bytes())
    if json_:
        show.document(asdict(result))
    else:
        print("sound" if result.ok else "\n".join(result.problems))
        print(f"tree size {result.tree_size}, root {result.root}")
    raise typer.Exit(0 if result.ok else 1)
