"""What other readers would take differently is refused with reasons: a 4xx, nothing appended, never a 5xx."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.door_builders import Event, OpenDoor, example, open_door
from tests.flows.test_door_examples import PUBLISHER


def raw(change: str, to: str) -> bytes:
    """Return the example of a VPA as text, with one piece of it replaced."""
    text = json.dumps(example("VpaRaised"))
    assert change in text
    return text.replace(change, to, 1).encode()


def changed(pointer: str, value: object) -> bytes:
    """Return the example of a VPA with another value at one place."""
    event: Event = example("VpaRaised")
    *path, last = pointer.strip("/").split("/")
    inside: object = event
    for part in path:
        inside = inside[int(part)] if isinstance(inside, list) else inside[part]  # type: ignore[index]
    inside[last] = value  # type: ignore[index]
    return json.dumps(event).encode()


def without_sense(event_type: str) -> Iterator[tuple[str, Event]]:
    """Yield an example once for each text in it but the type, with another in that one place."""
    for number, place in enumerate(texts(example(event_type))):
        event: Event = {**json.loads(json.dumps(example(event_type))), "id": f"{event_type}-{number}"}
        *path, last = place
        inside: Any = event
        for part in path:
            inside = inside[part]
        inside[last] = "0"
        if place != ("type",):
            yield "/".join(map(str, place)), event


def texts(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every text in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield from texts(each, (*place, key))
    if isinstance(value, str):
        yield place


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not json": b"{",
    "not utf-8": b'{"type": "\xff"}',
    "utf-16": json.dumps(example("VpaRaised")).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(example("VpaRaised")).encode(),
    "two documents": b"{} {}",
    "a number": b"17",
    "null": b"null",
    "an empty batch": b"[]",
    "101 events": json.dumps([example("VpaRaised")] * 101).encode(),
    "NaN": raw('"score": 9', '"score": NaN'),
    "infinity": raw('"score": 9', '"score": -Infinity'),
    "beyond any float": raw('"score": 9', '"score": 1e999'),
    "a number of 5,000 digits": raw('"score": 9', '"score": ' + "9" * 5000),
    "beyond an int": raw('"score": 9', '"score": 99999999999'),
    "a float for an integer": raw('"score": 9', '"score": 1.5'),
    "a whole float for an integer": raw('"score": 9', '"score": 9.0'),
    "true for an integer": raw('"score": 9', '"score": true'),
    "1 for true": raw('"adult_safeguarding_concern": false', '"adult_safeguarding_concern": 1'),
    "a key twice": raw('"score": 9', '"score": 9, "score": 10'),
    "the type twice": raw('"type": "VpaRaised"', '"type": "VpaRaised", "type": "VpaRaised"'),
    "a lone surrogate": raw("Quenivaldra", "Quenivaldra\\ud800"),
    "a lone low surrogate": raw("Quenivaldra", "\\udc00Quenivaldra"),
    "a surrogate in a key": raw('"q01"', '"q01\\ud800"'),
    "a surrogate in the id": raw("example-vpa-raised", "example\\ud800"),
    "U+0000": raw("Quenivaldra", "Quenivaldra\\u0000"),
    "U+0000 in the id": raw("example-vpa-raised", "example\\u0000"),
    "U+0000 in the reference": raw("EX-2024-000117", "EX\\u0000"),
    "a raw control character": raw("Quenivaldra", "Queni\x00valdra"),
    "nested 33 deep": b"[" * 40 + b"]" * 40,
    "nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "objects nested 5,000 deep": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "deep in a section": raw('"score": 9', '"score": ' + "[" * 50 + "]" * 50),
    "unknown at the top": changed("/extra", 1),
    "unknown in a section": changed("/victim/nickname", "Q"),
    "unknown in a list": changed("/children/0/nickname", "Q"),
    "a derived field": changed("/facts/child_count", 7),
    "routing from outside": changed("/routing", {"publisher": "police"}),
    "a field of another event": changed("/policy", {"text": "x"}),
    "an unknown type": changed("/type", "VpaImagined"),
    "a type that is a list": changed("/type", ["VpaRaised"]),
    "no type": changed("/type", None),
    "a number for an id": changed("/id", 17),
    "a blank id": changed("/id", "  "),
    "an endless id": changed("/id", "x" * 10_000),
    "no risk": changed("/facts", {"children": "none"}),
    "no children": changed("/facts", {"risk": "high"}),
    "an unknown risk": changed("/facts/risk", "extreme"),
    "a list for facts": changed("/facts", []),
    "no facts": changed("/facts", None),
    "an unknown answer": changed("/consent/cheshire-cares", "perhaps"),
    "withdrawn in a VPA": changed("/consent/cheshire-cares", "withdrawn"),
    "a naive time": changed("/occurred_at", "2024-08-31T21:40:00"),
    "a day for a time": changed("/occurred_at", "2024-08-31"),
    "seconds since 1970": changed("/occurred_at", 1725136800),
    "the year 1": changed("/occurred_at", "0001-01-01T00:00:00+00:00"),
    "the year 1 beyond its edge": changed("/occurred_at", "0001-01-01T00:00:00+23:59"),
    "the year 9999": changed("/occurred_at", "9999-12-31T23:59:59-23:59"),
    "next week": changed("/occurred_at", "2024-09-17T09:00:00Z"),
    "the 30th of February": changed("/occurred_at", "2024-02-30T09:00:00Z"),
    "25 o'clock": changed("/occurred_at", "2024-08-31T25:00:00Z"),
    "an offset of 99 hours": changed("/occurred_at", "2024-08-31T21:40:00+99:00"),
    "digits that are not ASCII": changed("/occurred_at", "٢٠٢٤-08-31T21:40:00Z"),
    "a naive time in a section": changed("/contact/safe/said_at", "2024-08-31T21:40:00"),
    "an absurd birthday": changed("/victim/date_of_birth", "0001-01-01"),
    "a birthday of 13 months": changed("/victim/date_of_birth", "1991-13-01"),
    "an endless name": changed("/victim/given_name", "Q" * 100_000),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_is_refused_with_reasons_and_appends_nothing(
    name: str, tmp_path: Path, database_url: str
) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        answer = door.publisher.post(BODIES[name])

        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert all(set(reason) == {"pointer", "rule", "detail", "fix"} for reason in answer.json()["reasons"])
        assert answer.json()["reasons"]
        assert door.stored() == []


def test_nothing_is_a_fault_of_ours_whatever_text_stands_in_any_place_of_any_event(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        answers = {
            (event_type, place): door.publisher.post(json.dumps(event).encode(), publisher).status_code
            for event_type, publisher in PUBLISHER.items()
            for place, event in without_sense(event_type)
        }

    assert len(answers) > 500
    assert {case: status for case, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("name", [name for name in BODIES if BODIES[name].startswith(b"{")])
def test_a_refusal_does_not_repeat_what_may_be_about_a_person(name: str, tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        answer = door.publisher.post(BODIES[name])

        assert "Quenivaldra" not in answer.text
        assert "Thornwickle" not in answer.text


@pytest.mark.parametrize("size", [3, 50])
def test_a_body_over_the_limit_is_too_large(size: int, tmp_path: Path, database_url: str) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        answer = door.publisher.post(changed("/narrative/text", "x" * size * 1024 * 1024))

        assert answer.status_code == 413
        assert door.stored() == []


def test_a_bad_event_in_a_batch_does_not_stop_the_others(tmp_path: Path, database_url: str) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        bad = {**example("VpaRaised"), "id": "bad", "extra": 1}
        good = [{**example("VpaRaised"), "id": name} for name in ("first", "last")]

        answer = door.publisher.publish([good[0], bad, good[1]])

        assert answer.status_code == 200
        assert [r["status"] for r in answer.json()["results"]] == ["accepted", "refused", "accepted"]
        assert len(door.stored()) == 2


def test_every_reason_is_given_at_once(tmp_path: Path) -> None:
    event = example("VpaRaised")
    event["extra"], event["facts"]["risk"], event["victim"]["date_of_birth"] = 1, "extreme", "soon"
    event["children"][1]["present"], event["occurred_at"] = "yes", "2031-01-01T00:00:00Z"

    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        reasons = door.publisher.publish(event, "dafsu").json()["reasons"]

    assert {(reason["pointer"], reason["rule"]) for reason in reasons} == {
        ("/extra", "unknown-field"),
        ("/facts/risk", "enum"),
        ("/victim/date_of_birth", "format"),
        ("/children/1/present", "type"),
        ("/occurred_at", "believable-time"),
        ("/type", "authority"),
    }


def reasons_of(door: OpenDoor, event: Event, agency: str) -> set[tuple[str, str]]:
    """Return what an agency's event is refused for."""
    return {
        (reason["pointer"], reason["rule"])
        for reason in door.publisher.publish(event, agency).json()["reasons"]
    }


@pytest.mark.parametrize("name", ["id", "occurred_at"])
@pytest.mark.parametrize("value", [None, 17, "x" * 1000])
def test_authority_is_asked_for_however_little_can_be_read(name: str, value: object, tmp_path: Path) -> None:
    event = {**example("VpaRaised"), name: value}

    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        found = reasons_of(door, event, "dafsu")

    assert ("/type", "authority") in found
    assert {pointer for pointer, _ in found} == {"/type", f"/{name}"}


def test_the_incident_of_a_refused_event_is_looked_up_too(tmp_path: Path, database_url: str) -> None:
    event = {**example("CaseOpened"), "extra": 1, "occurred_at": "soon", "facts": {"case": 7}}
    del event["victim"]

    with open_door(tmp_path / "data", database_url) as door:
        found = reasons_of(door, event, "dafsu")

    assert found == {
        ("/extra", "unknown-field"),
        ("/occurred_at", "format"),
        ("/facts/case", "type"),
        ("/incident", "unknown-incident"),
    }


def test_a_victim_that_cannot_be_read_is_not_called_missing(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        found = reasons_of(door, {**example("CaseOpened"), "victim": "Quenivaldra"}, "dafsu")

    assert found == {("/victim", "type")}


def test_a_refused_event_begins_no_incident_and_no_person(tmp_path: Path, database_url: str) -> None:
    event = {**example("CaseOpened"), "extra": 1}
    with open_door(tmp_path / "data", database_url) as door:
        door.publisher.publish(event, "dafsu")

        unknown = {"type": "CaseClosed", "id": "1", "occurred_at": event["occurred_at"]}
        found = reasons_of(door, {**unknown, "incident": event["incident"]}, "dafsu")

        assert found == {("/incident", "unknown-incident")}


@pytest.mark.parametrize(
    ("piece", "bad", "pointer"),
    [
        ("Quenivaldra", "Queni\\u0000valdra", "/victim/given_name"),
        ("Quenivaldra", "Queni\\ud800valdra", "/victim/given_name"),
        ("Marigoldine", "Mari\\udc00", "/children/0/given_name"),
        ('"q01"', '"q01\\ud800"', "/dash/answers"),
        ('"victim"', '"victim\\u0000"', ""),
        ("EX-2024-000117", "EX\\u0000", "/incident"),
        ("VpaRaised", "VpaRaised\\ud800", "/type"),
    ],
)
def test_a_bad_text_in_one_event_does_not_stop_its_batch(
    piece: str, bad: str, pointer: str, tmp_path: Path
) -> None:
    good = json.dumps([{**example("VpaRaised"), "id": name} for name in ("first", "last")]).encode()
    body = good[:-1] + b"," + raw(piece, bad) + b"]"

    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        answer = door.publisher.post(body)

        results = answer.json()["results"]
        assert [result["status"] for result in results] == ["accepted", "accepted", "refused"]
        assert (pointer, "text") in {(r["pointer"], r["rule"]) for r in results[2]["reasons"]}
        assert len(door.stored()) == 2


def test_a_bad_text_is_one_reason_among_all(tmp_path: Path) -> None:
    body = raw("Quenivaldra", "Queni\\u0000valdra").replace(b"standard", b"extreme")

    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        answer = door.publisher.post(body, "dafsu")

    assert answer.status_code == 422
    assert {(reason["pointer"], reason["rule"]) for reason in answer.json()["reasons"]} == {
        ("/victim/given_name", "text"),
        ("/facts/risk", "enum"),
        ("/type", "authority"),
    }


def test_an_id_that_cannot_be_told_is_not_repeated(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        answer = door.publisher.post(raw("example-vpa-raised", "example\\ud800"))

    assert answer.json()["results"][0]["id"] is None
    assert answer.json()["reasons"][0]["pointer"] == "/id"
