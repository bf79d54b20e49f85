"""Who may receive a type of event, by which rule and on which grounds, against rows off the documents."""

from collections.abc import Mapping

import pytest

from services.consent.rules.answers import ASKED, Answers
from services.consent.rules.receiving import Receiving, received
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground
from tests.policy_drafts import a_policy

HIGH, CHILD, CONSENT = Ground.HIGH_RISK, Ground.CHILD_SAFEGUARDING, Ground.CONSENT
OVERRIDE, MARAC = Ground.OVERRIDE, Ground.MARAC

TABLE: Mapping[tuple[str, str], Mapping[str, set[Ground]]] = {
    # the type of event and a recipient: each rule that tells it, with the grounds that serve
    ("VpaReviewed", "dafsu"): {"dafsu-high-risk": {HIGH}},
    ("VpaReviewed", "cedah"): {"cedah-medium-risk": {CHILD, CONSENT, OVERRIDE, MARAC}},
    ("VpaReviewed", "cheshire-cares"): {"cheshire-cares-standard": {CONSENT}},
    ("VpaReviewed", "school:any"): {"school-encompass": {Ground.OPERATION_ENCOMPASS}},
    ("VpaRaised", "dafsu"): {"dafsu-unreviewed": {HIGH}},
    ("VpaRaised", "cedah"): {},
    ("MaracListed", "dafsu"): {"dafsu-every-marac": {MARAC}},
    ("DashRedone", "police"): {
        "hub-high-risk-found": {HIGH},
        "hub-child-risk-found": {CHILD},
    },
    ("MaracTransferred", "dafsu"): {"dafsu-marac-transfer": {MARAC}},
    ("MaracTransferred", "probation"): {"marac-transfer": {MARAC}},
    ("MaracListed", "probation"): {"marac-meeting": {MARAC}},
    ("CaseOpened", "cheshire-cares"): {"cheshire-cares-who-holds": {CONSENT}},
    ("ChildCaseStatus", "cedah"): {"cedah-child-case": {HIGH, CHILD, CONSENT, OVERRIDE, MARAC}},
    ("ChildCaseStatus", "dafsu"): {},
    ("OverrideRecorded", "cedah"): {},
    ("OverrideRecorded", "publisher"): {"own": {Ground.OWN}},
    ("OverrideRecorded", "partnership"): {"partnership-facts": {Ground.PARTNERSHIP}},
}
"""NA 3.8-3.36, 4.10-4.15, 4.26, 6.54."""


def ways(groups: tuple[Receiving, ...], recipient: str) -> dict[str, set[Ground]]:
    return {
        way.rule.id: set(way.grounds)
        for group in groups
        if recipient in group.recipients
        for way in group.ways
    }


@pytest.mark.parametrize(("event_type", "recipient"), TABLE)
def test_a_recipient_hears_by_the_rules_and_on_the_grounds_of_the_documents(
    event_type: str, recipient: str
) -> None:
    found = received(a_policy(), EventType(event_type))

    assert ways(found, recipient) == TABLE[event_type, recipient]


@pytest.mark.parametrize("event_type", EventType)
def test_whoever_the_policy_permits_in_any_case_is_there_once_and_nobody_else(event_type: EventType) -> None:
    answers = Answers(a_policy())
    permitted = [to for to in ASKED if any(case.verdict.permit for case in answers.of(to, event_type))]

    named = [each for group in received(a_policy(), event_type) for each in group.recipients]

    assert sorted(named) == sorted(permitted)


def test_a_school_sees_its_pupils_and_nothing_else() -> None:
    found = received(a_policy(), EventType.VPA_REVIEWED)

    (sections,) = [way.sections for group in found if "school:any" in group.recipients for way in group.ways]
    assert sections == {"children"}
