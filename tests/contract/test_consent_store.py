"""What the gate's store and ledger promise, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from services.consent.commands import catch_up, clear, dump
from services.consent.flow.decision import DECISION_VERSION
from services.consent.flow.fold import OtherVersion
from services.consent.flow.ledger import Became
from services.consent.flow.record import decode
from services.consent.keyring.counts import summary
from services.consent.store.days import Days
from services.consent.store.gate import GateStore
from services.consent.store.ledger import Ledger
from services.consent.store.tables import LEDGER
from services.consent.worker.gate import Quiet
from services.eventlog.errors import Moved, Unavailable
from services.eventlog.records import Record
from services.eventlog.topics import DECISIONS, LOG
from services.runtime.database import engine_at, reading
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult
from tests.gate_builders import (
    HILLSIDE,
    START,
    STRICT,
    Bench,
    a_child,
    a_form,
    an_event,
    case,
    consent,
    grades,
    own_override,
    policy_adopted,
    sealed,
)


@pytest.fixture
def engine(database_url: str) -> Engine:
    return engine_at(database_url)


@pytest.fixture
def bench(engine: Engine) -> Bench:
    found = Bench(engine)
    found.publish(policy_adopted())
    return found


OTHER = DECISION_VERSION + 1


def ledger(bench: Bench) -> Ledger:
    return Ledger(bench.engine)


def test_a_gate_starts_where_the_last_one_committed(bench: Bench) -> None:
    bench.publish(a_form(of=grades(Risk.HIGH)))
    bench.settle()
    bench.publish(a_form(of=grades(Risk.HIGH)))
    gate = bench.gate()

    assert gate.position == 2
    bench.settle(gate)
    assert [each.seq for each in bench.output().releases["dafsu"]] == [1, 2]


def test_a_commit_from_a_position_that_was_left_keeps_nothing(bench: Bench) -> None:
    first, second = GateStore(bench.engine), GateStore(bench.engine)
    before = second.load()
    bench.store = first
    bench.settle()
    after = list(dump(bench.engine))

    with pytest.raises(Moved):
        second.seen(["anything"])
    assert before.log == 0
    assert list(dump(bench.engine)) == after


def test_a_later_copy_of_an_event_is_passed_over(bench: Bench) -> None:
    form = a_form(of=grades(Risk.HIGH), recorded_at=START + timedelta(hours=1))
    bench.publish(form, form)
    bench.settle()
    bench.publish(form)
    gate = bench.settle()

    assert gate.position == 4
    assert len(bench.output().decisions) == 2
    assert len(bench.output().releases["dafsu"]) == 1


def test_what_is_no_event_reaches_nobody_and_stops_nobody(bench: Bench) -> None:
    bench.log.writer().append(LOG, [Record(key=b"x", value=b"noise")])
    bench.publish(a_form(of=grades(Risk.HIGH)))
    bench.settle()

    unreadable = decode(bench.output().decisions[1])
    assert (unreadable.event_id, unreadable.event_type) == ("unreadable-1", "unreadable")
    assert {each.reason for each in unreadable.answers} == {"unclassified"}
    assert len(bench.output().releases["dafsu"]) == 1


def test_an_event_whose_routing_does_not_open_reaches_nobody(bench: Bench) -> None:
    record = sealed(a_form(of=grades(Risk.HIGH), recorded_at=START + timedelta(hours=1)))
    broken = bytearray(record.value)
    broken[broken.index(b"routing/1") + 80] ^= 1
    bench.log.writer().append(LOG, [Record(key=record.key, value=bytes(broken))])
    bench.settle()

    decision = decode(bench.output().decisions[1])
    assert {each.reason for each in decision.answers} == {"unclassified"}


def test_a_gate_of_another_version_stops_before_the_event_that_adopts_it(bench: Bench) -> None:
    bench.publish(a_form(of=grades(Risk.HIGH)), policy_adopted(version=OTHER), a_form(of=grades(Risk.HIGH)))
    gate = bench.gate()
    gate.step(0.0)

    with pytest.raises(OtherVersion, match=f"version `{OTHER}`"):
        gate.step(0.0)
    assert gate.position == 2
    assert len(bench.output().decisions) == 2


def test_of_two_versions_one_stops_at_the_adoption_and_the_other_starts_there(bench: Bench) -> None:
    before, adopts = a_form(of=grades(Risk.HIGH)), policy_adopted(version=OTHER)
    after = a_form(of=grades(Risk.HIGH))
    bench.publish(before, adopts, after)
    with pytest.raises(OtherVersion):
        bench.settle(bench.gate(version=OTHER, limit=1))
    with pytest.raises(OtherVersion):
        bench.settle(bench.gate(limit=1))

    bench.settle(bench.gate(version=OTHER, limit=1))

    with reading(bench.engine) as conn:
        rows = conn.execute(select(LEDGER.c.event_id, LEDGER.c.version).order_by(LEDGER.c.offset))
        versions = {row.event_id: row.version for row in rows}
    assert (versions[before.event_id], versions[adopts.event_id], versions[after.event_id]) == (
        DECISION_VERSION,
        OTHER,
        OTHER,
    )
    assert [each.seq for each in bench.output().releases["dafsu"]] == [1, 2]


def test_a_decision_already_recorded_is_obeyed_and_not_decided_again(bench: Bench) -> None:
    class DyingAfterDecisions:
        def append_many(self, records: object, *, meanwhile: object) -> list[object]:
            raise Unavailable("killed between the steps")

    bench.publish(a_form(of=grades(Risk.HIGH)))
    bench.gate(releases=DyingAfterDecisions()).step(0.0)  # type: ignore[arg-type]
    recorded = bench.records(DECISIONS)
    gate = bench.gate()
    gate._decider = None
    bench.settle(gate)

    assert bench.records(DECISIONS) == recorded
    assert len(bench.output().releases["dafsu"]) == 1


def test_the_ledger_is_made_again_from_the_record_row_for_row(bench: Bench) -> None:
    bench.publish(
        a_form(EventType.VPA_RAISED, pupils=[a_child("one")]),
        a_form(of=grades(Risk.MEDIUM), consent={"cedah": "given"}, pupils=[a_child("one")]),
        case(EventType.CASE_OPENED, "cedah"),
        consent(withdraws=True),
        a_form(EventType.VPA_CORRECTED, grades(Risk.HIGH)),
    )
    bench.settle(bench.gate(limit=2))
    live = list(dump(bench.engine))
    written = (bench.records(DECISIONS), bench.output())

    clear(bench.engine)
    bench.store = GateStore(bench.engine)
    catch_up(bench.gate(limit=3, writer=Quiet()))

    assert list(dump(bench.engine)) == live
    assert (bench.records(DECISIONS), bench.output()) == written


def test_an_agency_s_override_for_itself_is_heard_from_the_log_with_whoever_confirmed_it(
    bench: Bench,
) -> None:
    form = a_form(of=grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP))
    bench.publish(form, own_override("family-help", confirmed_by=None))
    bench.settle()
    before = [each.event_id for each in bench.output().releases["family-help"]]
    bench.publish(own_override("family-help"))
    bench.settle()

    grounds = {each.event_id: each.ground for each in bench.output().releases["family-help"]}
    assert form.event_id not in before
    assert grounds[form.event_id] == "override"


def test_what_a_recipient_holds_stands_until_something_takes_its_place(bench: Bench) -> None:
    bench.publish(
        a_form(of=grades(Risk.HIGH)),
        a_form(of=grades(Risk.HIGH)),
        a_form(EventType.VPA_CORRECTED, grades(Risk.HIGH)),
        a_form(of=grades(Risk.MEDIUM)),
    )
    seen: list[list[str]] = []
    gate = bench.gate(limit=1)
    for _ in range(5):
        gate.step(0.0)
        found = [ledger(bench).release(each.release_id) for each in bench.output().releases.get("dafsu", ())]
        seen.append([each.became.value for each in found if each is not None])

    assert seen[2:] == [
        ["superseded", "stands"],
        ["corrected", "corrected", "stands"],
        ["corrected", "corrected", "recalled", "recalled"],
    ]


def test_a_recall_leaves_a_recipients_own_events_alone(bench: Bench) -> None:
    bench.publish(a_form(of=grades(Risk.HIGH)), case(EventType.CASE_CLOSED, "dafsu"), a_form())
    bench.settle()

    became = {}
    for release in bench.output().releases["dafsu"]:
        found = ledger(bench).release(release.release_id)
        assert found is not None
        became[release.seq] = found.became
    assert became == {1: Became.RECALLED, 2: Became.STANDS, 3: Became.RECALLED}


def test_what_ends_for_an_event_beside_the_forms_leaves_the_form_and_other_events_alone(bench: Bench) -> None:
    form = a_form(of=grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING))
    listings = [
        an_event(EventType.MARAC_LISTED, incident=form.incident, attendees=("checs",)),
        an_event(EventType.MARAC_LISTED, incident=form.incident, attendees=("housing",)),
    ]
    bench.publish(form, case(EventType.CASE_OPENED, "mycwa"), *listings)
    bench.settle()

    became = {}
    for release in bench.output().releases["checs"]:
        found = ledger(bench).release(release.release_id)
        assert found is not None
        became[release.event_id, release.kind] = found.became
    assert became[form.event_id, ReleaseKind.NEW] is Became.STANDS
    assert became[listings[0].event_id, ReleaseKind.NEW] is Became.RECALLED
    assert sorted(became.values()).count(Became.STANDS) == 2


def test_every_answer_is_kept_with_what_caused_it(bench: Bench) -> None:
    form = a_form(of=grades(Risk.MEDIUM))
    late = consent({"cedah": "given"})
    bench.publish(form, late)
    bench.settle()

    given = ledger(bench).about([form.event_id])
    assert [(each.event_id == form.event_id, each.cause) for each in given] == [
        (True, form.event_id),
        (True, late.event_id),
    ]


def test_what_was_owed_and_withheld_and_what_reached_nobody_is_counted(bench: Bench) -> None:
    kinds = [
        (grades(Risk.HIGH), {}),
        (grades(Risk.MEDIUM), {"cedah": "refused"}),
        (grades(Risk.STANDARD), {"cheshire-cares": "given"}),
        (grades(Risk.STANDARD), {}),
        (grades(Risk.STANDARD, ChildrenLevel.BELOW_THRESHOLD), {}),
        (grades(Risk.STANDARD, adults=[VulnerableAdult.OTHER]), {}),
    ]
    for number, (of, answers) in enumerate(kinds):
        bench.publish(a_form(of=of, incident=f"incident {number}", consent=answers))
    bench.publish(a_form(EventType.VPA_RAISED, incident="not reviewed"))
    bench.settle()

    found = summary(ledger(bench), RECIPIENTS, Days())
    assert (found["vpas"], found["awaiting_review"]) == (6, 1)
    assert found["owed_withheld"] == {
        "adult-social-care": {"no-ground": 1},
        "cedah": {"no-ground": 1},
        "cheshire-cares": {"no-ground": 3},
    }
    assert found["shared_with_nobody"] == {
        "total": 4,
        "standard_no_children_no_adult": 1,
        "with_children_below_threshold": 1,
    }
    counted = {row["recipient"]: row["by_ground"] for row in found["recipients"]}
    assert counted["dafsu"] == {"high-risk": 1}
    assert counted["cheshire-cares"] == {"consent": 1}
    assert counted["mycwa"] == {}


def test_late_consent_moves_a_vpa_from_withheld_to_shared(bench: Bench) -> None:
    bench.publish(a_form(of=grades(Risk.MEDIUM)))
    bench.settle()
    before = summary(ledger(bench), RECIPIENTS, Days())
    bench.publish(consent({"cedah": "given"}))
    bench.settle()

    after = summary(ledger(bench), RECIPIENTS, Days())
    assert before["owed_withheld"] == {"cedah": {"no-ground": 1}}
    assert after["owed_withheld"] == {}
    assert [each["shared_with_nobody"]["total"] for each in (before, after)] == [1, 0]


def test_days_are_the_areas_own_and_include_both_ends(bench: Bench) -> None:
    before_midnight = START.replace(day=2, hour=22, minute=59)
    after_midnight = START.replace(day=2, hour=23, minute=1)
    bench.publish(
        a_form(incident="on the second", occurred_at=before_midnight),
        a_form(incident="on the third", occurred_at=after_midnight),
    )
    bench.settle()

    def count(first: int, last: int) -> object:
        days = Days(first=date(2024, 9, first), last=date(2024, 9, last))
        return summary(ledger(bench), RECIPIENTS, days)["vpas"]

    assert [count(2, 2), count(3, 3), count(2, 3), count(4, 5)] == [1, 1, 2, 0]


def test_a_child_that_no_school_is_told_of_does_not_make_a_vpa_shared(bench: Bench) -> None:
    pupils = [a_child("one"), a_child("two", None, Placement.HOME_EDUCATED)]
    bench.publish(a_form(of=grades(Risk.STANDARD), pupils=pupils))
    bench.settle()

    assert summary(ledger(bench), RECIPIENTS, Days())["shared_with_nobody"]["total"] == 1
    assert len(bench.output().releases[f"school:{HILLSIDE}"]) == 1


def test_the_policy_in_force_is_the_last_adopted_and_older_ones_are_kept(bench: Bench) -> None:
    bench.settle()
    first = ledger(bench).policy()
    assert first is not None
    bench.publish(policy_adopted(text=first.text + "\n# later\n"))
    bench.settle()

    second = ledger(bench).policy()
    assert second is not None
    assert second.hash != first.hash
    assert ledger(bench).policy(first.hash) == first


def test_a_policy_for_later_is_kept_and_governs_a_gate_that_starts_meanwhile(bench: Bench) -> None:
    later = STRICT.read_text().replace('name = "strict"', 'name = "later"')
    day = timedelta(days=1)
    bench.publish(policy_adopted(text=later, effective_at=START + day))
    bench.settle()
    meanwhile = ledger(bench).policy()
    bench.publish(a_form(of=grades(Risk.HIGH), recorded_at=START + day))
    bench.settle()

    now = ledger(bench).policy()
    assert meanwhile is not None
    assert now is not None
    assert (meanwhile.name, now.name) == ("strict", "later")
    assert decode(bench.output().decisions[-1]).policy == now.hash


def test_where_a_batch_ends_changes_nothing_of_what_falls_due(bench: Bench, tmp_path: Path) -> None:
    other = Bench(engine_at(f"sqlite:///{tmp_path / 'other.db'}"))
    end = START + timedelta(days=1)
    events = [policy_adopted()]
    for number in range(60):
        incident, victim = f"i{number}", f"v{number}"
        form = a_form(
            of=grades(Risk.MEDIUM),
            incident=incident,
            victim=victim,
            consent={"cedah": "given"},
            expires_at=end,
        )
        sooner = consent(
            {"family-help": "given"}, incident=incident, expires_at=end - timedelta(seconds=1 + number)
        )
        events += [form, replace(sooner, victim=form.victim)]
    events += [
        an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=end + number * timedelta(minutes=15))
        for number in range(4)
    ]
    for place in (bench, other):
        place.publish(*(events[1:] if place is bench else events))
    bench.settle(bench.gate(limit=1))
    other.settle()

    said = [[(each.again, each.emits) for each in map(decode, b.output().decisions)] for b in (bench, other)]
    assert said[0][1:] == said[1][1:]
    assert sum(len(again) for again, _ in said[0]) == 120


def test_time_that_passes_is_decided_too(bench: Bench) -> None:
    bench.publish(an_event(EventType.TIME_PASSED, publisher="ingest"))
    bench.settle()

    with reading(bench.engine) as conn:
        assert len(conn.execute(select(LEDGER)).all()) == 2
