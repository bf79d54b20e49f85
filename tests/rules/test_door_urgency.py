"""What is about high risk or a child's safety is taken and mended, whatever its type (promise 10)."""

from datetime import timedelta

import pytest

from services.ingest.state import Sender
from tests.door_builders import Event, example
from tests.door_forms import AT, HUB, defects, refusal, sections

CHECS = Sender(agency="checs", person="p-checs-1", role="lead")
MYCWA = Sender(agency="mycwa", person="p-mycwa-1", role="lead")
URGENT = {
    "ChildCaseStatus": CHECS,
    "MaracListed": HUB,
    "OverrideRecorded": HUB,
    "ConsentWithdrawn": HUB,
}
CHILD = {"given_name": "Marigoldine", "family_name": "Thornwickle", "date_of_birth": "2015-02-09"}


def listing(*attendees: str) -> Event:
    """Return a case listed at MARAC with these attendees."""
    event = example("MaracListed")
    event["facts"]["attendees"] = list(attendees)
    return event


@pytest.mark.parametrize("of", URGENT)
def test_a_clock_ten_minutes_ahead_is_flagged_and_its_event_taken(of: str) -> None:
    event = {**example(of), "occurred_at": (AT + timedelta(minutes=10)).isoformat()}

    assert ("/occurred_at", "believable-time") in defects(event, URGENT[of])
    assert sections(event)["facts"].value["occurred_at"] == AT.isoformat()


@pytest.mark.parametrize("of", URGENT)
def test_next_week_is_believed_of_nothing(of: str) -> None:
    event = {**example(of), "occurred_at": (AT + timedelta(days=7)).isoformat()}

    assert refusal(event, URGENT[of]) == {("/occurred_at", "believable-time")}


def test_an_unknown_attendee_is_dropped_and_flagged() -> None:
    event = listing("ambulance", "dafsu")

    assert defects(event) == {("/facts/attendees/0", "unknown-recipient")}
    assert sections(event)["facts"].value["attendees"] == ["dafsu"]


def test_where_no_attendee_is_known_the_usual_ones_do_not_stand_in_for_them() -> None:
    event = listing("ambulance")

    assert defects(event) == {("/facts/attendees/0", "unknown-recipient")}
    assert sections(event)["facts"].value["attendees"] == ["ambulance"]


def test_a_hospital_by_its_instance_is_a_recipient() -> None:
    event = listing("dafsu", "hospital:RJN")

    assert defects(event) == set()
    assert sections(event)["facts"].value["attendees"] == ["dafsu", "hospital:RJN"]


@pytest.mark.parametrize("name", ["hospital", "hospital:", "school:900999", "ambulance"])
def test_nobody_can_act_on_an_override_for_nobody_known(name: str) -> None:
    event = example("OverrideRecorded")
    event["facts"]["recipient"] = name

    assert refusal(event) == {("/facts/recipient", "unknown-recipient")}


def test_a_referral_that_lists_a_child_never_waits_for_a_form() -> None:
    event = {**example("ReferralReceived"), "children": [CHILD], "contact": {"phone": "07700 900123"}}
    event["facts"] = {"referral_source": "Macclesfield Hospital"}

    assert defects(event, MYCWA) >= {
        ("/contact/safe", "safe-contact"),
        ("/facts/risk", "missing"),
        ("/facts/children", "missing"),
    }


def test_a_pointer_to_a_recipient_is_one_whatever_its_name() -> None:
    event = {**example("ConsentRecorded"), "consent": {"a/b~c": "given"}}

    assert refusal(event) == {("/consent/a~1b~0c", "unknown-recipient")}
