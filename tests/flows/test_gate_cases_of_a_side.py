"""A case opened for one side of an incident is none about the other (decision 0021)."""

import pytest

from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.risk import Risk
from services.vocabulary.sides import Client
from tests.gate_builders import Story, a_form, case, grades, internal, retraction, sent

OPENED, CLOSED = EventType.CASE_OPENED, EventType.CASE_CLOSED
CHANGED, RECALLED = ReleaseKind.CHANGED, ReleaseKind.RECALLED
MEDIUM = grades(Risk.MEDIUM)


def at_high_risk() -> Story:
    story = Story()
    story.tell(a_form(of=grades(Risk.HIGH)))
    return story


def downgraded(story: Story) -> ReleaseKind:
    return sent(story.tell(a_form(of=MEDIUM)))["dafsu"]


@pytest.mark.parametrize("client", [None, Client.ADULT_VICTIM, Client.CHILD])
def test_a_case_for_a_victim_keeps_what_a_downgrade_would_take(client: Client | None) -> None:
    story = at_high_risk()
    story.tell(case(OPENED, "dafsu", client=client))

    assert downgraded(story) is CHANGED


def test_a_case_for_the_person_causing_harm_keeps_nothing_of_the_victims() -> None:
    story = at_high_risk()
    story.tell(case(OPENED, "dafsu", client=Client.PERSON_CAUSING_HARM))

    assert downgraded(story) is RECALLED


def test_nor_does_one_under_a_reference_of_its_own() -> None:
    story, victim = at_high_risk(), internal("victim")
    own = {"incident": internal("own reference"), "victim": victim, "client": Client.PERSON_CAUSING_HARM}
    story.tell(case(OPENED, "dafsu", **own))

    assert downgraded(story) is RECALLED


def test_closing_the_other_sides_case_leaves_the_victims_open() -> None:
    story = at_high_risk()
    story.tell(*(case(OPENED, "dafsu", client=each) for each in Client))
    story.tell(case(CLOSED, "dafsu", client=Client.PERSON_CAUSING_HARM))

    assert downgraded(story) is CHANGED


def test_closing_a_childs_case_leaves_the_adult_victims_open() -> None:
    story = at_high_risk()
    story.tell(case(OPENED, "dafsu"), case(OPENED, "dafsu", client=Client.CHILD))
    story.tell(case(CLOSED, "dafsu", client=Client.CHILD))

    assert downgraded(story) is CHANGED


def test_closing_without_a_word_of_whose_closes_all_of_the_agencys() -> None:
    story = at_high_risk()
    story.tell(*(case(OPENED, "dafsu", client=each) for each in Client), case(CLOSED, "dafsu"))

    assert downgraded(story) is RECALLED


def test_a_case_about_the_wrong_person_that_is_taken_back_leaves_the_right_one_open() -> None:
    story, of = at_high_risk(), {"incident": internal("own reference")}
    hers, wrong = (case(OPENED, "dafsu", victim=internal(who), **of) for who in ("victim", "somebody else"))
    story.tell(hers, wrong, retraction(wrong))

    assert downgraded(story) is CHANGED


@pytest.mark.parametrize("client", list(Client))
def test_a_close_that_says_whose_ends_what_was_opened_without_a_word_where_there_is_no_other(
    client: Client,
) -> None:
    story = at_high_risk()
    story.tell(case(OPENED, "dafsu"), case(CLOSED, "dafsu", client=client))

    assert downgraded(story) is RECALLED


def test_what_was_opened_without_a_word_is_the_adult_victims_and_ends_with_hers() -> None:
    story, hers = at_high_risk(), Client.ADULT_VICTIM
    story.tell(case(OPENED, "dafsu"), case(OPENED, "dafsu", client=hers), case(CLOSED, "dafsu", client=hers))

    assert downgraded(story) is RECALLED


@pytest.mark.parametrize("last", ["victim", "daughter"])
def test_of_two_victims_with_a_case_under_one_reference_each_has_hers(last: str) -> None:
    story, of = at_high_risk(), {"incident": internal("own reference")}
    whose = sorted(["victim", "daughter"], key=lambda who: who == last)
    story.tell(*(case(OPENED, "dafsu", victim=internal(who), **of) for who in whose))

    assert downgraded(story) is CHANGED


def test_a_case_for_the_victim_that_is_taken_back_leaves_the_other_sides_alone() -> None:
    story, hers = at_high_risk(), case(OPENED, "dafsu")
    story.tell(hers, case(OPENED, "dafsu", client=Client.PERSON_CAUSING_HARM), retraction(hers))

    assert downgraded(story) is RECALLED
    assert story.fold.world.incident(internal("incident")).cases == {"dafsu"}
