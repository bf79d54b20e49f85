"""What is kept of each case says what its releases say, whatever came in which order and in which batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.projections.api.routes import told
from services.projections.flow import Folded
from services.projections.pages.cases import Case, Known, case
from services.projections.pages.narrowing import Narrowing
from services.projections.state import Numbers, Opening, Row, Show
from services.projections.store.cases import Held, Wanted
from services.projections.store.models import Store
from services.runtime.database import engine_at
from services.vocabulary.due import due
from services.vocabulary.events import EventType
from services.vocabulary.times import parse_time
from tests.projections_builders import event_number
from tests.system import sized

MONDAY_OFF = frozenset({date(2024, 8, 26)})
NOWS = (
    datetime(2024, 8, 24, 12, tzinfo=UTC),
    datetime(2024, 8, 27, 23, tzinfo=UTC),
    datetime(2024, 8, 27, 23, 0, 1, tzinfo=UTC),
    datetime(2024, 9, 9, 9, tzinfo=UTC),
)
TOLD_AT = ("2024-08-23T08:30:00Z", "2024-08-23T23:30:00Z", "2024-08-27T10:00:00.5Z")
EXPECTED = (
    None,
    "decide within 1 working day",
    "answer within 24 hours",
    "contribute what is known before the meeting",
)
TYPES = (
    EventType.VPA_RAISED,
    EventType.VPA_REVIEWED,
    EventType.VPA_CORRECTED,
    EventType.CASE_OPENED,
    EventType.MARAC_LISTED,
)
FORMS = {"VpaRaised", "VpaReviewed", "VpaCorrected"}
RECIPIENTS, INCIDENTS = ("dafsu", "cedah"), ("a", "a", "a", "b", None)


@dataclass(frozen=True, slots=True)
class Model:
    """The rule as the pages had it when they looked through every case themselves."""

    rows: Sequence[Row]
    opened: frozenset[str]

    def standing(self, rows: Sequence[Row]) -> list[Row]:
        last: dict[str, Row] = {}
        for row in rows:
            if row.kind in ("changed", "recalled", "corrected") and row.event_type in FORMS:
                last = {
                    key: other
                    for key, other in last.items()
                    if other.event_type not in FORMS or (other.kind == "recalled" and other.expects)
                }
            last[row.event_id] = row
        return list(last.values())

    def told(self) -> list[Row]:
        return [row for row in self.rows if row.ground != "own"] or list(self.rows)

    def is_new(self, answered: frozenset[str]) -> bool:
        return any(
            self.is_unseen(row, answered) if row.kind == "recalled" else self.is_unopened(row)
            for row in self.standing(self.told())
        )

    def is_unopened(self, row: Row) -> bool:
        content = bool(set(row.sections) - {"facts"})
        return row.ground != "own" and content and row.release_id not in self.opened

    def is_unseen(self, recall: Row, answered: frozenset[str]) -> bool:
        was_opened = any(
            row.seq < recall.seq
            and row.release_id in self.opened
            and (row.event_id == recall.event_id or {row.event_type, recall.event_type} <= FORMS)
            for row in self.told()
        )
        return recall.ground != "own" and was_opened and recall.release_id not in answered

    def is_recalled(self) -> bool:
        return all(row.kind == "recalled" for row in self.standing(self.told()))

    def unanswered(self, answered: frozenset[str]) -> list[Row]:
        done = {(row.event_id, row.expects) for row in self.rows if row.release_id in answered}
        waiting = [row for row in self.standing(self.rows) if row.expects and row.release_id not in answered]
        return [row for row in waiting if row.kind == "recalled" or (row.event_id, row.expects) not in done]

    def is_overdue(self, answered: frozenset[str], now: datetime) -> bool:
        ends = [due(row.expects, parse_time(row.decided_at), MONDAY_OFF) for row in self.unanswered(answered)]
        return any(end is not None and end.over_at < now for end in ends)


@dataclass(frozen=True, slots=True)
class History:
    """Rows and openings in the order they came, cut into batches after these many."""

    steps: tuple[Row | Opening, ...]
    cuts: frozenset[int]

    def rows(self, recipient: str) -> list[Row]:
        return [step for step in self.steps if isinstance(step, Row) and step.recipient == recipient]

    def opened(self, recipient: str) -> frozenset[str]:
        found = [step for step in self.steps if isinstance(step, Opening)]
        return frozenset(one.release_id for one in found if one.recipient == recipient)

    def batches(self) -> list[list[Row | Opening]]:
        found: list[list[Row | Opening]] = [[]]
        for number, step in enumerate(self.steps):
            if number in self.cuts:
                found.append([])
            found[-1].append(step)
        return found


def name_of(recipient: str, seq: int) -> str:
    return f"{recipient}-{seq}"


@st.composite
def a_row(draw: st.DrawFn, recipient: str, seq: int) -> Row:
    answers = draw(st.sampled_from([None, None, *(name_of(recipient, n) for n in range(1, 8))]))
    return Row(
        recipient=recipient,
        seq=seq,
        release_id=name_of(recipient, seq),
        kind=draw(st.sampled_from(["new", "new", "changed", "recalled", "corrected"])),
        cause="cause",
        event_id=event_number(draw(st.integers(1, 3))),
        event_type=draw(st.sampled_from(TYPES)).value,
        source=None,
        occurred_at=None,
        decided_at=draw(st.sampled_from(TOLD_AT)),
        ground=draw(st.sampled_from(["high-risk", "high-risk", "own"])),
        rule="rule",
        policy="policy",
        purpose="support",
        expects=draw(st.sampled_from(EXPECTED)),
        not_after=None,
        person=None,
        incident=draw(st.sampled_from(INCIDENTS)),
        reason=None,
        partition=0,
        sections=draw(st.sampled_from([(), ("facts",), ("facts", "victim")])),
        value=b"",
        answers=answers,
        outcome="done" if answers else None,
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    numbers = dict.fromkeys(RECIPIENTS, 0)
    steps: list[Row | Opening] = []
    for _ in range(draw(st.integers(1, 14))):
        recipient = draw(st.sampled_from(["dafsu", "dafsu", "dafsu", "cedah"]))
        if draw(st.integers(0, 3)) == 0:
            opened = name_of(draw(st.sampled_from(RECIPIENTS)), draw(st.integers(1, 8)))
            steps.append(Opening(recipient=recipient, release_id=opened))
        else:
            numbers[recipient] += 1
            steps.append(draw(a_row(recipient, numbers[recipient])))
    return History(tuple(steps), frozenset(draw(st.sets(st.integers(1, 13)))))


def kept(store: Store, batches: Sequence[Sequence[Row | Opening]]) -> list[str]:
    """Keep batches one after another in empty tables. Returns every row there is then."""
    store.clear()
    loaded = store.load()
    expected: Mapping[str, int] = {}
    for number, batch in enumerate(batches, 1):
        rows = tuple(step for step in batch if isinstance(step, Row))
        expected = {**expected, **{row.recipient: row.seq + 1 for row in rows}}
        folded = Folded(
            rows=rows,
            numbers=Numbers(expected=expected),
            opened=tuple(step for step in batch if isinstance(step, Opening)),
        )
        loaded = store.commit(loaded, folded, {"to.any": number})
    return list(store.dump())


@settings(
    max_examples=sized(150, 5000),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories(), now=st.sampled_from(NOWS))
def test_each_question_finds_the_cases_the_pages_rule_finds_in_its_order(
    database_url: str, history: History, now: datetime
) -> None:
    store = the_store(database_url)
    kept(store, history.batches())

    for recipient in RECIPIENTS:
        assert {show: found(store, recipient, now, show) for show in Show} == modelled(
            history, recipient, now
        )


@settings(
    max_examples=sized(40, 2000),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
def test_what_is_kept_depends_on_what_there_is_and_not_on_what_came_first(
    database_url: str, history: History
) -> None:
    store = the_store(database_url)
    rows = [step for step in history.steps if isinstance(step, Row)]
    openings = [step for step in history.steps if isinstance(step, Opening)]

    live = kept(store, history.batches())

    assert kept(store, [[*openings, *rows]]) == live
    assert kept(store, [*([row] for row in rows), openings]) == live


@settings(
    max_examples=sized(40, 2000),
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories(), now=st.sampled_from(NOWS))
def test_a_page_says_of_a_case_what_it_was_found_by(
    database_url: str, history: History, now: datetime
) -> None:
    store = the_store(database_url)
    kept(store, history.batches())

    for recipient in RECIPIENTS:
        for held in store.cases(Wanted(recipient=recipient, limit=100, now=now)):
            incident, page = held.rows[0].incident, page_of(held, now)
            asked = {show for show in Show if incident in found(store, recipient, now, show)}
            types = {each for each in TYPES if incident in with_one(store, recipient, now, each)}
            assert asked == {show for show in Show if Narrowing(show=(show,)).admits(page)}
            assert types == {each for each in TYPES if Narrowing(happened=each).admits(page)}


def page_of(held: Held, now: datetime) -> Case:
    """Return a case as the inbox shows it, of what the read model tells."""
    known = Known(
        opened=held.opened,
        answered={one.release_id for one in held.answers},
        now=now,
        bank_holidays=MONDAY_OFF,
    )
    shown = case({"releases": [told(row) for row in held.rows]}, known, str)
    assert shown is not None
    return shown


@cache
def the_store(url: str) -> Store:
    store = Store(engine_at(url), MONDAY_OFF)
    store.ensure()
    return store


def found(store: Store, recipient: str, now: datetime, show: Show) -> list[str | None]:
    return incidents(store, Wanted(recipient=recipient, limit=100, now=now, show=frozenset({show})))


def with_one(store: Store, recipient: str, now: datetime, happened: EventType) -> list[str | None]:
    return incidents(store, Wanted(recipient=recipient, limit=100, now=now, happened=happened))


def incidents(store: Store, wanted: Wanted) -> list[str | None]:
    return [held.rows[0].incident for held in store.cases(wanted)]


def modelled(history: History, recipient: str, now: datetime) -> dict[Show, list[str | None]]:
    """Return what each question should find, by looking at every case."""
    rows = history.rows(recipient)
    answered = frozenset(row.answers for row in rows if row.answers)
    models = {
        alias: Model([row for row in rows if row.incident == alias], history.opened(recipient))
        for alias in {row.incident for row in rows if row.incident}
    }
    ordered = sorted(
        models, key=lambda alias: (not models[alias].is_new(answered), -models[alias].rows[-1].seq)
    )
    says = {
        Show.NEW: lambda one: one.is_new(answered),
        Show.EXPECTED: lambda one: bool(one.unanswered(answered)),
        Show.OVERDUE: lambda one: one.is_overdue(answered, now),
        Show.RECALLED: lambda one: one.is_recalled(),
    }
    return {show: [alias for alias in ordered if says[show](models[alias])] for show in Show}
