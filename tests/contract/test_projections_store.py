"""What the read models' tables promise, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from services.eventlog.errors import Moved
from services.eventlog.ids import release_id
from services.projections.flow import Folded
from services.projections.state import Head, Numbers, Opening, Row, Show
from services.projections.store import lines, rows
from services.projections.store.cases import Wanted
from services.projections.store.models import Loaded, Order, Question, Store
from services.projections.store.tables import CASES, LINED
from services.runtime.database import engine_at, writing
from services.vocabulary.grounds import ReleaseKind
from tests.projections_builders import RECORDED, ReadModels, a_release, an_answer, event_number


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(url=database_url)


def some_releases(models: ReadModels) -> None:
    models.append("dafsu", *(a_release(seq=n) for n in range(1, 8)))
    models.append("cedah", *(a_release("cedah", n) for n in range(1, 4)))
    models.append("school:900001", a_release("school:900001", 1, sections=("children",)))
    models.append("dafsu", a_release(seq=8, event=7, kind=ReleaseKind.RECALLED, sections=()))
    models.append("cedah", an_answer("cedah", 4, "release-1"))
    models.open("dafsu", release_id("new3", event_number(3), "dafsu"))


def test_a_rebuild_gives_the_same_rows_byte_for_byte(models: ReadModels) -> None:
    some_releases(models)
    models.follow()
    live = list(models.store().dump())

    models.store().clear()
    emptied = list(models.store().dump())
    models.follow()

    assert emptied == []
    assert list(models.store().dump()) == live
    assert len(live) == 13 + 1 + 1 + 3 + 3


def test_a_worker_goes_on_from_where_the_tables_stand(models: ReadModels) -> None:
    some_releases(models)
    models.follow()
    models.append("dafsu", a_release(seq=9))

    models.follow()

    assert models.store().head("dafsu") == Head(first_kept=1, last=9)


def test_a_second_worker_does_no_harm(models: ReadModels) -> None:
    slow, quick = models.worker(), models.worker()
    some_releases(models)

    models.follow(quick)
    models.follow(slow)

    assert models.store().head("dafsu") == Head(first_kept=1, last=8)
    assert slow.positions == quick.positions


def test_a_worker_notices_that_everything_was_thrown_away(models: ReadModels) -> None:
    some_releases(models)
    live = models.follow()
    models.store().clear()
    models.append("dafsu", a_release(seq=9))

    models.follow(live)

    assert models.store().head("dafsu") == Head(first_kept=1, last=9)


def test_rows_and_positions_are_kept_together_or_not_at_all(models: ReadModels) -> None:
    some_releases(models)
    stale = models.store().load()
    models.follow()
    before = list(models.store().dump())

    with pytest.raises(Moved):
        models.store().commit(
            stale, Folded(rows=(), numbers=Numbers(expected={"dafsu": 99})), {"to.dafsu": 1}
        )

    assert list(models.store().dump()) == before


def test_a_page_holds_the_callers_rows_alone_in_the_order_of_their_numbers(models: ReadModels) -> None:
    some_releases(models)
    models.follow()

    page = models.store().page(Question(recipient="dafsu", after=2, limit=3))

    assert [row.seq for row in page] == [3, 4, 5]
    assert {row.recipient for row in page} == {"dafsu"}


def test_a_page_can_begin_with_the_newest_and_keep_to_one_kind(models: ReadModels) -> None:
    some_releases(models)
    models.follow()

    newest = models.store().page(Question(recipient="dafsu", after=None, limit=2, order=Order.NEWEST))
    recalled = models.store().page(Question(recipient="dafsu", after=None, limit=9, kind="recalled"))

    assert [row.seq for row in newest] == [8, 7]
    assert [row.seq for row in recalled] == [8]


def test_an_empty_inbox_has_a_head_too(models: ReadModels) -> None:
    assert models.store().head("dafsu") == Head(first_kept=1, last=0)
    assert models.store().load() == Loaded(positions={}, numbers=Numbers())


def late(models: ReadModels, after: timedelta) -> list[str]:
    """Return which incidents of DAFSU's are overdue so long after they were told of."""
    wanted = Wanted(recipient="dafsu", limit=9, now=RECORDED + after, show=frozenset({Show.OVERDUE}))
    return [str(held.rows[0].incident) for held in models.store().cases(wanted)]


def test_a_batch_that_is_not_kept_leaves_no_line_of_its_cases(models: ReadModels) -> None:
    some_releases(models)
    stale = models.store().load()
    models.follow()
    before = list(models.store().dump())
    (told, *_) = models.store().page(Question(recipient="dafsu", after=None, limit=1))

    with pytest.raises(Moved):
        models.store().commit(
            stale, Folded(rows=(told,), numbers=Numbers(expected={"dafsu": 2})), {"to.dafsu": 1}
        )

    assert list(models.store().dump()) == before


def test_tables_of_an_older_sightline_are_lined_up_at_the_start(models: ReadModels) -> None:
    some_releases(models)
    models.follow()
    live = list(models.store().dump())
    with writing(engine_at(models.url)) as conn:
        conn.execute(delete(CASES))
        conn.execute(delete(LINED))

    assert list(models.store().dump()) == live


def test_a_bank_holiday_that_is_announced_counts_from_the_next_start(models: ReadModels) -> None:
    models.append("dafsu", a_release(expects="decide within 1 working day what the children need"))
    models.follow()
    before = late(models, timedelta(days=2))

    models.bank_holidays = frozenset({date(2024, 9, 3)})

    assert (before, late(models, timedelta(days=2))) == (["incident-alias"], [])


def test_a_rebuild_throws_no_bank_holiday_away(models: ReadModels) -> None:
    models.bank_holidays = frozenset({date(2024, 9, 3)})
    some_releases(models)
    models.follow()
    live = list(models.store().dump())
    store = models.store()

    store.clear()
    models.follow()

    assert list(models.store().dump()) == live


def test_what_two_workers_keep_of_one_case_at_once_is_all_in_its_line(models: ReadModels) -> None:
    """One keeps a release while the other would keep an opening of it: neither sees the other's work."""
    models.append("dafsu", a_release(seq=1))
    models.follow()
    store, (told,) = models.store(), models.store().page(Question(recipient="dafsu", after=None, limit=1))
    store.clear()

    with ThreadPoolExecutor(1) as other:
        with writing(engine_at(models.url)) as conn:
            lines.hold(conn)
            rows.keep(conn, (told,))
            lines.line_up(conn, lines.touched(conn, (told,), ()), models.bank_holidays)
            kept = other.submit(keep_opened, store, told)
            finished, _ = wait([kept], timeout=0.5)
        kept.result(30)

    assert not finished
    (held,) = store.cases(Wanted(recipient="dafsu", limit=9, now=RECORDED))
    assert (held.opened, held.place.waits) == ((told.release_id,), False)


def keep_opened(store: Store, told: Row) -> None:
    opened = (Opening(recipient="dafsu", release_id=told.release_id),)
    nothing = Loaded(positions={}, numbers=Numbers())
    store.commit(nothing, Folded(rows=(), numbers=Numbers(), opened=opened), {"openings": 1})
