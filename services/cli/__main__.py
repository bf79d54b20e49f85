"""The `sightline` command: composes the groups of commands. Each imports what it needs when it is called."""

from __future__ import annotations

import sys

import typer

from services.cli import asking, proving, running, sending
from services.cli.errors import CliError
from services.cli.ops import ops
from services.cli.policy import policy

app = typer.Typer(
    name="sightline",
    help="The event log a safeguarding partnership shares.\n\nExample: sightline demo --exit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for group in (running, sending, asking, proving):
    app.add_typer(group.commands)
app.add_typer(policy, name="policy")
app.add_typer(ops, name="ops")


def main() -> None:
    """Run the command; what it cannot do is said in one line, with code 1."""
    try:
        app()
    except CliError as error:
        print(f"sightline: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
