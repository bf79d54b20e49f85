"""The synthetic year has the partnership's published totals (domain 7)."""

from collections import Counter
from datetime import datetime

import pytest

from services.runtime.partnership import Partnership
from services.runtime.settings import DEMO_PARTNERSHIP
from services.synthetic.month import year

PARTNERSHIP = Partnership.load(DEMO_PARTNERSHIP)


@pytest.fixture(scope="module")
def events() -> list[dict]:
    return year(4, PARTNERSHIP)


def test_the_year_has_3289_vpas_of_the_published_risks(events):
    risks = Counter(event["facts"]["risk"] for event in events if event["type"] == "VpaReviewed")

    assert risks == {"high": 350, "medium": 1088, "standard": 1837, "not_completed": 14}
    assert risks.total() == 3289


def test_every_vpa_was_raised_within_the_year_and_once(events):
    raised = [event for event in events if event["type"] == "VpaRaised"]

    assert len({event["incident"] for event in raised}) == len(raised) == 3289
    assert min(event["occurred_at"] for event in raised) >= "2022-04-01T00:00:00+01:00"
    assert max(event["occurred_at"] for event in raised) < "2023-04-01T00:00:00+01:00"


def test_it_can_be_published_in_the_order_it_happened(events):
    happened = [datetime.fromisoformat(event["occurred_at"]) for event in events]

    assert happened == sorted(happened)


def test_no_two_events_share_an_id(events):
    assert max(Counter(event["id"] for event in events).values()) == 1
