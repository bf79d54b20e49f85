"""What the Hub's word reaches, and whose age it is, where two sides of a case meet (decision 0021)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.consent.state.heard import Heard
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Outcome, Reason, ReleaseKind
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Roles, VictimAge
from tests.gate_builders import (
    START,
    Story,
    a_form,
    an_event,
    answer,
    consent,
    grades,
    internal,
    override,
    permitted,
    sent_of,
)

NEW, RECALLED = ReleaseKind.NEW, ReleaseKind.RECALLED
HIGH, STANDARD = grades(Risk.HIGH), grades(Risk.STANDARD)
ONE = internal("one")


def reported(victim: str, by: str, **more: Any) -> Heard:
    """Return what a partner reports of one incident: who is harmed at high risk, and by whom."""
    given = {"publisher": "cedah", "incident": ONE, "grades": HIGH, **more}
    return an_event(EventType.REFERRAL_RECEIVED, victim=internal(victim), causing_harm=internal(by), **given)


def reviewed(victim: str, by: str, **more: Any) -> Heard:
    given = {"of": HIGH, "incident": "one", **more}
    return a_form(victim=victim, causing_harm=internal(by), **given)


def the_hub_says(roles: Roles, incident: str = ONE) -> Heard:
    return an_event(EventType.ROLES_REVIEWED, incident=incident, roles=roles)


def after(*events: Heard) -> Story:
    story = Story()
    story.tell(*events)
    return story


def test_a_report_that_turns_roles_round_after_the_review_waits_for_the_hub_as_well() -> None:
    story, counter = after(reviewed("ada", by="ben")), reported("ben", by="ada")

    assert sent_of(story.tell(counter), counter.event_id) == {"police": NEW}


def test_the_hubs_word_frees_no_report_that_comes_after_it() -> None:
    story = after(reported("ada", by="ben"), the_hub_says(Roles.STAND))
    counter = reported("ben", by="ada")

    assert sent_of(story.tell(counter), counter.event_id) == {"police": NEW}


def test_what_the_hub_let_go_stays_told_when_another_report_turns_other_roles_round() -> None:
    first, second = reported("ben", by="ada"), reported("cy", by="dot")
    story = after(reported("ada", by="ben"), reported("dot", by="cy", incident=internal("two")))
    story.tell(first, the_hub_says(Roles.STAND), second)

    decision = story.tell(override("mycwa", incident="one"))

    assert sent_of(decision, first.event_id) == {}


def test_a_review_of_the_known_adult_victim_leaves_the_report_that_turned_it_round_with_the_hub() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter)

    decision = story.tell(reviewed("ada", by="ben"))

    assert sent_of(decision, counter.event_id) == {}
    assert sent_of(decision, decision.event_id) == {"dafsu": NEW}


def test_such_a_review_makes_nobody_known_to_be_harmed_by_the_adult_victim() -> None:
    story = after(reported("ada", by="ben"), reported("ben", by="ada"), reviewed("ada", by="ben"))
    elsewhere = reported("ben", by="ada", incident=internal("two"))

    assert sent_of(story.tell(elsewhere), elsewhere.event_id) == {"police": NEW}


def test_once_the_hub_takes_its_word_back_the_same_report_elsewhere_waits_again() -> None:
    story = after(reported("ada", by="ben"), reported("ben", by="ada"))
    story.tell(the_hub_says(Roles.STAND), the_hub_says(Roles.REVERSED))
    elsewhere = reported("ben", by="ada", incident=internal("two"))

    assert sent_of(story.tell(elsewhere), elsewhere.event_id) == {"police": NEW}


def test_what_the_hub_takes_back_is_recalled_as_waiting_for_it_not_as_a_ground_that_ended() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter, the_hub_says(Roles.STAND))

    decision = story.tell(the_hub_says(Roles.REVERSED))

    (recalled,) = [emit for emit in decision.emits if emit.kind is RECALLED]
    assert (recalled.recipient, recalled.reason) == ("dafsu", Reason.AWAITING_REVIEW)


def test_a_referral_that_learns_the_birth_date_routes_the_reviewed_form_as_about_a_child() -> None:
    form = reviewed("ada", by="ben")
    story = after(form)

    decision = story.tell(reported("ada", by="ben", victim_age=VictimAge.UNDER_16))

    assert sent_of(decision, form.event_id) == {"checs": NEW, "dafsu": RECALLED}


def test_danger_to_somebody_a_referral_says_is_under_sixteen_goes_out_when_its_hours_are_over() -> None:
    raised = a_form(EventType.VPA_RAISED, STANDARD, incident="one", victim="ada")
    learnt = reported(
        "ada",
        by="ben",
        grades=None,
        victim_age=VictimAge.UNDER_16,
        recorded_at=START + timedelta(hours=2),
    )
    story = after(raised, learnt)

    decision = story.tell(an_event(EventType.TIME_PASSED, recorded_at=START + timedelta(hours=4, minutes=1)))

    assert sent_of(decision, raised.event_id) == {"checs": NEW}


def test_how_old_the_other_side_is_moves_nothing_of_the_adult_victim() -> None:
    form = reviewed("ada", by="ben")
    story = after(form)

    decision = story.tell(reported("ben", by="ada", victim_age=VictimAge.UNDER_16))

    assert sent_of(decision, form.event_id) == {}


def test_a_report_of_a_child_is_about_a_child_whatever_age_the_other_side_has() -> None:
    counter = reported("ben", by="ada", victim_age=VictimAge.UNDER_16)
    story = after(reviewed("ada", by="ben", victim_age=VictimAge.ADULT), counter)

    decision = story.tell(the_hub_says(Roles.STAND))

    assert sent_of(decision, counter.event_id) == {"checs": NEW}


def test_a_review_that_says_no_age_leaves_the_one_that_was_said() -> None:
    story = after(reported("ada", by="ben", victim_age=VictimAge.UNDER_16))

    decision = story.tell(reviewed("ada", by="ben", of=grades(Risk.HIGH, ChildrenLevel.NONE)))

    assert permitted(decision) == {"police", "partnership", "checs"}
    assert answer(decision, "checs").ground is Ground.CHILD_SAFEGUARDING
    assert answer(decision, "dafsu").outcome is Outcome.DENY


def test_danger_is_held_for_the_hub_no_longer_than_a_raised_form() -> None:
    counter = reported("ben", by="ada", incident=internal("two"))
    story = after(reported("ada", by="ben"), counter)
    at = story.told[-1].heard.recorded_at

    before = story.tell(an_event(EventType.TIME_PASSED, recorded_at=at + timedelta(hours=3)))
    after_it = story.tell(an_event(EventType.TIME_PASSED, recorded_at=at + timedelta(hours=4)))

    assert sent_of(before, counter.event_id) == {}
    assert sent_of(after_it, counter.event_id) == {"dafsu": NEW}


def test_what_the_hub_found_wrong_is_held_however_long_it_takes() -> None:
    counter = reported("ben", by="ada")
    story = after(reported("ada", by="ben"), counter, the_hub_says(Roles.REVERSED))
    at = story.told[-1].heard.recorded_at

    decision = story.tell(an_event(EventType.TIME_PASSED, recorded_at=at + timedelta(days=9)))

    assert sent_of(decision, counter.event_id) == {}


def test_what_follows_a_counter_allegation_about_the_same_person_waits_with_it() -> None:
    counter = reported("ben", by="ada", incident=internal("two"))
    triaged = an_event(
        EventType.REFERRAL_TRIAGED,
        publisher="cedah",
        incident=internal("two"),
        victim=internal("ben"),
        grades=HIGH,
    )
    story = after(reported("ada", by="ben"), counter)

    arrived = story.tell(triaged)
    settled = story.tell(
        an_event(
            EventType.ROLES_REVIEWED, incident=internal("two"), victim=internal("ben"), roles=Roles.STAND
        )
    )

    assert answer(arrived, "dafsu").rule == "counter-allegation"
    assert sent_of(settled, triaged.event_id) == {"dafsu": NEW}


def test_a_partners_birth_date_takes_no_form_from_whom_the_polices_own_word_leads_it_to() -> None:
    form = a_form(of=HIGH, victim="ada", victim_age=VictimAge.ADULT)
    story = after(form)

    decision = story.tell(
        reported("ada", by="ben", incident=internal("incident"), victim_age=VictimAge.UNDER_16)
    )

    assert sent_of(decision, form.event_id) == {}


def test_a_raised_form_about_somebody_else_takes_no_reviewed_consent_along() -> None:
    story = after(a_form(of=grades(Risk.MEDIUM), victim="ada", consent={"cedah": "given"}))

    decision = story.tell(a_form(EventType.VPA_RAISED, grades(Risk.MEDIUM), victim="dot"))

    assert all(emit.recipient != "cedah" for emit in decision.emits)


def test_the_other_side_withdraws_everything_and_is_heard() -> None:
    story = after(a_form(of=grades(Risk.STANDARD), victim="ada", incident="one"))
    about_him = an_event(
        EventType.REFERRED_ON,
        publisher="cedah",
        incident=internal("one"),
        victim=internal("ben"),
        named=("mycwa",),
    )
    given = replace(consent({"mycwa": "given"}, incident="one"), victim=internal("ben"))
    story.tell(about_him, given)

    withdrawn = replace(consent(withdraws=True, incident=None), victim=internal("ben"))
    decision = story.tell(withdrawn)

    assert sent_of(decision, about_him.event_id) == {"mycwa": ReleaseKind.RECALLED}


def mended(*before: Heard, event_type: EventType = EventType.VPA_CORRECTED) -> Story:
    """Return a story with a form whose roles were the wrong way round, and the form that mends it."""
    story = after(*before)
    story.tell(reviewed("ada", by="ben", event_type=event_type))
    return story


def elsewhere(victim: str, by: str, incident: str = "two") -> Heard:
    return reported(victim, by, incident=internal(incident))


def is_held(story: Story, report: Heard) -> bool:
    """Tell a report, and say whether the Hub alone hears it."""
    return sent_of(story.tell(report), report.event_id) == {"police": NEW}


WRONG = reviewed("ben", by="ada", event_id="wrong")
RAISED = reviewed("ben", by="ada", event_id="wrong", event_type=EventType.VPA_RAISED)


@pytest.mark.parametrize(
    ("wrong", "event_type"), [(WRONG, EventType.VPA_CORRECTED), (RAISED, EventType.VPA_REVIEWED)]
)
def test_a_form_of_the_hub_takes_back_who_harms_whom_by_an_earlier_form_of_its_incident(
    wrong: Heard, event_type: EventType
) -> None:
    assert is_held(mended(wrong, event_type=event_type), elsewhere("ben", by="ada"))


def test_the_direction_that_such_a_form_names_is_known_from_then_on() -> None:
    assert not is_held(mended(WRONG), elsewhere("ada", by="ben"))


def test_such_a_form_takes_back_nothing_that_somebody_else_says_as_well() -> None:
    story = mended(WRONG, elsewhere("ben", by="ada", incident="three"))

    assert not is_held(story, elsewhere("ben", by="ada"))


def test_such_a_form_takes_back_nothing_that_a_form_of_another_incident_says() -> None:
    story = mended(WRONG, reviewed("ben", by="ada", incident="three", event_id="also"))

    assert not is_held(story, elsewhere("ben", by="ada"))


def test_such_a_form_that_says_the_same_roles_leaves_them_known() -> None:
    story = mended(reviewed("ada", by="ben", event_id="first"))

    assert is_held(story, elsewhere("ben", by="ada"))


def test_such_a_form_that_names_nobody_who_causes_harm_takes_nothing_back() -> None:
    story = after(reviewed("ada", by="ben", event_id="first"))
    story.tell(a_form(EventType.VPA_CORRECTED, HIGH, incident="one", victim="ada"))

    assert is_held(story, elsewhere("ben", by="ada"))
