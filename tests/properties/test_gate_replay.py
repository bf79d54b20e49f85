"""The gate is a deterministic fold: where batches end, and where it is killed, changes nothing (design 2)."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.consent.commands import dump
from services.consent.flow.record import decode, encode
from services.consent.state.heard import Heard
from services.consent.state.read_back import read_incident, read_person
from services.consent.state.written import write
from services.consent.worker.gate import Quiet
from services.eventlog.errors import Unavailable
from services.eventlog.records import Position, Record
from services.eventlog.topics import DECISIONS
from services.runtime.database import engine_at
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk, VulnerableAdult
from tests.gate_builders import (
    HILLSIDE,
    RIVERSIDE,
    START,
    Bench,
    Story,
    a_child,
    a_form,
    case,
    child_status,
    consent,
    grades,
    internal,
    override,
    own_override,
    policy_adopted,
)

INCIDENTS = ("first", "second", "third")
AGENCIES = ("cedah", "dafsu", "checs", "family-help", "adult-social-care", "cheshire-cares")
SLOWLY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

some_incident = st.sampled_from(INCIDENTS)
some_agency = st.sampled_from(AGENCIES)
some_minutes = st.integers(1, 1200).map(
    lambda minutes: START - timedelta(hours=10, minutes=-minutes, seconds=1)
)
some_child = st.builds(
    a_child,
    st.sampled_from(("one", "two", "three")),
    st.sampled_from((HILLSIDE, RIVERSIDE)),
    st.sampled_from((Placement.SCHOOL, Placement.SCHOOL, Placement.HOME_EDUCATED, Placement.CONFLICT)),
)
some_pupils = st.lists(some_child, max_size=3, unique_by=lambda child: child.person)
some_grades = st.builds(
    grades,
    st.sampled_from(Risk),
    st.sampled_from(ChildrenLevel),
    st.sets(st.sampled_from(VulnerableAdult)),
    st.booleans(),
)
some_answers = st.dictionaries(
    some_agency, st.sampled_from((ConsentAnswer.GIVEN, ConsentAnswer.REFUSED, ConsentAnswer.COULD_NOT_ASK))
)
some_event = st.one_of(
    st.builds(
        lambda kind, of, incident, pupils, answers, at: a_form(
            kind, of, incident=incident, pupils=pupils, consent=answers, occurred_at=at
        ),
        st.sampled_from((EventType.VPA_RAISED, EventType.VPA_REVIEWED, EventType.VPA_CORRECTED)),
        some_grades,
        some_incident,
        some_pupils,
        some_answers,
        some_minutes,
    ),
    st.builds(
        lambda answers, incident, at: consent(answers, incident=incident, occurred_at=at),
        some_answers,
        some_incident,
        some_minutes,
    ),
    st.builds(
        lambda incident, at: consent(
            withdraws=True, incident=incident, all_incidents=incident is None, occurred_at=at
        ),
        st.one_of(st.none(), some_incident),
        some_minutes,
    ),
    st.builds(override, some_agency, some_incident),
    st.builds(
        lambda agency, incident: own_override(agency, incident=incident),
        st.sampled_from(("checs", "family-help")),
        some_incident,
    ),
    st.builds(
        lambda kind, agency, incident: case(kind, agency, incident=internal(incident)),
        st.sampled_from((EventType.CASE_OPENED, EventType.CASE_CLOSED)),
        some_agency,
        some_incident,
    ),
    st.builds(
        lambda agency, status, incident: child_status(agency, status, incident=internal(incident)),
        st.sampled_from(("checs", "family-help")),
        st.sampled_from(ChildCase),
        some_incident,
    ),
)
some_history = st.lists(some_event, min_size=1, max_size=12)


def written(folder: Path, history: Sequence[Heard], limit: int) -> Bench:
    """Let a gate with batches of that size decide a history."""
    bench = told(folder, history)
    bench.settle(bench.gate(limit=limit))
    return bench


def told(folder: Path, history: Sequence[Heard]) -> Bench:
    """Return a log that holds a policy and a history, and an empty database."""
    bench = Bench(engine_at(f"sqlite:///{folder / 'consent.db'}"))
    bench.publish(policy_adopted(event_id="the-policy"), *history)
    return bench


def beside(bench: Bench, engine: Engine) -> Bench:
    """Return the same log with a store of its own."""
    other = Bench(engine)
    other.log = bench.log
    return other


Folders = pytest.TempPathFactory


@SLOWLY
@given(some_history, st.integers(1, 5))
def test_where_a_batch_ends_changes_nothing(
    tmp_path_factory: Folders, history: list[Heard], limit: int
) -> None:
    one = written(tmp_path_factory.mktemp("gate"), history, 500)
    several = written(tmp_path_factory.mktemp("gate"), history, limit)

    assert several.output() == one.output()
    assert list(dump(several.engine)) == list(dump(one.engine))


class Failing:
    """A writer that does what it is told a number of times, and then fails before or after writing."""

    def __init__(self, bench: Bench, calls: int, *, wrote: bool) -> None:
        self._writer = bench.log.writer()
        self._left = calls
        self._wrote = wrote

    def append_many(
        self, records: Sequence[tuple[str, Record]], *, meanwhile: Callable[[], None]
    ) -> list[Position]:
        self._left -= 1
        if self._left != 0:
            return self._writer.append_many(records, meanwhile=meanwhile)
        if self._wrote:
            self._writer.append_many(records, meanwhile=meanwhile)
        raise Unavailable("killed here")


@SLOWLY
@given(some_history, st.integers(1, 6), st.booleans(), st.integers(1, 4))
def test_a_gate_that_fails_between_any_two_steps_says_the_same_again(
    tmp_path_factory: Folders, history: list[Heard], calls: int, wrote: bool, limit: int
) -> None:
    undisturbed = written(tmp_path_factory.mktemp("gate"), history, 500)
    bench = told(tmp_path_factory.mktemp("gate"), history)
    gate = bench.gate(limit=limit, writer=Failing(bench, calls, wrote=wrote))
    bench.settle(gate)

    assert bench.output() == undisturbed.output()
    assert list(dump(bench.engine)) == list(dump(undisturbed.engine))


@SLOWLY
@given(some_history, st.lists(st.booleans(), max_size=20), st.integers(1, 3), st.integers(1, 3))
def test_two_gates_at_once_do_no_harm(
    tmp_path_factory: Folders, history: list[Heard], turns: list[bool], first: int, second: int
) -> None:
    undisturbed = written(tmp_path_factory.mktemp("gate"), history, 500)
    bench = told(tmp_path_factory.mktemp("gate"), history)
    gates = (bench.gate(limit=first), beside(bench, bench.engine).gate(limit=second))
    for turn in turns:
        gates[turn].step(0.0)
    bench.settle(gates[0])
    bench.settle(gates[1])

    assert bench.output() == undisturbed.output()
    assert list(dump(bench.engine)) == list(dump(undisturbed.engine))
    assert len({stored.value for stored in bench.records(DECISIONS)}) == len(history) + 1


@SLOWLY
@given(some_history)
def test_the_ledger_made_again_from_what_was_recorded_is_the_one_that_lived(
    tmp_path_factory: Folders, history: list[Heard]
) -> None:
    folder = tmp_path_factory.mktemp("gate")
    live = written(folder, history, 3)
    again = beside(live, engine_at(f"sqlite:///{folder / 'again.db'}"))
    before = live.output()
    again.settle(again.gate(limit=2, writer=Quiet()))

    assert list(dump(again.engine)) == list(dump(live.engine))
    assert live.output() == before


@SLOWLY
@given(some_history)
def test_a_decision_is_read_back_as_it_was_written(history: list[Heard]) -> None:
    story = Story()
    story.tell(*history)

    for folded in story.told:
        assert decode(encode(folded.decision)) == folded.decision


@SLOWLY
@given(some_history)
def test_what_is_known_is_read_back_as_it_was_written(history: list[Heard]) -> None:
    story = Story()
    story.tell(*history)

    world = story.fold.world
    for incident in world.changed_incidents.values():
        assert read_incident(write(incident)) == incident
    for person in world.changed_persons.values():
        assert read_person(write(person)) == person


@SLOWLY
@given(
    st.lists(st.builds(lambda a, at: consent(a, occurred_at=at), some_answers, some_minutes), max_size=6),
    st.randoms(),
)
def test_the_order_in_which_answers_arrive_changes_nothing_about_which_stand(
    history: list[Heard], random: Random
) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)
    stories = [Story(), Story()]
    for story, events in zip(stories, (history, shuffled), strict=True):
        story.tell(a_form(), *events)

    known = [
        {
            to: (said.answer, said.at)
            for to, said in story.fold.world.incident(internal("incident"))
            .consents.get(internal("victim"), {})
            .items()
        }
        for story in stories
    ]
    assert known[0] == known[1]
