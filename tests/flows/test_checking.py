"""What `sightline check` says of an event is what the door says to it; and nothing is sent to find out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import app
from services.cli.checking import check
from services.cli.client import System
from services.runtime.clock import SharedClock, clock_path
from tests.door_builders import NOW, Event, OpenDoor, example, open_door
from tests.flows.test_door_bad_bodies import BODIES, changed
from tests.flows.test_door_examples import PUBLISHER, for_publishing

SAID = ("id", "status", "reasons", "defects")
ELSEWHERE = "RAISED-ELSEWHERE"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory whose system stands still at the door's own moment, and runs no more."""
    return stopped(tmp_path / "stopped")


def stopped(data: Path) -> Path:
    SharedClock.start(clock_path(data), NOW)
    (data / "run" / "system.json").write_text(json.dumps({"simulated": True}))
    return data


def said(data: Path, content: bytes, agency: str = "police") -> list[dict[str, Any]]:
    """Return what would be said to what is in a file."""
    return list(check(System("", data), content, agency))


def of(data: Path, event: Event, agency: str = "police") -> dict[str, Any]:
    """Return what would be said to one event."""
    (one,) = said(data, json.dumps(event).encode(), agency)
    return one


def answered(door: OpenDoor, event: Event, agency: str = "police") -> dict[str, Any]:
    """Return what a door says to one event."""
    (one,) = door.publisher.publish(event, agency).json()["results"]
    return {name: one[name] for name in SAID}


def shown(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SAID}


def rules(reasons: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(each["pointer"], each["rule"]) for each in reasons]


@pytest.mark.parametrize("event_type", PUBLISHER)
def test_of_every_type_of_event_it_says_what_the_door_says(event_type: str, tmp_path: Path) -> None:
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}") as door:
        event = for_publishing(door, event_type)
        if "corrects" in event:
            door.publisher.publish({**example("VpaRaised"), "id": event["corrects"]})
        foreseen = of(stopped(tmp_path / "stopped"), event, PUBLISHER[event_type])

        assert shown(foreseen) == answered(door, event, PUBLISHER[event_type])


def broken() -> Iterator[Event]:
    """Yield events that are wrong in one way or in several, in what needs no looking up."""
    yield {**example("VpaRaised"), "occurred_at": "2031-01-01T00:00:00Z"}
    yield {**example("VpaRaised"), "consent": {"nobody-we-know": "given"}}
    yield {**example("VpaRaised"), "contact": {"phone": "07700 900123"}}
    yield {**example("CaseOpened"), "extra": 1, "facts": {}}
    yield {**example("ReferralReceived"), "facts": {"referral_source": "health"}}
    yield {**example("PolicyAdopted"), "id": None}
    yield {"type": "NothingLikeIt"}
    yield json.loads(changed("/children/0/school_urn", "999999"))
    yield json.loads(changed("/victim/identifiers", [{"scheme": "nhs"}]))


@pytest.mark.parametrize("event", list(broken()))
@pytest.mark.parametrize("agency", ["police", "dafsu", "school:900101"])
def test_of_a_broken_event_it_says_every_reason_and_defect_the_door_does(
    event: Event, agency: str, tmp_path: Path
) -> None:
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}") as door:
        foreseen = of(stopped(tmp_path / "stopped"), event, agency)

        assert shown(foreseen) == answered(door, event, agency)
        assert foreseen["reasons"] or foreseen["defects"]


@pytest.mark.parametrize("name", BODIES)
def test_what_is_no_event_to_the_door_is_none_to_it(name: str, data: Path) -> None:
    rows = said(data, BODIES[name].replace(b"\n", b" ")) if BODIES[name].strip() else []

    assert all(row["status"] == "refused" and row["reasons"] for row in rows)


def test_an_unknown_school_and_an_unknown_recipient_are_said(data: Path) -> None:
    event = json.loads(changed("/children/0/school_urn", "999999"))
    event["consent"] = {"nobody-we-know": "given"}

    found = of(data, event)

    assert ("/children/0/school_urn", "unknown-school") in rules(found["defects"])
    assert ("/consent", "unknown-recipient") in rules(found["defects"])


def test_what_only_a_running_system_knows_is_said_as_not_checked(data: Path) -> None:
    event = {**example("CaseClosed"), "incident": ELSEWHERE}
    event.pop("victim", None)

    found = of(data, event, "dafsu")

    assert found["status"] == "accepted"
    assert rules(found["not_checked"]) == [("/id", "different-body"), ("/incident", "unknown-incident")]


def test_an_event_that_names_no_incident_and_nobody_is_refused_without_asking(data: Path) -> None:
    event = example("CaseClosed")
    for name in ("victim", "incident"):
        event.pop(name, None)

    found = of(data, event, "dafsu")

    assert (found["status"], rules(found["reasons"])) == ("refused", [("/incident", "unknown-incident")])
    assert not found["not_checked"]


def test_persons_that_a_link_names_are_not_checked(data: Path) -> None:
    found = of(data, example("PersonsLinked"), "partnership")

    assert found["status"] == "accepted"
    assert ("/facts/persons/1", "unknown-person") in rules(found["not_checked"])


def test_a_second_copy_is_a_duplicate_and_another_event_of_that_id_is_refused(data: Path) -> None:
    first = example("VpaRaised")
    other = {**first, "incident": "EX-2024-000118"}

    rows = said(data, "\n".join(map(json.dumps, [first, first, other])).encode())

    assert [row["status"] for row in rows] == ["accepted", "duplicate", "refused"]
    assert rules(rows[2]["reasons"]) == [("/id", "different-body")]


def test_an_array_an_object_over_lines_and_one_event_a_line_are_read_alike(data: Path) -> None:
    first, second = example("VpaRaised"), example("VpaReviewed")

    as_lines = said(data, f"{json.dumps(first)}\n\n{json.dumps(second)}\n".encode())
    as_array = said(data, json.dumps([first, second], indent=2).encode())
    as_object = said(data, json.dumps(first, indent=2).encode())

    assert as_lines == as_array
    assert as_object == as_lines[:1]


def test_a_line_that_is_no_event_is_refused_and_the_others_are_not(data: Path) -> None:
    rows = said(data, f"{json.dumps(example('VpaRaised'))}\n[1]\n{{".encode())

    assert [row["status"] for row in rows] == ["accepted", "refused", "refused"]
    assert [rule for row in rows for _, rule in rules(row["reasons"])] == ["object", "json"]


def run(*words: str, given: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", *words], input=given)
    return result.exit_code, result.stdout


def test_it_ends_with_0_where_nothing_is_refused_and_with_1_where_anything_is(data: Path) -> None:
    event = json.dumps(example("VpaRaised"))

    assert run("-", "--data", str(data), given=event)[0] == 0
    assert run("-", "--data", str(data), "--as", "dafsu", given=event)[0] == 1


def test_every_reason_is_said_with_its_place_and_its_fix(data: Path) -> None:
    event = {**example("VpaRaised"), "extra": 1, "facts": {"risk": "grave", "children": "none"}}

    code, told = run("-", "--data", str(data), given=json.dumps(event))

    assert code == 1
    assert told.splitlines()[0] == "refused    example-vpa-raised"
    assert "    /extra: no field of this name is taken here: leave it out" in told.splitlines()
    assert "    /facts/risk: not one of the words allowed here: use one of: high, medium" in told


def test_its_json_is_in_the_shape_of_publish_and_says_what_was_not_checked(data: Path) -> None:
    _, told = run("-", "--data", str(data), "--json", given=json.dumps(example("VpaRaised")))

    assert set(json.loads(told)) == {"id", "status", "receipt", "reasons", "defects", "not_checked"}


@pytest.mark.parametrize(
    "words",
    [("--as", "nobody-registered"), ("--person", "p-nobody"), ("--as", "dafsu", "--person", "p-hub-1")],
)
def test_who_is_not_registered_would_not_come_in_at_all(words: tuple[str, ...], data: Path) -> None:
    code, told = run("-", "--data", str(data), *words, given=json.dumps(example("VpaRaised")))

    assert (code, told) == (1, "")
