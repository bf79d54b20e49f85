"""A rule that raises withholds, and its incident is decided again within the hour (design 1, 5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from services.consent.flow.decision import Decision
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.risk import Risk
from tests.gate_builders import START, Story, a_form, again, an_event, answer, consent, grades, sent

NEW, RECALLED = ReleaseKind.NEW, ReleaseKind.RECALLED
HIGH, MEDIUM = grades(Risk.HIGH), grades(Risk.MEDIUM)


@contextmanager
def errs_for(story: Story, recipient: str) -> Iterator[None]:
    """Let deciding raise for a recipient until the block ends."""
    desk, known = story.fold._desk, story.fold._desk.alias

    def failing(internal_id: str, kind: object, to: str) -> str:
        if to == recipient:
            raise ArithmeticError
        return known(internal_id, kind, to)  # type: ignore[arg-type]

    object.__setattr__(desk, "alias", failing)
    yield
    object.__setattr__(desk, "alias", known)


def time_passes(story: Story, hours: float) -> Decision:
    at = START + timedelta(hours=hours)
    return story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=at))


def test_a_rule_that_errs_withholds_and_leaves_no_gap() -> None:
    story = Story()
    with errs_for(story, "dafsu"):
        decision = story.tell(a_form(of=HIGH))

    assert answer(decision, "dafsu").reason == "rule-error"
    assert "dafsu" not in sent(decision)
    assert story.fold.world.next_number("dafsu") == 1


def test_what_is_owed_where_a_rule_erred_is_sent_within_the_hour_once_it_errs_no_more() -> None:
    story = Story()
    with errs_for(story, "dafsu"):
        story.tell(a_form(of=HIGH))

    assert sent(time_passes(story, 2)) == {"dafsu": NEW}


def test_a_withdrawal_a_rule_erred_on_is_recalled_within_the_hour_once_it_errs_no_more() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent={"cedah": "given"}))
    with errs_for(story, "cedah"):
        erred = story.tell(consent(withdraws=True))

    assert (again(erred, "cedah").reason, sent(erred)) == ("rule-error", {})
    assert sent(time_passes(story, 2)) == {"cedah": RECALLED}


def test_a_rule_that_errs_on_is_asked_again_every_hour_and_not_with_every_event() -> None:
    story = Story()
    with errs_for(story, "dafsu"):
        story.tell(a_form(of=HIGH))
        asked = [len(time_passes(story, hours).again) for hours in (0.5, 1.5, 2, 3)]

    assert asked == [0, 1, 0, 1]
