"""What a form repeats of an earlier one was answered then: it is no new answer (decision 0034; NA 4.21)."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from services.consent.state.heard import Grades
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind
from services.vocabulary.risk import Risk
from tests.gate_builders import START, Story, a_form, answer, consent, grades, internal, sent

NEW = ReleaseKind.NEW
MEDIUM, STANDARD = grades(Risk.MEDIUM), grades(Risk.STANDARD)
GIVEN: Mapping[str, str] = {"cedah": "given", "cheshire-cares": "given"}
REFUSED: Mapping[str, str] = {"cedah": "refused"}
HOUR = timedelta(hours=1)


def raised(answers: Mapping[str, str]) -> Story:
    """Return a story that a first responder's form began, with what the adult victim answered."""
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, STANDARD, consent=answers))
    return story


@pytest.mark.parametrize("of", [MEDIUM, STANDARD])
def test_a_review_that_repeats_the_officers_consent_does_not_bring_back_what_was_withdrawn(
    of: Grades,
) -> None:
    story = raised(GIVEN)
    story.tell(consent(withdraws=True, recorded_at=START + HOUR))

    decision = story.tell(a_form(of=of, consent=GIVEN, recorded_at=START + 2 * HOUR))

    assert {"cedah", "cheshire-cares"}.isdisjoint(sent(decision))


def test_a_review_that_repeats_a_refusal_does_not_take_back_what_was_given_since() -> None:
    story = raised(REFUSED)
    story.tell(consent({"cedah": "given"}, recorded_at=START + HOUR))

    decision = story.tell(a_form(of=MEDIUM, consent=REFUSED, recorded_at=START + 2 * HOUR))

    assert sent(decision)["cedah"] is NEW


def test_a_review_that_says_otherwise_than_the_form_before_it_is_a_new_answer() -> None:
    story = raised(REFUSED)
    story.tell(consent(withdraws=True, recorded_at=START + HOUR))

    decision = story.tell(a_form(of=MEDIUM, consent=GIVEN, recorded_at=START + 2 * HOUR))

    assert sent(decision)["cedah"] is NEW


def test_a_review_that_leaves_the_answers_out_repeats_none_and_the_next_may() -> None:
    story = raised(GIVEN)
    story.tell(a_form(of=MEDIUM, recorded_at=START + HOUR))
    story.tell(consent(withdraws=True, recorded_at=START + 2 * HOUR))

    decision = story.tell(a_form(of=MEDIUM, consent=GIVEN, recorded_at=START + 3 * HOUR))

    assert "cedah" not in sent(decision)


def test_a_consent_recorded_after_a_withdrawal_counts_though_the_form_says_the_same() -> None:
    story = raised(GIVEN)
    story.tell(a_form(of=MEDIUM, consent=GIVEN, recorded_at=START + HOUR))
    story.tell(consent(withdraws=True, recorded_at=START + 2 * HOUR))

    decision = story.tell(consent({"cedah": "given"}, recorded_at=START + 3 * HOUR))

    assert sent(decision)["cedah"] is NEW


def test_what_another_adult_victim_answers_is_their_own_answer() -> None:
    story = raised(GIVEN)
    turned = a_form(
        of=MEDIUM,
        victim="other",
        causing_harm=internal("victim"),
        consent=GIVEN,
        recorded_at=START + HOUR,
    )

    decision = story.tell(turned)

    assert answer(decision, "cedah").ground == "consent"


def test_whom_a_review_puts_in_the_place_of_who_was_mistaken_repeats_their_answers() -> None:
    story = raised(GIVEN)
    story.tell(consent(withdraws=True, recorded_at=START + HOUR))

    decision = story.tell(
        a_form(of=MEDIUM, victim="same after all", consent=GIVEN, recorded_at=START + 2 * HOUR)
    )

    assert "cedah" not in sent(decision)
