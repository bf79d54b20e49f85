"""What `/openapi.json` says of the door is what the door does."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.ingest.settings import BATCH_LIMIT, ID_LENGTH
from services.vocabulary.events import ABOUT_PERSONS, SCHOOL_NOTIFICATIONS
from services.vocabulary.sandbox import Forced
from tests.door_builders import OpenDoor, example, open_door
from tests.flows.test_door_examples import PUBLISHER

EVENTS, RECEIPTS = "/v1/events", "/v1/receipts/{receipt}"
PROBLEM = "application/problem+json"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[OpenDoor]:
    """An open door that waits for nobody long."""
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}", patience=2) as opened:
        yield opened


def document(door: OpenDoor) -> dict[str, Any]:
    """Return what the door says of itself."""
    found: dict[str, Any] = door.publisher.get("/openapi.json").json()
    return found


def answers(door: OpenDoor) -> dict[int, httpx.Response]:
    """Have the door give every answer it has to events, by status."""
    vpa = example("VpaRaised")
    given = [
        door.publisher.publish(vpa),
        door.publisher.publish(vpa),
        door.publisher.publish({**vpa, "incident": "another"}),
        door.publisher.publish({**vpa, "id": "2", "extra": 1}),
        door.publisher.post(b"{"),
        door.publisher.anonymous(EVENTS),
        door.publisher.post(b"x" * 3_000_000),
    ]
    door.door.progress.distrust()
    given.append(door.publisher.publish(vpa))
    return {answer.status_code: answer for answer in given}


def described(document: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    """Return the answers a document names of one operation."""
    responses: dict[str, Any] = document["paths"][path][method]["responses"]
    return responses


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema a reference stands for."""
    found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def test_every_answer_to_events_is_described_as_it_is_given(door: OpenDoor) -> None:
    said, given = document(door), answers(door)
    named = described(said, EVENTS, "post")

    assert {int(status) for status in named} == set(given) == {200, 201, 400, 401, 409, 413, 422, 503}
    for status, answer in given.items():
        media = answer.headers["content-type"]
        schema = resolve(said, named[str(status)]["content"][media]["schema"])
        body = answer.json()
        assert set(schema["required"]) <= set(body) <= set(schema["properties"])
        for name in ("results", "reasons"):
            inner = resolve(said, schema["properties"][name]["items"]) if name in body else None
            assert inner is None or all(set(one) == set(inner["required"]) for one in body[name])
    assert "Retry-After" in named["503"]["headers"]


def test_every_answer_about_a_receipt_is_described(door: OpenDoor) -> None:
    said = document(door)
    named = described(said, RECEIPTS, "get")
    receipt = door.publisher.publish(example("VpaRaised")).json()["results"][0]["receipt"]

    body = door.publisher.get(f"/v1/receipts/{receipt}").json()

    assert set(named) == {"200", "401", "404"}
    assert set(resolve(said, named["200"]["content"]["application/json"]["schema"])["required"]) == set(body)
    assert named["404"]["content"].keys() == {PROBLEM}


def test_an_event_is_described_with_the_bounds_that_are_kept(door: OpenDoor) -> None:
    said = document(door)
    event = said["components"]["schemas"]["Event"]
    one, several = said["paths"][EVENTS]["post"]["requestBody"]["content"]["application/json"]["schema"][
        "oneOf"
    ]

    assert resolve(said, one) == resolve(said, several["items"]) == event
    assert (several["minItems"], several["maxItems"]) == (1, BATCH_LIMIT)
    assert (event["properties"]["id"]["minLength"], event["properties"]["id"]["maxLength"]) == (1, ID_LENGTH)
    assert event["properties"]["type"]["enum"] == sorted(door.catalogue.types())


@pytest.mark.parametrize(("length", "status"), [(1, 201), (ID_LENGTH, 201), (0, 422), (ID_LENGTH + 1, 422)])
def test_the_bounds_of_an_id_are_kept(door: OpenDoor, length: int, status: int) -> None:
    assert door.publisher.publish({**example("VpaRaised"), "id": "x" * length}).status_code == status


def test_every_example_can_be_sent_as_it_stands(door: OpenDoor) -> None:
    taken = document(door)["paths"][EVENTS]["post"]["requestBody"]["content"]["application/json"]
    examples = {name: each["value"] for name, each in taken["examples"].items() if name not in set(Forced)}

    answers = {name: door.publisher.publish(each, PUBLISHER[name]) for name, each in examples.items()}

    assert {name: answer.text for name, answer in answers.items() if answer.status_code != 201} == {}
    assert set(door.catalogue.types()) - set(examples) == ABOUT_PERSONS | SCHOOL_NOTIFICATIONS


@pytest.mark.parametrize("forced", Forced)
def test_each_id_that_forces_an_answer_is_shown_with_the_answer_it_forces(
    forced: Forced, door: OpenDoor
) -> None:
    operation = document(door)["paths"][EVENTS]["post"]
    sent = operation["requestBody"]["content"]["application/json"]["examples"][forced]

    answer = door.publisher.publish(sent["value"], "sandbox:police")
    shown = operation["responses"][str(answer.status_code)]["content"][answer.headers["content-type"]]

    assert f"`{forced}`: {sent['description']}" in operation["description"]
    assert without_receipts(shown["examples"][forced]["value"]) == without_receipts(answer.json())


def without_receipts(body: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without its receipts, which hold the time they were given."""
    return {**body, "results": [{**each, "receipt": None} for each in body.get("results", [])]}


def test_no_answer_is_shown_to_an_id_that_forces_none(door: OpenDoor) -> None:
    responses = described(document(door), EVENTS, "post")
    shown = [
        each
        for one in responses.values()
        for media in one["content"].values()
        for each in media.get("examples", ())
    ]

    assert sorted(shown) == sorted(Forced)


def test_no_reference_leads_nowhere_and_no_schema_is_left_over(door: OpenDoor) -> None:
    said = document(door)
    referred = {part.partition('"')[0] for part in json.dumps(said).split("#/components/schemas/")[1:]}

    assert referred == set(said["components"]["schemas"])
