"""`sightline policy`: show the policy in force; check, compare and try drafts before anybody signs one."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.options import Data, Json, Url, system_at

policy = typer.Typer(
    help="The policy that decides who may see what.\n\nExample: sightline policy show", no_args_is_help=True
)


@policy.command("show")
def policy_show(url: Url = None, data: Data = None, json_: Json = False) -> None:
    """Print the policy in force.

    Example: sightline policy show
    """
    from services.cli import show

    found = system_at(url, data).get("/v1/policy").good()
    show.document(found) if json_ else print(found["text"], end="")


@policy.command("check")
def policy_check(
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", help="A draft, or `strict`; without it, the one in force.")
    ] = "current",
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Ask a policy about every recipient, event and combination of facts, and say where it fails.

    Ends with 1 if it breaks anything that every policy must keep to. What two recipients may both hold is
    listed, and is no fault; nor is who keep their cases in one system, as they are registered.

    Example: sightline policy check strict
    """
    from pathlib import Path

    from services.cli import show
    from services.cli.client import System
    from services.cli.drafts import named
    from services.cli.policy_words import checked, lines

    registered = System("", data or Path("data")).partnership
    found = checked(named(file, lambda: system_at(url, data)), registered.shared_systems())
    if json_:
        show.document(found.as_json())
    else:
        print("\n".join(lines(found)))
    raise typer.Exit(0 if found.ok else 1)


@policy.command("schema")
def policy_schema(json_: Json = False) -> None:
    """Print what a policy's TOML may hold, as a JSON Schema: an editor that has it helps to write a draft.

    With --json on one line. Asks no running system.

    Example: sightline policy schema > policy.schema.json
    """
    import json

    from services.cli import show
    from services.consent.rules.schema import schema

    show.document(schema()) if json_ else print(json.dumps(schema(), ensure_ascii=False, indent=2))


@policy.command("diff")
def policy_diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A file, a policy's hash, or `current`.")],
    after: Annotated[str, typer.Argument(metavar="B", help="The same, of what would take its place.")],
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Say who would be answered otherwise under another policy, of which events, when, and how.

    Combinations that change alike are told as one. Only `current` and a hash ask the running system.

    Example: sightline policy diff practised current
    """
    from services.cli import policy_changes, show
    from services.cli.drafts import named

    one, other = (named(each, lambda: system_at(url, data)) for each in (before, after))
    if json_:
        return show.document(policy_changes.as_json(one, other))
    print("\n".join(policy_changes.lines(one, other)))


@policy.command("whatif")
def policy_whatif(
    draft: Annotated[str, typer.Argument(metavar="DRAFT", help="A file, or a shipped policy by its name.")],
    examples: Annotated[int, typer.Option(min=0, max=20, help="Events to name of each kind.")] = 5,
    url: Url = None,
    data: Data = None,
    json_: Json = False,
) -> None:
    """Replay the log as if a draft had been the policy from the first: who would have been told what.

    Nothing is written and nobody is told. Names events by their ids in the log, which explain takes.

    Example: sightline policy whatif practised
    """
    from services.cli import show
    from services.cli.drafts import named
    from services.cli.trying import lines, tried

    text = named(draft, lambda: system_at(url, data)).text
    found = tried(system_at(url, data), text, examples, show.progress)
    if json_:
        return show.document(found)
    print("\n".join(lines(found)))
