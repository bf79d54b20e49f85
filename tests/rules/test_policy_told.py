"""Who is told of events beside the forms, by type, against rows written off the documents."""

from collections.abc import Mapping

import pytest

from services.consent.rules.told import Events, told_of
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.events import VPA_FAMILY, EventType
from tests.policy_drafts import a_policy, rule

NEVER, ALWAYS, NAMED, HOLDS, MARAC = "never", "always", "named", "holds", "marac"
RISK, CHILDREN, TURNED = "risk", "children", "counter_allegation"

TABLE: Mapping[str, Mapping[str, str]] = {
    # the type of event: who is told of it when; anybody else as it says under "others"
    "ReferralReceived": {"police": TURNED, "dafsu": RISK, "checs": CHILDREN, "others": NEVER},
    "DashRedone": {
        "police": f"{RISK} or {CHILDREN} and {RISK}",
        "checs": f"{CHILDREN} and {RISK}",
        "dafsu": RISK,
        "cedah": RISK,
        "others": NEVER,
    },
    "ReferralTriaged": {"dafsu": RISK, "checs": CHILDREN, "others": NEVER},
    "ReferredOn": {
        "police": f"{NAMED} or {TURNED}",
        "dafsu": f"{RISK} or {NAMED}",
        "checs": f"{CHILDREN} or {NAMED}",
        "others": NAMED,
    },
    "MaracReferred": {
        "dafsu": f"{RISK} or {MARAC}",
        "checs": f"{CHILDREN} and {MARAC} or {MARAC}",
        "others": MARAC,
    },
    "CaseOpened": {"others": HOLDS},
    "ChildCaseStatus": {"cedah": HOLDS, "mycwa": HOLDS, "others": NEVER},
    "ContactAttempted": {"others": HOLDS},
    "MeetingListed": {"others": HOLDS},
    "MaracListed": {"others": MARAC},
    "MaracTransferred": {"police": f"{TURNED} or {NAMED}", "dafsu": MARAC, "others": NAMED},
    "MaracActionAgreed": {"others": f"{NAMED} or {MARAC}"},
    "DvdsDecided": {"others": NAMED},
    "ExpectationMet": {"police": ALWAYS, "others": NAMED},
    "AgreementSigned": {"others": NAMED},
    "OverrideRecorded": {"others": NEVER},
    "SchoolNotificationSent": {"others": NEVER},
}
"""NA 3.8-3.36, 4.6, 4.17-4.20, 6.54, 6.184; Domestic Violence Disclosure Scheme."""

CASES = [(event_type, to) for event_type in TABLE for to in RECIPIENTS if to != "partnership"]


def told(events: Events, event_type: str, recipient: str) -> str:
    column = next(place for place, group in enumerate(events.recipients) if recipient in group)
    row = next(row for row in events.rows if event_type in row.event_types)
    cell = row.told[column]
    if cell.never:
        return NEVER
    return ALWAYS if cell.always else " or ".join(_facts(asks) for asks in cell.when)


def _facts(asks: frozenset) -> str:
    return " and ".join(sorted(each.fact for each in asks))


@pytest.fixture(scope="module")
def strict() -> Events:
    return told_of(a_policy())


@pytest.mark.parametrize(("event_type", "to"), CASES)
def test_each_type_of_event_is_told_to_whom_the_documents_say(
    strict: Events, event_type: str, to: str
) -> None:
    row = TABLE[event_type]

    assert told(strict, event_type, to) == row.get(to, row["others"])


def test_every_type_but_the_forms_stands_in_one_row_and_everybody_in_one_column(strict: Events) -> None:
    types = [each for row in strict.rows for each in row.event_types]
    recipients = [each for group in strict.recipients for each in group]

    assert sorted(types) == sorted(set(EventType) - VPA_FAMILY)
    assert len(recipients) == len(set(recipients))
    assert set(RECIPIENTS) < set(recipients)


def test_its_publisher_and_the_partnership_are_told_of_everything_and_a_school_of_nothing(
    strict: Events,
) -> None:
    types = [each for each in EventType if each not in VPA_FAMILY]

    assert {told(strict, each, to) for each in types for to in ("publisher", "partnership")} == {ALWAYS}
    assert {told(strict, each, "school:any") for each in types} == {NEVER}


def test_what_needs_a_ground_besides_is_marked_and_a_disclosure_does_not(strict: Events) -> None:
    rows = {each: row for row in strict.rows for each in row.event_types}
    column = next(place for place, group in enumerate(strict.recipients) if "housing" in group)

    assert rows[EventType.CASE_OPENED].told[column].on_grounds
    assert not rows[EventType.DVDS_DECIDED].told[column].on_grounds


def test_a_rule_that_asks_for_nothing_more_tells_of_each_event() -> None:
    edited = told_of(a_policy(rule("disclosure", when={}, grounds=["partnership"])))

    assert told(edited, "DvdsDecided", "housing") == ALWAYS
