"""Whose help does an event speak of? What does not say is the adult victim's."""

import pytest

from services.consent.keyring.sides import answered, helped
from services.vocabulary.events import EventType
from services.vocabulary.sides import Client


@pytest.mark.parametrize(
    ("event_type", "facts", "whose"),
    [
        (EventType.SUPPORT_STARTED, {"supported": "adult_victim"}, Client.ADULT_VICTIM),
        (EventType.SUPPORT_STARTED, {"supported": "child_victim"}, Client.CHILD),
        (EventType.SUPPORT_FINISHED, {"supported": "person_causing_harm"}, Client.PERSON_CAUSING_HARM),
        (EventType.SUPPORT_FINISHED, {"supported": None}, Client.ADULT_VICTIM),
        (EventType.PRACTITIONER_ALLOCATED, {"client": "person_causing_harm"}, Client.PERSON_CAUSING_HARM),
        (EventType.REFERRAL_ALLOCATED, {"client": "child"}, Client.CHILD),
        (EventType.CASE_OPENED, {"client": "person_causing_harm"}, Client.PERSON_CAUSING_HARM),
        (EventType.REFERRED_ON, {"client": "person_causing_harm"}, Client.PERSON_CAUSING_HARM),
        (EventType.REFERRAL_CLOSED, {"client": "child"}, Client.CHILD),
        (EventType.CONTACT_ATTEMPTED, {"client": "adult_victim"}, Client.ADULT_VICTIM),
        (EventType.CONSENT_RECORDED, {"whose": "person_causing_harm"}, Client.PERSON_CAUSING_HARM),
        (EventType.CONSENT_RECORDED, {"whose": None}, Client.ADULT_VICTIM),
        (EventType.MARAC_ACTION_AGREED, {"to": ["probation"]}, Client.ADULT_VICTIM),
        (EventType.CASE_OPENED, {"client": None}, Client.ADULT_VICTIM),
        (EventType.CASE_OPENED, {}, Client.ADULT_VICTIM),
        (EventType.VPA_REVIEWED, {"client": "person_causing_harm"}, None),
    ],
)
def test_it_is_whom_the_facts_name(
    event_type: EventType, facts: dict[str, str | None], whose: Client | None
) -> None:
    assert helped(event_type, [("victim", {}), ("facts", facts)], "dafsu") is whose


def test_an_action_is_its_owners_to_carry_out_whoever_they_work_for() -> None:
    content = [("facts", {"to": ["probation"]})]

    assert helped(EventType.MARAC_ACTION_AGREED, content, "probation") is None
    assert helped(EventType.MARAC_ACTION_AGREED, content, "housing") is Client.ADULT_VICTIM


def test_facts_that_do_not_open_leave_it_the_adult_victims() -> None:
    assert helped(EventType.SUPPORT_STARTED, [], "dafsu") is Client.ADULT_VICTIM


def test_an_expectation_met_names_the_release_it_answers() -> None:
    assert answered(EventType.EXPECTATION_MET, [("victim", {}), ("facts", {"release": "one"})]) == "one"


def test_what_is_no_answer_answers_nothing() -> None:
    assert answered(EventType.CASE_OPENED, [("facts", {"release": "one"})]) is None


def test_an_answer_whose_facts_do_not_open_answers_nothing() -> None:
    assert answered(EventType.EXPECTATION_MET, []) is None
