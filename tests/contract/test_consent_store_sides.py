"""A worker for one side of a case never opens where the other finds help, and opens where their own does."""

from dataclasses import replace

import pytest

from services.consent.keyring.rights import base
from services.consent.state.heard import Heard, SectionAt
from services.eventlog.envelope import Release
from services.runtime.identity import Caller
from services.vocabulary.events import NAME_NO_INCIDENT, SCHOOL_NOTIFICATIONS, EventType
from services.vocabulary.risk import ChildCase
from services.vocabulary.sides import Client, Roles
from tests.contract.test_consent_store_keyring import Room
from tests.contract.test_consent_store_restricted import HIGH, allocated, at_dafsu, form, opens, room, tell
from tests.gate_builders import a_child, a_form, an_event, case, catalogue, internal, newest, retraction

__all__ = ["room"]

HERS, HIS, NOBODYS = at_dafsu("p-hers"), at_dafsu("p-his"), at_dafsu("p-nobodys")
WHO, WHO_AND_FACTS = {"incident", "victim"}, {"incident", "victim", "facts"}
STILL_OPEN = {
    EventType.VPA_RAISED: {*WHO_AND_FACTS, "person_causing_harm", "narrative", "dash"},
    EventType.VPA_REVIEWED: {*WHO_AND_FACTS, "person_causing_harm", "narrative", "dash"},
    EventType.VPA_CORRECTED: {*WHO_AND_FACTS, "person_causing_harm", "narrative", "dash"},
    EventType.ROLES_REVIEWED: WHO_AND_FACTS,
    EventType.REFERRAL_RECEIVED: {*WHO, "person_causing_harm"},
    EventType.MARAC_REFERRED: {*WHO_AND_FACTS, "person_causing_harm"},
    EventType.MARAC_ACCEPTED: WHO_AND_FACTS,
    EventType.MARAC_LISTED: WHO_AND_FACTS,
    EventType.MARAC_HEARD: WHO_AND_FACTS,
    EventType.MARAC_ENDED: WHO_AND_FACTS,
    EventType.REPEAT_IDENTIFIED: WHO_AND_FACTS,
    EventType.RESEARCH_CONTRIBUTED: WHO_AND_FACTS,
    EventType.DVPN_ISSUED: {*WHO_AND_FACTS, "person_causing_harm", "narrative"},
    EventType.DVPO_GRANTED: {*WHO_AND_FACTS, "person_causing_harm", "narrative"},
    EventType.MEETING_LISTED: WHO_AND_FACTS,
}
"""What whoever works for the person causing harm opens of an event that does not say whose help it is about.

Of any other event they open nothing.
"""

ABOUT_SHARING = {EventType.ACCESS_RESTRICTED, EventType.ACCESS_RESTORED, EventType.EVENT_RETRACTED}
OF_AN_INCIDENT = sorted(
    set(EventType) - NAME_NO_INCIDENT - SCHOOL_NOTIFICATIONS - ABOUT_SHARING - {EventType.EXPECTATION_MET}
)
OF_A_CASE = [
    EventType.CASE_OPENED,
    EventType.CASE_CLOSED,
    EventType.CONTACT_ATTEMPTED,
    EventType.REFERRAL_CLOSED,
    EventType.REFERRAL_TRIAGED,
    EventType.REFERRED_ON,
    EventType.SAFETY_PLAN_RECORDED,
]


def helping(room: Room, event_type: EventType, whose: Client | None) -> Release:
    """Return DAFSU's release of what MyCWA does for one side, each side having a worker at DAFSU.

    `whose` None: the event does not say.
    """
    workers = allocated(Client.ADULT_VICTIM, "p-hers"), allocated(Client.PERSON_CAUSING_HARM, "p-his")
    event = an_event(
        event_type,
        publisher="mycwa",
        incident=internal("incident"),
        victim=internal("victim"),
        client=whose,
        practitioner="p-mycwa-1",
        confirmed_by="p-second-2",
        named=("dafsu",),
    )
    release = tell(room, form(), *workers, event)
    assert release.event_id == event.event_id
    return release


def who_opens(room: Room, release: Release) -> tuple[bool, bool, bool]:
    """Say whether her worker, his, and somebody who works for neither open anything of it."""
    her, him, nobody = (opens(room, caller, release) is not None for caller in (HERS, HIS, NOBODYS))
    return her, him, nobody


@pytest.mark.parametrize("event_type", OF_A_CASE, ids=str)
def test_what_a_service_does_without_saying_for_whom_is_closed_to_the_other_sides_worker(
    room: Room, event_type: EventType
) -> None:
    assert who_opens(room, helping(room, event_type, None)) == (True, False, True)


@pytest.mark.parametrize(
    "event_type", [EventType.SUPPORT_STARTED, EventType.PRACTITIONER_ALLOCATED, *OF_A_CASE], ids=str
)
@pytest.mark.parametrize(
    ("whose", "open_to"),
    [
        (Client.ADULT_VICTIM, (True, False, True)),
        (Client.CHILD, (True, False, True)),
        (Client.PERSON_CAUSING_HARM, (False, True, True)),
    ],
    ids=str,
)
def test_what_says_for_whom_it_is_is_closed_to_whoever_works_for_the_other_side(
    room: Room, event_type: EventType, whose: Client, open_to: tuple[bool, bool, bool]
) -> None:
    assert who_opens(room, helping(room, event_type, whose)) == open_to


@pytest.mark.parametrize("event_type", OF_AN_INCIDENT, ids=str)
def test_of_every_event_the_other_sides_worker_opens_what_it_says_of_nobodys_help_and_whereabouts(
    room: Room, event_type: EventType
) -> None:
    release = tell(room, form(), everything(event_type))

    tell(room, allocated(Client.ADULT_VICTIM, "p-hers"), allocated(Client.PERSON_CAUSING_HARM, "p-his"))

    every = {section.name for section in catalogue().event(event_type).sections} - {"routing"}
    assert sections(room, HERS, release) == every
    assert sections(room, HIS, release) == STILL_OPEN.get(event_type, set())


@pytest.mark.parametrize(
    ("whose", "open_to"),
    [
        (None, (True, False, True)),
        (Client.ADULT_VICTIM, (True, False, True)),
        (Client.CHILD, (True, False, True)),
        (Client.PERSON_CAUSING_HARM, (False, True, True)),
    ],
    ids=str,
)
def test_an_answer_about_sharing_is_closed_to_whoever_works_for_the_other_side(
    room: Room, whose: Client | None, open_to: tuple[bool, bool, bool]
) -> None:
    workers = allocated(Client.ADULT_VICTIM, "p-hers"), allocated(Client.PERSON_CAUSING_HARM, "p-his")
    answer = an_event(
        EventType.CONSENT_RECORDED,
        publisher="dafsu",
        incident=internal("incident"),
        victim=internal("victim"),
        causing_harm=internal("causing harm"),
        consent_of=whose,
        consent=(("mycwa", "given"),),
    )

    assert who_opens(room, tell(room, form(), *workers, answer)) == open_to


def test_an_action_agreed_with_their_agency_is_open_to_whoever_works_for_the_person_causing_harm(
    room: Room,
) -> None:
    agreed = replace(everything(EventType.MARAC_ACTION_AGREED), named=("dafsu", "probation"))
    release = tell(room, form(), agreed)

    tell(room, allocated(Client.PERSON_CAUSING_HARM, "p-his"))

    assert sections(room, HIS, release) == WHO_AND_FACTS


def everything(event_type: EventType) -> Heard:
    """Return an event of DAFSU's own, with every section that its type has."""
    names = ["routing"] + [s.name for s in catalogue().event(event_type).sections if s.name != "routing"]
    child = replace(a_child("one"), leaf=names.index("children")) if "children" in names else None
    return an_event(
        event_type,
        publisher="dafsu",
        incident=internal("incident"),
        victim=internal("victim"),
        causing_harm=internal("causing harm"),
        children=() if child is None else (child,),
        grades=HIGH,
        case_status=ChildCase.CIN,
        roles=Roles.STAND if event_type is EventType.ROLES_REVIEWED else None,
        recipient="mycwa",
        sections=tuple(
            SectionAt(name=name, schema_id=newest(event_type, name), leaf=leaf)
            for leaf, name in enumerate(names)
        ),
    )


def sections(room: Room, caller: Caller, release: Release) -> set[str]:
    """Return which sections somebody opens of a release, each child's as `children`."""
    return {base(name) for name in opens(room, caller, release) or ()}


def met(room: Room, answers: str, incident: str = "incident") -> Release:
    """Return DAFSU's own release of its word that it did what a release expected of it."""
    return tell(
        room,
        an_event(
            EventType.EXPECTATION_MET,
            publisher="dafsu",
            incident=internal(incident),
            victim=internal("victim"),
            answers=answers,
        ),
    )


@pytest.mark.parametrize(
    ("whose", "open_to"),
    [(Client.ADULT_VICTIM, (True, False, True)), (Client.PERSON_CAUSING_HARM, (False, True, True))],
    ids=str,
)
def test_an_expectation_met_is_about_whose_help_it_answers(
    room: Room, whose: Client, open_to: tuple[bool, bool, bool]
) -> None:
    handed_on = helping(room, EventType.REFERRED_ON, whose)

    assert who_opens(room, met(room, handed_on.release_id)) == open_to


def test_an_expectation_met_of_a_form_is_about_the_adult_victims_help(room: Room) -> None:
    helping(room, EventType.REFERRED_ON, Client.PERSON_CAUSING_HARM)
    told = room.release("dafsu", 0)

    assert who_opens(room, met(room, told.release_id)) == (True, False, True)


def test_an_expectation_met_that_answers_another_incident_is_the_adult_victims(room: Room) -> None:
    handed_on = helping(room, EventType.REFERRED_ON, Client.PERSON_CAUSING_HARM)
    tell(room, form(incident="another"))

    assert who_opens(room, met(room, handed_on.release_id, "another")) == (True, False, True)


@pytest.mark.parametrize(
    ("closed", "still"),
    [
        (Client.ADULT_VICTIM, (True, False)),
        (Client.PERSON_CAUSING_HARM, (True, True)),
        (None, (True, True)),
    ],
    ids=str,
)
def test_a_case_that_is_closed_ends_the_work_for_whom_it_says_and_for_both_where_it_does_not(
    room: Room, closed: Client | None, still: tuple[bool, bool]
) -> None:
    told = tell(room, form())
    workers = allocated(Client.ADULT_VICTIM, "p-hers"), allocated(Client.PERSON_CAUSING_HARM, "p-his")

    tell(room, *workers, case(EventType.CASE_CLOSED, "dafsu", client=closed))

    her, him = (opens(room, caller, told, "contact") is not None for caller in (HERS, HIS))
    assert (her, him) == still


@pytest.mark.parametrize(
    ("whose", "open_to"),
    [(Client.ADULT_VICTIM, (True, False, True)), (Client.PERSON_CAUSING_HARM, (False, True, True))],
    ids=str,
)
def test_a_retraction_is_about_whose_help_it_takes_back(
    room: Room, whose: Client, open_to: tuple[bool, bool, bool]
) -> None:
    workers = allocated(Client.ADULT_VICTIM, "p-hers"), allocated(Client.PERSON_CAUSING_HARM, "p-his")
    about = {"publisher": "dafsu", "incident": internal("incident"), "victim": internal("victim")}
    plan = an_event(EventType.SAFETY_PLAN_RECORDED, client=whose, **about)

    back = tell(
        room, form(), *workers, plan, an_event(EventType.EVENT_RETRACTED, corrects=plan.event_id, **about)
    )

    assert who_opens(room, back) == open_to


def put_right(room: Room) -> Release:
    """Return the correction of a form that had the roles the wrong way round, each having a worker by then.

    `p-his` was allocated to who was called the adult victim and causes the harm, `p-hers` to the other.
    """
    her, him = "victim", "causing harm"
    wrong = a_form(of=HIGH, victim=him, causing_harm=internal(her))
    workers = (
        an_event(
            EventType.PRACTITIONER_ALLOCATED,
            publisher="dafsu",
            incident=internal("incident"),
            practitioner=person,
            client=client,
        )
        for person, client in (("p-his", Client.ADULT_VICTIM), ("p-hers", Client.PERSON_CAUSING_HARM))
    )
    right = a_form(
        EventType.VPA_CORRECTED, of=HIGH, victim=her, causing_harm=internal(him), corrects=wrong.event_id
    )
    return tell(room, wrong, *workers, right)


def test_whoever_worked_for_one_of_them_works_for_the_same_one_once_the_roles_are_put_right(
    room: Room,
) -> None:
    release = put_right(room)

    assert opens(room, HIS, release, "contact") is None
    assert opens(room, HERS, release, "contact")


def test_whoever_is_allocated_anew_works_for_who_has_that_part_now(room: Room) -> None:
    release = put_right(room)

    tell(room, allocated(Client.ADULT_VICTIM, "p-his"))

    assert opens(room, HIS, release, "contact")


def test_the_other_sides_worker_opens_her_address_nowhere_though_what_named_him_is_taken_back(
    room: Room,
) -> None:
    reported = a_referral("victim", by="causing harm", incident="one")
    elsewhere = a_form(of=HIGH, incident="two")

    his = allocated(Client.PERSON_CAUSING_HARM, "p-his", "one")
    release = tell(room, reported, his, retraction(reported), elsewhere)

    assert release.event_id == elsewhere.event_id
    assert opens(room, HIS, release, "contact") is None
    assert opens(room, NOBODYS, release, "contact")


def test_nor_where_another_incidents_report_of_him_waits_for_the_hub(room: Room) -> None:
    elsewhere = a_form(of=HIGH, incident="two")
    first = a_referral("causing harm", by="victim", incident="zero")
    counter = a_referral("victim", by="causing harm", incident="one")

    his = allocated(Client.PERSON_CAUSING_HARM, "p-his", "one")
    release = tell(room, first, counter, his, elsewhere)

    assert release.event_id == elsewhere.event_id
    assert opens(room, HIS, release, "contact") is None


def a_referral(victim: str, *, by: str, incident: str) -> Heard:
    """Return what a partner reports of an incident: who is harmed, and by whom."""
    return an_event(
        EventType.REFERRAL_RECEIVED,
        publisher="mycwa",
        incident=internal(incident),
        victim=internal(victim),
        causing_harm=internal(by),
        grades=HIGH,
    )
