"""A read model applies only the next number, says what waits, and never keeps what it opened."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.eventlog.catalogue_files import load_catalogue
from services.projections.flow import fold, names_of, overdue
from services.projections.state import Numbers, Row
from services.projections.store.models import Question
from tests.projections_builders import RECORDED, ReadModels, a_release


@pytest.fixture
def models(tmp_path: Path) -> ReadModels:
    return ReadModels(url=f"sqlite:///{tmp_path / 'projections.db'}")


def numbers_of(models: ReadModels, recipient: str = "dafsu") -> list[int]:
    rows = models.store().page(Question(recipient=recipient, after=None, limit=1000))
    return [row.seq for row in rows]


def a_row(seq: int, recipient: str = "dafsu") -> Row:
    return Row(
        recipient=recipient,
        seq=seq,
        release_id=f"release-{seq}",
        kind="new",
        cause="cause",
        event_id="event",
        event_type="VpaReviewed",
        source="police",
        occurred_at=None,
        decided_at="2024-09-02T08:30:00Z",
        ground="high-risk",
        rule="dafsu-high",
        policy="policy",
        purpose="support",
        expects=None,
        not_after=None,
        person=None,
        incident=None,
        reason=None,
        partition=0,
        sections=(),
        value=b"",
    )


def test_a_release_becomes_a_row_that_tells_who_published_it_and_when_it_happened(models: ReadModels) -> None:
    models.append("dafsu", a_release("dafsu", 1))

    models.follow()

    (row,) = models.store().page(Question(recipient="dafsu", after=None, limit=10))
    assert (row.source, row.occurred_at, row.event_type) == (
        "police",
        "2024-09-01T23:40:00+01:00",
        "VpaReviewed",
    )
    assert row.sections == ("facts", "victim", "contact")


def test_a_schools_row_shows_neither_because_it_was_released_no_facts(models: ReadModels) -> None:
    models.append("school:900001", a_release("school:900001", 1, sections=("children", "children")))

    models.follow()

    (row,) = models.store().page(Question(recipient="school:900001", after=None, limit=10))
    assert (row.source, row.occurred_at) == (None, None)
    assert row.sections == ("children[0]", "children[1]")


def test_a_row_says_nothing_of_whose_help_it_is_before_it_is_opened(models: ReadModels) -> None:
    fields = load_catalogue().event("CaseOpened").section("facts").avro["fields"]
    facts = {**dict.fromkeys(field["name"] for field in fields), "source": "mycwa"}
    said = {**facts, "client": "person_causing_harm"}
    models.append("dafsu", a_release("dafsu", 1, event_type="CaseOpened", facts=said))

    models.follow()

    (row,) = models.store().page(Question(recipient="dafsu", after=None, limit=10))
    assert row.source == "mycwa"
    assert "person_causing_harm" not in repr(row)


def test_children_are_numbered_among_those_released() -> None:
    assert names_of(("facts", "children", "victim", "children")) == (
        "facts",
        "children[0]",
        "victim",
        "children[1]",
    )


def test_a_number_that_comes_again_is_not_kept_twice(models: ReadModels) -> None:
    models.append("dafsu", a_release(seq=1), a_release(seq=2), a_release(seq=1), a_release(seq=2))

    models.follow()

    assert numbers_of(models) == [1, 2]


def test_a_number_before_its_turn_is_left_until_it_comes_again_in_order(models: ReadModels) -> None:
    models.append("dafsu", a_release(seq=1), a_release(seq=3))
    follower = models.follow()
    before = numbers_of(models)

    models.append("dafsu", a_release(seq=2), a_release(seq=3))
    models.follow(follower)

    assert before == [1]
    assert numbers_of(models) == [1, 2, 3]


def test_each_school_has_numbers_of_its_own_in_the_topic_they_share(models: ReadModels) -> None:
    for urn in ("900001", "900002"):
        models.append(f"school:{urn}", a_release(f"school:{urn}", 1, sections=("children",)))

    models.follow()

    assert numbers_of(models, "school:900001") == numbers_of(models, "school:900002") == [1]


def test_a_number_that_waits_longer_than_thirty_seconds_is_overdue() -> None:
    folded = fold(Numbers(), [a_row(2)], RECORDED)

    at_thirty = overdue(folded.numbers, RECORDED + timedelta(seconds=30))
    later = overdue(folded.numbers, RECORDED + timedelta(seconds=31))

    assert at_thirty == ()
    assert [(early.recipient, early.seq) for early in later] == [("dafsu", 2)]


def test_a_number_whose_turn_has_come_waits_no_longer() -> None:
    early = fold(Numbers(), [a_row(2)], RECORDED).numbers

    filled = fold(early, [a_row(1), a_row(2)], RECORDED + timedelta(minutes=1)).numbers

    assert overdue(filled, RECORDED + timedelta(hours=1)) == ()


def test_what_waits_is_still_known_after_a_restart(models: ReadModels) -> None:
    models.append("dafsu", a_release(seq=2))
    models.follow()

    numbers = models.store().load().numbers

    assert overdue(numbers, RECORDED + timedelta(seconds=31)) != ()


def test_a_record_nobody_can_read_stands_aside_and_the_others_go_on(models: ReadModels) -> None:
    models.append("dafsu", b"not a release")
    models.append("cedah", a_release("cedah", 1))

    models.follow()

    assert models.store().parked() == 1
    assert numbers_of(models, "cedah") == [1]


def test_a_release_in_somebody_elses_topic_is_not_taken(models: ReadModels) -> None:
    models.append("cedah", a_release("dafsu", 1))

    models.follow()

    assert numbers_of(models) == []
    assert models.store().parked() == 1


def test_no_opened_content_is_kept(models: ReadModels, tmp_path: Path) -> None:
    models.append("dafsu", a_release(seq=1))

    models.follow()

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"dafsu-high" in kept
    assert b"Ostrovendale" not in kept
