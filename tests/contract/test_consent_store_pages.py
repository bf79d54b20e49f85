"""The ledger's lists a page at a time: each row once, in order, and a cursor that says nothing."""

from pathlib import Path
from typing import Any

import pytest

from services.consent.keyring.asking import List
from services.consent.store.openings import Opening
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import a_form, grades, override
from tests.office_builders import AUDITOR, HUB, LEAD, PRACTITIONER, Office

COUNT = 7


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Office:
    made = Office(database_url, tmp_path)
    below = grades(Risk.STANDARD, ChildrenLevel.BELOW_THRESHOLD)
    made.bench.publish(*(a_form(of=grades(Risk.MEDIUM), incident=f"medium {n}") for n in range(COUNT)))
    made.bench.publish(a_form(of=below, incident="below"), *(override("family-help") for _ in range(COUNT)))
    made.bench.settle()
    made.openings.keep(0, COUNT, [an_opening(number) for number in range(COUNT)])
    return made


def an_opening(number: int) -> Opening:
    agency = "cedah" if number % 2 else "dafsu"
    return Opening(
        offset=number,
        opening_id=f"{number:032x}",
        at=f"2024-09-03T08:{number:02}:00Z",
        release_id="f" * 32,
        event_id=None,
        recipient=None,
        agency=agency,
        person=f"p-{agency}-2",
        purpose="Safety planning",
        sections=("victim",),
        refused=True,
        party=True,
    )


def page(office: Office, name: str, who: tuple[str, str | None] = HUB, **query: Any) -> dict[str, Any]:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    found = office.ask(who, f"/v1/ledger/{name}?{asked}")
    assert found.status_code == 200, found.text
    return dict(found.json())


def every_page(office: Office, name: str, limit: int, **query: Any) -> list[list[dict[str, Any]]]:
    found = [page(office, name, limit=limit, **query)]
    while found[-1]["more"]:
        found.append(page(office, name, limit=limit, after=found[-1]["next"], **query))
    return [one["rows"] for one in found]


@pytest.mark.parametrize("name", ["not-shared", "withheld", "overridden", "openings", "parties"])
@pytest.mark.parametrize("limit", [1, 3, COUNT])
def test_pages_put_together_are_the_whole_list_each_row_once(office: Office, name: str, limit: int) -> None:
    whole = page(office, name)["rows"]
    pages = every_page(office, name, limit)

    assert len(whole) >= COUNT
    assert [row for rows in pages for row in rows] == whole
    assert all(len(rows) <= limit for rows in pages)


@pytest.mark.parametrize("name", ["not-shared", "withheld", "overridden"])
@pytest.mark.parametrize("limit", [1, 3, COUNT])
def test_the_newest_stand_first_on_request_and_every_row_is_there_once(
    office: Office, name: str, limit: int
) -> None:
    whole = page(office, name)["rows"]
    pages = every_page(office, name, limit, order="newest")

    assert [row for rows in pages for row in rows] == whole[::-1]


@pytest.mark.parametrize("name", ["openings", "parties"])
def test_a_list_that_is_the_latest_first_stays_so(office: Office, name: str) -> None:
    assert page(office, name, order="newest")["rows"] == page(office, name)["rows"]


def test_a_cursor_is_of_one_order(office: Office) -> None:
    after = page(office, "withheld", limit=2)["next"]

    assert office.ask(HUB, f"/v1/ledger/withheld?after={after}&order=newest").status_code == 404


def test_the_last_page_has_no_cursor(office: Office) -> None:
    last = page(office, "openings", limit=COUNT)

    assert (last["more"], last["next"]) == (False, None)


def test_a_row_that_goes_meanwhile_takes_no_other_with_it(office: Office) -> None:
    first = page(office, "not-shared", limit=3)
    gone = first["rows"][-1]
    office.bench.publish(a_form(of=grades(Risk.HIGH), incident="medium 2"))
    office.bench.settle()

    rest = page(office, "not-shared", after=first["next"])["rows"]

    assert gone["event_id"] not in {row["event_id"] for row in page(office, "not-shared")["rows"]}
    assert len(rest) == COUNT + 1 - 3


def test_a_cursor_is_one_agencys_for_one_list(office: Office) -> None:
    after = page(office, "openings", limit=2)["next"]

    for who, name in ((AUDITOR, "openings"), (HUB, "parties"), (LEAD, "openings")):
        assert office.ask(who, f"/v1/ledger/{name}?after={after}").status_code == 404
    assert office.ask(HUB, "/v1/ledger/openings?after=nothing-like-it").status_code == 404


def test_a_lead_reads_its_own_agencys_openings_through_and_no_gap_between(office: Office) -> None:
    first = page(office, "openings", LEAD, limit=2)
    second = page(office, "openings", LEAD, limit=2, after=first["next"])

    assert [row["agency"] for row in (*first["rows"], *second["rows"])] == ["cedah"] * 3
    assert second["more"] is False


def test_those_with_children_below_the_threshold_stand_apart(office: Office) -> None:
    apart = page(office, "not-shared", below_threshold="true")["rows"]
    others = page(office, "not-shared", below_threshold="false")["rows"]

    assert [row["children"] for row in apart] == ["below_threshold"]
    assert len(others) == COUNT
    assert "below_threshold" not in {row["children"] for row in others}


def test_the_lists_there_are_depend_on_who_asks(office: Office) -> None:
    names = {who: office.ask(who, "/v1/ledger") for who in (HUB, AUDITOR, LEAD, PRACTITIONER)}

    assert names[AUDITOR].json()["lists"] == [each.value for each in List]
    assert names[HUB].json()["lists"] == [each.value for each in List if each is not List.ERASURES]
    assert names[LEAD].json()["lists"] == ["own-word", "openings"]
    assert names[PRACTITIONER].status_code == 404
