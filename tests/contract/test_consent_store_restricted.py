"""Restricted incidents are for named people; who works for one side opens nothing of the other's."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from services.consent.keyring.opening import Refused
from services.eventlog.envelope import Release
from services.eventlog.keys import name_token
from services.runtime.database import engine_at
from services.runtime.identity import Caller
from services.runtime.partnership import Person, Role
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_name
from services.vocabulary.risk import Risk
from services.vocabulary.sides import Client
from tests.contract.test_consent_store_keyring import MATCH_KEY, Room, somebody_at
from tests.gate_builders import HILLSIDE, a_child, a_form, an_event, case, grades, internal

HIGH = grades(Risk.HIGH)
BORN = date(1979, 4, 5)


@pytest.fixture
def room(database_url: str) -> Room:
    """A bench with a keyring, and three people who can be named."""
    room = Room(engine_at(database_url))
    for person in ("p-named", "p-one", "p-two"):
        room.staff[person] = Person(id=person, name=person, agency="dafsu", role=Role.PRACTITIONER)
    return room


def at_dafsu(person: str, role: Role = Role.PRACTITIONER) -> Caller:
    return Caller(agency="dafsu", person=person, role=role)


def tell(room: Room, *events: Any) -> Release:
    """Return the last release to DAFSU after these events."""
    room.bench.publish(*events)
    room.bench.settle()
    return room.release("dafsu")


def opens(room: Room, caller: Caller, release: Release, *sections: str) -> Mapping[str, Any] | None:
    """Return what somebody opens, None where it looks absent."""
    try:
        return room.open(caller, release.release_id, *sections).sections
    except Refused:
        return None


def restricted(*people: str) -> Any:
    return an_event(
        EventType.ACCESS_RESTRICTED, incident=internal("incident"), victim=internal("victim"), people=people
    )


def form(**more: Any) -> Any:
    return a_form(of=HIGH, causing_harm=internal("causing harm"), **more)


def allocated(to: Client, person: str, incident: str = "incident", agency: str = "dafsu") -> Any:
    return an_event(
        EventType.PRACTITIONER_ALLOCATED,
        publisher=agency,
        incident=internal(incident),
        victim=internal("victim"),
        practitioner=person,
        client=to,
    )


def test_only_whom_the_hub_names_opens_a_restricted_incident(room: Room) -> None:
    release = tell(room, form(), restricted("p-named"))

    assert opens(room, at_dafsu("p-named"), release, "victim")
    assert opens(room, at_dafsu("p-other"), release, "victim") is None
    assert opens(room, at_dafsu("p-lead", Role.LEAD), release, "victim") is None
    assert [each["refused"] for each in room.record()] == [False, True, True]


def test_where_nobody_is_named_yet_the_leads_may_look_so_that_danger_does_not_wait(room: Room) -> None:
    release = tell(room, form(), restricted())

    assert opens(room, at_dafsu("p-lead", Role.LEAD), release, "victim")
    assert opens(room, at_dafsu("p-other"), release, "victim") is None


def test_the_last_restriction_counts_and_the_hub_can_end_it(room: Room) -> None:
    release = tell(room, form(), restricted("p-one"), restricted("p-two"))
    first, second = (opens(room, at_dafsu(person), release, "victim") for person in ("p-one", "p-two"))
    tell(room, an_event(EventType.ACCESS_RESTORED, incident=internal("incident"), victim=internal("victim")))

    assert (first is None, second is None) == (True, False)
    assert opens(room, at_dafsu("p-one"), release, "victim")


def test_an_incident_whose_person_causing_harm_is_one_of_the_staff_is_restricted_by_itself(
    room: Room,
) -> None:
    mark = match_on_name("Iveedwynora", "Keengarlandby", BORN)
    assert mark is not None
    room.keys.add_tokens({internal("causing harm"): [name_token(MATCH_KEY, mark)]})
    room.staff["p-them"] = Person(
        id="p-them", name="Iveedwynora Keengarlandby", agency="cedah", role=Role.LEAD, date_of_birth=BORN
    )

    release = tell(room, form())

    assert opens(room, at_dafsu("p-other"), release, "victim") is None
    assert opens(room, at_dafsu("p-lead", Role.LEAD), release, "victim")


def test_numbers_stay_gap_free_and_a_school_is_told_of_its_pupil_all_the_same(room: Room) -> None:
    tell(room, form(pupils=[a_child("one")]), restricted("p-named"))
    school = room.release(f"school:{HILLSIDE}")

    assert room.open(somebody_at(f"school:{HILLSIDE}"), school.release_id).sections
    assert [each.seq for each in room.bench.output().releases["dafsu"]] == [1]


def test_who_works_for_the_person_causing_harm_opens_nothing_that_says_where_the_victim_is(
    room: Room,
) -> None:
    release = tell(room, form(pupils=[a_child("one")]), allocated(Client.PERSON_CAUSING_HARM, "p-theirs"))
    theirs, hers = at_dafsu("p-theirs"), at_dafsu("p-hers")
    form_released = room.release("dafsu", 0)

    seen = opens(room, theirs, form_released)

    assert seen is not None
    assert {"contact", "children[0]"}.isdisjoint(seen)
    assert "victim" in seen
    assert opens(room, theirs, form_released, "contact") is None
    assert opens(room, hers, form_released, "contact")
    assert release.recipient == "dafsu"


def test_it_is_so_in_every_incident_with_that_person_and_though_they_are_named_later(room: Room) -> None:
    room.bench.publish(
        a_form(of=HIGH, incident="before", victim="causing harm"),
        allocated(Client.ADULT_VICTIM, "p-theirs", incident="before"),
    )
    release = tell(room, form())

    assert opens(room, at_dafsu("p-theirs"), release, "contact") is None
    assert opens(room, at_dafsu("p-theirs"), room.release("dafsu", 0), "contact")


def test_where_help_comes_from_is_closed_to_them_as_a_whole(room: Room) -> None:
    plan = case(EventType.SAFETY_PLAN_RECORDED, "mycwa")
    release = tell(room, form(), allocated(Client.PERSON_CAUSING_HARM, "p-theirs"), plan)

    assert release.event_id == plan.event_id
    assert opens(room, at_dafsu("p-hers"), release)
    assert opens(room, at_dafsu("p-theirs"), release) is None


def test_who_handed_over_stays_behind_the_wall_until_the_case_is_closed(room: Room) -> None:
    first = allocated(Client.PERSON_CAUSING_HARM, "p-first")
    release = tell(room, form(), first)
    tell(room, allocated(Client.PERSON_CAUSING_HARM, "p-second"))
    replaced = [
        opens(room, at_dafsu(person), room.release("dafsu", 0), "contact")
        for person in ("p-first", "p-second")
    ]
    tell(room, case(EventType.CASE_CLOSED, "dafsu"))

    assert [each is None for each in replaced] == [True, True]
    assert opens(room, at_dafsu("p-second"), room.release("dafsu", 0), "contact")
    assert release.recipient == "dafsu"


def test_somebody_of_the_same_name_at_another_agency_is_not_that_worker(room: Room) -> None:
    room.bench.publish(form(), allocated(Client.PERSON_CAUSING_HARM, "p-theirs", agency="probation"))
    release = tell(room, form())

    assert opens(room, at_dafsu("p-theirs"), release, "contact")


def test_an_id_that_is_mistyped_shuts_nobody_out_who_leads(room: Room) -> None:
    release = tell(room, form(), restricted("p-nmaed"))

    assert opens(room, at_dafsu("p-lead", Role.LEAD), release, "victim")
    assert opens(room, at_dafsu("p-other"), release, "victim") is None


def test_a_partner_who_names_one_of_the_staff_restricts_nothing_and_the_hub_can_end_what_police_did(
    room: Room,
) -> None:
    mark = match_on_name("Iveedwynora", "Keengarlandby", BORN)
    assert mark is not None
    room.keys.add_tokens({internal("causing harm"): [name_token(MATCH_KEY, mark)]})
    room.staff["p-them"] = Person(
        id="p-them", name="Iveedwynora Keengarlandby", agency="cedah", role=Role.LEAD, date_of_birth=BORN
    )
    said = an_event(
        EventType.REFERRAL_RECEIVED,
        publisher="housing",
        incident=internal("incident"),
        victim=internal("victim"),
        causing_harm=internal("causing harm"),
    )

    tell(room, a_form(of=HIGH), said)
    release = room.release("dafsu", 0)
    by_a_partner = opens(room, at_dafsu("p-other"), release, "victim")
    tell(room, form())
    by_police = opens(room, at_dafsu("p-other"), release, "victim")
    tell(room, an_event(EventType.ACCESS_RESTORED, incident=internal("incident"), victim=internal("victim")))

    assert (by_a_partner is None, by_police is None) == (False, True)
    assert opens(room, at_dafsu("p-other"), release, "victim")


def test_a_report_that_turns_the_roles_round_keeps_nobody_from_their_own_client(room: Room) -> None:
    room.bench.publish(form(), allocated(Client.ADULT_VICTIM, "p-hers"))
    made_up = an_event(
        EventType.REFERRAL_RECEIVED,
        publisher="housing",
        incident=internal("incident"),
        victim=internal("causing harm"),
        causing_harm=internal("victim"),
    )
    tell(room, made_up)

    assert opens(room, at_dafsu("p-hers"), room.release("dafsu", 0), "contact")


def test_the_other_sides_worker_opens_her_address_nowhere_though_he_is_not_named_there(room: Room) -> None:
    room.bench.publish(form(), allocated(Client.PERSON_CAUSING_HARM, "p-theirs"))
    release = tell(room, a_form(of=HIGH, incident="another"))

    assert opens(room, at_dafsu("p-theirs"), release, "contact") is None


def test_what_education_is_told_of_adults_is_restricted_like_anybody_elses(room: Room) -> None:
    room.bench.publish(
        form(),
        an_event(
            EventType.REFERRED_ON,
            publisher="cedah",
            incident=internal("incident"),
            victim=internal("victim"),
            named=("education",),
        ),
        restricted("p-named"),
    )
    room.bench.settle()

    assert opens(room, somebody_at("education"), room.release("education")) is None
