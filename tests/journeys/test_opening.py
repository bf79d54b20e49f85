"""Who may open what: hidden looks like absent, a withdrawal is honoured, other grounds do not wait."""

from __future__ import annotations

import itertools
import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from sqlalchemy import select

from services.cli.client import Answer, System
from services.cli.publishing import publish, settle
from services.eventlog import topics
from services.eventlog.keys import PERSONS, FileKek, KeyStore
from services.runtime.clock import SystemClock
from services.runtime.database import engine_for, reading
from services.runtime.secrets import Secrets
from services.runtime.settings import Settings
from tests.door_builders import example
from tests.refolding import every_record
from tests.system import Running

A_WHILE = 1.0
"""Seconds: less than an opening waits for the gate."""

PURPOSE = "support the adult victim"
_numbers = itertools.count(1)

Event = dict[str, Any]


def reviewed(risk: str, given_name: str = "Quenivaldra", **consent: str) -> Event:
    """Return a reviewed form of an incident of its own, about an adult victim of that name."""
    event = example("VpaReviewed")
    number = next(_numbers)
    facts = {**event["facts"], "risk": risk, "children": "none", "previous_risk": None}
    answers = {name.replace("_", "-"): answer for name, answer in consent.items()}
    victim = {**event["victim"], "given_name": given_name, "identifiers": []}
    changed = {"id": f"opening-{number}", "incident": f"OPEN-{number}", "facts": facts, "children": []}
    return {**event, **changed, "consent": answers, "victim": victim}


def published(system: System, event: Event, agency: str = "police") -> None:
    """Publish one event; it must be accepted."""
    assert publish(system, [(agency, event)]).complete


def newest(system: System, recipient: str) -> dict[str, Any]:
    """Return the last release in a recipient's inbox."""
    releases: list[dict[str, Any]] = system.get("/v1/inbox?limit=100", agency=recipient).good()["releases"]
    return releases[-1]


def opened(system: System, recipient: str, release_id: str, *sections: str) -> Answer:
    """Ask the keyring to open sections of a release, or all of them."""
    body = {"release_id": release_id, "sections": list(sections) or None, "purpose": PURPOSE}
    return system.post("/v1/open", body, agency=recipient)


@contextmanager
def gate_held_up(system: Running) -> Iterator[Callable[[], None]]:
    """Let the gate decide nothing until what is yielded is called, or the block ends."""
    gate = system.pids()["gate"]

    def goes_on() -> None:
        os.kill(gate, signal.SIGCONT)

    os.kill(gate, signal.SIGSTOP)
    try:
        yield goes_on
    finally:
        goes_on()


def test_a_withdrawal_receipted_before_an_opening_is_asked_for_is_honoured(system: Running) -> None:
    here = System(system.url, system.data)
    event = reviewed("standard", cheshire_cares="given")
    published(here, event)
    settle(here, 60)
    release = newest(here, "cheshire-cares")
    assert opened(here, "cheshire-cares", release["release_id"]).status == 200

    withdrawal = {"type": "ConsentWithdrawn", "id": f"{event['id']}-withdrawn", "incident": event["incident"]}
    with gate_held_up(system) as goes_on:
        published(here, {**withdrawal, "occurred_at": event["occurred_at"]})
        Timer(A_WHILE, goes_on).start()
        at_once = opened(here, "cheshire-cares", release["release_id"])

    assert at_once.status in (404, 503)
    settle(here, 60)
    assert opened(here, "cheshire-cares", release["release_id"]).status == 404
    assert newest(here, "cheshire-cares")["kind"] == "recalled"
    assert newest(here, "cheshire-cares")["reason"] == "withdrawn"


def test_an_opening_on_another_ground_does_not_wait_for_the_gate(system: Running) -> None:
    here = System(system.url, system.data)
    published(here, reviewed("high"))
    settle(here, 60)
    release = newest(here, "dafsu")

    with gate_held_up(system):
        published(here, reviewed("high"))
        answer = opened(here, "dafsu", release["release_id"], "contact")

    assert answer.status == 200
    settle(here, 60)


def test_forbidden_unreleased_unknown_and_erased_are_one_answer_and_each_is_on_record(
    system: Running,
) -> None:
    here = System(system.url, system.data)
    settings = system.settings
    others = people(settings)
    published(here, reviewed("high", "Erasedwinifer"))
    settle(here, 60)
    erased = newest(here, "dafsu")["release_id"]
    erase(settings, people(settings) - others)
    published(here, reviewed("high", "Kestrelworthy"))
    settle(here, 60)
    theirs = newest(here, "dafsu")["release_id"]
    before = len(refusals(settings))

    answers = [
        opened(here, "cedah", theirs),
        opened(here, "dafsu", theirs, "rationale"),
        opened(here, "dafsu", "0" * 32),
        opened(here, "dafsu", erased, "victim"),
    ]

    assert opened(here, "dafsu", theirs, "victim").status == 200
    assert {answer.status for answer in answers} == {404}
    assert len({(answer.body, answer.content_type) for answer in answers}) == 1
    assert len(refusals(settings)) == before + len(answers)


def test_what_somebody_opened_stands_behind_what_nobody_did_in_their_agencys_inbox_alone(
    system: Running,
) -> None:
    here = System(system.url, system.data)
    published(here, reviewed("high"))
    published(here, reviewed("high"))
    settle(here, 60)
    later, earlier = new_cases(here)[:2]
    before_in_police = new_cases(here, "police")

    assert opened(here, "cedah", later["releases"][-1]["release_id"]).status == 404
    assert opened(here, "dafsu", later["releases"][-1]["release_id"]).status == 200
    settle(here, 60)

    assert new_cases(here)[0]["incident"] == earlier["incident"]
    assert later["incident"] not in [case["incident"] for case in new_cases(here)]
    assert new_cases(here, "police") == before_in_police


def new_cases(system: System, recipient: str = "dafsu") -> list[dict[str, Any]]:
    """Return the cases that nobody of a recipient's agency has opened, the last heard of first."""
    cases: list[dict[str, Any]] = system.get("/v1/cases?show=new", agency=recipient).good()["cases"]
    return cases


def people(settings: Settings) -> set[str]:
    """Return everybody who has a key."""
    with reading(engine_for("keys", settings)) as conn:
        return set(conn.scalars(select(PERSONS.c.person)))


def erase(settings: Settings, persons: set[str]) -> None:
    """Destroy these people's keys."""
    store = KeyStore(engine_for("keys", settings), FileKek(Secrets.load(settings).kek))
    for person in persons:
        store.destroy(person, at=SystemClock().now())


def refusals(settings: Settings) -> list[dict[str, Any]]:
    """Return the refused attempts on record."""
    records = [json.loads(record.value) for record in every_record(settings, topics.OPENINGS)]
    return [record for record in records if record.get("refused")]
