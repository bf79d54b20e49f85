"""Its publisher takes an event back, by its own id or the log's; any other is as absent (decision 0039)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.door_builders import Event, OpenDoor, example, open_door


@pytest.fixture
def door(tmp_path: Path) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}") as opened:
        yield opened


def retraction(of: str, **more: Any) -> Event:
    """Return the retraction of an event, by its publisher's own id, from everybody unless told otherwise."""
    return {**example("EventRetracted"), "corrects": of, "facts": {"reason": "wrong_person"}, **more}


def said(door: OpenDoor, event: Event, agency: str = "police") -> dict[str, Any]:
    """Return what the door answers to one event."""
    (result,) = door.publisher.publish([event], agency).json()["results"]
    assert isinstance(result, dict)
    return result


def rules(door: OpenDoor, event: Event, agency: str = "police") -> list[tuple[str, str]]:
    return [(each["pointer"], each["rule"]) for each in said(door, event, agency)["reasons"]]


def test_what_is_taken_back_says_itself_which_incident_and_whom_it_is_about(door: OpenDoor) -> None:
    door.publisher.publish({**example("VpaRaised"), "id": "raised"})

    assert said(door, retraction("raised"))["status"] == "accepted"

    raised, retracted = door.opened()
    assert retracted.routing["corrects"] == retracted.facts["retracts"] == raised.id
    assert retracted.routing["incident"] == raised.routing["incident"]
    assert retracted.persons["rationale"] == raised.routing["victim"]


def test_it_may_come_in_the_batch_of_what_it_takes_back(door: OpenDoor) -> None:
    events = [{**example("VpaRaised"), "id": "raised"}, retraction("raised")]

    answer = door.publisher.publish(events)

    assert [each["status"] for each in answer.json()["results"]] == ["accepted", "accepted"]


def test_another_agencys_event_is_refused_as_one_that_there_is_not(door: OpenDoor) -> None:
    door.publisher.publish({**example("VpaRaised"), "id": "raised"})

    theirs, nobodys = (said(door, retraction(of), "cedah") for of in ("raised", "never-sent"))

    assert theirs == nobodys
    assert [each["rule"] for each in theirs["reasons"]] == ["unknown-original"]


def test_who_does_not_know_its_own_id_names_it_by_the_logs(door: OpenDoor) -> None:
    raised = said(door, {**example("VpaRaised"), "id": "raised"})["event_id"]

    assert said(door, retraction(raised))["status"] == "accepted"

    assert door.opened()[-1].facts["retracts"] == raised


def test_by_the_logs_id_too_another_agencys_event_is_refused_as_one_that_there_is_not(
    door: OpenDoor,
) -> None:
    raised = said(door, {**example("VpaRaised"), "id": "raised"})["event_id"]

    theirs, nobodys = (said(door, retraction(of), "cedah") for of in (raised, "never-sent"))

    assert theirs == nobodys
    assert [each["rule"] for each in theirs["reasons"]] == ["unknown-original"]


def test_what_it_is_and_of_which_incident_is_looked_up_by_the_logs_id_too(door: OpenDoor) -> None:
    consent = said(door, {**example("ConsentRecorded"), "id": "consent"}, "cedah")["event_id"]

    assert rules(door, retraction(consent), "cedah") == [("/corrects", "not-retractable")]


def test_a_correction_too_names_its_form_by_the_logs_id(door: OpenDoor) -> None:
    raised = said(door, {**example("VpaRaised"), "id": "raised"})["event_id"]

    said(door, {**example("VpaCorrected"), "corrects": raised})

    assert door.opened()[-1].routing["corrects"] == raised


def test_it_names_what_it_takes_back(door: OpenDoor) -> None:
    event = retraction("raised")
    del event["corrects"]

    assert rules(door, event) == [("/corrects", "unknown-original")]


def test_a_consent_is_withdrawn_and_not_taken_back(door: OpenDoor) -> None:
    door.publisher.publish({**example("ConsentRecorded"), "id": "consent"}, "cedah")

    assert rules(door, retraction("consent"), "cedah") == [("/corrects", "not-retractable")]


def test_what_is_taken_back_is_not_taken_back_again_by_taking_back_that(door: OpenDoor) -> None:
    door.publisher.publish({**example("VpaRaised"), "id": "raised"})
    door.publisher.publish(retraction("raised", id="retracted"))

    assert rules(door, retraction("retracted", id="again")) == [("/corrects", "not-retractable")]


def test_without_a_rationale_nothing_is_taken_back(door: OpenDoor) -> None:
    door.publisher.publish({**example("VpaRaised"), "id": "raised"})

    assert rules(door, retraction("raised", rationale={"text": " "})) == [("/rationale/text", "rationale")]


def test_the_reason_is_one_of_four(door: OpenDoor) -> None:
    door.publisher.publish({**example("VpaRaised"), "id": "raised"})

    event = retraction("raised", facts={"reason": "regret"})

    assert [pointer for pointer, _ in rules(door, event)] == ["/facts/reason"]


def test_nothing_is_taken_back_from_more_than_was_meant_because_a_name_is_wrong(door: OpenDoor) -> None:
    door.publisher.publish({**example("VpaRaised"), "id": "raised"})

    event = retraction("raised", facts={"reason": "misdirected", "to": ["nobody-we-know"]})

    assert rules(door, event) == [("/facts/to/0", "unknown-recipient")]


def test_every_reason_is_given_at_once(door: OpenDoor) -> None:
    event = retraction("never-sent", rationale={"text": ""})

    assert rules(door, event) == [("/rationale/text", "rationale"), ("/corrects", "unknown-original")]


def test_it_is_said_that_a_status_still_counts_until_it_is_said_how_it_is_now(door: OpenDoor) -> None:
    door.publisher.publish({**example("ChildCaseStatus"), "id": "status"}, "checs")

    result = said(door, retraction("status"), "checs")

    assert [each["rule"] for each in result["defects"]] == ["still-counts"]


@pytest.mark.parametrize("to", [{}, {"to": []}, {"to": None}], ids=str)
def test_what_went_to_the_wrong_one_is_not_taken_back_from_everybody_by_an_oversight(
    door: OpenDoor, to: dict[str, Any]
) -> None:
    door.publisher.publish({**example("VpaRaised"), "id": "raised"})

    event = retraction("raised", facts={"reason": "misdirected", **to})

    assert ("/facts/to", "missing") in rules(door, event)
