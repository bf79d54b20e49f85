"""Where a child stands: every child gets exactly one placement (NA 4.15, Domestic Abuse Act 2021 s49A)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.flow import placed
from services.ingest.rules.placement import place
from services.ingest.state import Record, Registered, SchoolAges
from services.vocabulary.placement import Placement
from tests.door_builders import example
from tests.door_forms import arriving

ON = date(2024, 9, 10)
REGISTERED = Registered(
    schools={"900101": SchoolAges(youngest=4, oldest=11)},
    neighbours=frozenset({"900901"}),
    recipients=frozenset(),
)


@pytest.mark.parametrize(
    ("child", "placement"),
    [
        ({"school_urn": "900101", "date_of_birth": "2016-05-01"}, Placement.SCHOOL),
        ({"school_urn": "900101"}, Placement.SCHOOL),
        ({"school_urn": "900101", "date_of_birth": "2020-09-10"}, Placement.SCHOOL),
        ({"school_urn": "900101", "date_of_birth": "2020-09-11"}, Placement.TOO_YOUNG),
        ({"school_urn": "900101", "date_of_birth": "2012-09-11"}, Placement.SCHOOL),
        ({"school_urn": "900101", "date_of_birth": "2012-09-10"}, Placement.TOO_OLD),
        ({"school_urn": "900101", "school_conflict": "yes"}, Placement.CONFLICT),
        ({"school_urn": "900101", "school_conflict": "unknown"}, Placement.SCHOOL),
        ({"school_urn": "900901"}, Placement.OUT_OF_AREA),
        ({"school_urn": "900999"}, Placement.UNKNOWN_SCHOOL),
        ({"school_urn": "the one by the park"}, Placement.UNKNOWN_SCHOOL),
        ({"home_educated": True}, Placement.HOME_EDUCATED),
        ({"home_educated": True, "school_urn": "900101"}, Placement.HOME_EDUCATED),
        ({}, Placement.NO_SCHOOL),
        ({"date_of_birth": "2016-05-01"}, Placement.NO_SCHOOL),
        ({"date_of_birth": "2022-05-01"}, Placement.TOO_YOUNG),
        ({"date_of_birth": "2006-09-10"}, Placement.TOO_OLD),
        ({"date_of_birth": "2006-09-11"}, Placement.NO_SCHOOL),
    ],
)
def test_a_child_stands_where_the_law_puts_them(child: Record, placement: Placement) -> None:
    assert place(child, ON, REGISTERED) is placement


@pytest.mark.parametrize(
    ("occurred_at", "placement"),
    [
        ("2024-09-01T00:30:00+01:00", Placement.SCHOOL),
        ("2024-08-31T23:30:00Z", Placement.SCHOOL),
        ("2024-08-31T22:30:00Z", Placement.TOO_YOUNG),
        ("2024-09-01T02:30:00+05:00", Placement.TOO_YOUNG),
    ],
)
def test_a_child_s_age_is_that_of_the_day_it_was_here(occurred_at: str, placement: Placement) -> None:
    child = {"school_urn": "900101", "date_of_birth": "2020-09-01"}
    event = {**example("VpaRaised"), "occurred_at": occurred_at, "children": [child]}

    found = placed(arriving(event).submission, ["d" * 32], REGISTERED)

    assert [one.placement for one in found] == [placement]


@given(
    urn=st.sampled_from([None, "", " ", "900101", "900901", "900999"]),
    home=st.sampled_from([None, True, False]),
    conflict=st.sampled_from([None, "yes", "no", "unknown"]),
    born=st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1)).map(date.isoformat),
)
def test_only_a_school_of_the_area_without_conflict_is_told(
    urn: str | None, home: bool | None, conflict: str | None, born: str | None
) -> None:
    child: Record = {
        "school_urn": urn,
        "home_educated": home,
        "school_conflict": conflict,
        "date_of_birth": born,
    }

    placement = place(child, ON, REGISTERED)

    if placement is Placement.SCHOOL:
        assert urn == "900101"
        assert not home
        assert conflict != "yes"
