"""Every command says how it is called, and has JSON to give."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from services.cli.__main__ import app

Command = Any
"""A command of the library, which keeps its classes to itself."""


def commands(command: Command, *names: str) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Yield every command and group, under the words it is called by."""
    yield names, command
    for name, one in getattr(command, "commands", {}).items():
        yield from commands(one, *names, name)


EVERYTHING = dict(commands(typer.main.get_command(app)))
COMMANDS = {names: command for names, command in EVERYTHING.items() if not hasattr(command, "commands")}


def example_of(names: tuple[str, ...]) -> list[str]:
    """Return the words of the example in a command's help, what the shell does with it left out."""
    said = [line for line in EVERYTHING[names].help.splitlines() if "Example: sightline " in line]
    assert len(said) == 1, f"one example in the help of {' '.join(names)}"
    return shlex.split(said[0].partition("Example: sightline ")[2].partition(" > ")[0])


@pytest.mark.parametrize("names", EVERYTHING, ids=" ".join)
def test_every_help_has_an_example_of_that_command(names: tuple[str, ...]) -> None:
    assert tuple(example_of(names)[: len(names)]) == names


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_every_example_uses_options_the_command_has_and_all_it_needs(names: tuple[str, ...]) -> None:
    options = [each for each in COMMANDS[names].params if each.param_type_name == "option"]
    known = {spelt for each in options for spelt in each.opts}
    used = {word for word in example_of(names) if word.startswith("--")}

    assert used <= known
    assert all(used & set(each.opts) for each in options if each.required)


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_every_command_has_json(names: tuple[str, ...]) -> None:
    assert "--json" in {spelt for each in COMMANDS[names].params for spelt in each.opts}
