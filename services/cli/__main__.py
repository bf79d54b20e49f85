"""The `sightline` command: one function a name of design 11. Each imports what it needs when it is called."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.errors import CliError
from services.cli.options import As, By, Data, Json, Timeout, Url, system_at
from services.cli.policy import policy

app = typer.Typer(
    name="sightline",
    help="The event log a safeguarding partnership shares.\n\nExample: sightline demo --exit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
schools = typer.Typer(
    help="Operation Encompass: which school heard when.\n\n"
    "Example: sightline schools status --from 2024-09-01 --to 2024-09-30",
    no_args_is_help=True,
)
audit = typer.Typer(
    help="Whether the record still says what today's code would say.\n\nExample: sightline audit redecide",
    no_args_is_help=True,
)
app.add_typer(policy, name="policy")
app.add_typer(audit, name="audit")
app.add_typer(schools, name="schools")


@app.command()
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


@app.command()
def example(event_type: Annotated[str, typer.Argument(metavar="TYPE")], json_: Json = False) -> None:
    """Print a valid example of an event, as one line that can be published.

    Example: sightline example VpaRaised > one.jsonl
    """
    from services.cli import show
    from services.cli.examples import example as found

    show.document(json.loads(found(event_type)))


@app.command()
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


@app.command()
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


@app.command()
def settle(timeout: Timeout = 240.0, url: Url = None, data: Data = None, json_: Json = False) -> None:
    """Wait until everything published has been decided, projected and planned.

    Example: sightline settle --timeout 60
    """
    from services.cli import show
    from services.cli.settling import settle as wait

    ends = dict(wait(system_at(url, data), timeout).ends)
    show.document({"settled": True, "ends": ends}) if json_ else print("settled")


@app.command()
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


@app.command()
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


@app.command()
def ledger(
    name: Annotated[
        str,
        typer.Argument(help="not-shared, withheld, overridden, openings, parties, or told (with --about)."),
    ],
    from_: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    to: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    about: Annotated[
        str | None, typer.Option(help="The alias of a person, as an inbox row's `person` has it.")
    ] = None,
    sample: Annotated[int | None, typer.Option(help="So many overrides, chosen by nobody.")] = None,
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
        "sample": str(sample) if sample is not None else None,
    }
    found = reading.ledger(system_at(url, data), name, query, as_, person)
    if json_:
        return show.document(found)
    for row in found["rows"]:
        print(show.ledger_row(row))
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


def main() -> None:
    """Run the command; what it cannot do is said in one line, with code 1."""
    try:
        app()
    except CliError as error:
        print(f"sightline: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
