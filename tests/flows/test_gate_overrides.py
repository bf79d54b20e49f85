"""An override by children's services for their own duty: a ground for themselves alone, by two people."""

from datetime import timedelta
from itertools import permutations

import pytest

from services.consent.flow.decision import Decision
from services.consent.state.heard import Heard
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Outcome, ReleaseKind
from services.vocabulary.risk import ChildrenLevel, Risk
from tests.gate_builders import (
    START,
    Story,
    a_form,
    again,
    an_event,
    grades,
    internal,
    override,
    own_override,
)

NEW, CHANGED, RECALLED = ReleaseKind.NEW, ReleaseKind.CHANGED, ReleaseKind.RECALLED
DAY = timedelta(days=1)
EARLY_HELP = grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP)
"""Owed to Family Help, and without any ground."""


def sent(decision: Decision) -> dict[str, ReleaseKind]:
    """Return what was sent of the form to whom: whoever overrides gets its own event back besides."""
    return {
        emit.recipient: emit.kind
        for emit in decision.emits
        if emit.ground not in (Ground.OWN, Ground.PARTNERSHIP)
    }


def time_passes(days: int) -> Heard:
    return an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + days * DAY)


def not_shared(recipient: str) -> Heard:
    return an_event(
        EventType.DECIDED_NOT_TO_SHARE,
        incident=internal("incident"),
        recipient=recipient,
        confirmed_by="p-second-2",
    )


def test_their_own_override_releases_what_they_are_owed_to_themselves_alone() -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP))

    decision = story.tell(own_override("family-help"))

    assert sent(decision) == {"family-help": NEW}
    assert again(decision, "family-help").ground is Ground.OVERRIDE


@pytest.mark.parametrize("second", [None, "p-sender-1", " P-Sender-1"])
def test_one_person_s_word_alone_is_recorded_and_releases_nothing(second: str | None) -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP))

    assert sent(story.tell(own_override("family-help", confirmed_by=second))) == {}


def test_what_nobody_is_named_to_have_sent_releases_nothing() -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP))

    assert sent(story.tell(own_override("family-help", publisher_person=None))) == {}


@pytest.mark.parametrize(("publisher", "to"), [("checs", "family-help"), ("cedah", "cedah")])
def test_nobody_but_the_hub_overrides_for_another_and_nobody_but_children_s_services_for_itself(
    publisher: str, to: str
) -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP))

    assert sent(story.tell(override(to, publisher=publisher, confirmed_by="p-second-2"))) == {}


def test_it_gives_nothing_that_is_not_owed() -> None:
    story = Story()
    story.tell(a_form(of=grades(Risk.MEDIUM)))

    assert sent(story.tell(own_override("checs"), own_override("family-help"))) == {}


def test_it_does_not_lift_the_hub_s_decision_not_to_share() -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP), not_shared("family-help"))

    theirs = story.tell(own_override("family-help"))
    the_hub_s = story.tell(override("family-help"))

    assert sent(theirs) == {}
    assert again(theirs, "family-help").outcome is Outcome.DENY
    assert sent(the_hub_s) == {"family-help": NEW}


def test_theirs_made_after_the_hub_s_does_not_take_its_place_as_what_lifted_it() -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP), not_shared("family-help"), override("family-help"))
    story.tell(own_override("family-help"))

    assert sent(story.tell(a_form(of=EARLY_HELP))) == {"family-help": CHANGED}


def test_the_ground_holds_while_either_override_lasts() -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP), override("family-help", expires_at=START + 9 * DAY))
    story.tell(own_override("family-help", expires_at=START + 30 * DAY))

    between, after = story.tell(time_passes(10)), story.tell(time_passes(31))

    assert sent(between) == {}
    assert sent(after) == {"family-help": RECALLED}


def test_it_may_be_opened_until_the_last_of_both_ends() -> None:
    story, form = Story(), a_form(of=EARLY_HELP)
    story.tell(form, override("family-help", expires_at=START + 9 * DAY))

    decision = story.tell(own_override("family-help", expires_at=START + 30 * DAY))

    (emit,) = [each for each in decision.emits if each.event_id == form.event_id]
    assert (emit.kind, emit.not_after) == (CHANGED, START + 30 * DAY)


def test_a_later_one_of_theirs_does_not_shorten_the_hub_s() -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP), override("family-help"))
    story.tell(own_override("family-help", expires_at=START + 2 * DAY))

    assert sent(story.tell(time_passes(3))) == {}


def test_of_their_own_the_later_made_stands() -> None:
    story = Story()
    story.tell(a_form(of=EARLY_HELP), own_override("family-help"))

    decision = story.tell(own_override("family-help", expires_at=START + 2 * DAY))

    assert sent(decision) == {"family-help": CHANGED}
    assert sent(story.tell(time_passes(3))) == {"family-help": RECALLED}


def test_in_whatever_order_they_arrive_the_same_stands() -> None:
    made = [
        override("family-help", occurred_at=START - 3 * DAY, expires_at=START + 9 * DAY),
        override("family-help", occurred_at=START - 2 * DAY, expires_at=START + 5 * DAY),
        own_override("family-help", occurred_at=START - 4 * DAY, expires_at=START + 7 * DAY),
    ]

    def last_heard(order: tuple[Heard, ...]) -> list[bool]:
        story = Story()
        story.tell(a_form(of=EARLY_HELP), *order)
        return [bool(sent(story.tell(time_passes(day)))) for day in (6, 8, 10)]

    assert [last_heard(order) for order in permutations(made)] == [[False, True, False]] * 6
