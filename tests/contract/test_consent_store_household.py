"""Where somebody of the staff lives in an incident's household, all of it is closed to them, in any role."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.consent.state.heard import Heard, SectionAt
from services.eventlog.keys import name_token
from services.runtime.database import engine_at
from services.runtime.identity import Caller
from services.runtime.partnership import Person, Role
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_name
from services.vocabulary.risk import Risk
from tests.contract.test_consent_store_keyring import MATCH_KEY, Room, looks_absent, somebody_at, staff
from tests.gate_builders import HILLSIDE, HOME, a_child, a_form, an_event, grades, internal, newest

HIGH = grades(Risk.HIGH)
SCHOOL = f"school:{HILLSIDE}"
BORN = date(1979, 4, 5)


@pytest.fixture
def room(database_url: str) -> Room:
    return Room(engine_at(database_url))


def registered(room: Room, agency: str, **more: Any) -> Caller:
    """Return somebody of an agency, registered as they are."""
    caller = somebody_at(agency)
    assert caller.person is not None
    room.staff[caller.person] = Person(
        id=caller.person, name="Iveedwynora Keengarlandby", agency=agency, role=Role.PRACTITIONER, **more
    )
    return caller


def dash_redone() -> Heard:
    """Return an event of the incident that names the adult victim and no address."""
    names = ("routing", "facts", "victim", "dash")
    sections = (
        SectionAt(name=name, schema_id=newest(EventType.DASH_REDONE, name), leaf=leaf)
        for leaf, name in enumerate(names)
    )
    return an_event(
        EventType.DASH_REDONE,
        publisher="cedah",
        incident=internal("incident"),
        victim=internal("victim"),
        grades=HIGH,
        sections=tuple(sections),
    )


def test_an_event_without_an_address_is_closed_to_who_lives_where_another_of_the_incident_says(
    room: Room,
) -> None:
    room.bench.publish(a_form(of=HIGH), dash_redone())
    room.bench.settle()
    lodger, neighbour = registered(room, "dafsu", **HOME), replace(somebody_at("dafsu"), person="p-2")
    next_door = {**HOME, "address": "15 Larkspur Close"}
    room.staff["p-2"] = staff("p-2", "Somebody Else", **next_door)
    release = room.release("dafsu")

    assert looks_absent(room, lodger, release)
    assert room.open(neighbour, release.release_id, "victim").sections


def test_of_a_raised_form_it_is_so_too(room: Room) -> None:
    room.bench.publish(a_form(EventType.VPA_RAISED), dash_redone())
    room.bench.settle()

    assert looks_absent(room, registered(room, "cedah", **HOME), room.release("cedah"))


def test_an_incident_in_another_household_is_open_to_them(room: Room) -> None:
    room.bench.publish(a_form(of=HIGH), dash_redone())
    room.bench.settle()
    somewhere_else = registered(room, "dafsu", address="1 Quillerton Rise", postcode="ZZ99 3VZ")

    assert room.open(somewhere_else, room.release("dafsu").release_id, "victim").sections


@pytest.mark.parametrize("is_known_by", ["home", "name and birth date"])
def test_a_schools_key_adult_finds_absent_what_is_about_them_or_their_household(
    room: Room, is_known_by: str
) -> None:
    mark = match_on_name("Iveedwynora", "Keengarlandby", BORN)
    assert mark is not None
    room.keys.add_tokens({internal("victim"): [name_token(MATCH_KEY, mark)]})
    room.bench.publish(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))
    room.bench.settle()
    said = HOME if is_known_by == "home" else {"date_of_birth": BORN}

    assert looks_absent(room, registered(room, SCHOOL, **said), room.release(SCHOOL))


def test_a_key_adult_who_is_nobody_in_it_is_shown_their_pupil(room: Room) -> None:
    room.bench.publish(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))
    room.bench.settle()

    assert room.open(registered(room, SCHOOL), room.release(SCHOOL).release_id).sections
