"""The door and two persons who are one: named by aliases, by two people, and nobody is given away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.eventlog.aliases import alias
from tests.door_builders import Event, OpenDoor, example, open_door

NOBODYS = "a" * 43
"""What has the form of an alias and never was one."""


@pytest.fixture
def door(tmp_path: Path, database_url: str) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data", database_url) as opened:
        opened.publisher.publish(example("VpaRaised"))
        yield opened


def persons(door: OpenDoor) -> tuple[str, str]:
    """Return two persons the door knows."""
    routing = door.opened()[0].routing
    return routing["victim"], routing["person_causing_harm"]


def named(door: OpenDoor, person: str, to: str = "partnership") -> str:
    return alias(door.secrets.alias, person, "person", to)


def link(*aliases: str, **facts: Any) -> Event:
    event = example("PersonsLinked")
    event["facts"].update(persons=list(aliases), **facts)
    return event


def refusals(door: OpenDoor, event: Event) -> list[dict[str, str]]:
    answer = door.publisher.publish(event, "partnership")
    assert answer.status_code == 422, answer.text
    found: list[dict[str, str]] = answer.json()["results"][0]["reasons"]
    return found


def test_aliases_become_person_ids_that_only_the_gate_can_read(door: OpenDoor) -> None:
    one, other = persons(door)
    aliases = [named(door, one), named(door, other)]

    answer = door.publisher.publish(link(*aliases), "partnership")

    event = door.opened()[-1]
    assert answer.status_code == 201, answer.text
    assert event.routing == {
        "publisher": "partnership",
        "publisher_person": "p-partnership-1",
        "persons": [one, other],
    }
    assert event.facts["persons"] == aliases
    assert event.persons["routing"] is None


def test_another_recipients_alias_and_one_of_nobody_are_refused_alike(door: OpenDoor) -> None:
    one, other = persons(door)
    incident = alias(door.secrets.alias, door.opened()[0].routing["incident"], "incident", "partnership")

    said = [
        refusals(door, link(named(door, one), wrong))
        for wrong in (NOBODYS, named(door, other, "dafsu"), incident)
    ]

    assert said[0] == said[1] == said[2]
    assert [(each["pointer"], each["rule"]) for each in said[0]] == [("/facts/persons/1", "unknown-person")]
    assert len(door.opened()) == 1


def test_a_link_of_an_unknown_person_is_told_everything_else_that_is_wrong_too(door: OpenDoor) -> None:
    one, _ = persons(door)

    said = refusals(door, link(named(door, one), NOBODYS, confirmed_by=None))

    assert {each["pointer"] for each in said} == {"/facts/confirmed_by", "/facts/persons/1"}


def test_unlinking_names_persons_the_same_way(door: OpenDoor) -> None:
    one, other = persons(door)
    event = {**link(named(door, other), named(door, one)), "type": "PersonsUnlinked", "id": "unlinked-1"}

    assert door.publisher.publish(event, "partnership").status_code == 201
    assert door.opened()[-1].routing["persons"] == [other, one]
