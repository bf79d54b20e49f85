"""A policy governs once two people adopted it and its time has come, and replay uses the one of then."""

from datetime import timedelta

import pytest

from services.consent.flow.decision import DECISION_VERSION
from services.consent.flow.fold import OtherVersion
from services.consent.rules.reading import hash_of
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.risk import Risk
from tests.gate_builders import (
    START,
    STRICT,
    Story,
    a_form,
    an_event,
    grades,
    permitted,
    policy_adopted,
    sent,
)

NEW = ReleaseKind.NEW
HIGH = grades(Risk.HIGH)
DAY = timedelta(days=1)
OTHER = STRICT.read_text().replace('name = "strict"', 'name = "other"')


def test_before_any_policy_everything_is_withheld_as_unclassified() -> None:
    decision = Story(policy="").tell(a_form(of=HIGH))

    assert {each.reason for each in decision.answers} == {"unclassified"}
    assert decision.emits == ()


def test_a_policy_is_decided_under_itself_and_governs_what_comes_after() -> None:
    story = Story(policy="")

    adopted = story.tell(policy_adopted())
    form = story.tell(a_form(of=HIGH))

    assert adopted.policy == form.policy != ""
    assert permitted(adopted) == {"partnership"}
    assert sent(form) == {"dafsu": NEW}


def test_a_policy_that_cannot_be_applied_changes_nothing() -> None:
    story = Story()
    before = story.tell(a_form(of=HIGH))

    after = story.tell(policy_adopted(text="name = 1"))

    assert after.policy == before.policy


@pytest.mark.parametrize("second", [None, "p-sender-1"])
def test_one_person_alone_adopts_nothing(second: str | None) -> None:
    story = Story()
    before = story.tell(a_form(of=HIGH))

    after = story.tell(policy_adopted(text=OTHER, confirmed_by=second))

    assert after.policy == before.policy


def test_a_policy_for_later_governs_from_its_moment_and_not_before() -> None:
    story = Story()
    strict = story.tell(policy_adopted()).policy
    adopted = story.tell(policy_adopted(text=OTHER, effective_at=START + DAY))

    before = story.tell(a_form(of=HIGH, recorded_at=START + DAY - timedelta(seconds=1)))
    after = story.tell(a_form(of=HIGH, recorded_at=START + DAY))

    assert {adopted.policy, before.policy} == {strict}
    assert after.policy == hash_of(OTHER)


def test_time_passing_alone_brings_it_into_force() -> None:
    story = Story()
    story.tell(policy_adopted(text=OTHER, effective_at=START + DAY))

    passed = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=START + DAY))

    assert passed.policy == hash_of(OTHER)


def test_of_two_whose_time_came_the_later_governs_whichever_was_adopted_first() -> None:
    story = Story()
    last = STRICT.read_text().replace('name = "strict"', 'name = "last"')
    story.tell(policy_adopted(text=last, effective_at=START + 2 * DAY))
    story.tell(policy_adopted(text=OTHER, effective_at=START + DAY))

    decision = story.tell(a_form(of=HIGH, recorded_at=START + 3 * DAY))

    assert decision.policy == hash_of(last)
    assert story.fold.world.standing.coming == ()


def test_a_moment_in_the_past_is_now() -> None:
    story = Story()

    adopted = story.tell(policy_adopted(text=OTHER, effective_at=START - DAY))

    assert adopted.policy == hash_of(OTHER)


def test_another_version_of_deciding_takes_over_at_its_moment_and_not_at_its_adoption() -> None:
    story = Story()
    story.tell(policy_adopted(text=OTHER, version=DECISION_VERSION + 1, effective_at=START + DAY))
    before = story.tell(a_form(of=HIGH))

    with pytest.raises(OtherVersion):
        story.tell(a_form(of=HIGH, recorded_at=START + DAY))

    assert sent(before) == {"dafsu": NEW}
    assert story.fold.world.standing.policy != hash_of(OTHER)
