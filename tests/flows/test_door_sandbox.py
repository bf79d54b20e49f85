"""A sandbox is answered as its publisher would be, in every way one has to be ready for; nothing is kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import MetaData, func, select

from services.eventlog.catalogue_files import load_catalogue
from services.ingest.api.app import Receiver
from services.runtime.identity import Caller
from services.runtime.partnership import Role
from services.vocabulary.agencies import may_publish
from services.vocabulary.sandbox import ANSWERS, PREFIX, Forced, is_sandbox, rehearsed
from tests.door_builders import NOBODY, Event, OpenDoor, Publisher, example, open_door
from tests.flows.test_door_examples import PUBLISHER, for_publishing
from tests.system import sized

POLICE, CEDAH = "sandbox:police", "sandbox:cedah"
OTHER = "housing"
FORBIDDEN = [name for name in PUBLISHER if not may_publish(OTHER, load_catalogue().event(name).publishers)]
SERVICES = {"notify", "keyring", "ingest"}
"""Publishers of our own, which nobody builds a system for."""


@pytest.fixture
def door(tmp_path: Path) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data", f"sqlite:///{tmp_path / 'door.db'}") as opened:
        yield opened


def vpa(**changed: Any) -> Event:
    return {**example("VpaRaised"), **changed}


def result(answer: httpx.Response) -> dict[str, Any]:
    """Return what was said of the one event."""
    (found,) = answer.json()["results"]
    return dict(found)


def rules(answer: httpx.Response, name: str) -> list[tuple[str, str]]:
    return [(each["pointer"], each["rule"]) for each in result(answer)[name]]


def unmarked(answer: httpx.Response) -> tuple[int, Any]:
    """Return an answer's status and body without what names this one event and no other."""
    body = answer.json()
    for each in body.get("results", []):
        each["event_id"], each["receipt"] = each["event_id"] is None, each["receipt"] is None
    return answer.status_code, body


def reopened(door: OpenDoor) -> Publisher:
    """Return the same callers before the same door, started anew."""
    transport = httpx.ASGITransport(app=door.started_anew().app())
    client = httpx.AsyncClient(transport=transport, base_url="http://door")
    return Publisher(client, door.keys, door.partnership)


def rows(door: OpenDoor) -> dict[str, int]:
    """Return how many rows each table of the door's and of the keys' has."""
    tables = MetaData()
    tables.reflect(door.engine)
    with door.engine.connect() as conn:
        return {
            name: conn.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.tables.items()
        }


@pytest.mark.parametrize("event_type", [name for name, who in PUBLISHER.items() if who not in SERVICES])
def test_of_every_example_it_says_what_the_door_says(event_type: str, door: OpenDoor) -> None:
    event, publisher = for_publishing(door, event_type), PUBLISHER[event_type]
    if "corrects" in event:
        door.publisher.publish(vpa(id=event["corrects"]))

    said = door.publisher.publish(event, PREFIX + publisher)
    answered = door.publisher.publish(event, publisher)

    assert said.status_code == 201, said.text
    assert unmarked(said) == unmarked(answered)


@pytest.mark.parametrize("event_type", FORBIDDEN)
def test_what_another_agency_publishes_is_refused_as_the_door_refuses_it(
    event_type: str, door: OpenDoor
) -> None:
    said = door.publisher.publish(example(event_type), PREFIX + OTHER)
    answered = door.publisher.publish(example(event_type), OTHER)

    assert ("/type", "authority") in rules(said, "reasons")
    assert (said.status_code, answered.status_code) == (422, 422)


@pytest.mark.parametrize("person", ["p-hub-1", "p-responder-3", NOBODY])
def test_a_token_may_name_any_of_its_publishers_people(person: str, door: OpenDoor) -> None:
    reviewed = example("VpaReviewed")

    said = door.publisher.publish(reviewed, POLICE, person=person)

    assert unmarked(said) == unmarked(door.publisher.publish(reviewed, person=person))
    assert said.status_code == (422 if person == "p-responder-3" else 201)


def test_a_token_names_nobody_elses_people(door: OpenDoor) -> None:
    assert door.publisher.publish(vpa(), POLICE, person="p-cedah-1").status_code == 401


@pytest.mark.parametrize(
    "event",
    [
        vpa(occurred_at="2031-01-01T00:00:00Z"),
        vpa(consent={"nobody-we-know": "given"}),
        vpa(contact={"phone": "07700 900123"}),
        vpa(facts={}),
        vpa(extra=1, id=None),
        {"type": "NothingLikeIt"},
        {"type": "ReferralReceived", "facts": {"referral_source": "health"}},
    ],
    ids=["time", "recipient", "contact", "facts", "head", "type", "referral"],
)
def test_of_a_broken_event_it_says_what_the_door_says(event: Event, door: OpenDoor) -> None:
    assert unmarked(door.publisher.publish(event, POLICE)) == unmarked(door.publisher.publish(event))


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'{"id": 1, "id": 2}', b"x" * 3_000_000, b"[1, null]"])
def test_of_what_is_no_event_it_says_what_the_door_says(body: bytes, door: OpenDoor) -> None:
    assert unmarked(door.publisher.post(body, POLICE)) == unmarked(door.publisher.post(body))


def test_a_batch_has_an_answer_for_each_event(door: OpenDoor) -> None:
    sent = [vpa(id="1"), vpa(id="1"), vpa(id="1", incident="another"), vpa(id=Forced.DEFECT), {}]

    said = door.publisher.publish(sent, POLICE)
    statuses = [each["status"] for each in said.json()["results"]]

    assert statuses == ["accepted", "duplicate", "refused", "accepted", "refused"]
    assert said.json()["results"][0]["receipt"] == said.json()["results"][1]["receipt"]


def test_asked_for_a_duplicate_it_has_had_the_event_before(door: OpenDoor) -> None:
    answer = door.publisher.publish(vpa(id=Forced.DUPLICATE), POLICE)

    assert (answer.status_code, result(answer)["status"]) == (200, "duplicate")
    assert result(answer)["receipt"].startswith("sandbox-")


def test_asked_for_a_conflict_it_has_had_another_event_of_that_id(door: OpenDoor) -> None:
    answer = door.publisher.publish(vpa(id=Forced.CONFLICT), POLICE)

    assert (answer.status_code, rules(answer, "reasons")) == (409, [("/id", "different-body")])


def test_asked_to_refuse_it_says_every_reason_at_once(door: OpenDoor) -> None:
    answer = door.publisher.publish(vpa(id=Forced.REFUSED, facts={"risk": "grave"}), POLICE)

    assert answer.status_code == 422
    assert set(rules(answer, "reasons")) == {
        ("/occurred_at", "required"),
        ("/sandbox", "unknown-field"),
        ("/facts/risk", "enum"),
        ("/facts/children", "required"),
    }


def test_asked_for_a_defect_it_accepts_and_flags(door: OpenDoor) -> None:
    answer = door.publisher.publish(vpa(id=Forced.DEFECT), POLICE)

    assert (answer.status_code, rules(answer, "defects")) == (201, [("/id", "sandbox")])


def test_asked_for_the_unroutable_it_says_what_the_door_says_of_an_unknown_school(door: OpenDoor) -> None:
    event = vpa()
    for child in event["children"]:
        child.update(school_urn="123456", home_educated=False)

    said = result(door.publisher.publish(vpa(id=Forced.UNROUTABLE), POLICE))
    answered = result(door.publisher.publish(event))

    assert (said["status"], said["defects"]) == (answered["status"], answered["defects"])
    assert {each["rule"] for each in said["defects"]} == {"unknown-school"}


def test_an_event_without_a_child_cannot_be_unroutable(door: OpenDoor) -> None:
    answer = door.publisher.publish({**example("ReferralTriaged"), "id": Forced.UNROUTABLE}, CEDAH)

    assert (answer.status_code, rules(answer, "reasons")) == (422, [("/children", "sandbox")])


def test_asked_to_be_late_it_has_the_same_sent_again_and_begins_anew(door: OpenDoor) -> None:
    answers = [door.publisher.publish(vpa(id=Forced.LATE), POLICE) for _ in range(3)]

    assert [each.status_code for each in answers] == [503, 200, 503]
    assert (answers[0].headers["retry-after"], result(answers[1])["status"]) == ("1", "duplicate")
    assert "not acknowledged yet" in answers[0].json()["detail"]


def test_one_sandbox_does_not_wait_for_what_another_was_asked_to(door: OpenDoor) -> None:
    door.publisher.publish(vpa(id=Forced.LATE), POLICE)
    referral = {**example("ReferralTriaged"), "id": Forced.LATE}

    assert door.publisher.publish(referral, CEDAH).status_code == 503


def test_asked_to_be_busy_it_is_however_often(door: OpenDoor) -> None:
    answers = [door.publisher.publish([vpa(), vpa(id=Forced.BUSY)], POLICE) for _ in range(3)]

    assert {(each.status_code, each.headers["retry-after"]) for each in answers} == {(503, "1")}


@pytest.mark.parametrize("forced", [each for each in Forced if each is not Forced.BUSY])
def test_what_the_door_would_refuse_is_refused_under_any_id(forced: Forced, door: OpenDoor) -> None:
    answer = door.publisher.publish(vpa(id=forced, extra=1), CEDAH)

    assert answer.status_code == 422
    assert {("/type", "authority"), ("/extra", "unknown-field")} <= set(rules(answer, "reasons"))


@pytest.mark.parametrize("name", ["sandbox:", "sandbox:Busy", "sandbox:busy ", "sandbox:nothing"])
def test_a_slip_in_such_an_id_is_said(name: str, door: OpenDoor) -> None:
    answer = door.publisher.publish(vpa(id=name), POLICE)

    assert (answer.status_code, rules(answer, "reasons")) == (422, [("/id", "sandbox-id")])
    assert all(each in result(answer)["reasons"][0]["fix"] for each in Forced)


def test_every_such_id_is_explained(door: OpenDoor) -> None:
    assert set(ANSWERS) == set(Forced)
    assert all(is_sandbox(each) for each in Forced)


@pytest.mark.parametrize("forced", Forced)
def test_to_the_door_itself_they_are_ids_like_any_other(forced: Forced, door: OpenDoor) -> None:
    answer = door.publisher.publish(vpa(id=forced))

    assert (answer.status_code, result(answer)["defects"]) == (201, [])
    assert not result(answer)["receipt"].startswith("sandbox-")


def test_a_receipt_says_what_a_publishers_own_says(door: OpenDoor) -> None:
    said = result(door.publisher.publish(vpa(), POLICE))
    answered = result(door.publisher.publish(vpa()))

    rehearsal = door.publisher.get(f"/v1/receipts/{said['receipt']}", POLICE)
    real = door.publisher.get(f"/v1/receipts/{answered['receipt']}")

    assert (rehearsal.status_code, real.status_code) == (200, 200)
    assert rehearsal.json().keys() == real.json().keys()
    assert rehearsal.json() == {**real.json(), "receipt": said["receipt"], "event_id": said["event_id"]}


def test_a_receipt_is_as_true_after_a_restart(door: OpenDoor) -> None:
    receipt = result(door.publisher.publish(vpa(), POLICE))["receipt"]

    again = reopened(door).get(f"/v1/receipts/{receipt}", POLICE)

    assert again.status_code == 200


@pytest.mark.parametrize("other", [CEDAH, "police", "cedah"])
def test_a_receipt_is_its_own_sandboxs_alone(other: str, door: OpenDoor) -> None:
    receipt = result(door.publisher.publish(vpa(), POLICE))["receipt"]

    theirs, nothing = (door.publisher.get(f"/v1/receipts/{each}", other) for each in (receipt, "sandbox-no"))

    assert (theirs.status_code, theirs.text) == (404, nothing.text)


def test_a_publishers_receipt_is_nothing_to_its_sandbox(door: OpenDoor) -> None:
    receipt = result(door.publisher.publish(vpa()))["receipt"]

    assert door.publisher.get(f"/v1/receipts/{receipt}", POLICE).status_code == 404


@pytest.mark.parametrize("at", range(8, 62, 3))
def test_a_receipt_that_was_touched_is_none(at: int, door: OpenDoor) -> None:
    receipt = result(door.publisher.publish(vpa(), POLICE))["receipt"]
    touched = receipt[:at] + ("A" if receipt[at] != "A" else "B") + receipt[at + 1 :]

    assert door.publisher.get(f"/v1/receipts/{touched}", POLICE).status_code == 404


@pytest.mark.parametrize("other", ["", "sandbox-", "{}=", "{}%0A", "x{}", "{}A", "SANDBOX-{}", "sandbox-{}"])
def test_a_receipt_written_otherwise_is_none(other: str, door: OpenDoor) -> None:
    receipt = result(door.publisher.publish(vpa(), POLICE))["receipt"]

    assert door.publisher.get(f"/v1/receipts/{other.format(receipt)}", POLICE).status_code == 404


def test_nothing_a_sandbox_sends_is_kept_anywhere(tmp_path: Path, database_url: str) -> None:
    with open_door(tmp_path / "data", database_url) as door:
        door.publisher.publish(vpa())
        kept, log = rows(door), [record.value for record in door.stored()]

        for number in range(sized(4, 50)):
            sent = [vpa(id=f"{number}-{one}", incident=f"{number}-{one}") for one in range(93)]
            answer = door.publisher.publish([*sent, *(vpa(id=each) for each in REMEMBERED)], POLICE)
            assert {each["status"] for each in answer.json()["results"][:93]} == {"accepted"}

        assert (rows(door), [record.value for record in door.stored()]) == (kept, log)
        assert door.door.outbox.pending() == 0


REMEMBERED = (Forced.DUPLICATE, Forced.CONFLICT, Forced.REFUSED, Forced.DEFECT, Forced.UNROUTABLE)


def test_the_rows_that_are_counted_grow_by_what_a_publisher_sends(door: OpenDoor) -> None:
    before = rows(door)

    door.publisher.publish(vpa())

    assert {name for name, count in rows(door).items() if count > before[name]} >= {
        "ingest_outbox",
        "ingest_appended",
        "keys_incident",
        "keys_person",
    }


def test_what_a_sandbox_sends_is_not_counted_as_an_event(door: OpenDoor) -> None:
    before = counted(door)

    door.publisher.publish([vpa(id="1"), {}], POLICE)

    assert counted(door) == before


def counted(door: OpenDoor) -> list[str]:
    """Return the lines of the measures that count events at the door."""
    text = door.publisher.get("/metrics").text
    return [line for line in text.splitlines() if line.startswith("sightline_door_events_total")]


def test_if_one_came_to_the_doors_own_way_in_it_could_publish_nothing(door: OpenDoor) -> None:
    own: Receiver = door.door._receiving
    caller = Caller(agency=POLICE, person=None, role=Role.SYSTEM)

    answers = [own.receive(caller, json.dumps(example(name)).encode()) for name in door.catalogue.types()]

    assert {each.status_code for each in answers} == {422}
    assert door.stored() == []


def test_while_the_log_is_not_to_be_trusted_a_sandbox_is_answered(door: OpenDoor) -> None:
    door.door.progress.distrust()

    assert door.publisher.publish(vpa()).status_code == 503
    assert door.publisher.publish(vpa(), POLICE).status_code == 201


def test_it_is_shown_the_catalogue(door: OpenDoor) -> None:
    assert door.publisher.get("/v1/catalogue", POLICE).json() == door.publisher.get("/v1/catalogue").json()


@pytest.mark.parametrize("field", ["to", "between"])
def test_nothing_can_be_for_a_sandbox(field: str, door: OpenDoor) -> None:
    event = example("AgreementSigned") if field == "between" else example("ReferredOn")
    who = PUBLISHER[event["type"]]
    event["facts"][field] = [POLICE]

    answer = door.publisher.publish(event, who)

    assert ("/facts/" + field + "/0", "unknown-recipient") in rules(answer, "reasons")


@pytest.mark.parametrize("event_type", ["RecipientJoined", "BackfillOrdered", "RecipientSuspended"])
def test_no_event_makes_a_sandbox_a_recipient(event_type: str, door: OpenDoor) -> None:
    event = example(event_type)
    event["facts"]["recipient"] = POLICE

    answer = door.publisher.publish(event, "partnership")

    assert (answer.status_code, result(answer)["status"]) == (422, "refused")


def test_consent_about_a_sandbox_is_dropped(door: OpenDoor) -> None:
    answer = door.publisher.publish(vpa(consent={POLICE: "given"}))

    assert rules(answer, "defects") == [("/consent", "unknown-recipient")]
    assert door.opened()[0].routing["consent"] == {}


def test_whom_a_sandbox_rehearses_is_registered(door: OpenDoor) -> None:
    assert {rehearsed(each) for each in door.partnership.sandboxes()} <= set(door.partnership.publishers())
