"""What a VPA lacks is flagged and mended, never bounced (promise 10)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.eventlog.catalogue_files import load_catalogue
from services.ingest import flow
from services.ingest.forms.documents import Forms
from services.ingest.rules.contact import do_not_contact
from services.ingest.state import (
    Accepted,
    Arrival,
    Incident,
    Known,
    Parties,
    Plain,
    Registered,
    SchoolAges,
    Scope,
    Sender,
)
from tests.door_builders import Event, example

FORMS = Forms(load_catalogue())
AT = datetime(2024, 9, 1, tzinfo=UTC)
HUB = Sender(agency="police", person="p-hub-1", role="lead")
REGISTERED = Registered(
    schools={"900101": SchoolAges(youngest=4, oldest=11)},
    neighbours=frozenset(),
    recipients=frozenset({"cheshire-cares", "family-help"}),
)
KNOWN = Known(incident=Incident(id="a" * 32, victim="b" * 32), corrects="original")


def arrived(event: Event) -> Arrival:
    """Return a VPA as it stands at the door."""
    reading = FORMS.read(event)
    assert reading.reasons == ()
    assert reading.submission is not None
    arrival = Arrival(submission=reading.submission, sender=HUB, at=AT)
    assert flow.screen(arrival, ["police"], REGISTERED) == ()
    return arrival


def defects(event: Event) -> set[tuple[str, str]]:
    """Return where a VPA wants mending, and the rules."""
    accepted = flow.decide(arrived(event), KNOWN, REGISTERED)
    assert isinstance(accepted, Accepted)
    return {(defect.pointer, defect.rule) for defect in accepted.defects}


def sections(event: Event) -> dict[str, Plain]:
    """Return the sections a VPA is laid out in."""
    accepted = Accepted(scope=Scope.KNOWN, incident=KNOWN.incident, defects=())
    parties = Parties(victim="b" * 32, person_causing_harm="c" * 32, children=("d" * 32, "e" * 32))
    laid = flow.lay_out(arrived(event), KNOWN, accepted, parties, range(16), REGISTERED)
    return {plain.name: plain for plain in laid}


def without(*names: str, of: str = "VpaRaised") -> Event:
    """Return an example with some of it left out."""
    return {name: value for name, value in example(of).items() if name not in names}


@pytest.mark.parametrize(
    "name", ["incident", "consent", "victim", "contact", "narrative", "dash", "children"]
)
def test_a_part_that_is_missing_is_a_defect(name: str) -> None:
    assert defects(without(name)) == {(f"/{name}", "missing")}


def test_the_least_vpa_there_is_is_accepted() -> None:
    facts = {"risk": "high", "children": "none"}
    event = {"type": "VpaRaised", "id": "1", "occurred_at": "2024-08-31T21:40:00+01:00", "facts": facts}

    assert {pointer for pointer, _ in defects(event)} == {
        "/incident",
        "/consent",
        "/victim",
        "/contact",
        "/narrative",
        "/dash",
    }


def test_contact_without_a_word_on_safety_is_a_defect_and_sets_do_not_contact() -> None:
    event = {**example("VpaRaised"), "contact": {"phone": "07700 900123"}}

    assert defects(event) == {("/contact/safe", "safe-contact")}
    assert sections(event)["contact"].value["do_not_contact"] == ["phone", "post", "email"]


@pytest.mark.parametrize(
    ("safe", "unsafe"),
    [
        ({}, ["phone", "post", "email"]),
        ({"phone": "yes"}, ["post", "email"]),
        ({"phone": "not_known", "post": "no", "email": "yes"}, ["phone", "post"]),
        ({"phone": "yes", "post": "yes", "email": "yes"}, []),
    ],
)
def test_only_a_plain_yes_is_safe(safe: dict[str, Any], unsafe: list[str]) -> None:
    assert do_not_contact({"safe": safe}) == unsafe


def test_a_changed_grade_needs_its_rationale() -> None:
    assert defects(without("rationale", of="VpaReviewed")) == {("/rationale", "missing")}


def test_a_review_may_not_end_with_the_risk_not_completed() -> None:
    event = example("VpaReviewed")
    event["facts"]["risk"] = "not_completed"

    assert defects(event) == {("/facts/risk", "review-unfinished")}


def test_an_answer_about_nobody_registered_is_a_defect_and_is_dropped() -> None:
    event = {**example("VpaRaised"), "consent": {"cheshire-cares": "given", "the-council": "given"}}

    assert defects(event) == {("/consent", "unknown-recipient")}
    assert sections(event)["routing"].value["consent"] == {"cheshire-cares": "given"}


def test_a_clock_an_hour_ahead_does_not_delay_a_vpa_and_does_not_outrank_what_follows() -> None:
    event = {**example("VpaRaised"), "occurred_at": (AT + timedelta(hours=1)).isoformat()}

    assert defects(event) == {("/occurred_at", "believable-time")}
    assert sections(event)["facts"].value["occurred_at"] == AT.isoformat()


def test_a_clock_an_hour_ahead_is_refused_where_nothing_is_urgent() -> None:
    event = {**example("ConsentWithdrawn"), "occurred_at": (AT + timedelta(hours=1)).isoformat()}
    reading = FORMS.read(event)
    assert reading.submission is not None
    arrival = Arrival(submission=reading.submission, sender=HUB, at=AT)

    assert [r.rule for r in flow.screen(arrival, ["police"], REGISTERED)] == ["believable-time"]


def test_an_unknown_school_is_a_queue_not_a_refusal() -> None:
    event = example("VpaRaised")
    event["children"][1]["school_urn"] = "900999"

    assert defects(event) == {("/children/1/school_urn", "unknown-school")}


def test_the_door_copies_time_and_source_and_counts_children() -> None:
    laid = sections(example("VpaRaised"))

    copied = {"occurred_at": "2024-08-31T21:40:00+01:00", "source": "police"}
    assert copied.items() <= laid["facts"].value.items()
    assert copied.items() <= laid["children"].value.items()
    assert laid["facts"].value["child_count"] == 2


def test_an_override_without_its_rationale_is_refused() -> None:
    reading = FORMS.read({**example("OverrideRecorded"), "rationale": {"text": "  "}})
    assert reading.submission is not None
    arrival = Arrival(submission=reading.submission, sender=HUB, at=AT)

    assert [r.rule for r in flow.screen(arrival, ["police"], REGISTERED)] == ["rationale"]


def test_one_s_own_confirmation_counts_for_nothing() -> None:
    event = example("VpaRaised")
    event["facts"]["confirmed_by"] = HUB.person

    assert defects(event) == {("/facts/confirmed_by", "second-person")}
