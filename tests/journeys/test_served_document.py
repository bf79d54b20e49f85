"""Whatever Schemathesis makes of `/openapi.json`, a whole system answers as it says, and appends what it
accepts.

Every operation of the served document, asked with valid tokens of several people: with values of its schemas,
with values that break them, and with ids that there are.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.cli.client import System
from services.cli.publishing import publish, settle
from services.eventlog.access import Access
from services.eventlog.codec import decode_envelope, decode_header
from services.eventlog.ids import event_id
from services.eventlog.reader import KafkaReader
from services.eventlog.records import Record, Stored
from services.eventlog.writer import KafkaWriter
from services.runtime.certificates import ADMIN
from services.runtime.described import LINES
from services.runtime.places import ROOT
from services.runtime.secrets import Secrets
from tests.browser_builders import owe_call
from tests.door_builders import Event, example
from tests.system import LONG, Running, postgres_database, running_system, sized

EACH: Final = sized(3, 60)
"""Cases of each of three kinds that every operation is asked with, on each database."""

SEED: Final = 20_240_910
CALLERS: Final = (
    ("police", "p-hub-1"),
    ("dafsu", "p-dafsu-1"),
    ("education", "p-education-3"),
    ("partnership", "p-partnership-2"),
    ("school:900101", None),
)
EVERYBODY: Final = st.just(CALLERS)
SOMEBODY: Final = EVERYBODY if LONG else st.tuples(st.sampled_from(CALLERS))
"""Who asks about what nobody has, or what nobody may say: it is nearly always refused, whoever asks."""

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OF_OURS: Final = ("SchoolNotification", "TimePassed")
"""How the types begin of what services of ours append by themselves."""

EVENTS: Final = "/v1/events"
SPOILT: Final = "to.schools"
"""The topic in which one record is none; projections and notify read it."""

Case = Any
Known = Mapping[str, Any]
Callers = tuple[tuple[str, str | None], ...]


@dataclass(slots=True)
class Asked:
    """A system under questions: what it answered, and which events it said it took."""

    cli: System
    known: Known
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def ask(self, case: Case, callers: Callers) -> None:
        """Send a case as each of these callers, and hold each answer to the document."""
        for caller, person in callers:
            headers = {"authorization": f"Bearer {self.cli.token(caller, person)}"}
            answer = case.call(base_url=self.cli.url, headers=headers)
            case.validate_response(answer, checks=CHECKS)
            assert all(lines_fit(case, answer)), f"{case.operation.label}: a line is not as it is said"
            self.statuses.setdefault(case.operation.label, Counter())[answer.status_code] += 1
            if case.operation.path == EVENTS:
                found = answer.json().get("results", [])
                self.taken |= {(caller, each["id"]) for each in found if each["status"] == "accepted"}


def lines_fit(case: Case, answer: Any) -> Iterator[bool]:
    """Yield of each line of an answer told line by line whether it is as the document says."""
    media = answer.headers["content-type"][0]
    if media == LINES:
        said = case.operation.definition.raw["responses"]["200"]["content"][LINES]["x-itemSchema"]
        fits = jsonschema_rs.validator_for(said)
        for line in answer.text.splitlines():
            yield fits.is_valid(json.loads(line))


class Kept:
    """What is in a system's log and among its openings."""

    def __init__(self, running: Running) -> None:
        access = Access.at(running.settings.kafka, running.data / "credentials", ADMIN)
        self._reader = KafkaReader(access, {})

    def of(self, topic: str) -> list[Stored]:
        """Return every record of a topic."""
        return list(self._reader.fetch(topic, range(self._reader.end(topic))).values())

    def close(self) -> None:
        """Let the broker go."""
        self._reader.close()


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_system(tmp_path_factory.mktemp("document") / "data") as system:
        yield system


@pytest.fixture(scope="module")
def on_postgresql(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with (
        postgres_database(postgres) as url,
        running_system(
            tmp_path_factory.mktemp("document") / "data", environment={"SIGHTLINE_DATABASE": url}
        ) as system,
    ):
        yield system


@pytest.fixture(params=["on_postgresql", pytest.param("on_sqlite", marks=pytest.mark.long)])
def running(request: pytest.FixtureRequest) -> Running:
    """A system of its own, as it is asked for anything, on the database that takes fewer values first."""
    system: Running = request.getfixturevalue(request.param)
    return system


def a_review() -> Event:
    """Return a reviewed form that DAFSU and a school are told of."""
    reviewed = example("VpaReviewed")
    reviewed["facts"].update(risk="high", previous_risk=None)
    return {**reviewed, "id": "document", "incident": "DOCUMENT"}


def ids_there_are(cli: System) -> Known:
    """Return, by the name of a parameter or field, what somebody among the callers is answered to."""
    receipt = cli.post(EVENTS, a_review()).good()["results"][0]["receipt"]
    settle(cli)
    release = cli.get("/v1/inbox").good()["releases"][-1]
    told = cli.get("/v1/inbox", agency="dafsu").good()["releases"]
    owed = cli.get("/v1/schools/tasks", agency="education").good()["calls"][0]
    return {
        "alias": release["incident"],
        "person": next(row["person"] for row in told if row["person"] is not None),
        "event": release["event_id"],
        "release_id": release["release_id"],
        "sections": None,
        "section": "victim",
        "purpose": "to see",
        "receipt": receipt,
        "notification": owed["notification"],
        "number": 1,
        "reached": "no-answer",
        "spoken_to": None,
        "text": (ROOT / "services/consent/policies/strict.toml").read_text("utf-8"),
        "topic": SPOILT,
        "plan": None,
    }


def lived(running: Running) -> None:
    """Have something told of, a call owed to a school, and a record that cannot be read."""
    cli = System(running.url, running.data)
    assert publish(cli, [("police", a_review())]).complete
    settle(cli)
    owe_call(running)
    access = Access.at(running.settings.kafka, running.data / "credentials", ADMIN)
    KafkaWriter(access).append(SPOILT, [Record(key=b"k", value=b"no release")])
    settle(cli)


def with_ids_there_are(cases: st.SearchStrategy[Case], known: Known) -> st.SearchStrategy[Case]:
    """Return cases with what there is in every place where they can name it."""

    def named(case: Case) -> Case:
        there = {**known, "alias": known["person"]} if "/people/" in case.operation.path else known
        for part in (case.path_parameters, case.query, case.body):
            for name in set(part) & set(there) if isinstance(part, dict) else ():
                part[name] = there[name]
        return case

    return cases.map(named)


def test_the_whole_system_runs_on_postgresql_too(on_postgresql: Running, tmp_path: Path) -> None:
    event = tmp_path / "event.jsonl"
    event.write_text(on_postgresql.cli("example", "VpaRaised", "--json").stdout)

    on_postgresql.cli("publish", str(event), "--as", "police")
    on_postgresql.cli("settle")
    opened = on_postgresql.cli("inbox", "--as", "police", "--open", "--purpose", "test").stdout

    row = json.loads(opened.splitlines()[0])
    assert row["sections"]["incident"]["reference"] == json.loads(event.read_text())["incident"]
    assert list(on_postgresql.data.glob("*.db")) == []


@pytest.mark.timeout(sized(600, 3600))
def test_a_whole_system_answers_as_it_says_and_a_refusal_appends_nothing(running: Running) -> None:
    cli, kept = System(running.url, running.data), Kept(running)
    lived(running)
    before = {record.key for record in kept.of("log")}
    asked, described = Asked(cli, ids_there_are(cli)), operations(cli)

    wrong = [found for operation in described for found in wrong_with(asked, operation)]
    settle(cli)

    assert wrong == [], "\n\n".join(wrong)
    assert set(asked.statuses) == {operation.label for operation in described}
    assert [label for label, counts in asked.statuses.items() if min(counts) >= 300] == []
    assert {record.key for record in kept.of("log") if record.key not in before and not ours(record)} == {
        event_id(Secrets.load(running.settings).id, agency, each).encode() for agency, each in asked.taken
    }


def operations(cli: System) -> list[Any]:
    """Return every operation of the served document."""
    schema = schemathesis.openapi.from_dict(cli.get("/openapi.json").good())
    found = list(schema.get_all_operations())
    assert all(isinstance(each, Ok) for each in found), "an operation is not described as one"
    return [each.ok() for each in found if isinstance(each, Ok)]


def wrong_with(asked: Asked, operation: Any) -> Iterator[str]:
    """Ask an operation often, and yield what was not as it says."""
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    breaking = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    there = with_ids_there_are(fitting, asked.known)
    kinds = ((there, EVERYBODY), (fitting, SOMEBODY), (breaking, SOMEBODY))
    for kind, (cases, callers) in enumerate(kinds):
        try:
            _ask_often(asked, cases, callers, SEED + kind)
        except FailureGroup as found:
            yield f"{operation.label}: {found}"
        except Unsatisfiable:
            assert cases is breaking, f"{operation.label}: nothing fits what it says"


def _ask_often(
    asked: Asked, cases: st.SearchStrategy[Case], callers: st.SearchStrategy[Callers], drawn_by: int
) -> None:
    @seed(drawn_by)
    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, callers)
    def ask(case: Case, asking: Callers) -> None:
        asked.ask(case, asking)

    ask()


def ours(record: Stored) -> bool:
    """Say whether an event of the log is one that a service of ours publishes by itself."""
    return decode_header(decode_envelope(record.value).header).type.startswith(OF_OURS)
