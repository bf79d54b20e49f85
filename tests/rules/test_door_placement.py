"""Where a child stands: every child gets exactly one placement (NA 4.15, Domestic Abuse Act 2021 s49A)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.rules.placement import place
from services.ingest.state import Record, Registered, SchoolAges
from services.vocabulary.placement import Placement

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
