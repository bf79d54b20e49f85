"""A receipt comes after the acknowledgement, once for each event, and only to its publisher."""

import json
import threading
from pathlib import Path

from tests.door_builders import OpenDoor, example, open_door


def published(door: OpenDoor, **changes: object) -> dict[str, object]:
    """Publish a VPA and return its result."""
    result: dict[str, object] = door.publisher.publish({**example("VpaRaised"), **changes}).json()["results"][
        0
    ]
    return result


def test_the_same_body_again_gets_the_same_receipt(tmp_path: Path, database_url: str) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        first = published(door)

        again = door.publisher.publish(example("VpaRaised"))

        assert again.status_code == 200
        assert again.json()["results"][0] == {**first, "status": "duplicate"}
        assert len(door.stored()) == 1


def test_the_same_body_written_otherwise_is_the_same_body(tmp_path: Path) -> None:
    event = example("VpaRaised")
    other = json.dumps(dict(reversed(event.items())), indent=3, ensure_ascii=False)

    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        published(door)

        assert door.publisher.post(other.encode()).json()["results"][0]["status"] == "duplicate"


def test_another_body_under_the_same_id_is_a_conflict(tmp_path: Path, database_url: str) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        published(door)

        answer = door.publisher.publish({**example("VpaRaised"), "incident": "EX-2024-000118"})

        assert answer.status_code == 409
        assert answer.json()["results"][0]["status"] == "refused"
        assert answer.json()["reasons"][0]["rule"] == "different-body"
        assert len(door.stored()) == 1


def test_another_body_is_a_conflict_however_faulty_it_is(tmp_path: Path, database_url: str) -> None:
    faulty = {**example("VpaRaised"), "extra": 1, "occurred_at": "soon"}
    with open_door(tmp_path / "data", database_url) as door:
        published(door)

        answer = door.publisher.publish(faulty)

        assert answer.status_code == 409
        assert [reason["rule"] for reason in answer.json()["reasons"]] == [
            "different-body",
            "format",
            "unknown-field",
        ]


def test_another_body_of_which_nothing_can_be_read_is_a_conflict(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        published(door)

        answer = door.publisher.publish({"id": example("VpaRaised")["id"], "type": "VpaImagined"})

        assert answer.status_code == 409
        assert answer.json()["reasons"][0]["rule"] == "different-body"


def test_another_and_faulty_body_in_the_same_batch_is_a_conflict(tmp_path: Path, database_url: str) -> None:
    event = example("VpaRaised")
    with open_door(tmp_path / "data", database_url) as door:
        results = door.publisher.publish([event, {**event, "extra": 1}]).json()["results"]

        assert [reason["rule"] for reason in results[1]["reasons"]] == ["different-body", "unknown-field"]


def test_the_same_id_twice_in_one_batch_behaves_as_twice_in_a_row(tmp_path: Path, database_url: str) -> None:
    event = example("VpaRaised")
    with open_door(tmp_path / "data", database_url) as door:
        results = door.publisher.publish([event, event, {**event, "incident": "other"}]).json()["results"]

        assert [result["status"] for result in results] == ["accepted", "duplicate", "refused"]
        assert results[0]["receipt"] == results[1]["receipt"]
        assert results[2]["reasons"][0]["rule"] == "different-body"
        assert len(door.stored()) == 1


def test_two_agencies_may_use_the_same_id(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        statuses = [
            door.publisher.publish({**example("CaseOpened"), "id": "17"}, agency).status_code
            for agency in ("dafsu", "cedah")
        ]

        assert statuses == [201, 201]


def test_a_receipt_says_where_the_event_lies(tmp_path: Path, database_url: str) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        published(door)
        result = published(door, id="second")

        receipt = door.publisher.get(f"/v1/receipts/{result['receipt']}").json()

        assert receipt == {
            "receipt": result["receipt"],
            "event_id": result["event_id"],
            "status": "appended",
            "partition": 0,
            "offset": 1,
            "recorded_at": "2024-09-10T09:05:00+00:00",
        }


def test_another_agency_s_receipt_looks_like_one_that_never_was(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        result = published(door)

        theirs = door.publisher.get(f"/v1/receipts/{result['receipt']}", "dafsu")
        nobody_s = door.publisher.get("/v1/receipts/never-given", "dafsu")

        assert theirs.status_code == nobody_s.status_code == 404
        assert theirs.content == nobody_s.content


def test_without_a_token_nothing_is_read(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        answer = door.publisher.anonymous("/v1/events", json.dumps(example("VpaRaised")).encode())

        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert door.stored() == []


def test_while_the_log_is_away_the_door_asks_to_come_back_and_keeps_the_event(
    tmp_path: Path, database_url: str
) -> None:
    with open_door(tmp_path / "data", database_url, patience=0.3) as door:
        door.log.stop()
        busy = door.publisher.publish(example("VpaRaised"))
        door.log.start()

        later = door.publisher.publish(example("VpaRaised"))

        assert busy.status_code == 503
        assert int(busy.headers["retry-after"]) >= 1
        assert later.json()["results"][0]["status"] == "duplicate"
        assert len(door.stored()) == 1


def test_no_receipt_before_the_acknowledgement(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}", patience=10) as door:
        door.log.stop()
        answers: list[int] = []
        asking = threading.Thread(
            target=lambda: answers.append(door.publisher.publish(example("VpaRaised")).status_code)
        )
        asking.start()
        asking.join(0.5)
        before = list(answers)

        door.log.start()
        asking.join(10)

        assert before == []
        assert answers == [201]


def test_events_sent_at_once_are_each_in_the_log_once(tmp_path: Path, database_url: str) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        bodies = [
            [{**example("VpaRaised"), "id": f"{thread}-{n}", "incident": f"{thread}-{n}"} for n in range(10)]
            for thread in range(6)
        ]
        threads = [threading.Thread(target=door.publisher.publish, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len({record.key for record in door.stored()}) == len(door.stored()) == 60


def test_nothing_personal_is_in_the_database(tmp_path: Path) -> None:
    with open_door(tmp_path, f"sqlite:///{tmp_path / 'door.db'}") as door:
        published(door)
        published(door, id="defective-Quenivaldra", consent={"Quenivaldra": "given"})

        kept = b"".join(path.read_bytes() for path in tmp_path.glob("door.db*"))

        assert b"ingest_outbox" in kept
        for word in (
            b"Quenivaldra",
            b"Thornwickle",
            b"Zanthorpical",
            b"EX-2024-000117",
            b"example-vpa-raised",
        ):
            assert word not in kept
