"""What stands of an incident for its recipient, and what is expected of them still (decision 0039)."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from services.projections.rules.expecting import unanswered
from services.projections.rules.lining import line
from services.projections.rules.standing import News, is_recalled, left_open, news, standing
from services.projections.state import Row
from services.vocabulary.events import EventType
from services.vocabulary.grounds import CLOSES, REPLACES, Ground, ReleaseKind

ASKED = "destroy every copy within 1 working day and confirm it to the Hub"
CONTACT = "make contact within 5 working days"
LATER = (ReleaseKind.NEW, ReleaseKind.CHANGED, ReleaseKind.CORRECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """One release, named after its number."""

    seq: int
    event_id: str
    kind: ReleaseKind = ReleaseKind.NEW
    expects: str | None = CONTACT
    event_type: str = EventType.VPA_REVIEWED
    decided_at: str = "2024-09-02T08:30:00Z"
    own: bool = False

    @property
    def release_id(self) -> str:
        return str(self.seq)

    @property
    def recalled(self) -> bool:
        return self.kind is ReleaseKind.RECALLED

    @property
    def closes(self) -> bool:
        return self.kind in CLOSES

    @property
    def replaces(self) -> bool:
        return self.kind in REPLACES

    @property
    def names(self) -> tuple[str, ...]:
        return () if self.recalled else ("facts", "victim")


def a_recall(seq: int, of: str, expects: str | None = ASKED) -> One:
    return One(seq=seq, event_id=of, kind=ReleaseKind.RECALLED, expects=expects)


def told_of_another(kind: ReleaseKind) -> tuple[One, ...]:
    """Return a form that was sent and asked back, a second form, and a third sent so in its place."""
    sent, asked, second = One(seq=1, event_id="first"), a_recall(2, "first"), One(seq=3, event_id="second")
    return (sent, asked, second, One(seq=4, event_id="third", kind=kind))


def numbers(found: tuple[One, ...]) -> list[int]:
    return [one.seq for one in found]


@pytest.mark.parametrize("kind", LATER)
def test_a_copy_is_asked_back_whatever_other_form_is_sent_later(kind: ReleaseKind) -> None:
    found = told_of_another(kind)

    assert 2 in numbers(standing(found))
    assert 2 in numbers(unanswered(found, ()))


@pytest.mark.parametrize("expects", [None, ASKED])
def test_a_copy_is_asked_back_though_a_later_form_is_recalled_too(expects: str | None) -> None:
    found = (*told_of_another(ReleaseKind.CHANGED), a_recall(5, "third", expects))

    assert numbers(unanswered(found, ())) == ([2, 5] if expects else [2])
    assert is_recalled(found)


def test_each_copy_that_is_asked_back_at_once_is_answered_by_itself() -> None:
    sent = (One(seq=1, event_id="first"), One(seq=2, event_id="second"))
    found = (*sent, a_recall(3, "first"), a_recall(4, "second"))

    assert numbers(unanswered(found, ())) == [3, 4]
    assert numbers(unanswered(found, ("4",))) == [3]


def test_saying_what_came_of_the_copy_answers_it() -> None:
    found = told_of_another(ReleaseKind.CHANGED)

    assert numbers(unanswered(found, ("2",))) == [4]


@pytest.mark.parametrize("kind", LATER)
def test_whoever_is_told_of_the_same_again_has_nothing_to_give_back(kind: ReleaseKind) -> None:
    found = (One(seq=1, event_id="first"), a_recall(2, "first"), One(seq=3, event_id="first", kind=kind))

    assert numbers(standing(found)) == [3]
    assert numbers(unanswered(found, ())) == [3]


def test_a_recall_that_asks_nothing_back_is_over_once_another_form_takes_its_place() -> None:
    sent, recalled = One(seq=1, event_id="first"), a_recall(2, "first", None)
    found = (sent, recalled, One(seq=3, event_id="second", kind=ReleaseKind.CHANGED))

    assert numbers(standing(found)) == [3]


def test_what_was_opened_and_asked_back_is_news_until_it_is_answered() -> None:
    found = told_of_another(ReleaseKind.CHANGED)

    assert news(found, ("1", "4"), ()) is News.CHANGED
    assert news(found, ("1", "4"), ("2",)) is News.OPENED


def test_being_asked_for_a_copy_back_opens_no_form_that_was_closed() -> None:
    found = told_of_another(ReleaseKind.CORRECTED)

    assert numbers(tuple(one for one in left_open(found) if not one.recalled)) == [4]


def a_kept_row(one: One) -> Row:
    return Row(
        recipient="dafsu",
        seq=one.seq,
        release_id=one.release_id,
        kind=one.kind,
        cause="cause",
        event_id=one.event_id,
        event_type=one.event_type,
        source="police",
        occurred_at=None,
        decided_at=one.decided_at,
        ground=Ground.HIGH_RISK,
        rule="rule",
        policy="policy",
        purpose="support",
        expects=one.expects,
        not_after=None,
        person=None,
        incident="alias",
        reason=None,
        partition=0,
        sections=one.names,
        value=b"",
    )


def test_the_line_of_an_incident_is_due_by_when_the_copy_is_to_be_gone() -> None:
    rows = [a_kept_row(one) for one in told_of_another(ReleaseKind.CHANGED)]

    asked, answered = (line(rows, said, {"1", "4"}, frozenset()) for said in ((), ("2",)))

    assert asked.over_at == datetime(2024, 9, 3, 23, tzinfo=UTC)
    assert answered.over_at == datetime(2024, 9, 9, 23, tzinfo=UTC)
    assert (asked.place.waits, answered.place.waits) == (True, False)
