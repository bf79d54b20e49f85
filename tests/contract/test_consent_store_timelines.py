"""Where else somebody stands: in every part they have, and nothing that the asker could not open."""

from datetime import date
from typing import Any

import httpx
import pytest

from services.consent.keyring.opening import Refused
from services.consent.keyring.timelines import Timeline, Timelines
from services.consent.keyring.unsealing import Keys, Unsealer
from services.consent.state.heard import Heard
from services.consent.store.ledger import Ledger
from services.consent.worker.witness import Witness
from services.eventlog.aliases import alias
from services.eventlog.envelope import Release
from services.eventlog.errors import Unavailable
from services.eventlog.keys import name_token
from services.runtime.identity import Caller
from services.runtime.partnership import Person, Role
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_name
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Client, Part
from tests.contract.test_consent_store_keyring import MATCH_KEY, PURPOSE, Room, somebody_at
from tests.contract.test_consent_store_restricted import HIGH, allocated, at_dafsu, form, restricted, room
from tests.gate_builders import (
    ALIAS_KEY,
    HILLSIDE,
    RIVERSIDE,
    ROUTING_KEY,
    START,
    a_child,
    a_form,
    an_event,
    catalogue,
    consent,
    grades,
    internal,
    linked,
)
from tests.office_builders import HUB as HUB_LEAD
from tests.office_builders import LEAD, PRACTITIONER, RESPONDER, Office

__all__ = ["room"]

HUB = Caller(agency="police", person="p-hub-1", role=Role.LEAD)
SAFEGUARDING = grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING)
VICTIM, CHILD, HARM = Part.ADULT_VICTIM, Part.CHILD, Part.PERSON_CAUSING_HARM
BORN = date(1979, 4, 5)
CHILD_ONE = "children[0]"


def timelines(room: Room) -> Timelines:
    ledger = Ledger(room.bench.engine)
    keys = Keys(persons=room.keys, routing=ROUTING_KEY, catalogue=catalogue())
    return Timelines(
        ledger=ledger,
        opener=room.opener,
        unsealer=Unsealer(room.bench.log.reader({}), keys),
        alias_key=ALIAS_KEY,
    )


def told(room: Room, *events: Heard) -> None:
    room.bench.publish(*events)
    room.bench.settle()


def asks(room: Room, caller: Caller, release: Release, section: str) -> Timeline:
    return timelines(room).of(caller, release.release_id, section, PURPOSE)


def parts(room: Room, caller: Caller, release: Release, section: str) -> list[tuple[str, Part]]:
    """Return in which incidents, by this test's names, somebody stands, and in which part."""
    names = ("incident", "another", "third", "before")
    called = {alias(ALIAS_KEY, internal(name), "incident", caller.agency): name for name in names}
    found = asks(room, caller, release, section).parts
    return [(called[each.incident], each.part) for each in found]


def turned(**more: Any) -> Heard:
    """Return a form in which the adult victim of the first incident causes the harm."""
    return a_form(of=HIGH, incident="another", victim="causing harm", causing_harm=internal("victim"), **more)


def test_a_counter_allegation_shows_the_hub_both_parts_of_the_same_person(room: Room) -> None:
    told(room, form(), turned(type=EventType.VPA_RAISED))
    first, second = room.release("police", -2), room.release("police", -1)

    both = [("another", HARM), ("incident", VICTIM)]
    assert parts(room, HUB, second, "person_causing_harm") == both
    assert parts(room, HUB, first, "victim") == both
    assert parts(room, HUB, second, "victim") == [("another", VICTIM), ("incident", HARM)]


def test_a_childs_timeline_holds_both_incidents_the_last_heard_of_first(room: Room) -> None:
    pupils = [a_child("two"), a_child("one")]
    told(room, a_form(of=SAFEGUARDING, pupils=pupils))
    told(room, a_form(of=SAFEGUARDING, pupils=[a_child("one")], incident="another", victim="causing harm"))

    found = asks(room, somebody_at("checs"), room.release("checs", 1), "children[0]")

    sections = [each.stands[0].section for each in found.parts]
    assert parts(room, somebody_at("checs"), room.release("checs", 0), "children[1]") == [
        ("another", CHILD),
        ("incident", CHILD),
    ]
    assert sections == ["children[0]", "children[1]"]
    assert parts(room, somebody_at("checs"), room.release("checs", 0), "children[0]") == [("incident", CHILD)]


def test_every_release_of_a_part_is_told_the_newest_first(room: Room) -> None:
    told(room, form(type=EventType.VPA_RAISED), form())
    raised, reviewed = room.release("police", -2), room.release("police", -1)

    (part,) = asks(room, HUB, reviewed, "victim").parts

    assert [each.release.release_id for each in part.stands] == [reviewed.release_id, raised.release_id]


def test_a_schools_rows_hold_no_other_schools_child(room: Room) -> None:
    siblings = [a_child("one"), a_child("two", RIVERSIDE)]
    told(room, form(pupils=siblings), form(incident="another", pupils=[a_child("two", RIVERSIDE)]))
    hillside, riverside = (f"school:{urn}" for urn in (HILLSIDE, RIVERSIDE))

    assert parts(room, somebody_at(hillside), room.release(hillside), "children[0]") == [("incident", CHILD)]
    assert parts(room, somebody_at(riverside), room.release(riverside), "children[0]") == [
        ("another", CHILD),
        ("incident", CHILD),
    ]
    for section in ("children[1]", "victim", "person_causing_harm"):
        with pytest.raises(Refused):
            asks(room, somebody_at(hillside), room.release(hillside), section)


def test_nothing_is_told_of_an_incident_in_which_the_section_about_them_was_withheld(room: Room) -> None:
    school = f"school:{HILLSIDE}"
    told(room, form(pupils=[a_child("one")]))
    told(room, a_form(of=HIGH, incident="another", causing_harm=internal("one"), pupils=[a_child("two")]))

    assert "another" in [
        part for part, _ in parts(room, somebody_at(school), room.release(school), CHILD_ONE)
    ]
    assert parts(room, somebody_at(school), room.release(school, 0), CHILD_ONE) == [("incident", CHILD)]
    assert parts(room, HUB, room.release("police"), "person_causing_harm") == [
        ("another", HARM),
        ("incident", CHILD),
    ]


def test_what_was_recalled_is_told_no_longer(room: Room) -> None:
    given = {"cedah": "given"}
    medium = grades(Risk.MEDIUM)
    told(room, a_form(of=medium, consent=given), a_form(of=medium, consent=given, incident="another"))
    first, second = room.release("cedah", 0), room.release("cedah", 1)
    before = parts(room, somebody_at("cedah"), first, "victim")
    told(room, consent(withdraws=True, incident="another"))

    assert before == [("another", VICTIM), ("incident", VICTIM)]
    assert parts(room, somebody_at("cedah"), first, "victim") == [("incident", VICTIM)]
    with pytest.raises(Refused):
        asks(room, somebody_at("cedah"), second, "victim")


def test_a_worker_for_one_side_finds_of_the_other_nothing_but_the_incident_they_ask_from(room: Room) -> None:
    told(room, form(), form(incident="another"), allocated(Client.PERSON_CAUSING_HARM, "p-his"))
    told(room, allocated(Client.ADULT_VICTIM, "p-hers"))
    release = room.release("dafsu", 0)
    his, hers, nobodys = (at_dafsu(person) for person in ("p-his", "p-hers", "p-nobodys"))

    both = [("another", VICTIM), ("incident", VICTIM)]
    assert parts(room, his, release, "victim") == [("incident", VICTIM)]
    assert [parts(room, each, release, "victim") for each in (hers, nobodys)] == [both, both]
    assert parts(room, hers, release, "person_causing_harm") == [("incident", HARM)]
    assert parts(room, his, release, "person_causing_harm") == [("another", HARM), ("incident", HARM)]


def test_a_worker_finds_their_own_client_in_a_report_that_turns_the_roles_round(room: Room) -> None:
    told(room, form(), allocated(Client.ADULT_VICTIM, "p-hers"), turned())
    told(room, an_event(EventType.ROLES_REVIEWED, incident=internal("another"), roles="both"))

    assert parts(room, at_dafsu("p-hers"), room.release("dafsu", 0), "victim") == [
        ("another", HARM),
        ("incident", VICTIM),
    ]


def test_who_works_for_both_sides_as_nobody_should_finds_of_each_the_incident_they_ask_from(
    room: Room,
) -> None:
    told(room, form(), form(incident="another"), allocated(Client.PERSON_CAUSING_HARM, "p-both"))
    told(room, allocated(Client.ADULT_VICTIM, "p-both"))
    release = room.release("dafsu", 0)

    found = [parts(room, at_dafsu("p-both"), release, each) for each in ("victim", "person_causing_harm")]

    assert found == [[("incident", VICTIM)], [("incident", HARM)]]


def test_a_restricted_case_is_absent_for_whoever_is_not_named(room: Room) -> None:
    told(room, form(), form(incident="another"), restricted("p-named"))
    release = next(each for each in room.bench.output().releases["dafsu"] if each.seq == 2)

    assert parts(room, at_dafsu("p-other"), release, "victim") == [("another", VICTIM)]
    assert parts(room, at_dafsu("p-named"), release, "victim") == [("another", VICTIM), ("incident", VICTIM)]
    with pytest.raises(Refused):
        asks(room, at_dafsu("p-other"), room.release("dafsu", 0), "victim")


def test_an_incident_that_names_who_asks_is_absent_and_the_question_from_it_is_on_record_as_a_partys(
    room: Room,
) -> None:
    mark = match_on_name("Iveedwynora", "Keengarlandby", BORN)
    assert mark is not None
    room.keys.add_tokens({internal("one"): [name_token(MATCH_KEY, mark)]})
    room.staff["p-one"] = Person(
        id="p-one",
        name="Iveedwynora Keengarlandby",
        agency="dafsu",
        role=Role.PRACTITIONER,
        date_of_birth=BORN,
    )
    told(room, form(), form(incident="another", pupils=[a_child("one")]))

    assert parts(room, at_dafsu("p-one"), room.release("dafsu", 0), "victim") == [("incident", VICTIM)]
    with pytest.raises(Refused):
        asks(room, at_dafsu("p-one"), room.release("dafsu", 1), "victim")
    assert [(each["refused"], each["party"]) for each in room.record()] == [(False, False), (True, True)]


def test_two_names_of_one_person_are_one_to_the_hub_and_stay_two_to_everybody_else(room: Room) -> None:
    room.keys.create([internal("ada")], at=START)
    told(room, form(), a_form(of=HIGH, incident="another", victim="ada"), linked("victim", "ada"))

    assert parts(room, HUB, room.release("police", 0), "victim") == [
        ("another", VICTIM),
        ("incident", VICTIM),
    ]
    assert parts(room, at_dafsu("p-one"), room.release("dafsu", 0), "victim") == [("incident", VICTIM)]


def test_the_question_is_on_record_with_whom_it_was_about_and_shows_no_section(room: Room) -> None:
    told(room, form(pupils=[a_child("one")]))
    release = room.release("dafsu")

    found = asks(room, at_dafsu("p-one"), release, "children[0]")

    (record,) = room.record()
    assert record["opening_id"] == found.opening_id
    assert (record["release_id"], record["event_id"], record["about"]) == (
        release.release_id,
        release.event_id,
        "children[0]",
    )
    assert (record["person"], record["purpose"], record["sections"], record["refused"]) == (
        "p-one",
        PURPOSE,
        [],
        False,
    )


def test_nothing_is_told_while_the_question_cannot_be_recorded(room: Room) -> None:
    told(room, form())
    release = room.release("dafsu")
    room.bench.log.stop()

    with pytest.raises(Unavailable):
        asks(room, at_dafsu("p-one"), release, "victim")


@pytest.mark.parametrize("section", ["children[7]", "children", "narrative", "facts", "nothing like it"])
def test_what_is_not_one_released_section_about_a_person_is_refused(room: Room, section: str) -> None:
    told(room, form(pupils=[a_child("one")]))

    with pytest.raises(Refused):
        asks(room, at_dafsu("p-one"), room.release("dafsu"), section)


def test_anothers_release_the_unknown_and_the_erased_are_refused_alike_and_recorded(room: Room) -> None:
    told(room, form())
    release = room.release("dafsu")
    attempts = [(somebody_at("cedah"), release.release_id), (at_dafsu("p-one"), "f" * 32)]

    for caller, asked in attempts:
        with pytest.raises(Refused):
            timelines(room).of(caller, asked, "victim", PURPOSE)
    room.keys.destroy(internal("victim"), at=START)
    with pytest.raises(Refused):
        asks(room, at_dafsu("p-one"), release, "victim")

    assert [each["refused"] for each in room.record()] == [True, True, True]


def a_timeline(office: Office, who: tuple[str, str | None], **more: Any) -> httpx.Response:
    """Ask over HTTP for the adult victim of the first release to CEDAH."""
    release = office.bench.output().releases["cedah"][0]
    body = {"release_id": release.release_id, "section": "victim", "purpose": PURPOSE, **more}
    return office.ask(who, "/v1/timeline", body)


@pytest.fixture
def told_cedah(office: Office) -> Office:
    office.bench.publish(a_form(of=grades(Risk.MEDIUM), consent={"cedah": "given"}))
    office.bench.settle()
    return office


def test_over_http_a_named_person_is_told_by_the_aliases_of_their_own_inbox(told_cedah: Office) -> None:
    release = told_cedah.bench.output().releases["cedah"][0]

    assert a_timeline(told_cedah, PRACTITIONER).json() == {
        "parts": [
            {
                "incident": release.incident,
                "part": "adult_victim",
                "releases": [{"release_id": release.release_id, "section": "victim"}],
            }
        ],
        "opening_id": "0" * 32,
    }


def test_over_http_whatever_is_not_to_be_had_is_one_absence(told_cedah: Office) -> None:
    answers = [
        a_timeline(told_cedah, PRACTITIONER, section="children[0]"),
        a_timeline(told_cedah, PRACTITIONER, release_id="f" * 32),
        a_timeline(told_cedah, PRACTITIONER, release_id="what?"),
        a_timeline(told_cedah, HUB_LEAD),
        a_timeline(told_cedah, RESPONDER),
    ]

    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1


def test_over_http_the_question_wants_a_named_person_and_a_purpose(told_cedah: Office) -> None:
    assert a_timeline(told_cedah, ("cedah", None)).status_code == 403
    for wrong in ({"purpose": " "}, {"purpose": "a\0b"}, {"section": ""}, {"sections": ["victim"]}):
        assert a_timeline(told_cedah, PRACTITIONER, **wrong).status_code == 422


def test_a_question_is_no_opening_to_the_agency_and_none_in_who_was_told(told_cedah: Office) -> None:
    release = told_cedah.bench.output().releases["cedah"][0]
    a_timeline(told_cedah, PRACTITIONER)
    Witness(told_cedah.openings, told_cedah.bench.log.reader).step(0)

    asked = told_cedah.ask(PRACTITIONER, "/v1/opened", {"releases": [release.release_id]})
    told_of = told_cedah.ask(HUB_LEAD, f"/v1/ledger/told?event={release.event_id}&role=victim").json()
    listed = told_cedah.ask(LEAD, "/v1/ledger/openings").json()["rows"]

    assert asked.json() == {"opened": []}
    assert [row["opened"] for row in told_of["rows"] if row["recipient"] == "cedah"] == [[]]
    assert [(row["purpose"], row["sections"], row["refused"]) for row in listed] == [(PURPOSE, [], False)]
