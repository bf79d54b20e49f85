"""The keyring: only what was released, on the record first; what may not be seen looks absent."""

import itertools
import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from services.consent.keyring.linked import Linked
from services.consent.keyring.opening import Busy, Opened, Opener, Refused, Request
from services.consent.keyring.parties import Parties
from services.consent.keyring.restricting import Restrictions
from services.consent.keyring.sides import Sides
from services.consent.keyring.unsealing import Keys
from services.consent.store.ledger import Ledger
from services.eventlog.envelope import Release
from services.eventlog.errors import Unavailable
from services.eventlog.ids import release_id
from services.eventlog.keys import FileKek, KeyStore, name_token
from services.eventlog.topics import OPENINGS
from services.runtime.clock import rest
from services.runtime.database import engine_at
from services.runtime.identity import Caller
from services.runtime.partnership import Person, Role
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_name
from services.vocabulary.placement import Placement
from services.vocabulary.risk import Risk, VulnerableAdult
from tests.gate_builders import (
    HILLSIDE,
    HOME,
    PERSON_KEY,
    RIVERSIDE,
    ROUTING_KEY,
    START,
    Bench,
    a_child,
    a_form,
    an_event,
    case,
    catalogue,
    consent,
    grades,
    internal,
    policy_adopted,
)

PEOPLE = ("victim", "one", "two", "causing harm")
PURPOSE = "Safety planning"
MATCH_KEY = b"m" * 32


class Room:
    """A bench with a keyring."""

    def __init__(self, engine: Engine) -> None:
        self.bench = Bench(engine)
        self.keys = KeyStore(engine, FileKek(b"k" * 32), randomness=lambda size: PERSON_KEY[:size])
        self.keys.create_tables()
        self.keys.create([internal(name) for name in PEOPLE], at=START)
        numbers = itertools.count(1)
        self.staff: dict[str, Person] = {}
        tokens = Linked(self.keys, Ledger(engine).person)
        self.opener = Opener(
            parties=Parties(self.staff.get, tokens, MATCH_KEY),
            restrictions=Restrictions(Ledger(engine), self.staff.values, tokens, MATCH_KEY),
            sides=Sides(Ledger(engine)),
            ledger=Ledger(engine),
            log=self.bench.log.reader({}),
            openings=self.bench.log.writer(),
            keys=Keys(persons=self.keys, routing=ROUTING_KEY, catalogue=catalogue()),
            clock=self.bench.clock,
            new_id=lambda: f"{next(numbers):032x}",
        )
        self.bench.publish(policy_adopted())

    def release(self, recipient: str, number: int = -1) -> Release:
        return self.bench.output().releases[recipient][number]

    def open(self, caller: Caller, release_id: str, *sections: str) -> Opened:
        request = Request(release_id=release_id, purpose=PURPOSE, sections=sections or None)
        return self.opener.open(caller, request)

    def record(self) -> list[Mapping[str, Any]]:
        return [json.loads(stored.value) for stored in self.bench.records(OPENINGS)]


@pytest.fixture
def room(database_url: str) -> Room:
    return Room(engine_at(database_url))


def somebody_at(agency: str, role: Role = Role.PRACTITIONER) -> Caller:
    return Caller(agency=agency, person=f"p-{agency}-9", role=role)


NOTIFY = Caller(agency="notify", person=None, role=Role.SERVICE)


def test_an_opening_is_on_record_with_who_which_agency_and_what_for_before_it_is_shown(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)))
    room.bench.settle()
    release = room.release("dafsu")

    opened = room.open(somebody_at("dafsu"), release.release_id, "victim", "narrative")

    assert opened.sections["victim"]["given_name"] == "Quillamareth"
    assert set(opened.sections) == {"victim", "narrative"}
    assert room.record() == [
        {
            "opening_id": opened.opening_id,
            "at": "2024-09-02T22:00:00Z",
            "release_id": release.release_id,
            "event_id": release.event_id,
            "recipient": "dafsu",
            "agency": "dafsu",
            "person": "p-dafsu-9",
            "purpose": PURPOSE,
            "sections": ["victim", "narrative"],
            "refused": False,
            "party": False,
        }
    ]


def test_naming_no_section_opens_all_that_was_released(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH), pupils=[a_child("one"), a_child("two")]))
    room.bench.settle()

    opened = room.open(somebody_at("dafsu"), room.release("dafsu").release_id)

    assert {"facts", "incident", "children[0]", "children[1]", "dash"} <= set(opened.sections)
    assert "routing" not in opened.sections


def test_nothing_is_shown_while_the_opening_cannot_be_recorded(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)))
    room.bench.settle()
    release = room.release("dafsu")
    room.bench.log.stop()

    with pytest.raises(Unavailable):
        room.open(somebody_at("dafsu"), release.release_id, "victim")


def test_forbidden_not_released_unknown_and_erased_are_refused_alike_and_recorded(
    room: Room,
) -> None:
    room.bench.publish(
        a_form(of=grades(Risk.HIGH)), a_form(of=grades(Risk.STANDARD), consent={"cheshire-cares": "given"})
    )
    room.bench.settle()
    release, cares = room.release("dafsu", 0), room.release("cheshire-cares")
    room.keys.destroy(internal("victim"), at=START)
    attempts = [
        (somebody_at("cedah"), release.release_id, "victim"),
        (somebody_at("cheshire-cares"), cares.release_id, "narrative"),
        (somebody_at("dafsu"), "f" * 32, "victim"),
        (somebody_at("dafsu"), "not an id at all", "victim"),
        (somebody_at("dafsu"), release.release_id, "victim"),
        (somebody_at("police", Role.RESPONDER), room.release("police", 0).release_id, "facts"),
        (Caller(agency="audit", person=None, role=Role.SERVICE), release.release_id, "facts"),
    ]

    for caller, asked, section in attempts:
        with pytest.raises(Refused) as refused:
            room.open(caller, asked, section)
        assert str(refused.value) == ""

    assert [each["refused"] for each in room.record()] == [True] * len(attempts)
    assert room.record()[3]["release_id"] == "unknown"


def test_one_section_that_is_not_to_be_had_refuses_the_others_with_it(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.STANDARD), consent={"cheshire-cares": "given"}))
    room.bench.settle()

    with pytest.raises(Refused):
        room.open(
            somebody_at("cheshire-cares"), room.release("cheshire-cares").release_id, "victim", "narrative"
        )


def test_a_withdrawal_receipted_before_the_request_is_honoured_though_the_gate_is_slow(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.MEDIUM), consent={"cedah": "given"}))
    gate = room.bench.settle()
    release = room.release("cedah")
    room.bench.publish(consent(withdraws=True))

    def slowly() -> None:
        rest(0.3)
        gate.step(0.0)

    deciding = threading.Thread(target=slowly)
    deciding.start()
    with pytest.raises(Refused):
        room.open(somebody_at("cedah"), release.release_id, "victim")
    deciding.join()


def test_where_the_gate_does_not_come_to_the_end_in_time_the_caller_is_told_to_come_back(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.MEDIUM), consent={"cedah": "given"}))
    room.bench.settle()
    room.bench.publish(consent(withdraws=True))

    with pytest.raises(Busy):
        room.open(somebody_at("cedah"), room.release("cedah").release_id, "victim")
    assert room.record() == []


def test_anothers_release_waits_for_the_gate_just_as_one_that_never_was(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)))
    room.bench.settle()
    release = room.release("dafsu").release_id
    room.bench.publish(consent(withdraws=True))

    for asked in (release, "f" * 32, "no id at all"):
        with pytest.raises(Busy):
            room.open(somebody_at("cedah"), asked, "victim")


def test_a_ground_that_cannot_end_waits_for_nobody(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)))
    room.bench.settle()
    room.bench.publish(consent(withdraws=True))

    opened = room.open(somebody_at("dafsu"), room.release("dafsu").release_id, "victim")

    assert opened.sections["victim"]


def test_what_consent_alone_had_widened_waits_too(room: Room) -> None:
    of = grades(adults=[VulnerableAdult.OTHER], concern=True)
    room.bench.publish(a_form(of=of, consent={"adult-social-care": "given"}))
    gate = room.bench.settle()
    release = room.release("adult-social-care")
    room.bench.publish(consent(withdraws=True))

    with pytest.raises(Busy):
        room.open(somebody_at("adult-social-care"), release.release_id, "victim")
    gate.step(0.0)
    with pytest.raises(Refused):
        room.open(somebody_at("adult-social-care"), release.release_id, "victim")
    assert room.open(somebody_at("adult-social-care"), release.release_id, "facts").sections


def test_after_a_recall_none_of_that_incidents_releases_opens(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)), a_form(of=grades(Risk.HIGH)), a_form())
    room.bench.settle()

    for number in range(3):
        with pytest.raises(Refused):
            room.open(somebody_at("dafsu"), room.release("dafsu", number).release_id)


def test_an_earlier_form_opens_while_a_later_one_stands(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)), a_form(of=grades(Risk.HIGH)))
    room.bench.settle()

    assert room.open(somebody_at("dafsu"), room.release("dafsu", 0).release_id, "victim").sections


def test_an_earlier_form_opens_whatever_events_beside_it_are_released_after(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)), a_form(of=grades(Risk.HIGH)))
    room.bench.publish(case(EventType.CASE_OPENED, "mycwa"))
    room.bench.settle()

    assert len(room.bench.output().releases["dafsu"]) == 3
    assert room.open(somebody_at("dafsu"), room.release("dafsu", 0).release_id, "victim").sections


@pytest.mark.parametrize("to", [(), ("dafsu",)])
def test_an_earlier_form_that_was_taken_back_opens_no_more_and_the_later_one_does(
    room: Room, to: tuple[str, ...]
) -> None:
    wrong = a_form(of=grades(Risk.HIGH))
    of = {"corrects": wrong.event_id, "incident": wrong.incident, "victim": wrong.victim}
    back = an_event(EventType.EVENT_RETRACTED, named=to, **of)
    room.bench.publish(wrong, a_form(of=grades(Risk.HIGH)), back)
    room.bench.settle()
    earlier, later = room.bench.output().releases["dafsu"]

    with pytest.raises(Refused):
        room.open(somebody_at("dafsu"), earlier.release_id)
    assert room.open(somebody_at("dafsu"), later.release_id).sections


def test_a_corrected_form_opens_no_more(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)), a_form(EventType.VPA_CORRECTED, grades(Risk.HIGH)))
    room.bench.settle()

    with pytest.raises(Refused):
        room.open(somebody_at("dafsu"), room.release("dafsu", 0).release_id, "victim")
    assert room.open(somebody_at("dafsu"), room.release("dafsu", 1).release_id, "victim").sections


def test_a_ground_past_its_time_opens_nothing_by_the_clock(room: Room) -> None:
    ends = START + timedelta(days=1)
    room.bench.publish(a_form(of=grades(Risk.MEDIUM)))
    room.bench.publish(consent({"cedah": "given"}, expires_at=ends))
    room.bench.settle()
    release = room.release("cedah")

    before = room.open(somebody_at("cedah"), release.release_id, "victim")
    room.bench.clock.advance(ends)

    assert before.sections
    with pytest.raises(Refused):
        room.open(somebody_at("cedah"), release.release_id, "victim")


def staff(person: str, name: str, **more: Any) -> Person:
    return Person(id=person, name=name, agency="dafsu", role=Role.PRACTITIONER, **more)


def looks_absent(room: Room, caller: Caller, release: Release) -> bool:
    """Say whether a release cannot be opened, and that is on record as asked for by a party to it."""
    with pytest.raises(Refused):
        room.open(caller, release.release_id)
    last = room.record()[-1]
    return (last["refused"], last["party"], last["sections"], last["person"]) == (
        True,
        True,
        [],
        caller.person,
    )


def test_what_names_a_member_of_staff_in_any_role_is_closed_to_them_and_to_nobody_else(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH), pupils=[a_child("one")]))
    room.bench.settle()
    release, worker = room.release("dafsu"), somebody_at("dafsu")
    assert worker.person is not None
    for name in ("Quillamareth", "Brindlewyck", "Orrinvaldesk"):
        room.staff[worker.person] = staff(worker.person, name)
        assert looks_absent(room, worker, release)

    room.staff[worker.person] = staff(worker.person, "Somebody Else")
    assert room.open(worker, release.release_id, "victim").sections


def test_what_a_form_closed_to_a_household_stays_closed_once_the_form_is_taken_back(room: Room) -> None:
    room.staff["p-dafsu-9"] = staff("p-dafsu-9", "Wexley Marrowby", **HOME)
    form, about = (
        a_form(of=grades(Risk.HIGH)),
        {"incident": internal("incident"), "victim": internal("victim")},
    )
    handed_on = an_event(
        EventType.REFERRED_ON, publisher="cedah", named=("dafsu",), grades=form.grades, **about
    )
    room.bench.publish(form, handed_on, an_event(EventType.EVENT_RETRACTED, corrects=form.event_id, **about))
    room.bench.settle()

    assert looks_absent(room, somebody_at("dafsu"), room.release("dafsu", 1))


def test_what_a_form_closed_to_a_household_stays_closed_once_a_review_says_no_more_where_they_live(
    room: Room,
) -> None:
    room.staff["p-dafsu-9"] = staff("p-dafsu-9", "Wexley Marrowby", **HOME)
    reviewed = a_form(of=grades(Risk.HIGH))
    says_nothing = tuple(at for at in reviewed.sections if at.name != "contact")
    room.bench.publish(a_form(EventType.VPA_RAISED), replace(reviewed, sections=says_nothing))
    room.bench.settle()

    assert looks_absent(room, somebody_at("dafsu"), room.release("dafsu"))


def test_asking_for_a_section_that_does_not_name_them_is_no_way_round(room: Room) -> None:
    room.bench.publish(a_form(of=grades(Risk.HIGH)))
    room.bench.settle()
    worker = somebody_at("dafsu")
    assert worker.person is not None
    room.staff[worker.person] = staff(worker.person, "Orrinvaldesk")

    with pytest.raises(Refused):
        room.open(worker, room.release("dafsu").release_id, "narrative")


def test_another_event_of_an_incident_that_names_them_is_closed_too(room: Room) -> None:
    form = a_form(of=grades(Risk.HIGH))
    room.bench.publish(form, case(EventType.CASE_OPENED, "mycwa"))
    room.bench.settle()
    worker, opened = somebody_at("dafsu"), room.release("dafsu")
    assert worker.person is not None
    born = date(1988, 2, 3)
    mark = match_on_name("Iveedwynora", "Keengarlandby", born)
    assert mark is not None
    assert opened.event_id != form.event_id
    assert room.open(worker, opened.release_id).sections
    room.keys.add_tokens({internal("victim"): [name_token(MATCH_KEY, mark)]})
    room.staff[worker.person] = staff(worker.person, "Iveedwynora Keengarlandby", date_of_birth=born)

    assert looks_absent(room, worker, opened)


def test_a_school_opens_its_own_pupils_and_notify_opens_the_children_it_plans_for(room: Room) -> None:
    room.bench.publish(
        a_form(
            EventType.VPA_RAISED,
            pupils=[a_child("one"), a_child("two", None, Placement.HOME_EDUCATED)],
        )
    )
    room.bench.settle()
    school, officer = room.release(f"school:{HILLSIDE}"), room.release("education")

    assert set(room.open(somebody_at(f"school:{HILLSIDE}"), school.release_id).sections) == {"children[0]"}
    assert set(room.open(NOTIFY, school.release_id, "children[0]").sections) == {"children[0]"}
    assert set(room.open(NOTIFY, officer.release_id).sections) == {"children[0]"}
    assert set(room.open(NOTIFY, room.release("partnership").release_id).sections) == {"facts"}
    with pytest.raises(Refused):
        room.open(somebody_at(f"school:{RIVERSIDE}"), school.release_id, "children[0]")
    with pytest.raises(Refused):
        room.open(NOTIFY, room.release("police").release_id, "children[0]")
    assert [each["person"] for each in room.record()][1:4] == ["notify"] * 3


def test_a_release_the_gate_has_not_made_yet_is_waited_for(room: Room) -> None:
    form = a_form(of=grades(Risk.HIGH))
    room.bench.publish(form)
    gate = room.bench.gate()

    def slowly() -> None:
        rest(0.3)
        room.bench.settle(gate)

    deciding = threading.Thread(target=slowly)
    deciding.start()
    opened = room.open(somebody_at("dafsu"), release_id(form.event_id, form.event_id, "dafsu"), "victim")
    deciding.join()

    assert opened.sections["victim"]
