"""Whatever Schemathesis makes of `/openapi.json`, a whole system answers as it says, and appends what it
accepts.

Every operation of the served document, asked with valid tokens of several people: with values of its schemas,
with values that break them, and with ids that there are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
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
from services.eventlog.records import Stored
from services.runtime.certificates import ADMIN
from services.runtime.places import ROOT
from services.runtime.secrets import Secrets
from tests.door_builders import Event, example
from tests.system import Running, postgres_database, running_system, sized

EACH: Final = sized(6, 150)
"""Cases of each kind an operation is asked with: two kinds, some thirty operations, two databases."""

SEED: Final = 20_240_910
CALLERS: Final = (
    ("police", "p-hub-1"),
    ("dafsu", "p-dafsu-1"),
    ("education", "p-education-3"),
    ("partnership", "p-partnership-2"),
    ("school:900101", None),
)
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OF_OURS: Final = ("SchoolNotification", "TimePassed")
"""How the types begin of what services of ours append by themselves."""

EVENTS: Final = "/v1/events"
Case = Any


@dataclass(slots=True)
class Asked:
    """A system under questions: what it answered, and which events it said it took."""

    cli: System
    known: Mapping[str, list[str]]
    tokens: Mapping[str, str]
    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def ask(self, case: Case, caller: str) -> None:
        """Send a case as somebody and hold the answer to the document."""
        headers = {"authorization": f"Bearer {self.tokens[caller]}"}
        answer = case.call(base_url=self.cli.url, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        self.statuses.setdefault(case.operation.label, Counter())[answer.status_code] += 1
        if case.operation.path == EVENTS and answer.status_code < 500:
            found = answer.json().get("results", [])
            self.taken |= {(caller, each["id"]) for each in found if each["status"] == "accepted"}


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


@pytest.fixture(params=["sqlite", "postgres"], scope="module")
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A system of its own, once on SQLite and once on PostgreSQL: it is asked for anything."""
    data = tmp_path_factory.mktemp("document") / "data"
    if request.param == "sqlite":
        with running_system(data) as system:
            yield system
        return
    with (
        postgres_database(request.getfixturevalue("postgres")) as url,
        running_system(data, environment={"SIGHTLINE_DATABASE": url}) as system,
    ):
        yield system


def a_review() -> Event:
    """Return a reviewed form that DAFSU and a school are told of."""
    reviewed = example("VpaReviewed")
    reviewed["facts"].update(risk="high", previous_risk=None)
    return {**reviewed, "id": "document", "incident": "DOCUMENT"}


def ids_there_are(cli: System) -> Mapping[str, list[str]]:
    """Return, by the name of a parameter or field, ids that somebody among the callers is answered to."""
    assert publish(cli, [("police", a_review())]).complete
    settle(cli)
    receipt = cli.post(EVENTS, a_review()).good()["results"][0]["receipt"]
    inboxes = [cli.get("/v1/inbox", agency=agency).good()["releases"] for agency in ("police", "dafsu")]
    releases = [each for inbox in inboxes for each in inbox]
    messages = cli.get("/v1/schools/notifications", agency="education").good()["notifications"]
    return {
        "alias": [each[name] for each in releases for name in ("incident", "person") if each[name]],
        "event": [each["event_id"] for each in releases],
        "release_id": [each["release_id"] for each in releases],
        "receipt": [receipt],
        "notification": [each["id"] for each in messages],
        "text": [(ROOT / "services/consent/policies/strict.toml").read_text("utf-8")],
        "topic": ["log", "to.dafsu"],
        "purpose": ["to see"],
    }


@st.composite
def with_ids_there_are(
    draw: st.DrawFn, cases: st.SearchStrategy[Case], known: Mapping[str, list[str]]
) -> Case:
    """Return cases, half of them with ids that there are where they name any."""
    case = draw(cases)
    if draw(st.booleans()):
        return case
    for names in (case.path_parameters, case.body):
        for name in set(names) & set(known) if isinstance(names, Mapping) else ():
            names[name] = draw(st.sampled_from(known[name]))  # type: ignore[index]
    return case


def test_a_whole_system_answers_as_it_says_and_a_refusal_appends_nothing(running: Running) -> None:
    cli, kept = System(running.url, running.data), Kept(running)
    known = ids_there_are(cli)
    before = {record.key for record in kept.of("log")}
    asked = Asked(cli, known, {agency: cli.token(agency, person) for agency, person in CALLERS})

    wrong = [found for operation in operations(cli) for found in wrong_with(asked, operation)]
    settle(cli)

    assert wrong == [], "\n\n".join(wrong)
    assert set(asked.statuses) == {operation.label for operation in operations(cli)}
    assert [label for label, counts in asked.statuses.items() if min(counts) >= 300] == []
    assert {record.key for record in kept.of("log") if record.key not in before and not ours(record)} == {
        event_id(Secrets.load(running.settings).id, agency, each).encode() for agency, each in asked.taken
    }


def operations(cli: System) -> list[Any]:
    """Return every operation of the served document."""
    schema = schemathesis.openapi.from_dict(cli.get("/openapi.json").good())
    return [found.ok() for found in schema.get_all_operations()]


def wrong_with(asked: Asked, operation: Any) -> Iterator[str]:
    """Ask an operation often, and yield what was not as it says."""
    for mode in GenerationMode:
        cases = operation.as_strategy(generation_mode=mode)
        try:
            _ask_often(asked, with_ids_there_are(cases, asked.known))
        except FailureGroup as found:
            yield f"{operation.label}: {found}"
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, f"{operation.label}: nothing fits what it says"


def _ask_often(asked: Asked, cases: st.SearchStrategy[Case]) -> None:
    @seed(SEED)
    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases, st.sampled_from([agency for agency, _ in CALLERS]))
    def ask(case: Case, caller: str) -> None:
        asked.ask(case, caller)

    ask()


def ours(record: Stored) -> bool:
    """Say whether an event of the log is one that a service of ours publishes by itself."""
    return decode_header(decode_envelope(record.value).header).type.startswith(OF_OURS)
