"""What the police decide not to disclose reaches nobody by being named: from the door through the gate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.consent.worker.hearing import Ear
from tests.door_builders import OpenDoor, example, open_door
from tests.gate_builders import Story, permitted

THEIRS_ANYHOW = {"police", "partnership"}


@pytest.fixture
def door(tmp_path: Path) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}") as opened:
        yield opened


def told_of(door: OpenDoor, disclose: bool | None) -> set[str]:
    """Publish a decision that names DAFSU, and return to whom the gate gives it."""
    event = example("DvdsDecided")
    event["facts"] = {**event["facts"], "disclose": disclose, "to": ["dafsu"]}
    assert door.publisher.publish(event).status_code == 201
    ear = Ear(door.catalogue, door.secrets.routing)
    return permitted(Story().tell(*(ear.hear(each).heard for each in door.stored())))


@pytest.mark.parametrize("disclose", [False, None])
def test_what_is_not_disclosed_goes_to_nobody_but_the_police_and_the_partnership(
    door: OpenDoor, disclose: bool | None
) -> None:
    assert told_of(door, disclose) == THEIRS_ANYHOW


def test_what_is_disclosed_goes_to_whom_it_names(door: OpenDoor) -> None:
    assert told_of(door, True) == THEIRS_ANYHOW | {"dafsu"}
