"""What was set aside is read again by the same code, in order and once, on SQLite and on PostgreSQL."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from services.eventlog.catalogue import Catalogue
from services.eventlog.catalogue_files import SCHEMAS, load_catalogue
from services.eventlog.errors import OffsetGone
from services.eventlog.ids import release_id
from services.eventlog.redriver import Changed, Plan, Redriver, Whom
from services.eventlog.topics import OPENINGS
from services.eventlog.trial import Says
from services.projections.state import Head
from services.projections.store.cases import Wanted
from services.projections.store.models import Question
from services.projections.worker import Worker
from tests.projections_builders import RECORDED, ReadModels, a_release, an_answer, event_number

LEAD = Whom(agency="police", person="p-hub-lead")
TOPIC = "to.dafsu"


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(url=database_url)


def numbers_of(models: ReadModels, recipient: str = "dafsu") -> list[int]:
    rows = models.store().page(Question(recipient=recipient, after=None, limit=1000))
    return [row.seq for row in rows]


def with_another_key(models: ReadModels) -> None:
    """The read models are given a key under which no facts open."""
    models.routing_key = bytes(32)


def with_its_own_key(models: ReadModels) -> None:
    models.routing_key = bytes(range(32))


def some_set_aside(models: ReadModels) -> None:
    """One release is read; then comes a wrong key; then, with the right one, what is behind is early."""
    models.append("dafsu", a_release(seq=1))
    models.follow()
    with_another_key(models)
    models.append("dafsu", a_release(seq=2), a_release(seq=3, sections=("victim",)))
    models.follow()
    with_its_own_key(models)
    models.append("dafsu", a_release(seq=4), a_release(seq=5))
    models.follow()


def planned(redriver: Redriver, topic: str = TOPIC) -> Plan:
    plan = redriver.plan(topic)
    assert plan is not None
    return plan


def read_again(models: ReadModels, worker: Worker | None = None) -> Worker:
    """Have everything of DAFSU's read again that was set aside, and follow to the end."""
    following = worker or models.worker()
    redriver = models.redriver(following)
    redriver.redrive(planned(redriver), LEAD)
    return models.follow(following)


def without(event: str, folder: Path) -> Catalogue:
    """Return the catalogue as it was before an event's schema came."""
    root = folder / "avro"
    shutil.copytree(SCHEMAS, root)
    for file in [*root.rglob(f"{event}.avsc"), *root.glob(f"merged/*/{event}/*.avsc")]:
        file.unlink()
    return load_catalogue(root)


def test_one_record_that_cannot_be_read_holds_back_all_that_follow_it(models: ReadModels) -> None:
    some_set_aside(models)

    assert numbers_of(models) == [1]
    assert models.store().found().aside == {TOPIC: {1: "tampered"}}


def test_who_is_held_back_is_known_with_since_when_and_behind_which_topic(models: ReadModels) -> None:
    some_set_aside(models)
    models.clock.advance(RECORDED + timedelta(minutes=5))

    started_anew = models.worker()

    assert started_anew.waiting == {"dafsu": RECORDED}
    assert models.store().topics_aside() == {TOPIC}


def test_nobody_is_held_back_once_it_was_read_again(models: ReadModels) -> None:
    some_set_aside(models)

    worker = read_again(models)

    assert worker.waiting == {}
    assert models.store().topics_aside() == frozenset()


def test_a_trial_reads_no_more_than_it_may_and_says_how_many_of_how_many(models: ReadModels) -> None:
    some_set_aside(models)
    models.most_tried = 3

    plan = planned(models.redriver())

    assert plan.trial is not None
    assert (plan.trial.records, plan.records) == (3, 4)
    assert plan.trial.counts == {Says.APPLIED: 3}


def test_what_a_trial_left_out_is_read_again_with_the_rest(models: ReadModels) -> None:
    some_set_aside(models)
    models.append("dafsu", b"no release", a_release(seq=6))
    models.follow()
    models.most_tried = 1

    tried = planned(models.redriver())
    read_again(models)

    assert tried.trial is not None
    assert [one.offset for one in tried.trial.tried] == [1]
    assert numbers_of(models) == [1, 2, 3, 4, 5, 6]
    assert models.store().found().aside == {TOPIC: {5: "undecodable"}}


def test_a_trial_says_what_would_come_of_it_and_does_nothing(models: ReadModels) -> None:
    some_set_aside(models)
    before = models.store().found()

    plan = planned(models.redriver())

    assert plan.trial is not None
    assert plan.trial.counts == {Says.APPLIED: 4}
    assert [(one.offset, one.was, one.says) for one in plan.trial.tried] == [(1, "tampered", Says.APPLIED)]
    assert models.store().found() == before


def test_what_is_read_again_is_applied_with_everything_behind_it_in_order(models: ReadModels) -> None:
    some_set_aside(models)

    read_again(models)

    assert numbers_of(models) == [1, 2, 3, 4, 5]
    assert models.store().found().aside == {}


def test_a_worker_at_work_goes_back_by_itself_with_nothing_new_to_read(models: ReadModels) -> None:
    some_set_aside(models)
    following = models.follow()

    read_again(models, following)

    assert numbers_of(models) == [1, 2, 3, 4, 5]


def test_reading_again_gives_the_very_rows_a_rebuild_gives(models: ReadModels) -> None:
    some_set_aside(models)
    models.append("dafsu", an_answer("dafsu", 6, "release-1"))
    read_again(models)
    live = list(models.store().dump())

    models.store().clear()
    models.follow()

    assert list(models.store().dump()) == live
    assert len(live) == 6 + 1 + 1 + 1


def test_what_was_applied_meanwhile_is_not_applied_twice(models: ReadModels) -> None:
    models.append("dafsu", b"no release", a_release(seq=1), a_release(seq=2))
    models.follow()

    plan = planned(models.redriver())
    read_again(models)

    assert plan.trial is not None
    assert plan.trial.counts == {Says.UNREADABLE: 1, Says.HELD: 2}
    assert numbers_of(models) == [1, 2]


def test_what_still_cannot_be_read_stays_with_the_reason_of_now_and_how_often_it_was_tried(
    models: ReadModels,
) -> None:
    some_set_aside(models)
    with_another_key(models)
    models.append("dafsu", b"no release")
    models.follow()

    read_again(models)
    read_again(models)

    plan = planned(models.redriver())
    assert models.store().found().aside[TOPIC] == {
        1: "tampered",
        3: "tampered",
        4: "tampered",
        5: "undecodable",
    }
    assert plan.times == {1: 2, 3: 2, 4: 2, 5: 2}


def test_a_schema_that_arrives_late_is_what_mends_it(models: ReadModels, tmp_path: Path) -> None:
    models.catalogue = without("ExpectationMet", tmp_path)
    models.append("dafsu", an_answer("dafsu", 1, "release-1"), a_release(seq=2))
    models.follow()
    too_early = planned(models.redriver())

    models.catalogue = load_catalogue()
    read_again(models)

    assert too_early.trial is not None
    assert [(one.says, one.reason) for one in too_early.trial.tried] == [(Says.UNREADABLE, "unknownschema")]
    assert numbers_of(models) == [1, 2]


def test_each_time_is_on_record_with_who_asked_and_stays_there_after_a_rebuild(models: ReadModels) -> None:
    some_set_aside(models)
    read_again(models)

    models.store().clear()

    (one,) = models.store().found().redrives
    assert (one.topic, one.first, one.until) == (TOPIC, 1, 5)
    assert (one.agency, one.person, one.at) == ("police", "p-hub-lead", RECORDED)


def test_only_what_was_shown_is_done(models: ReadModels) -> None:
    some_set_aside(models)
    redriver = models.redriver()
    shown = planned(redriver)
    models.append("dafsu", b"no release")
    models.follow()

    with pytest.raises(Changed):
        redriver.redrive(shown, LEAD)

    assert numbers_of(models) == [1]


def test_pressing_twice_is_doing_it_once(models: ReadModels) -> None:
    some_set_aside(models)
    redriver = models.redriver()
    shown = planned(redriver)
    redriver.redrive(shown, LEAD)

    with pytest.raises(Changed):
        redriver.redrive(shown, LEAD)

    assert len(models.store().found().redrives) == 1


def test_a_worker_of_old_memory_skips_nothing_after_another_has_read_again(models: ReadModels) -> None:
    some_set_aside(models)
    asleep, awake = models.worker(), models.worker()
    read_again(models, awake)
    models.append("dafsu", a_release(seq=6))

    models.follow(asleep)

    assert numbers_of(models) == [1, 2, 3, 4, 5, 6]


def test_killed_after_it_was_asked_for_the_next_worker_reads_again(models: ReadModels) -> None:
    some_set_aside(models)
    redriver = models.redriver()
    redriver.redrive(planned(redriver), LEAD)

    models.follow()

    assert models.store().head("dafsu") == Head(first_kept=1, last=5)


def test_what_the_log_no_longer_holds_is_refused_and_the_reader_stays_where_it_is(models: ReadModels) -> None:
    some_set_aside(models)
    emptied = ReadModels(url=models.url)
    redriver = emptied.redriver()

    with pytest.raises(OffsetGone):
        redriver.redrive(planned(redriver), LEAD)

    assert models.store().load().positions[TOPIC] == 5


def test_other_recipients_are_left_where_they_are(models: ReadModels) -> None:
    some_set_aside(models)
    models.append("cedah", a_release("cedah", 1))
    models.follow()

    read_again(models)

    assert models.store().load().positions["to.cedah"] == 1
    assert numbers_of(models, "cedah") == [1]
    assert models.redriver().plan("to.cedah") is None


def test_an_opening_that_cannot_be_read_stands_aside_and_holds_nothing_back(models: ReadModels) -> None:
    models.append("dafsu", a_release(seq=1))
    models.open("dafsu", "no release id")
    models.open("dafsu", release_id("new1", event_number(1), "dafsu"))

    models.follow()

    assert models.store().found().aside == {OPENINGS: {0: "undecodable"}}
    assert not waits(models)


def test_an_opening_is_read_again_where_it_stands_and_counts_once(models: ReadModels) -> None:
    models.append("dafsu", a_release(seq=1))
    models.open("dafsu", "no release id")
    models.open("dafsu", release_id("new1", event_number(1), "dafsu"))
    models.follow()
    before = list(models.store().dump())
    plan = planned(models.redriver(), OPENINGS)

    models.redriver().redrive(plan, LEAD)
    models.follow()

    assert plan.trial is not None
    assert plan.trial.counts == {Says.UNREADABLE: 1, Says.TAKEN: 1}
    assert list(models.store().dump()) == before


def waits(models: ReadModels) -> bool:
    (held,) = models.store().cases(Wanted(recipient="dafsu", limit=9, now=RECORDED))
    return held.place.waits
