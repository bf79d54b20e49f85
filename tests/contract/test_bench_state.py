"""The state that the bench fills a gate with is one that the gate can read, and all of it hangs together."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from services.consent.state.entities import Incident, Person
from services.consent.state.read_back import read_incident, read_person
from services.consent.state.written import write
from services.consent.store.gate import GateStore
from services.runtime.database import engine_at
from tests.bench.restart import LATER, fill
from tests.gate_builders import internal

VICTIM, CHILD, INCIDENT = internal("victim"), internal("child"), internal("incident")
SOON = 1_000_000


def a_gates_state(data: Path) -> sqlite3.Connection:
    """Make the database of a gate that knows one incident, with its victim and a child."""
    GateStore(engine_at(f"sqlite:///{data / 'consent.db'}")).create_tables()
    conn = sqlite3.connect(data / "consent.db")
    began = datetime(2024, 9, 2, tzinfo=UTC)
    rows = [
        ("incident", INCIDENT, write(Incident(began=began, victim=VICTIM, children=(CHILD,)))),
        ("person", VICTIM, write(Person(incidents=(INCIDENT,)))),
        ("person", CHILD, write(Person(child_of=(INCIDENT,)))),
    ]
    with conn:
        conn.executemany("INSERT INTO consent_state (kind, key, value) VALUES (?, ?, ?)", rows)
        conn.execute("INSERT INTO consent_due (moment, incident) VALUES (?, ?)", (SOON, INCIDENT))
    return conn


def known(conn: sqlite3.Connection, kind: str) -> dict[str, str]:
    """Return what is known of one kind, by id."""
    return dict(conn.execute("SELECT key, value FROM consent_state WHERE kind = ?", (kind,)))


def test_there_are_at_least_as_many_people_as_were_asked_for(tmp_path: Path) -> None:
    conn = a_gates_state(tmp_path)

    filled = fill(tmp_path, people=7)

    assert (filled.people, filled.incidents, filled.due) == (8, 4, 4)
    assert len(known(conn, "person")) == 8
    assert len(known(conn, "incident")) == 4


def test_the_people_of_each_copied_incident_are_known_and_know_it(tmp_path: Path) -> None:
    conn = a_gates_state(tmp_path)

    fill(tmp_path, people=7)

    people = {key: read_person(value) for key, value in known(conn, "person").items()}
    for key, incident in ((key, read_incident(text)) for key, text in known(conn, "incident").items()):
        assert incident.victim is not None
        assert people[incident.victim].incidents == (key,)
        assert [people[child].child_of for child in incident.children] == [(key,)]


def test_a_copy_is_due_later_than_what_it_is_of(tmp_path: Path) -> None:
    conn = a_gates_state(tmp_path)

    fill(tmp_path, people=7)

    due = dict(conn.execute("SELECT incident, moment FROM consent_due"))
    assert due.pop(INCIDENT) == SOON
    assert set(due) == known(conn, "incident").keys() - {INCIDENT}
    assert set(due.values()) == {SOON + LATER}
