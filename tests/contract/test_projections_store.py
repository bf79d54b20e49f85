"""What the read models' tables promise, on SQLite and on PostgreSQL."""

import pytest

from services.eventlog.errors import Moved
from services.projections.flow import Folded
from services.projections.state import Head, Numbers
from services.projections.store import Loaded, Order, Question
from services.vocabulary.grounds import ReleaseKind
from tests.projections_builders import ReadModels, a_release, an_answer


@pytest.fixture
def models(database_url: str) -> ReadModels:
    return ReadModels(url=database_url)


def some_releases(models: ReadModels) -> None:
    models.append("dafsu", *(a_release(seq=n) for n in range(1, 8)))
    models.append("cedah", *(a_release("cedah", n) for n in range(1, 4)))
    models.append("school:900001", a_release("school:900001", 1, sections=("children",)))
    models.append("dafsu", a_release(seq=8, event=7, kind=ReleaseKind.RECALLED, sections=()))
    models.append("cedah", an_answer("cedah", 4, "release-1"))


def test_a_rebuild_gives_the_same_rows_byte_for_byte(models: ReadModels) -> None:
    some_releases(models)
    models.follow()
    live = list(models.store().dump())

    models.store().clear()
    emptied = list(models.store().dump())
    models.follow()

    assert emptied == []
    assert list(models.store().dump()) == live
    assert len(live) == 13 + 1 + 3


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
