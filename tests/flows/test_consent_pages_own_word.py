"""The page of what agencies said for themselves: who sent it and confirmed it, and a sample of it."""

from pathlib import Path
from typing import Any

import pytest

from services.consent.state.heard import Heard
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import grades, own_override
from tests.office_builders import AUDITOR, HUB, LEAD, PARTNERSHIP, PRACTITIONER, Office
from tests.page_builders import events_of, form, look, new_office, seed_of


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return new_office(tmp_path)


def settled(office: Office, *events: Heard) -> Office:
    office.bench.publish(form(1, of=grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP)), *events)
    office.bench.settle()
    return office


def an_own_word(number: int = 1, **more: Any) -> Heard:
    """Return an override of Family Help for itself."""
    event_id = f"00000000-0000-4000-9000-{number:012x}"
    return own_override("family-help", incident="incident 1", event_id=event_id, **more)


def test_of_what_an_agency_said_for_itself_it_is_said_who_sent_it_and_confirmed_it(office: Office) -> None:
    second, first = PARTNERSHIP.person("p-family-help-2"), PARTNERSHIP.person("p-family-help-1")
    assert second is not None
    assert first is not None
    said = [
        an_own_word(number, publisher_person=first.id, confirmed_by=by)
        for number, by in enumerate((second.id, "staff-0602", None), start=1)
    ]
    settled(office, *said)

    text = look(office, HUB, "/ledger/own-word").text

    assert f"Family Help front door {first.name} {second.name} 2" in text
    assert f"{first.name} staff-0602: nobody there is registered by that id" in text
    assert f"{first.name} Nobody: it counts for nothing 0" in text
    assert look(office, LEAD, "/ledger/own-word").text.count("Override recorded") == 0


def test_a_sample_of_what_agencies_said_for_themselves_is_drawn_again_by_its_seed(office: Office) -> None:
    said = [an_own_word(number) for number in range(1, 13)]
    settled(office, *said)

    first = look(office, HUB, "/ledger/own-word", sample="3", seed="")
    again = look(office, AUDITOR, "/ledger/own-word", sample="3", seed=seed_of(first))
    other = look(office, HUB, "/ledger/own-word", sample="3", seed="another-seed")

    assert (first.status, len(events_of(first))) == (200, 3)
    assert events_of(first) == events_of(again) != events_of(other)
    assert 'href="/ledger/own-word"' in first.html


@pytest.mark.parametrize("sent", [{"sample": "3"}, {"sample": "x"}])
def test_whoever_has_no_such_list_draws_no_sample_of_it(office: Office, sent: dict[str, str]) -> None:
    settled(office, an_own_word())

    assert look(office, PRACTITIONER, "/ledger/own-word", **sent).status == 404


def test_an_agencys_lead_draws_of_its_own_alone(office: Office) -> None:
    settled(office, an_own_word())

    theirs = look(office, ("family-help", "p-family-help-1"), "/ledger/own-word", sample="3", seed="")
    others = look(office, LEAD, "/ledger/own-word", sample="3", seed="")

    assert (events_of(theirs), events_of(others)) == ([1], [])
    assert others.status == 200


def test_a_sample_that_cannot_be_drawn_comes_back_to_its_own_list(office: Office) -> None:
    page = look(settled(office, an_own_word()), HUB, "/ledger/own-word", sample="none")

    assert (page.status, 'action="/ledger/own-word"' in page.html) == (422, True)
