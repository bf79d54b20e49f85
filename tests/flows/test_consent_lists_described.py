"""A row of each list of the ledger is as `/openapi.json` says it is, and a sample has its seed."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from services.consent.api.described_lists import LIST, ROWS
from services.consent.keyring.asking import List
from services.eventlog.aliases import alias
from services.runtime.described import JSON
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import ALIAS_KEY, case, grades, internal, override, own_override, retraction
from tests.office_builders import AUDITOR, HUB, LEAD, Office
from tests.page_builders import an_opening, form, new_office

WITH_ROWS = (
    List.NOT_SHARED,
    List.WITHHELD,
    List.OVERRIDDEN,
    List.OWN_WORD,
    List.OPENINGS,
    List.PARTIES,
    List.TOLD,
    List.UNANSWERED,
    List.PUT_RIGHT,
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A ledger with something in each of these lists."""
    office = new_office(tmp_path)
    in_error = form(4, of=grades(Risk.HIGH))
    office.bench.publish(
        form(1, of=grades(Risk.STANDARD, ChildrenLevel.BELOW_THRESHOLD)),
        form(2, of=grades(Risk.MEDIUM)),
        form(3, of=grades(Risk.HIGH)),
        override("family-help", incident="incident 2"),
        own_override("family-help", incident="incident 2"),
        case(EventType.CASE_OPENED, "cedah", incident=internal("incident 3"), confirmed_by=None),
        in_error,
        retraction(in_error),
    )
    office.bench.settle()
    seen = [
        an_opening(agency="cedah", person="p-cedah-1"),
        an_opening(offset=1, agency="dafsu", person="p-dafsu-1", refused=True, party=True),
    ]
    office.openings.keep(0, 2, seen)
    return office


def asked(office: Office, who: tuple[str, str], name: List, query: str = "") -> dict[str, Any]:
    answer = office.ask(who, f"/v1/ledger/{name}{query}")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def wrong(schema: dict[str, Any], value: object) -> list[str]:
    return [str(error) for error in jsonschema_rs.validator_for(schema).iter_errors(value)]


@pytest.mark.parametrize("name", WITH_ROWS)
def test_a_row_of_each_list_is_as_it_is_said(office: Office, name: List) -> None:
    person = alias(ALIAS_KEY, internal("victim"), "person", "police")

    answer = asked(office, HUB, name, f"?person={person}")

    assert answer["rows"]
    assert [each for row in answer["rows"] for each in wrong(ROWS[name], row)] == []


def test_an_opening_is_as_it_is_said_to_an_agency_s_own_lead_too(office: Office) -> None:
    rows = asked(office, LEAD, List.OPENINGS)["rows"]

    assert rows
    assert [each for row in rows for each in wrong(ROWS[List.OPENINGS], row)] == []


def test_every_list_is_said_and_a_sample_says_its_seed(office: Office) -> None:
    said = LIST[200]["content"][JSON]["schema"]
    sample = asked(office, AUDITOR, List.OVERRIDDEN, "?sample=1")

    assert set(ROWS) == set(List)
    assert sample["seed"]
    assert wrong(said, sample) == []
