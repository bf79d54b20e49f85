"""What may not be seen is looked for like what is not there: by the same questions to the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.eventlog.aliases import alias
from services.eventlog.keys import name_token
from services.vocabulary.events import EventType
from services.vocabulary.people import match_on_name
from services.vocabulary.risk import Risk
from tests.gate_builders import ALIAS_KEY, a_form, an_event, grades, internal
from tests.office_builders import HUB, LEAD, MATCH_KEY, PRACTITIONER, RESPONDER, Office, opened
from tests.statements import asked_for

HIGH = grades(Risk.HIGH)
BORN = date(1979, 4, 5)
AT_THE_HUB, COLLEAGUE = ("police", "p-hub-2"), ("dafsu", "p-dafsu-2")
NEVER = "0" * 32
Who = tuple[str, str]


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Office:
    """An office that knows one incident; a second, restricted to one of the Hub; a third, of a party there;
    and a fourth, in which one of the staff is said to cause the harm.
    """
    office = Office(database_url, tmp_path)
    restricts = an_event(
        EventType.ACCESS_RESTRICTED, incident=internal("restricted"), people=(AT_THE_HUB[1],)
    )
    office.bench.publish(
        form("open", "victim"),
        form("restricted", "victim"),
        form("of a party", "party"),
        form("of the staff", "victim", causing_harm=internal("accused")),
        restricts,
    )
    office.keys.create([internal("party"), internal("accused")], at=office.bench.clock.now())
    for person, member, name in (("party", HUB[1], "Iveedwynora"), ("accused", COLLEAGUE[1], "Orsobrindle")):
        mark = match_on_name(name, "Keengarlandby", BORN)
        assert mark is not None
        office.keys.add_tokens({internal(person): [name_token(MATCH_KEY, mark)]})
        office.changed[member] = {"name": f"{name} Keengarlandby", "date_of_birth": BORN}
    office.bench.settle()
    return office


def form(incident: str, victim: str, **more: Any) -> Any:
    return a_form(of=HIGH, incident=incident, victim=victim, event_id=internal(f"form of {incident}"), **more)


def event_of(incident: str) -> str:
    return internal(f"form of {incident}")


def hidden(office: Office, who: Who, path: str, body: Mapping[str, Any] | None = None) -> list[str]:
    """Return what a database is asked for an answer that there is nothing."""
    answer, heard = asked_for(lambda: office.ask(who, path, body))
    assert answer.status_code == 404, answer.text
    return heard


@pytest.mark.parametrize(
    ("who", "incident"),
    [
        (LEAD, "open"),
        (PRACTITIONER, "open"),
        (RESPONDER, "open"),
        (HUB, "restricted"),
        (HUB, "of a party"),
        (PRACTITIONER, "restricted"),
        (AT_THE_HUB, "of the staff"),
    ],
)
def test_an_explanation_that_is_not_for_the_caller_asks_what_one_of_nothing_does(
    office: Office, who: Who, incident: str
) -> None:
    path = "/v1/events/{}/explanation"
    to = "?to=dafsu" if who == LEAD else ""

    theirs = hidden(office, who, path.format(event_of(incident)) + to)

    assert theirs == hidden(office, who, path.format(NEVER) + to)


@pytest.mark.parametrize("asked", ["sharing", "account"])
@pytest.mark.parametrize(
    ("who", "incident"),
    [(LEAD, "open"), (HUB, "restricted"), (HUB, "of a party"), (AT_THE_HUB, "of the staff")],
)
def test_an_incident_that_is_not_for_the_caller_asks_what_none_does(
    office: Office, who: Who, incident: str, asked: str
) -> None:
    named, never = (alias(ALIAS_KEY, internal(each), "incident", who[0]) for each in (incident, "never"))

    theirs = hidden(office, who, f"/v1/incidents/{named}/{asked}")

    assert theirs == hidden(office, who, f"/v1/incidents/{never}/{asked}")
    assert theirs == hidden(office, who, f"/v1/incidents/nothing-like-an-alias/{asked}")


@pytest.mark.parametrize("who", [LEAD, PRACTITIONER, RESPONDER, HUB])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/open", {"purpose": "Safety planning"}),
        ("/v1/timeline", {"purpose": "Safety planning", "section": "victim"}),
    ],
)
def test_anothers_release_asks_what_none_does(
    office: Office, who: Who, path: str, body: Mapping[str, Any]
) -> None:
    release = office.bench.output().releases["dafsu"][0].release_id

    theirs = hidden(office, who, path, {**body, "release_id": release})

    assert theirs == hidden(office, who, path, {**body, "release_id": NEVER})


def test_which_releases_were_opened_is_asked_alike_of_anothers_and_of_none(office: Office) -> None:
    release = office.bench.output().releases["dafsu"][0].release_id
    assert opened(office, COLLEAGUE, release) == 200

    (theirs, asked), (none, asked_of_none) = (
        asked_for(partial(office.ask, PRACTITIONER, "/v1/opened", {"releases": [which]}))
        for which in (release, NEVER)
    )

    assert (theirs.text, asked) == (none.text, asked_of_none)


@pytest.mark.parametrize(
    ("who", "incident"),
    [(LEAD, "open"), (HUB, "restricted"), (HUB, "of a party"), (AT_THE_HUB, "of the staff")],
)
def test_who_was_told_of_somebody_in_a_closed_event_asks_what_no_event_does(
    office: Office, who: Who, incident: str
) -> None:
    path = "/v1/ledger/told?role=victim&event="

    assert hidden(office, who, path + event_of(incident)) == hidden(office, who, path + NEVER)


@pytest.mark.parametrize("who", [LEAD, HUB])
def test_the_trace_of_a_closed_event_asks_what_that_of_none_does(office: Office, who: Who) -> None:
    closed, never = ({"event": each} for each in (event_of("restricted"), NEVER))

    theirs = hidden(office, who, "/v1/operations/trace", closed)

    assert theirs == hidden(office, who, "/v1/operations/trace", never)
