"""Children's services override consent for their own duty, for nobody else, and by two people."""

import pytest

from services.ingest.rules import overriding
from services.ingest.state import Sender
from tests.door_builders import Event, example
from tests.door_forms import arriving, defects, refusal

CHECS = Sender(agency="checs", person="p-checs-1", role="lead")
FAMILY_HELP = Sender(agency="family-help", person="p-family-help-1", role="practitioner")
RECIPIENT, SECOND = "/facts/recipient", "/facts/confirmed_by"


def an_override(to: str, confirmed_by: str | None = "staff-0204") -> Event:
    """Return the example, for a recipient and confirmed by somebody."""
    event = example("OverrideRecorded")
    event["facts"] |= {"recipient": to, "confirmed_by": confirmed_by}
    return event


@pytest.mark.parametrize("sender", [CHECS, FAMILY_HELP])
def test_their_override_for_themselves_that_two_people_made_lacks_nothing(sender: Sender) -> None:
    assert defects(an_override(sender.agency), sender) == set()


@pytest.mark.parametrize("to", ["family-help", "dafsu", "cheshire-cares"])
def test_their_override_for_anybody_else_is_refused(to: str) -> None:
    assert refusal(an_override(to), CHECS) == {(RECIPIENT, "authority")}


def test_the_refusal_says_whom_they_may_name_and_who_else_may_record_it() -> None:
    arrival = arriving(an_override("dafsu"), CHECS)

    (reason,) = overriding.refusals(arrival.submission, arrival.sender)

    assert reason.detail == "`checs` overrides for its own duty alone, and this is for somebody else"
    assert reason.fix == "give `checs` as the recipient, or have the Vulnerability Hub record the override"


def test_without_a_rationale_theirs_is_refused_like_the_hub_s() -> None:
    event = {**an_override("checs"), "rationale": {"text": " "}}

    assert refusal(event, CHECS) == {("/rationale/text", "rationale")}


@pytest.mark.parametrize("second", [None, " ", "p-checs-1", "P-Checs-1"])
def test_what_no_second_person_confirmed_is_taken_and_flagged(second: str | None) -> None:
    assert defects(an_override("checs", second), CHECS) == {(SECOND, "second-person")}


def test_the_hub_s_needs_nobody_to_confirm_it() -> None:
    assert defects(an_override("checs", None)) == set()


def test_theirs_lacks_rank_and_reviewer_like_the_hub_s() -> None:
    event = an_override("checs")
    del event["facts"]["rank"], event["facts"]["reviewed_by"]

    assert defects(event, CHECS) == {("/facts/rank", "missing"), ("/facts/reviewed_by", "missing")}
