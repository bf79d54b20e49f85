"""What a referral must go back for, and what never waits for a form (NA 3.20, 6.23)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.eventlog.catalogue_files import load_catalogue
from services.ingest import flow
from services.ingest.forms.documents import Forms
from services.ingest.state import Accepted, Arrival, Known, Reason, Registered, Sender
from tests.door_builders import example

FORMS = Forms(load_catalogue())
AT = datetime(2024, 9, 1, tzinfo=UTC)
NOBODY = Registered(schools={}, neighbours=frozenset(), recipients=frozenset({"mycwa"}))


def arrived(**changes: Any) -> Arrival:
    """Return a referral with sections replaced, or (None) left out."""
    event = {**example("ReferralReceived"), **changes}
    reading = FORMS.read({name: value for name, value in event.items() if value is not None})
    assert reading.reasons == ()
    assert reading.submission is not None
    sender = Sender(agency="mycwa", person="p-mycwa-1", role="lead")
    return Arrival(submission=reading.submission, sender=sender, at=AT)


def refused(**changes: Any) -> set[tuple[str, str]]:
    """Return why a referral is refused."""
    return places(flow.screen(arrived(**changes), ["mycwa"], NOBODY))


def places(reasons: tuple[Reason, ...]) -> set[tuple[str, str]]:
    """Return where reasons point, and their rules."""
    return {(reason.pointer, reason.rule) for reason in reasons}


def contact(**changes: Any) -> dict[str, Any]:
    """Return the example's contact with some of it replaced."""
    return {**example("ReferralReceived")["contact"], **changes}


def test_a_sound_referral_is_taken() -> None:
    assert refused() == set()


@pytest.mark.parametrize(
    "source", ["health", "Health", " HEALTH ", "NHS", "the NHS", "N.H.S.", "The Health Service"]
)
def test_a_source_of_just_health_goes_back(source: str) -> None:
    facts = {**example("ReferralReceived")["facts"], "referral_source": source.strip()}

    assert refused(facts=facts) == {("/facts/referral_source", "named-organisation")}


def test_a_named_hospital_is_a_source() -> None:
    facts = {**example("ReferralReceived")["facts"], "referral_source": "Mental Health Trust (CWP)"}

    assert refused(facts=facts) == set()


@pytest.mark.parametrize("sent", [None, {}, {"phone": "07700 900123"}])
def test_no_word_on_safe_contact_goes_back(sent: dict[str, Any] | None) -> None:
    assert ("/contact/safe", "safe-contact") in refused(contact=sent)


def test_each_way_of_contact_needs_its_own_word() -> None:
    assert refused(contact=contact(safe={"phone": "yes"})) == {("/contact/safe/post", "safe-contact")}


@pytest.mark.parametrize("answer", ["yes", "no", "not_known"])
def test_any_answer_is_a_word_on_safety(answer: str) -> None:
    assert refused(contact=contact(safe={"phone": answer, "post": answer})) == set()


@pytest.mark.parametrize("phone", ["01632 960456", "01632960456", "+44 1632 960456"])
def test_the_referrer_s_own_number_in_the_person_s_place_goes_back(phone: str) -> None:
    assert refused(contact=contact(phone=phone)) == {("/contact/phone", "referrers-own-details")}


def test_the_referrer_s_own_name_and_address_go_back_too() -> None:
    victim = {"given_name": "Ottilinessa", "family_name": "Brackenfordly"}
    own = contact(email="Ward@hospital.example")

    assert refused(victim=victim, contact=own) == {
        ("/victim", "referrers-own-details"),
        ("/contact/email", "referrers-own-details"),
    }


def test_somebody_may_refer_themselves() -> None:
    facts = {**example("ReferralReceived")["facts"], "self_referral": True}

    assert refused(contact=contact(phone="01632 960456"), facts=facts) == set()


@pytest.mark.parametrize("urgent", [{"risk": "high"}, {"children": "safeguarding"}])
def test_high_risk_or_a_child_in_danger_never_waits_for_a_form(urgent: dict[str, str]) -> None:
    facts = {**example("ReferralReceived")["facts"], "referral_source": "health", **urgent}
    arrival = arrived(facts=facts, contact={"phone": "01632 960456"})

    assert flow.screen(arrival, ["mycwa"], NOBODY) == ()
    accepted = flow.decide(arrival, Known(), NOBODY)

    assert isinstance(accepted, Accepted)
    assert {"named-organisation", "safe-contact", "referrers-own-details"} <= {
        defect.rule for defect in accepted.defects
    }
