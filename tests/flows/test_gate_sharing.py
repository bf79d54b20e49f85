"""What the gate sends when news comes: late consent, withdrawal, override, downgrade, cases, correction."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.consent.flow.decision import Decision
from services.consent.state.heard import SectionAt
from services.vocabulary.consent import NOT_FOR_SHARING
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildCase, ChildrenLevel, Risk, VulnerableAdult
from tests.gate_builders import (
    HILLSIDE,
    RIVERSIDE,
    START,
    Story,
    a_child,
    a_form,
    again,
    an_event,
    answer,
    case,
    child_status,
    consent,
    grades,
    internal,
    override,
    permitted,
    sent,
    sent_of,
)

CHANGED, NEW, RECALLED, CORRECTED = (
    ReleaseKind.CHANGED,
    ReleaseKind.NEW,
    ReleaseKind.RECALLED,
    ReleaseKind.CORRECTED,
)
HIGH, STANDARD, MEDIUM = grades(Risk.HIGH), grades(Risk.STANDARD), grades(Risk.MEDIUM)
LATER, SOONER = START + timedelta(days=2), START - timedelta(days=2)


def recall_of(decision: Decision, recipient: str) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Return reason, what is expected and the sections of a recall."""
    (found,) = [emit for emit in decision.emits if emit.recipient == recipient]
    assert found.kind is RECALLED
    return found.reason, found.expects, found.sections


def test_standard_risk_without_consent_reaches_nobody_but_police_and_the_partnership() -> None:
    decision = Story().tell(a_form(of=STANDARD))

    assert permitted(decision) == {"police", "partnership"}


def test_every_registered_recipient_each_named_school_and_all_other_schools_are_answered_once() -> None:
    decision = Story().tell(a_form(pupils=[a_child("one"), a_child("two", RIVERSIDE)]))

    names = [each.recipient for each in decision.answers]
    assert len(names) == len(set(names)) == 17 + 2 + 1
    assert names[-3:] == [f"school:{HILLSIDE}", f"school:{RIVERSIDE}", "school:*"]


def test_a_raised_form_is_withheld_until_the_hub_reviews_it() -> None:
    decision = Story().tell(a_form(EventType.VPA_RAISED, HIGH, consent={"cedah": "given"}))

    assert permitted(decision) == {"police", "partnership"}
    assert answer(decision, "dafsu").reason == "awaiting-review"


def test_consent_that_comes_before_the_review_serves_it() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, consent={"cedah": "given"}))

    decision = story.tell(a_form(of=MEDIUM))

    assert sent(decision) == {"cedah": NEW}
    assert answer(decision, "cedah").ground == "consent"


def test_consent_before_any_review_decides_nothing_again() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED))

    decision = story.tell(consent({"cedah": "given"}))

    assert decision.again == ()
    assert sent(decision) == {}


def test_late_consent_releases_the_reviewed_form_and_names_itself_as_the_cause() -> None:
    story = Story()
    form = story.tell(a_form(of=MEDIUM))

    decision = story.tell(consent({"cedah": "given"}))

    (emit,) = [each for each in decision.emits if each.recipient == "cedah"]
    assert (emit.kind, emit.event_id, emit.cause) == (NEW, form.event_id, decision.event_id)
    assert emit.seq == 1


def test_could_not_ask_never_replaces_an_answer() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent={"cedah": "given"}))

    decision = story.tell(consent({"cedah": "could_not_ask"}))

    assert again(decision, "cedah").outcome is Outcome.PERMIT
    assert sent(decision) == {}


def test_an_answer_replaces_a_later_could_not_ask() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent={"cedah": "could_not_ask"}))

    decision = story.tell(consent({"cedah": "given"}, occurred_at=SOONER))

    assert sent(decision) == {"cedah": NEW}


def test_the_latest_answer_by_when_it_was_given_wins_whatever_came_first() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM))
    story.tell(consent({"cedah": "refused"}, occurred_at=START + timedelta(hours=2)))

    decision = story.tell(consent({"cedah": "given"}, occurred_at=START + timedelta(hours=1)))

    assert again(decision, "cedah").reason == "no-ground"


def test_withdrawal_wins_a_tie() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM))
    story.tell(consent({"cedah": "withdrawn"}, withdraws=True, occurred_at=START + timedelta(hours=1)))

    decision = story.tell(consent({"cedah": "given"}, occurred_at=START + timedelta(hours=1)))

    assert again(decision, "cedah").reason == "withdrawn"


def test_withdrawal_recalls_with_its_reason_and_asks_nothing_back() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent={"cedah": "given"}))

    decision = story.tell(consent({"cedah": "withdrawn"}, withdraws=True))

    assert recall_of(decision, "cedah") == ("withdrawn", None, ())
    assert again(decision, "cedah").reason == "withdrawn"


def test_withdrawal_takes_nothing_that_another_ground_still_serves() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent={"cedah": "given"}))
    story.tell(override("cedah"))

    decision = story.tell(consent(withdraws=True))

    assert sent(decision) == {"cedah": CHANGED}
    assert again(decision, "cedah").ground == "override"


def test_withdrawal_does_not_touch_high_risk() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))

    decision = story.tell(consent(withdraws=True))

    assert sent(decision) == {}


def test_a_withdrawal_naming_no_incident_covers_all_of_that_persons() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, incident="first", consent={"cedah": "given"}))
    story.tell(a_form(of=MEDIUM, incident="second", consent={"cedah": "given"}))

    decision = story.tell(consent(withdraws=True, incident=None, all_incidents=True))

    recalled = [each for each in decision.emits if each.kind is RECALLED]
    assert [(each.recipient, each.seq) for each in recalled] == [("cedah", 3), ("cedah", 4)]
    assert len({each.release_id for each in recalled}) == len({each.event_id for each in recalled}) == 2


def test_consent_given_after_a_withdrawal_of_everything_stands() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM))
    story.tell(consent(withdraws=True, incident=None, all_incidents=True))

    decision = story.tell(consent({"cedah": "given"}))

    assert sent(decision) == {"cedah": NEW}


def test_consent_from_before_a_withdrawal_of_everything_that_comes_late_does_not() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM))
    story.tell(consent(withdraws=True, incident=None, all_incidents=True))

    decision = story.tell(consent({"cedah": "given"}, occurred_at=SOONER))

    assert again(decision, "cedah").reason == "withdrawn"


@pytest.mark.parametrize("purpose", sorted(NOT_FOR_SHARING))
def test_consent_to_something_else_shares_nothing_and_its_withdrawal_takes_nothing(purpose: str) -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM))

    given = story.tell(consent({"cedah": "given"}, consent_purpose=purpose))
    shared = story.tell(consent({"cedah": "given"}, consent_purpose="support"))
    withdrawn = story.tell(consent({"cedah": "withdrawn"}, withdraws=True, consent_purpose=purpose))
    everywhere = story.tell(consent(withdraws=True, incident=None, consent_purpose=purpose))

    assert [sent(each) for each in (given, shared, withdrawn, everywhere)] == [{}, {"cedah": NEW}, {}, {}]


def test_a_recipients_own_word_for_consent_is_recorded_only_until_a_second_person_confirms_it() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM))

    alone = story.tell(consent({"cedah": "given"}, publisher="cedah"))
    itself = story.tell(consent({"cedah": "given"}, publisher="cedah", confirmed_by="p-sender-1"))
    confirmed = story.tell(consent({"cedah": "given"}, publisher="cedah", confirmed_by="p-second-2"))

    own = {"cedah": NEW}
    assert sent(alone) == sent(itself) == own
    assert len([each for each in confirmed.emits if each.recipient == "cedah"]) == 2
    assert [again(each, "cedah").outcome for each in (alone, itself, confirmed)] == ["deny", "deny", "permit"]


@pytest.mark.parametrize(
    ("sender", "second"),
    [("p-sender-1", "P-Sender-1 "), (None, "p-second-2"), (None, "somebody"), ("p-sender-1", " ")],
)
def test_one_person_written_otherwise_is_no_second_and_beside_nobody_named_there_is_none(
    sender: str | None, second: str
) -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM))

    said = {"cedah": "given"}
    decision = story.tell(consent(said, publisher="cedah", publisher_person=sender, confirmed_by=second))

    assert again(decision, "cedah").outcome == "deny"


def test_consent_that_has_expired_is_no_ground_any_more() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM))
    ends = START + timedelta(hours=1)
    given = story.tell(consent({"cedah": "given"}, expires_at=ends))

    decision = story.tell(override("dafsu", recorded_at=START + timedelta(hours=2)))

    (emit,) = [each for each in given.emits if each.recipient == "cedah"]
    assert emit.not_after == ends
    assert recall_of(decision, "cedah") == ("ended", None, ())


def test_a_release_on_a_ground_that_can_end_says_when_it_must_be_looked_at_again() -> None:
    decision = Story().tell(a_form(of=MEDIUM, consent={"cedah": "given"}))

    (emit,) = [each for each in decision.emits if each.recipient == "cedah"]
    assert emit.not_after == decision.decided_at + timedelta(days=365)
    assert emit.can_end


def test_an_override_by_the_hub_releases_to_that_recipient_alone() -> None:
    story = Story()
    story.tell(a_form(of=grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP)))

    decision = story.tell(override("family-help"))

    assert sent(decision) == {"family-help": NEW}
    assert again(decision, "cedah").reason == "no-ground"


def test_no_override_reaches_cheshire_cares() -> None:
    story = Story()
    story.tell(a_form(of=STANDARD))

    decision = story.tell(override("cheshire-cares"))

    assert again(decision, "cheshire-cares").reason == "no-ground"


def test_a_marac_serves_those_who_attend_it() -> None:
    story, form = Story(), a_form(of=grades(Risk.MEDIUM, adults=[VulnerableAdult.VICTIM]))
    story.tell(form)

    usual = story.tell(an_event(EventType.MARAC_LISTED, incident=internal("incident")))
    named = story.tell(an_event(EventType.MARAC_LISTED, incident=internal("incident"), attendees=("cedah",)))

    assert sent_of(usual, form.event_id) == {"adult-social-care": NEW}
    assert sent_of(named, form.event_id) == {"cedah": NEW, "adult-social-care": RECALLED}


def test_a_further_review_is_a_change_to_who_holds_the_form() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))

    decision = story.tell(a_form(of=HIGH))

    assert sent(decision) == {"dafsu": CHANGED}


def test_a_downgrade_recalls_from_a_recipient_without_an_open_case() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))

    decision = story.tell(a_form(of=MEDIUM))

    assert recall_of(decision, "dafsu") == ("not-owed", None, ())


def test_a_downgrade_never_recalls_from_a_recipient_with_an_open_case() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))
    story.tell(case(EventType.CASE_OPENED, "dafsu"))

    decision = story.tell(a_form(of=MEDIUM))

    assert sent(decision) == {"dafsu": CHANGED}
    kept = answer(decision, "dafsu")
    assert (kept.outcome, kept.ground, kept.owed) == (Outcome.PERMIT, "high-risk", False)
    assert "narrative" in kept.sections


def test_a_case_about_the_same_adult_victim_under_its_own_reference_keeps_it_too() -> None:
    story, own = Story(), {"incident": internal("own reference"), "victim": internal("victim")}
    story.tell(a_form(of=HIGH))
    story.tell(case(EventType.CASE_OPENED, "dafsu", **own))

    downgraded = story.tell(a_form(of=MEDIUM))
    closed = story.tell(case(EventType.CASE_CLOSED, "dafsu", **own))

    assert sent(downgraded) == {"dafsu": CHANGED}
    assert sent_of(closed, downgraded.event_id) == {"dafsu": RECALLED}


def test_a_case_about_somebody_else_keeps_nothing() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))
    other = {"incident": internal("own reference"), "victim": internal("another")}
    story.tell(case(EventType.CASE_OPENED, "dafsu", **other))

    assert sent(story.tell(a_form(of=MEDIUM))) == {"dafsu": RECALLED}


def test_of_two_cases_about_an_adult_victim_one_that_closes_leaves_the_other() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))
    for reference in ("first", "second"):
        of = {"incident": internal(reference), "victim": internal("victim")}
        story.tell(case(EventType.CASE_OPENED, "dafsu", **of))
    story.tell(case(EventType.CASE_CLOSED, "dafsu", incident=internal("first")))

    assert sent(story.tell(a_form(of=MEDIUM))) == {"dafsu": CHANGED}


def test_a_case_nobody_confirmed_keeps_nothing() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))
    story.tell(case(EventType.CASE_OPENED, "dafsu", confirmed_by=None))

    decision = story.tell(a_form(of=MEDIUM))

    assert sent(decision) == {"dafsu": RECALLED}


def test_what_was_kept_for_an_open_case_is_recalled_when_it_closes() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))
    story.tell(case(EventType.CASE_OPENED, "dafsu"))
    story.tell(a_form(of=MEDIUM))

    decision = story.tell(case(EventType.CASE_CLOSED, "dafsu"))

    recalls = [each for each in decision.emits if each.kind is RECALLED]
    assert [(each.recipient, each.reason) for each in recalls] == [("dafsu", "ended")]


def test_closing_a_case_takes_nothing_that_is_owed_anyway() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))
    story.tell(case(EventType.CASE_OPENED, "dafsu"))

    decision = story.tell(case(EventType.CASE_CLOSED, "dafsu"))

    assert sent(decision) == {"dafsu": NEW}
    assert [each.ground for each in decision.emits if each.recipient == "dafsu"] == ["own"]


def test_withdrawal_recalls_even_where_a_case_is_open() -> None:
    story = Story()
    story.tell(a_form(of=MEDIUM, consent={"cedah": "given"}))
    story.tell(case(EventType.CASE_OPENED, "cedah"))

    decision = story.tell(consent(withdraws=True))

    assert recall_of(decision, "cedah")[0] == "withdrawn"


def test_an_open_child_case_reaches_the_practitioner_whatever_the_grade() -> None:
    story = Story()
    story.tell(a_form(of=STANDARD, pupils=[a_child("one")]))

    decision = story.tell(child_status("checs"))

    assert sent(decision) == {"checs": NEW}
    assert again(decision, "checs").ground == "open-child-case"
    assert len([each for each in decision.emits if each.recipient == "checs"]) == 2


def test_a_childs_case_known_from_one_incident_serves_the_next() -> None:
    story = Story()
    story.tell(a_form(of=STANDARD, incident="first", pupils=[a_child("one")]))
    story.tell(child_status("checs", incident=internal("first")))

    decision = story.tell(a_form(of=STANDARD, incident="second", pupils=[a_child("one")]))

    assert answer(decision, "checs").rule == "checs-open-case"


def test_what_a_grade_owes_goes_to_the_allocated_practitioner_where_a_case_is_open_already() -> None:
    story, worried = Story(), grades(Risk.STANDARD, ChildrenLevel.SAFEGUARDING)
    story.tell(a_form(of=STANDARD, incident="first", pupils=[a_child("one")]))
    story.tell(child_status("checs", incident=internal("first")))

    told = answer(story.tell(a_form(of=worried, incident="second", pupils=[a_child("one")])), "checs")

    assert (told.rule, told.ground) == ("checs-open-case", "child-safeguarding")


def test_early_help_goes_to_the_allocated_practitioner_where_a_case_is_open_already() -> None:
    story, early = Story(), grades(Risk.STANDARD, ChildrenLevel.EARLY_HELP)
    story.tell(a_form(of=STANDARD, incident="first", pupils=[a_child("one")]))
    story.tell(child_status("family-help", incident=internal("first")))

    told = answer(story.tell(a_form(of=early, incident="second", pupils=[a_child("one")])), "family-help")

    assert (told.rule, told.ground) == ("family-help-open-case", "open-child-case")


def test_a_child_case_needs_a_second_person() -> None:
    story = Story()
    story.tell(a_form(of=STANDARD, pupils=[a_child("one")]))

    decision = story.tell(child_status("checs", confirmed_by="p-sender-1"))

    assert again(decision, "checs").reason == "not-owed"


def test_a_closed_child_case_ends_the_ground() -> None:
    story = Story()
    story.tell(a_form(of=STANDARD, pupils=[a_child("one")]))
    story.tell(child_status("family-help"))

    decision = story.tell(child_status("family-help", ChildCase.CLOSED))

    recalls = [each for each in decision.emits if each.kind is RECALLED]
    assert [(each.recipient, each.reason) for each in recalls] == [("family-help", "ended")]


def test_a_correction_replaces_what_was_held_and_asks_back_what_should_not_have_been() -> None:
    story = Story()
    original = story.tell(a_form(of=grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING)))

    decision = story.tell(
        a_form(
            EventType.VPA_CORRECTED,
            grades(Risk.MEDIUM, ChildrenLevel.SAFEGUARDING),
            corrects=original.event_id,
        )
    )

    assert sent(decision) == {"checs": CORRECTED, "cedah": NEW, "dafsu": RECALLED}
    reason, expects, sections = recall_of(decision, "dafsu")
    assert (reason, sections) == ("not-owed", ())
    assert expects is not None
    assert "destroy" in expects


def test_a_correction_recalls_even_where_a_case_is_open() -> None:
    story = Story()
    story.tell(a_form(of=HIGH))
    story.tell(case(EventType.CASE_OPENED, "dafsu"))

    decision = story.tell(a_form(EventType.VPA_CORRECTED, MEDIUM))

    assert recall_of(decision, "dafsu")[0] == "not-owed"


def test_a_vulnerable_adult_who_is_not_the_victim_opens_only_what_is_about_them() -> None:
    harming = grades(adults=[VulnerableAdult.PERSON_CAUSING_HARM], concern=True)
    another = grades(adults=[VulnerableAdult.OTHER], concern=True)
    both = grades(adults=[VulnerableAdult.VICTIM, VulnerableAdult.PERSON_CAUSING_HARM], concern=True)

    seen = [
        set(answer(Story().tell(a_form(of=of)), "adult-social-care").sections)
        for of in (harming, another, both)
    ]

    assert seen[0] == {"incident", "facts", "person_causing_harm"}
    assert seen[1] == {"incident", "facts"}
    assert seen[2] == {"incident", "facts", "victim", "contact", "narrative", "dash", "person_causing_harm"}


def test_withdrawal_narrows_what_consent_had_widened() -> None:
    story = Story()
    of = grades(adults=[VulnerableAdult.OTHER], concern=True)
    form = story.tell(a_form(of=of, consent={"adult-social-care": "given"}))

    decision = story.tell(consent(withdraws=True))

    assert "victim" in answer(form, "adult-social-care").sections
    assert [each.can_end for each in form.emits if each.recipient == "adult-social-care"] == [True]
    assert sent(decision) == {"adult-social-care": CHANGED}
    assert set(again(decision, "adult-social-care").sections) == {"incident", "facts"}


def test_a_school_gets_its_own_pupils_and_nothing_else_and_no_name_for_the_victim() -> None:
    pupils = [a_child("one"), a_child("two"), a_child("three", RIVERSIDE)]

    decision = Story().tell(a_form(EventType.VPA_RAISED, pupils=pupils))

    assert answer(decision, f"school:{HILLSIDE}").sections == ("children[0]", "children[1]")
    assert answer(decision, f"school:{RIVERSIDE}").sections == ("children[0]",)
    assert {each.person for each in decision.emits if each.recipient.startswith("school:")} == {None}


def test_a_school_is_not_told_of_the_same_child_twice_but_of_another_it_is() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))

    same = story.tell(a_form(pupils=[a_child("one")]))
    more = story.tell(a_form(pupils=[a_child("one"), a_child("two")]))

    assert sent(same) == {}
    assert sent(more) == {f"school:{HILLSIDE}": NEW}
    assert len(answer(more, f"school:{HILLSIDE}").leaves) == 1


def test_a_child_whose_school_becomes_known_reaches_it_then() -> None:
    story = Story()
    unknown = a_child("one", None, Placement.UNKNOWN_SCHOOL)
    raised = story.tell(a_form(EventType.VPA_RAISED, pupils=[unknown]))

    reviewed = story.tell(a_form(pupils=[a_child("one")]))

    assert sent(raised) == {"education": NEW}
    assert sent(reviewed) == {f"school:{HILLSIDE}": NEW}


def test_a_school_where_a_parent_works_is_restricted_and_education_is_told() -> None:
    conflict = a_child("one", HILLSIDE, Placement.CONFLICT)

    decision = Story().tell(a_form(EventType.VPA_RAISED, pupils=[conflict]))

    assert answer(decision, f"school:{HILLSIDE}").reason == "restricted"
    assert sent(decision) == {"education": NEW}


def test_a_correction_asks_a_school_back_for_a_child_that_was_never_its_pupil() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))

    decision = story.tell(a_form(EventType.VPA_CORRECTED, pupils=[a_child("one", RIVERSIDE)]))

    assert sent(decision) == {f"school:{HILLSIDE}": RECALLED, f"school:{RIVERSIDE}": NEW}
    assert recall_of(decision, f"school:{HILLSIDE}")[1] is not None


def test_a_correction_takes_back_every_form_that_told_a_school_and_not_the_last_alone() -> None:
    story, first, second = Story(), a_child("one"), a_child("two")
    raised, reviewed = a_form(EventType.VPA_RAISED, pupils=[first]), a_form(pupils=[first, second])
    story.tell(raised, reviewed)
    moved = [replace(child, urn=RIVERSIDE) for child in (first, second)]

    decision = story.tell(a_form(EventType.VPA_CORRECTED, pupils=moved))

    recalls = [emit for emit in decision.emits if emit.recipient == f"school:{HILLSIDE}"]
    assert [(emit.kind, emit.event_id) for emit in recalls] == [
        (RECALLED, raised.event_id),
        (RECALLED, reviewed.event_id),
    ]
    assert [emit.seq for emit in recalls] == [3, 4]
    assert len({emit.release_id for emit in recalls}) == 2
    assert sent(decision)[f"school:{RIVERSIDE}"] is NEW


def test_a_correction_takes_back_every_form_that_listed_children_for_the_officer() -> None:
    story = Story()
    first, second = (a_child(name, None, Placement.HOME_EDUCATED) for name in ("one", "two"))
    raised, reviewed = a_form(EventType.VPA_RAISED, pupils=[first]), a_form(pupils=[first, second])
    story.tell(raised, reviewed)

    decision = story.tell(a_form(EventType.VPA_CORRECTED, pupils=[a_child("one"), a_child("two")]))

    recalled = [emit.event_id for emit in decision.emits if emit.recipient == "education"]
    assert recalled == [raised.event_id, reviewed.event_id]


def test_a_second_correction_finds_only_what_the_first_left() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]), a_form(pupils=[a_child("two")]))
    corrected = a_form(EventType.VPA_CORRECTED, pupils=[a_child("one")])
    story.tell(corrected)

    decision = story.tell(a_form(EventType.VPA_CORRECTED, pupils=[a_child("one", RIVERSIDE)]))

    recalled = [emit.event_id for emit in decision.emits if emit.recipient == f"school:{HILLSIDE}"]
    assert recalled == [corrected.event_id]


def test_a_correction_tells_a_school_again_of_the_children_it_holds() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))

    decision = story.tell(a_form(EventType.VPA_CORRECTED, pupils=[a_child("one")]))

    assert sent(decision) == {f"school:{HILLSIDE}": CORRECTED}


def test_events_outside_the_family_reach_their_publisher_and_the_partnership_alone() -> None:
    decision = Story().tell(case(EventType.CASE_OPENED, "mycwa"))

    assert permitted(decision) == {"mycwa", "partnership"}
    assert answer(decision, "police").reason == "not-owed"


@pytest.mark.parametrize("publisher", ["ingest", "notify"])
def test_our_own_services_receive_nothing(publisher: str) -> None:
    decision = Story().tell(an_event(EventType.TIME_PASSED, publisher=publisher))

    assert permitted(decision) == {"partnership"}


def test_a_school_that_acknowledges_gets_its_own_event_back_without_any_alias_of_the_victim() -> None:
    story = Story()
    story.tell(a_form(EventType.VPA_RAISED, pupils=[a_child("one")]))

    decision = story.tell(
        an_event(
            EventType.SCHOOL_NOTIFICATION_ACKNOWLEDGED,
            publisher=f"school:{HILLSIDE}",
            incident=internal("incident"),
        )
    )

    assert permitted(decision) == {f"school:{HILLSIDE}", "partnership"}
    (emit,) = [each for each in decision.emits if each.recipient == f"school:{HILLSIDE}"]
    assert emit.person is None


def test_what_an_agency_publishes_tells_it_nothing_of_whom_it_was_told_of_before() -> None:
    story = Story()
    told = story.tell(a_form(of=HIGH)).emits
    own = {"publisher": "dafsu", "incident": internal("its own reference"), "victim": internal("victim")}

    published = story.tell(an_event(EventType.REFERRAL_RECEIVED, grades=HIGH, **own)).emits

    assert [each.person is None for each in told if each.recipient == "dafsu"] == [False]
    assert [each.person is None for each in published if each.recipient == "dafsu"] == [True]
    assert [each.person is None for each in published if each.recipient == "partnership"] == [False]


def test_a_section_of_a_version_the_policy_does_not_name_is_withheld() -> None:
    form = a_form(of=HIGH)
    newer = [at for at in form.sections if at.name != "narrative"]

    sections = (*newer, SectionAt(name="narrative", schema_id="narrative/2", leaf=7))
    decision = Story().tell(replace(form, sections=sections))

    assert "narrative" not in answer(decision, "dafsu").sections
    assert "narrative" not in answer(decision, "police").sections


def test_a_section_that_nobody_classified_reaches_nobody_and_the_rest_is_shared() -> None:
    form = a_form(of=HIGH)
    novel = SectionAt(name="novel", schema_id="novel/1", leaf=9)

    decision = Story().tell(replace(form, sections=(*form.sections, novel)))

    assert all("novel" not in each.sections and 9 not in each.leaves for each in decision.answers)
    assert sent(decision) == {"dafsu": NEW}


def test_routing_is_never_released_to_anybody() -> None:
    decision = Story().tell(a_form(of=HIGH))

    assert all("routing" not in each.sections for each in decision.answers)


def test_time_is_the_highest_recorded_at_so_far() -> None:
    story = Story()
    first = story.tell(a_form(of=HIGH, recorded_at=LATER))

    second = story.tell(a_form(of=HIGH, recorded_at=START + timedelta(days=1)))

    assert first.decided_at == second.decided_at == LATER


def test_numbers_start_at_one_and_have_no_gap() -> None:
    story = Story()
    for _ in range(3):
        story.tell(a_form(of=HIGH), consent(withdraws=True), a_form(of=MEDIUM))

    numbers: dict[str, list[int]] = {}
    for folded in story.told:
        for emit in folded.decision.emits:
            numbers.setdefault(emit.recipient, []).append(emit.seq)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
