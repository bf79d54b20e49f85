"""Events that are no forms: routed when they come, and again when news changes who may have them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.consent.flow.decide import Decider
from services.consent.flow.fold import Fold, empty
from services.consent.rules.reading import parse
from services.consent.rules.route import Rulebook
from services.consent.state.heard import Heard, SectionAt
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Outcome, ReleaseKind
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import VictimAge
from tests.gate_builders import (
    START,
    STRICT,
    Story,
    a_child,
    a_form,
    again,
    an_event,
    answer,
    case,
    child_status,
    consent,
    desk,
    grades,
    internal,
    override,
    permitted,
    policy_adopted,
    sent_of,
)
from tests.gate_history import text_without

NEW, CHANGED, RECALLED = ReleaseKind.NEW, ReleaseKind.CHANGED, ReleaseKind.RECALLED
HIGH, MEDIUM, STANDARD = grades(Risk.HIGH), grades(Risk.MEDIUM), grades(Risk.STANDARD)


def an_event_of(event_type: EventType, publisher: str, **more: Any) -> Heard:
    """Return an event of the incident, about its adult victim."""
    return an_event(
        event_type, publisher=publisher, incident=internal("incident"), victim=internal("victim"), **more
    )


def referred_on(to: str = "mycwa", **more: Any) -> Heard:
    return an_event_of(EventType.REFERRED_ON, "cedah", named=(to,), **more)


def test_a_referral_on_without_a_ground_is_owed_and_withheld() -> None:
    event = referred_on()

    decision = Story().tell(event)

    said = answer(decision, "mycwa")
    assert (said.outcome, said.owed, said.reason) == (Outcome.DENY, True, "no-ground")
    assert sent_of(decision, event.event_id) == {}


def test_a_school_that_a_referral_names_is_told_nothing_whatever_the_risk() -> None:
    story, event = Story(), referred_on("school:900101")
    story.tell(a_form(of=HIGH), event)

    assert answer(story.told[-1].decision, "school:900101").reason == "not-owed"
    assert sent_of(story.told[-1].decision, event.event_id) == {"dafsu": NEW}


def test_late_consent_releases_a_referral_that_was_withheld_for_want_of_it() -> None:
    story, event = Story(), referred_on()
    story.tell(event)

    decision = story.tell(consent({"mycwa": "given"}))

    assert sent_of(decision, event.event_id) == {"mycwa": NEW}


def test_withdrawal_recalls_a_referral_and_no_other_ground_is_touched() -> None:
    story, ours, theirs = Story(), referred_on(), referred_on("housing")
    story.tell(ours, theirs, consent({"mycwa": "given"}), override("housing"))

    decision = story.tell(consent(withdraws=True))

    assert sent_of(decision, ours.event_id) == {"mycwa": RECALLED}
    assert sent_of(decision, theirs.event_id) == {}


def test_a_review_that_finds_high_risk_gives_a_withheld_referral_its_ground() -> None:
    story, event = Story(), referred_on()
    story.tell(event)

    decision = story.tell(a_form(of=HIGH))

    assert sent_of(decision, event.event_id) == {"mycwa": NEW, "dafsu": NEW}


def test_no_override_takes_a_referral_to_cheshire_cares() -> None:
    story, event = Story(), referred_on("cheshire-cares")
    story.tell(event)

    decision = story.tell(override("cheshire-cares"))

    assert sent_of(decision, event.event_id) == {}


def test_a_high_risk_referral_passes_to_dafsu_at_once() -> None:
    event = an_event_of(EventType.REFERRAL_RECEIVED, "cedah", grades=HIGH)

    assert sent_of(Story().tell(event), event.event_id) == {"dafsu": NEW}


def test_who_holds_the_family_hears_that_somebody_else_acts() -> None:
    story = Story()
    story.tell(a_form(of=grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING)))
    opened = case(EventType.CASE_OPENED, "dafsu")

    decision = story.tell(opened)

    assert sent_of(decision, opened.event_id) == {"checs": NEW}
    assert answer(decision, "checs").sections == ("facts",)
    assert answer(decision, "cedah").reason == "not-owed"


def test_cedah_and_mycwa_know_of_a_childs_plan_where_they_hold_the_family_and_nobody_else_does() -> None:
    story, status = Story(), child_status("checs")
    story.tell(
        a_form(of=grades(Risk.MEDIUM, ChildrenLevel.SAFEGUARDING)), case(EventType.CASE_OPENED, "mycwa")
    )
    story.tell(case(EventType.CASE_OPENED, "housing"))

    decision = story.tell(status)

    assert sent_of(decision, status.event_id) == {"cedah": NEW, "mycwa": NEW}
    assert answer(decision, "cedah").sections == ("facts",)


def test_a_childs_plan_is_told_to_nobody_without_a_ground_or_before_they_hold_the_family() -> None:
    story, status = Story(), child_status("checs")
    story.tell(a_form(of=STANDARD), case(EventType.CASE_OPENED, "mycwa"))

    decision = story.tell(status)

    assert sent_of(decision, status.event_id) == {}
    assert answer(decision, "mycwa").reason == "no-ground"
    assert answer(decision, "cedah").reason == "not-owed"


def test_who_comes_to_hold_the_family_later_hears_what_went_before() -> None:
    story, opened = Story(), case(EventType.CASE_OPENED, "mycwa")
    story.tell(a_form(of=grades(Risk.STANDARD, ChildrenLevel.SAFEGUARDING)), opened)

    decision = story.tell(a_form(of=grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING)))

    assert sent_of(decision, opened.event_id)["dafsu"] is NEW


def test_a_partners_referral_without_a_police_grade_reaches_the_hub_and_nobody_else() -> None:
    event = an_event_of(EventType.MARAC_REFERRED, "housing")

    assert sent_of(Story().tell(event), event.event_id) == {"police": NEW}


def test_the_outcome_of_a_referral_comes_back_to_who_sent_it_as_facts_alone() -> None:
    story = Story()
    story.tell(consent({"mycwa": "given"}), referred_on())
    met = an_event_of(EventType.EXPECTATION_MET, "mycwa")

    decision = story.tell(met)

    told = answer(decision, "cedah")
    assert permitted(decision) == {"police", "partnership", "mycwa", "cedah"}
    assert (told.rule, told.ground, told.sections) == ("outcome-to-sender", "partnership", ("facts",))
    assert "cedah" in {emit.recipient for emit in decision.emits}


def test_an_outcome_comes_back_at_once_where_the_hub_is_to_look_who_harms_whom() -> None:
    story, other, late = Story(), internal("other"), START + timedelta(hours=5)
    about = {"incident": internal("incident"), "victim": other, "causing_harm": internal("victim")}
    story.tell(a_form(of=HIGH, causing_harm=other))
    story.tell(an_event(EventType.REFERRAL_RECEIVED, publisher="mycwa", grades=HIGH, **about))
    story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=late))

    met = an_event(EventType.EXPECTATION_MET, publisher="dafsu", recorded_at=late, **about)

    assert "mycwa" in permitted(story.tell(met))


def test_an_outcome_comes_back_to_nobody_whose_referral_was_withheld() -> None:
    story = Story()
    story.tell(referred_on())

    decision = story.tell(an_event_of(EventType.EXPECTATION_MET, "mycwa"))

    assert permitted(decision) == {"police", "partnership", "mycwa"}


def test_an_outcome_comes_back_to_nobody_who_only_said_that_they_act() -> None:
    story = Story()
    opened = an_event_of(EventType.CASE_OPENED, "dafsu", confirmed_by="p-second-2")
    story.tell(a_form(of=grades(Risk.MEDIUM), consent={"cedah": "given"}))
    seen = story.tell(opened)

    decision = story.tell(an_event_of(EventType.EXPECTATION_MET, "cedah"))

    assert sent_of(seen, opened.event_id) == {"cedah": NEW}
    assert permitted(decision) == {"police", "partnership", "cedah"}


def test_a_referral_to_marac_at_high_risk_reaches_dafsu_before_the_hub_accepts_it() -> None:
    event = an_event_of(EventType.MARAC_REFERRED, "housing", grades=grades(Risk.HIGH))

    decision = Story().tell(event)

    assert sent_of(decision, event.event_id) == {"police": NEW, "dafsu": NEW}
    assert answer(decision, "dafsu").rule == "dafsu-high-risk-marac-referral"


def test_danger_found_at_triage_or_when_referring_on_reaches_dafsu_and_checs_at_once() -> None:
    danger = grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING)
    for found in (
        an_event_of(EventType.REFERRAL_TRIAGED, "cedah", grades=danger),
        an_event_of(EventType.REFERRED_ON, "cedah", named=("mycwa",), grades=danger),
    ):
        told = sent_of(Story().tell(found), found.event_id)

        assert {to for to in told if to in ("dafsu", "checs")} == {"dafsu", "checs"}


def test_high_risk_that_somebody_else_finds_reaches_the_hub_at_once() -> None:
    found = an_event_of(EventType.DASH_REDONE, "cheshire-cares", grades=HIGH)

    decision = Story().tell(found)

    said = answer(decision, "police")
    assert sent_of(decision, found.event_id)["police"] is NEW
    assert (said.rule, said.ground) == ("hub-high-risk-found", "high-risk")


def test_the_hub_gets_of_a_dash_done_again_what_it_needs_to_review_the_risk() -> None:
    leaves = enumerate(("facts", "incident", "victim", "dash", "rationale"))
    sections = tuple(SectionAt(name=name, schema_id=f"{name}/1", leaf=leaf) for leaf, name in leaves)
    found = an_event_of(EventType.DASH_REDONE, "cheshire-cares", grades=HIGH, sections=sections)

    said = answer(Story().tell(found), "police")

    assert set(said.sections) == {"facts", "victim", "dash", "rationale"}


def test_a_high_risk_about_a_child_of_under_sixteen_reaches_the_hub_and_childrens_services() -> None:
    story = Story()
    story.tell(a_form(of=HIGH, victim_age=VictimAge.UNDER_16))
    found = an_event_of(EventType.DASH_REDONE, "cheshire-cares", grades=HIGH)

    told = sent_of(story.tell(found), found.event_id)

    assert {to for to in told if to in ("police", "checs", "dafsu")} == {"police", "checs"}


def test_of_less_than_high_risk_or_a_dash_not_completed_elsewhere_the_hub_is_owed_nothing() -> None:
    for risk in (Risk.MEDIUM, Risk.STANDARD, Risk.NOT_COMPLETED):
        found = an_event_of(EventType.DASH_REDONE, "cheshire-cares", grades=grades(risk))

        assert answer(Story().tell(found), "police").reason == "not-owed"


def test_what_the_hub_made_of_a_risk_comes_back_to_who_found_it() -> None:
    story = Story()
    story.tell(an_event_of(EventType.DASH_REDONE, "cheshire-cares", grades=HIGH))

    decision = story.tell(an_event_of(EventType.EXPECTATION_MET, "police"))

    assert answer(decision, "cheshire-cares").rule == "outcome-to-sender"
    assert permitted(decision) == {"police", "partnership", "cheshire-cares"}


def test_checs_gets_of_a_case_for_marac_what_everybody_there_does_once_it_attends() -> None:
    story = Story()
    worried = grades(children=ChildrenLevel.SAFEGUARDING)
    leaves = enumerate(("facts", "victim", "rationale"))
    sections = tuple(SectionAt(name=name, schema_id=f"{name}/1", leaf=leaf) for leaf, name in leaves)
    event = an_event_of(EventType.MARAC_REFERRED, "housing", grades=worried, sections=sections)
    before = answer(story.tell(event), "checs")

    after = again(story.tell(an_event_of(EventType.MARAC_ACCEPTED, "police")), "checs")

    assert (before.rule, before.ground) == ("checs-safeguarding-marac-referral", "child-safeguarding")
    assert (after.rule, after.ground) == ("marac-referral", "marac")
    assert ({*before.sections}, {*after.sections}) == ({"facts", "victim"}, {"facts", "victim", "rationale"})


def test_once_accepted_the_core_agencies_have_the_referral_and_probation_joins_the_full_meeting() -> None:
    story, event = Story(), an_event_of(EventType.MARAC_REFERRED, "housing")
    story.tell(event)

    accepted = story.tell(an_event_of(EventType.MARAC_ACCEPTED, "police"))
    listed = story.tell(an_event_of(EventType.MARAC_LISTED, "police"))

    core = {"adult-social-care", "checs", "dafsu", "health-0-19"}
    assert sent_of(accepted, event.event_id) == dict.fromkeys(core, NEW)
    assert {to for to, kind in sent_of(listed, event.event_id).items() if kind is NEW} == {"probation", "cgl"}


def test_research_reaches_those_who_attend_and_nobody_else() -> None:
    story = Story()
    story.tell(an_event_of(EventType.MARAC_LISTED, "police", attendees=("dafsu", "probation")))
    event = an_event_of(EventType.RESEARCH_CONTRIBUTED, "housing")

    assert set(sent_of(story.tell(event), event.event_id)) == {"dafsu", "probation"}


def test_dafsu_is_offered_every_case_of_a_meeting_whoever_the_hub_names_to_attend() -> None:
    story, event = Story(), an_event_of(EventType.MARAC_REFERRED, "housing")
    story.tell(event)

    for accepts in (EventType.MARAC_ACCEPTED, EventType.MARAC_LISTED):
        told = story.tell(an_event_of(accepts, "police", attendees=("police", "housing")))

        assert answer(told, "dafsu").rule == "dafsu-every-marac"
        assert again(told, "dafsu").ground == "marac"


def test_a_case_is_transferred_to_the_area_it_names() -> None:
    event = an_event_of(EventType.MARAC_TRANSFERRED, "police", named=("area:greater-manchester",))

    decision = Story().tell(event)

    assert sent_of(decision, event.event_id) == {"area:greater-manchester": NEW}
    assert answer(decision, "area:greater-manchester").ground == "marac"


def test_a_case_from_another_areas_meeting_reaches_dafsu_with_what_it_holds_once_it_is_accepted() -> None:
    story = Story()
    names = ("facts", "victim", "contact", "person_causing_harm", "referral", "narrative")
    sections = tuple(
        SectionAt(name=name, schema_id=f"{name}/1", leaf=leaf) for leaf, name in enumerate(names)
    )
    event = an_event_of(EventType.MARAC_TRANSFERRED, "police", sections=sections)
    before = answer(story.tell(event), "dafsu")

    decision = story.tell(an_event_of(EventType.MARAC_ACCEPTED, "police"))

    after = again(decision, "dafsu")
    assert before.reason == "not-owed"
    assert sent_of(decision, event.event_id) == {"dafsu": NEW}
    assert (after.rule, after.ground) == ("dafsu-marac-transfer", "marac")
    assert set(after.sections) == {*names} - {"narrative"}


def test_a_case_that_leaves_tells_no_attendee_but_dafsu_where_the_family_went() -> None:
    story = Story()
    story.tell(an_event_of(EventType.MARAC_LISTED, "police"))
    event = an_event_of(EventType.MARAC_TRANSFERRED, "police", named=("area:greater-manchester",))

    told = sent_of(story.tell(event), event.event_id)

    assert told == {"area:greater-manchester": NEW, "dafsu": NEW}


def test_a_disclosure_goes_to_the_named_discloser_alone() -> None:
    event = an_event_of(EventType.DVDS_DECIDED, "police", named=("dafsu",))

    decision = Story().tell(event)

    assert sent_of(decision, event.event_id) == {"dafsu": NEW}
    assert answer(decision, "dafsu").ground == "disclosure"


def test_what_rests_on_consent_and_is_no_form_ends_with_it_too() -> None:
    story, event = Story(), referred_on()
    told = story.tell(event, consent({"mycwa": "given"}))
    (emit,) = [each for each in told.emits if each.recipient == "mycwa"]
    assert emit.not_after is not None

    decision = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=emit.not_after))

    assert sent_of(decision, event.event_id) == {"mycwa": RECALLED}


def test_an_instance_that_is_registered_too_is_told_once_of_what_names_it() -> None:
    at = replace(desk(), recipients=(*RECIPIENTS, "hospital:RJN71"))
    fold = Fold(empty(), Decider(Rulebook(parse(STRICT.read_text())), at), at)

    decision = fold.take(referred_on("hospital:RJN71", grades=HIGH), None).decision

    assert answer(decision, "hospital:RJN71").ground == "high-risk"
    assert [emit.seq for emit in decision.emits if emit.recipient == "hospital:RJN71"] == [1]


def test_who_comes_to_hold_the_family_on_late_consent_hears_at_once_what_went_before() -> None:
    story, opened = Story(), case(EventType.CASE_OPENED, "mycwa")
    story.tell(a_form(of=grades(Risk.MEDIUM, ChildrenLevel.EARLY_HELP)), override("cedah"), opened)

    decision = story.tell(consent({"family-help": "given"}))

    assert sent_of(decision, opened.event_id) == {"family-help": NEW}


def test_who_loses_the_family_loses_at_once_what_others_did_for_it() -> None:
    story, opened = Story(), case(EventType.CASE_OPENED, "mycwa")
    story.tell(a_form(of=grades(Risk.HIGH, ChildrenLevel.SAFEGUARDING)), opened)

    decision = story.tell(a_form(of=grades(Risk.STANDARD, ChildrenLevel.SAFEGUARDING)))

    assert sent_of(decision, opened.event_id)["dafsu"] is RECALLED


def test_a_review_makes_nobody_a_holder_who_is_not_sent_it_to_hold() -> None:
    story, opened = Story(), case(EventType.CASE_OPENED, "mycwa")
    home = a_child("one", None, Placement.HOME_EDUCATED)
    story.tell(a_form(of=HIGH), opened)

    decision = story.tell(a_form(of=HIGH, pupils=[home]))

    assert not {"police", "education"} & set(sent_of(decision, opened.event_id))


def test_what_a_later_policy_owes_nobody_is_recalled_with_the_next_news() -> None:
    story, form = Story(), a_form(of=HIGH)
    story.tell(form, policy_adopted(text_without("dafsu-high-risk")))

    decision = story.tell(consent(withdraws=True))

    assert sent_of(decision, form.event_id) == {"dafsu": RECALLED}


def test_an_open_case_keeps_nothing_by_a_rule_that_the_policy_no_longer_has() -> None:
    story, form = Story(), a_form(of=HIGH)
    story.tell(form, case(EventType.CASE_OPENED, "dafsu"), policy_adopted(text_without("dafsu-high-risk")))

    decision = story.tell(consent(withdraws=True))

    assert sent_of(decision, form.event_id) == {"dafsu": RECALLED}


def test_an_instance_that_attends_no_more_is_recalled_what_listed_it() -> None:
    story, area = Story(), "area:greater-manchester"
    listed = an_event_of(EventType.MARAC_LISTED, "police", attendees=(area, "dafsu"))
    story.tell(listed)

    decision = story.tell(an_event_of(EventType.MARAC_LISTED, "police", attendees=("dafsu",)))

    assert sent_of(decision, listed.event_id)[area] is RECALLED


def test_numbers_stay_gap_free_whatever_is_sent_again() -> None:
    story = Story()
    story.tell(referred_on(), consent({"mycwa": "given"}), a_form(of=HIGH), consent(withdraws=True))

    numbers = [e.seq for told in story.told for e in told.decision.emits if e.recipient == "mycwa"]

    assert numbers == list(range(1, len(numbers) + 1))


def test_a_referral_that_says_no_grade_reaches_those_whom_a_later_review_brings_in() -> None:
    story = Story()
    referral = an_event(EventType.REFERRAL_RECEIVED, publisher="cedah", incident=internal("incident"))
    story.tell(referral)

    decision = story.tell(a_form(of=HIGH))

    assert sent_of(decision, referral.event_id) == {"dafsu": NEW}


def test_a_case_opened_before_anybody_holds_the_family_is_told_to_whoever_comes_to() -> None:
    story = Story()
    opened = case(EventType.CASE_OPENED, "mycwa")
    story.tell(opened)

    decision = story.tell(a_form(of=HIGH))

    assert sent_of(decision, opened.event_id) == {"dafsu": NEW}


def test_consent_for_one_agency_does_not_go_along_when_the_case_is_handed_on() -> None:
    story, event = Story(), referred_on("mycwa")
    story.tell(consent({"cedah": "given"}))

    decision = story.tell(event)

    assert (answer(decision, "mycwa").owed, answer(decision, "mycwa").reason) == (True, "no-ground")


def test_consent_is_looked_at_again_when_the_case_is_handed_on() -> None:
    story, event = Story(), referred_on("mycwa")
    story.tell(consent({"mycwa": "given"}), consent({"mycwa": "refused"}))

    decision = story.tell(event)

    assert answer(decision, "mycwa").reason == "no-ground"


def test_a_case_transferred_to_another_areas_meeting_needs_no_consent() -> None:
    event = an_event_of(EventType.MARAC_TRANSFERRED, "police", named=("area:E06000050",))
    story = Story()
    story.tell(consent({"area:E06000050": "refused"}))

    assert sent_of(story.tell(event), event.event_id) == {"area:E06000050": NEW}
