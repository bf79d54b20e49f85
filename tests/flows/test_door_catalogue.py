"""The catalogue says what may be published: what it says is what the schemas say, and what the door does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tests.door_builders import OpenDoor, open_door
from tests.flows.test_door_examples import PUBLISHER
from tests.flows.test_door_openapi import described, document, resolve


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenDoor]:
    folder: Path = tmp_path_factory.mktemp("catalogue")
    with open_door(folder / "data", f"sqlite:///{folder / 'door.db'}") as opened:
        yield opened


@pytest.fixture(scope="module")
def events(door: OpenDoor) -> dict[str, dict[str, Any]]:
    """Everything in the catalogue, by type."""
    rows = door.publisher.get("/v1/catalogue", "dafsu").json()["events"]
    return {row["type"]: row for row in rows}


def section(event: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in event["sections"] if each["name"] == name]
    return found


def test_every_type_of_event_is_in_it_once(door: OpenDoor, events: dict[str, Any]) -> None:
    assert tuple(events) == door.catalogue.types()
    assert set(events) == set(PUBLISHER)


@pytest.mark.parametrize("agency", ["police", "school:900101", "notify"])
def test_it_is_there_for_any_agency_and_for_nobody_else(door: OpenDoor, agency: str) -> None:
    async def nobody() -> httpx.Response:
        transport = httpx.ASGITransport(app=door.door.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            return await client.get("/v1/catalogue")

    assert door.publisher.get("/v1/catalogue", agency).status_code == 200
    assert anyio.run(nobody).status_code == 401


def test_an_event_says_who_owns_it_its_versions_and_what_it_takes(events: dict[str, Any]) -> None:
    raised = events["VpaRaised"]

    assert raised["doc"] == "A first responder raised a VPA."
    assert (raised["family"], raised["publishers"]) == ("incidents", ["police"])
    assert (raised["version"], raised["versions"]) == (2, [1, 2])
    assert raised["takes"] == ["incident", "consent"]


def test_a_section_says_whose_it_is_and_what_kind_of_content(events: dict[str, Any]) -> None:
    children = section(events["VpaRaised"], "children")

    assert (children["compartment"], children["of"], children["array"]) == ("children", "element", True)
    assert section(events["VpaRaised"], "routing")["derived"]
    assert not section(events["VpaRaised"], "routing")["fields"]


def test_the_required_facts_are_said_with_the_words_they_may_be(events: dict[str, Any]) -> None:
    facts = section(events["VpaRaised"], "facts")
    required = [each for each in facts["fields"] if each["required"]]

    assert facts["required"]
    assert [each["name"] for each in required] == ["risk", "children"]
    assert required[0]["words"] == ["high", "medium", "standard", "not_completed"]


def test_what_the_door_derives_is_asked_of_nobody(events: dict[str, Any]) -> None:
    fields = [each["name"] for each in section(events["VpaRaised"], "facts")["fields"]]

    assert "vulnerable_adults" in fields
    assert not {"child_count", "victim_age", "occurred_at", "source"} & set(fields)


def test_a_field_says_what_it_holds(events: dict[str, Any]) -> None:
    fields = {each["name"]: each["type"] for each in section(events["ReferredOn"], "facts")["fields"]}
    child = {each["name"]: each["type"] for each in section(events["VpaRaised"], "children")["fields"]}

    assert (fields["to"], fields["risk"]) == ("list of recipient", "word")
    assert (child["date_of_birth"], child["present"], child["given_name"]) == ("date", "boolean", "string")


def test_each_has_the_example_that_the_door_takes(events: dict[str, Any]) -> None:
    assert {row["example"]["type"] for row in events.values()} == set(events)


def test_it_is_described_as_it_is_given(door: OpenDoor, events: dict[str, Any]) -> None:
    said = document(door)
    named = described(said, "/v1/catalogue", "get")
    event, part, field = (said["components"]["schemas"][each] for each in ("EventType", "Section", "Field"))

    assert set(named) == {"200", "401"}
    assert resolve(said, named["200"]["content"]["application/json"]["schema"])["required"] == ["events"]
    for row in events.values():
        assert set(row) == set(event["required"])
        assert all(set(each) == set(part["required"]) for each in row["sections"])
        assert all(set(it) == set(field["required"]) for each in row["sections"] for it in each["fields"])
