"""Linked persons as one: to the keyring, and to a gate that starts anew or is made again (decision 0023)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.consent.commands import catch_up, clear, dump
from services.consent.flow.record import decode
from services.consent.keyring.opening import Refused
from services.consent.state.heard import Heard
from services.consent.store.gate import GateStore
from services.consent.store.ledger import Ledger
from services.consent.store.tables import STATE
from services.consent.worker.gate import Quiet
from services.eventlog.aliases import alias
from services.eventlog.keys import name_token
from services.runtime.database import engine_at, reading
from services.runtime.identity import Caller
from services.runtime.partnership import Person, Role
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.people import match_on_name
from services.vocabulary.risk import Risk
from services.vocabulary.sides import Client
from tests.contract.test_consent_failures import alarm
from tests.contract.test_consent_store_keyring import MATCH_KEY, Room
from tests.gate_builders import (
    ALIAS_KEY,
    Bench,
    a_form,
    an_event,
    grades,
    internal,
    linked,
    policy_adopted,
    unlinked,
)
from tests.office_builders import AUDITOR, Office

HIGH, STANDARD = grades(Risk.HIGH), grades(Risk.STANDARD)
BORN = date(1988, 2, 3)
WORKER = Caller(agency="dafsu", person="p-dafsu-9", role=Role.PRACTITIONER)


def consented(victim: str) -> Heard:
    consent = {"cheshire-cares": "given"}
    return a_form(of=STANDARD, victim=victim, incident=f"of {victim}", consent=consent)


def withdrawn(victim: str) -> Heard:
    return an_event(EventType.CONSENT_WITHDRAWN, victim=internal(victim), all_incidents=True)


def linking() -> list[Heard]:
    """Return a history in which a link takes something, and its end gives it back."""
    told = [consented("ada"), consented("ida"), withdrawn("eda"), linked("ada", "eda"), linked("eda", "ida")]
    return [*told, unlinked("ada", "eda"), an_event(EventType.TIME_PASSED, publisher="ingest")]


@pytest.fixture
def bench(database_url: str) -> Bench:
    found = Bench(engine_at(database_url))
    found.publish(policy_adopted())
    return found


@pytest.fixture
def room(database_url: str) -> Room:
    return Room(engine_at(database_url))


def a_member_of_staff(room: Room, person: str) -> None:
    """Register the worker as somebody the door knows as a person of the record."""
    given, family = "Iveedwynora", "Keengarlandby"
    mark = match_on_name(given, family, BORN)
    assert mark is not None
    assert WORKER.person is not None
    room.keys.create([internal(person)], at=room.bench.clock.now())
    room.keys.add_tokens({internal(person): [name_token(MATCH_KEY, mark)]})
    room.staff[WORKER.person] = Person(
        id=WORKER.person,
        name=f"{given} {family}",
        agency="dafsu",
        role=Role.PRACTITIONER,
        date_of_birth=BORN,
    )


def opens(room: Room, *sections: str) -> bool:
    """Say whether the worker opens DAFSU's first release."""
    try:
        room.open(WORKER, room.release("dafsu", 0).release_id, *sections)
    except Refused:
        return False
    return True


def test_what_a_link_takes_and_its_end_gives_back_is_sent_whoever_decides_and_wherever_a_batch_ends(
    bench: Bench, tmp_path: Path
) -> None:
    other = Bench(engine_at(f"sqlite:///{tmp_path / 'other.db'}"))
    history = linking()
    bench.publish(*history)
    other.publish(policy_adopted(), *history)
    for _ in range(len(history) + 1):
        bench.gate(limit=1).step(0.0)
    other.settle()

    said = [[(each.again, each.emits) for each in map(decode, b.output().decisions)] for b in (bench, other)]
    to_cares = [each.kind for each in bench.output().releases["cheshire-cares"]]
    assert said[0][1:] == said[1][1:]
    assert to_cares == [*[ReleaseKind.NEW] * 2, *[ReleaseKind.RECALLED] * 2, ReleaseKind.NEW]


def test_links_are_made_again_from_the_record_row_for_row(bench: Bench) -> None:
    bench.publish(*linking())
    bench.settle(bench.gate(limit=2))
    live = list(dump(bench.engine))

    clear(bench.engine)
    bench.store = GateStore(bench.engine)
    catch_up(bench.gate(limit=3, writer=Quiet()))

    assert list(dump(bench.engine)) == live
    assert Ledger(bench.engine).person(internal("eda")).linked == (internal("ida"),)


def test_persons_are_kept_the_same_in_whatever_order_they_were_linked(bench: Bench, tmp_path: Path) -> None:
    other = Bench(engine_at(f"sqlite:///{tmp_path / 'other.db'}"))
    for place, links in ((bench, ("eda", "ida")), (other, ("ida", "eda"))):
        place.publish(*(linked(name, "ada") for name in links))
        place.settle()

    assert _persons(bench) == _persons(other)


def _persons(bench: Bench) -> list[Any]:
    with reading(bench.engine) as conn:
        query = select(STATE.c.key, STATE.c.value).where(STATE.c.kind == "person").order_by(STATE.c.key)
        return [tuple(row) for row in conn.execute(query)]


def test_a_link_that_one_person_alone_says_sounds(bench: Bench) -> None:
    bench.publish(linked("ada", "eda", confirmed_by=None))

    with alarm("links_refused"):
        bench.settle()


def test_an_incident_is_closed_to_staff_it_is_about_under_another_name(room: Room) -> None:
    room.bench.publish(a_form(of=HIGH))
    room.bench.settle()
    a_member_of_staff(room, "of the staff")
    before = opens(room)

    room.bench.publish(linked("of the staff", "victim"))
    room.bench.settle()
    after = opens(room)
    room.bench.publish(unlinked("of the staff", "victim"))
    room.bench.settle()

    assert (before, after, opens(room)) == (True, False, True)
    assert [each["party"] for each in room.record()] == [False, True, False]


def test_an_incident_is_restricted_where_one_of_the_staff_causes_harm_under_another_name(room: Room) -> None:
    room.bench.publish(a_form(of=HIGH, causing_harm=internal("causing harm")))
    room.bench.settle()
    a_member_of_staff(room, "of the staff")
    room.staff["p-colleague-1"] = room.staff.pop("p-dafsu-9")
    before = opens(room)

    room.bench.publish(linked("of the staff", "causing harm"))
    room.bench.settle()

    assert (before, opens(room)) == (True, False)


def test_who_works_for_one_who_harms_opens_no_contact_of_whom_they_harm_under_another_name(
    room: Room,
) -> None:
    allocated = an_event(
        EventType.PRACTITIONER_ALLOCATED,
        publisher="dafsu",
        incident=internal("another"),
        victim=internal("two"),
        causing_harm=internal("bob"),
        practitioner=WORKER.person,
        client=Client.PERSON_CAUSING_HARM,
    )
    room.bench.publish(a_form(of=HIGH, causing_harm=internal("causing harm")), allocated)
    room.bench.settle()
    before = opens(room, "contact")

    room.bench.publish(linked("bob", "causing harm"))
    room.bench.settle()

    assert (before, opens(room, "contact"), opens(room, "facts")) == (True, False, True)


def test_everything_told_of_whoever_is_one_with_a_person_is_told_of_them(
    database_url: str, tmp_path: Path
) -> None:
    office = Office(database_url, tmp_path)
    first = a_form(of=HIGH, incident="one")
    second = a_form(of=HIGH, incident="two", victim="somebody else")
    office.bench.publish(first, second, linked("victim", "somebody else"))
    office.bench.settle()

    found = [
        office.ask(
            AUDITOR, f"/v1/ledger/told?person={alias(ALIAS_KEY, internal(who), 'person', 'partnership')}"
        )
        for who in ("victim", "somebody else")
    ]

    told = [[row["event_id"] for row in each.json()["rows"]] for each in found]
    assert told == [[first.event_id, second.event_id]] * 2
