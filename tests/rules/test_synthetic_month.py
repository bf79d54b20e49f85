"""The synthetic September 2024 has the partnership's published numbers."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP
from services.synthetic.dated import Dated
from services.synthetic.month import first_moment, month
from services.synthetic.names import tokens

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)
SEEDS = (1, 2, 30)


@pytest.fixture(scope="module", params=SEEDS)
def events(request: pytest.FixtureRequest) -> list[Dated]:
    return month(request.param, PARTNERSHIP)


def of_type(events: list[Dated], kind: str) -> list[dict]:
    return [dated.event for dated in events if dated.event["type"] == kind]


def test_192_occurrences_have_348_children(events):
    with_children = [event for event in of_type(events, "VpaRaised") if event["children"]]

    assert (len(with_children), sum(len(event["children"]) for event in with_children)) == (192, 348)


def test_9_occurrences_have_21_home_schooled_children_and_no_others(events):
    at_home = [
        event["children"]
        for event in of_type(events, "VpaRaised")
        if any(child["home_educated"] for child in event["children"])
    ]

    assert (len(at_home), sum(map(len, at_home))) == (9, 21)
    assert all(child["home_educated"] for children in at_home for child in children)


def test_risk_is_mixed_as_in_the_years_vpas(events):
    risks = Counter(event["facts"]["risk"] for event in of_type(events, "VpaReviewed"))

    assert risks == {"high": 29, "medium": 91, "standard": 153, "not_completed": 1}


def test_every_vpa_raised_is_reviewed_later(events):
    raised = {dated.event["incident"]: dated.at for dated in events if dated.event["type"] == "VpaRaised"}
    reviewed = {dated.event["incident"]: dated.at for dated in events if dated.event["type"] == "VpaReviewed"}

    assert raised.keys() == reviewed.keys()
    assert all(reviewed[incident] >= at + timedelta(hours=2) for incident, at in raised.items())


def test_every_occurrence_is_in_september_and_everything_ends_early_in_october(events):
    happened = [datetime.fromisoformat(event["occurred_at"]) for event in of_type(events, "VpaRaised")]

    assert {(moment.year, moment.month) for moment in happened} == {(2024, 9)}
    assert max(dated.at for dated in events) < datetime(2024, 10, 9, tzinfo=UTC)


def test_nothing_is_published_before_it_happened_or_before_the_clock_starts(events):
    assert all(datetime.fromisoformat(str(dated.event["occurred_at"])) <= dated.at for dated in events)
    assert first_moment() < events[0].at


def test_most_incidents_are_at_night_or_at_a_weekend(events):
    happened = [datetime.fromisoformat(event["occurred_at"]) for event in of_type(events, "VpaRaised")]

    unsocial = [at for at in happened if at.weekday() >= 5 or at.hour >= 19 or at.hour < 7]
    assert len(unsocial) > 0.6 * len(happened)


def test_a_school_is_registered_or_plainly_nobodys(events):
    known = {school.urn for school in PARTNERSHIP.schools} | {n.urn for n in PARTNERSHIP.neighbours}

    urns = Counter(
        child.get("school_urn") for event in of_type(events, "VpaRaised") for child in event["children"]
    )

    assert set(urns) - known <= {None, "999999"}
    assert sum(n for urn, n in urns.items() if urn in known) > 250


def test_siblings_go_to_one_school_and_to_several(events):
    households = [
        [child["school_urn"] for child in event["children"] if "school_urn" in child]
        for event in of_type(events, "VpaRaised")
    ]

    assert any(len(urns) > 1 and len(set(urns)) < len(urns) for urns in households)
    assert any(len(set(urns)) > 1 for urns in households)


def test_everything_the_gate_must_answer_for_happens_at_least_once(events):
    kinds = {dated.event["type"] for dated in events}

    assert kinds == {
        "VpaRaised", "VpaReviewed", "VpaCorrected", "ConsentRecorded", "ConsentWithdrawn", "OverrideRecorded",
        "MaracListed", "CaseOpened", "ChildCaseStatus", "ReferralReceived",
    }  # fmt: skip


def test_consent_is_given_refused_and_sometimes_could_not_be_asked(events):
    answers = {answer for event in of_type(events, "VpaRaised") for answer in event["consent"].values()}

    assert answers == {"given", "refused", "could_not_ask"}


def test_an_agency_speaks_of_an_incident_only_by_what_it_was_told(events):
    others = [dated for dated in events if dated.agency in ("dafsu", "checs")]

    assert others
    assert all(dated.about and "incident" not in dated.event for dated in others)


def test_no_two_events_of_an_agency_share_an_id(events):
    ids = Counter((dated.agency, dated.event["id"]) for dated in events)

    assert max(ids.values()) == 1


def test_nobody_is_named_outside_the_sealed_sections(events):
    words = tokens(dated.event for dated in events)

    open_parts = [
        json.dumps({name: dated.event.get(name) for name in ("id", "incident", "facts", "consent", "type")})
        for dated in events
    ]

    assert not any(word in part.lower() for part in open_parts for word in words)


def test_the_same_seed_makes_the_same_month():
    assert month(5, PARTNERSHIP) == month(5, PARTNERSHIP)
    assert month(5, PARTNERSHIP) != month(6, PARTNERSHIP)
