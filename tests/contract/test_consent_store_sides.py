"""A worker for one side of a case never opens where the other finds help, and opens where their own does."""

import pytest

from services.eventlog.envelope import Release
from services.vocabulary.events import EventType
from services.vocabulary.sides import Client
from tests.contract.test_consent_store_keyring import Room
from tests.contract.test_consent_store_restricted import allocated, at_dafsu, form, opens, room, tell
from tests.gate_builders import an_event, internal

__all__ = ["room"]

HERS, HIS, NOBODYS = at_dafsu("p-hers"), at_dafsu("p-his"), at_dafsu("p-nobodys")
WITHOUT_A_WORD = [
    EventType.CASE_OPENED,
    EventType.CASE_CLOSED,
    EventType.CONTACT_ATTEMPTED,
    EventType.REFERRAL_CLOSED,
    EventType.REFERRAL_TRIAGED,
    EventType.SAFETY_PLAN_RECORDED,
]


def helping(room: Room, event_type: EventType, whose: Client = Client.ADULT_VICTIM) -> Release:
    """Return DAFSU's release of what MyCWA does for one side, each side having a worker at DAFSU."""
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


@pytest.mark.parametrize("event_type", WITHOUT_A_WORD, ids=str)
def test_what_a_service_does_without_saying_for_whom_is_closed_to_the_other_sides_worker(
    room: Room, event_type: EventType
) -> None:
    assert who_opens(room, helping(room, event_type)) == (True, False, True)


@pytest.mark.parametrize("event_type", [EventType.SUPPORT_STARTED, EventType.PRACTITIONER_ALLOCATED], ids=str)
@pytest.mark.parametrize(
    ("whose", "open_to"),
    [
        (Client.ADULT_VICTIM, (True, False, True)),
        (Client.CHILD, (True, False, True)),
        (Client.PERSON_CAUSING_HARM, (False, True, True)),
    ],
    ids=str,
)
def test_a_programme_and_an_allocation_are_closed_to_whoever_works_for_the_other_side(
    room: Room, event_type: EventType, whose: Client, open_to: tuple[bool, bool, bool]
) -> None:
    assert who_opens(room, helping(room, event_type, whose)) == open_to
