"""A policy is asked about every combination: it keeps to every invariant, or one example says where not."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from services.cli.policy_words import checked, lines
from services.consent.rules.answers import ANY_SCHOOL, ASKED, Answers, Case, Question, is_by_child
from services.consent.rules.breaches import Breach, breaches
from services.consent.rules.circumstances import Circumstances
from services.consent.rules.clauses import one_of
from services.consent.rules.combinations import Box, explore, in_order, kinds_of, possible
from services.consent.rules.cover import merged
from services.consent.rules.invariants import INVARIANTS
from services.consent.rules.overlaps import overlaps, untimed
from services.consent.rules.policy import EDUCATION, PARTNERSHIP, PUBLISHER, Policy
from services.consent.rules.reading import parse
from services.consent.rules.route import route
from services.vocabulary.events import EventType
from services.vocabulary.placement import Placement
from tests.gate_builders import HILLSIDE, STRICT, Story, a_child, a_form, answer
from tests.policy_drafts import Edit, a_policy, ground, new_ground, rule

BROKEN_BY: Mapping[str, Sequence[Edit]] = {
    "one-answer": [rule("partnership-facts", grounds=None, sections=None, purpose=None, denies="not-owed")],
    "ground-holds": [rule("school-encompass", grounds=["consent"])],
    "lawful": [
        new_ground(id="practice", source="NA 4.21", when={}),
        rule("cedah-medium-risk", grounds=["consent", "practice"]),
    ],
    "ground-means": [ground("high-risk", when={"risk": ["high", "medium"]})],
    "ground-serves": [rule("outcome", sections=["facts", "victim"])],
    "thresholds": [rule("family-help-early-help", grounds=["consent", "partnership"])],
    "cheshire-cares-consent": [rule("cheshire-cares-standard", grounds=["consent", "marac"])],
    "cheshire-cares-never": [
        ground("override", never=None),
        rule("cheshire-cares-who-holds", grounds=["consent", "override"]),
    ],
    "one-risk": [rule("cheshire-cares-standard", when={"risk": ["standard", "medium"]})],
    "school-own-pupils": [rule("school-encompass", sections=["children", "narrative"])],
    "officer-other-children": [rule("education-childs-welfare", when={"placement": ["school"]})],
    "no-child-dropped": [rule("education-childs-welfare", when={"placement": ["home_educated"]})],
    "routing": [rule("dafsu-high-risk", sections=["*"])],
    "before-review": [rule("cedah-medium-risk", on=["VpaRaised", "VpaReviewed", "VpaCorrected"])],
    "counted": [rule("partnership-facts", on=["VpaRaised"])],
    "disclosure": [rule("disclosure", grounds=["high-risk"])],
    "high-risk-dafsu": [rule("dafsu-high-risk", when={"risk": ["high"], "override": True})],
    "risk-found-hub": [rule("hub-child-risk-found", grounds=["override"])],
    "safeguarding-checs": [rule("checs-safeguarding", grounds=["high-risk"])],
    "danger-overdue": [rule("checs-unreviewed", when={"risk": ["high"], "overdue": True})],
    "danger-out-of-hours": [
        rule(
            "emergency-duty-team-safeguarding", when={"risk": ["high"], "overdue": True, "out_of_hours": True}
        )
    ],
    "consent-honoured": [rule("cedah-medium-risk", grounds=["override"])],
    "correction-as-review": [rule("cedah-medium-risk", on=["VpaReviewed"])],
    "no-dead-row": [rule("meeting", on=["MeetingListed", "MeetingDiscussed", "VpaReviewed"])],
    "expectation": [rule("dafsu-high-risk", expects="offer an independent adviser")],
}
"""An edit of the strict policy that breaks each invariant."""


@cache
def strict() -> Answers:
    return Answers(parse(STRICT.read_text()))


def found(policy: Policy, invariant: str) -> list[Breach]:
    (asked,) = [each for each in INVARIANTS if each.id == invariant]
    return list(breaches(Answers(policy), [asked]))


def test_the_strict_policy_keeps_to_every_invariant() -> None:
    assert list(breaches(strict(), INVARIANTS)) == []


def test_there_is_an_edit_that_breaks_each_invariant() -> None:
    assert list(BROKEN_BY) == [each.id for each in INVARIANTS]


@pytest.mark.parametrize("invariant", BROKEN_BY)
def test_a_small_edit_that_breaks_an_invariant_is_found(invariant: str) -> None:
    assert found(a_policy(*BROKEN_BY[invariant]), invariant)


def test_a_policy_under_which_dafsu_is_offered_only_the_cases_it_is_named_for_is_found() -> None:
    policy = a_policy(ground("marac", always_attend=None))

    assert {breach.example.rule for breach in found(policy, "high-risk-dafsu")} == {"dafsu-every-marac"}


def test_a_policy_that_offers_dafsu_no_case_from_another_area_is_found() -> None:
    policy = a_policy(rule("dafsu-marac-transfer", when={"marac": True, "override": True}))

    found_in = {breach.example.event_type for breach in found(policy, "high-risk-dafsu")}

    assert found_in == {"MaracTransferred"}


@pytest.mark.parametrize("invariant", ["thresholds", "cheshire-cares-consent", "high-risk-dafsu", "one-risk"])
def test_the_example_of_a_breach_is_one_that_the_gate_answers_by_the_rule_named(invariant: str) -> None:
    policy = a_policy(*BROKEN_BY[invariant])
    for breach in found(policy, invariant):
        example = breach.example
        assert example.box is not None
        at = combination(example.box, possible(example.recipient, example.event_type), random.Random(1))

        assert route(policy, example.recipient, example.event_type, at).rule == example.rule


def test_one_breach_is_told_once_for_each_rule_that_answers_so() -> None:
    (breach,) = found(a_policy(*BROKEN_BY["one-risk"]), "one-risk")

    assert (breach.example.event_type, breach.count) == (EventType.VPA_REVIEWED, 1)


def test_every_invariant_cites_its_paragraph_and_says_how_to_mend() -> None:
    assert all(each.says and each.source and each.mend for each in INVARIANTS)


def combination(box: Box, among: Box, chance: random.Random) -> Circumstances:
    """Return one combination of a box, whatever it leaves open chosen by chance."""
    chosen: dict[str, Any] = {
        fact: chance.choice(in_order(box.get(fact, among[fact]))) for fact in Circumstances._fields
    }
    return Circumstances(**chosen)


def size(case: Case) -> int:
    return math.prod(len(case.values(fact)) for fact in case.among)


def is_in(box: Box, at: Circumstances) -> bool:
    return all(getattr(at, fact) in values for fact, values in box.items())


def test_the_cases_of_a_question_are_all_its_combinations_each_once() -> None:
    for _, cases in strict().alike():
        assert sum(map(size, cases)) == math.prod(len(values) for values in cases[0].among.values())


def test_every_combination_is_answered_as_the_gate_answers_it() -> None:
    chance, policy = random.Random(7), strict().policy
    for event_type in EventType:
        for recipient in ASKED:
            question = Question(recipient, event_type)
            if recipient in (PUBLISHER, PARTNERSHIP) or is_by_child(question):
                continue
            at = combination({}, possible(recipient, event_type), chance)
            (case,) = [case for case in strict().of(recipient, event_type) if is_in(case.box, at)]

            assert case.verdict == route(policy, recipient, event_type, at)


def test_every_combination_of_the_widest_row_is_answered_as_the_gate_answers_it() -> None:
    chance, policy = random.Random(8), strict().policy
    among = possible("adult-social-care", EventType.VPA_REVIEWED)
    for case in strict().of("adult-social-care", EventType.VPA_REVIEWED):
        at = combination(case.box, among, chance)

        assert case.verdict == route(policy, "adult-social-care", EventType.VPA_REVIEWED, at)


@pytest.mark.parametrize("placement", Placement)
def test_a_child_is_answered_for_as_the_gate_answers_wherever_it_stands(placement: Placement) -> None:
    form = a_form(EventType.VPA_RAISED, pupils=[a_child("one", placement=placement)])
    decision = Story().tell(form)

    for recipient, asked in ((f"school:{HILLSIDE}", ANY_SCHOOL), (EDUCATION, EDUCATION)):
        said = answer(decision, recipient)
        (case,) = [
            each for each in strict().of(asked, EventType.VPA_RAISED) if placement in each.values("placement")
        ]
        assert (said.rule, said.ground, said.reason) == (
            case.verdict.rule,
            case.verdict.ground,
            case.verdict.reason,
        )


def test_publisher_and_partnership_are_answered_for_as_the_gate_answers() -> None:
    decision = Story().tell(a_form())

    for recipient, asked in (("police", PUBLISHER), (PARTNERSHIP, PARTNERSHIP)):
        (case,) = strict().of(asked, EventType.VPA_REVIEWED)
        said = answer(decision, recipient)
        assert (said.rule, said.ground) == (case.verdict.rule, case.verdict.ground)


def test_only_facts_that_are_read_are_branched_on() -> None:
    policy = strict().policy
    rules = policy.rules_for("dafsu", EventType.VPA_REVIEWED)
    kinds = kinds_of(rules, policy.grounds, possible("dafsu", EventType.VPA_REVIEWED))

    asked = list(explore(lambda at: at.risk.value == "high", kinds))

    assert [set(box) for box, _ in asked] == [{"risk"}, {"risk"}]


def test_boxes_that_are_one_are_written_as_one() -> None:
    among = possible("cedah", EventType.VPA_REVIEWED)
    consent, override = among["consent"], frozenset({True})
    given = frozenset(value for value in consent if value == "given")

    written = merged([{"consent": given}, {"consent": consent - given, "override": override}], among)

    assert {frozenset(box.items()) for box in written} == {
        frozenset({("consent", given)}),
        frozenset({("override", override)}),
    }


def test_high_risk_with_safeguarding_is_listed_as_an_overlap_and_is_no_fault() -> None:
    (asked,) = [each for each in overlaps(strict()) if each.asked]

    assert (asked.recipients, asked.asked) == (("dafsu", "checs"), "NA 4.27, 4.29")
    assert [one_of(box) for box in asked.boxes] == [
        {"risk": frozenset({"high"}), "children": frozenset({"safeguarding"})}
    ]


def test_whatever_the_strict_policy_expects_it_says_until_when() -> None:
    assert [each.id for each in untimed(strict().policy)] == []


def test_an_expectation_without_an_end_is_listed_and_is_no_fault() -> None:
    open_ended = a_policy(rule("disclosure", expects="do so in person"))

    assert [each.id for each in untimed(open_ended)] == ["disclosure"]
    assert checked(open_ended, {}).ok


def test_who_keep_their_cases_in_one_system_is_told_beside_the_overlaps_and_is_no_fault() -> None:
    systems = {"the children's system": ("checs", "family-help")}

    found = checked(a_policy(), systems)

    assert "  checs and family-help: the children's system." in list(lines(found))
    assert found.as_json()["shared_systems"] == [
        {"system": "the children's system", "recipients": ["checs", "family-help"]}
    ]
    assert found.ok


def test_a_breach_is_told_as_a_sentence_an_example_the_rule_and_how_to_mend_it() -> None:
    said = "\n".join(lines(checked(a_policy(*BROKEN_BY["one-risk"]), {})))

    assert (
        "BROKEN  DAFSU is sent forms at high risk, CEDAH at medium and Cheshire Cares at standard, each alone"
        " (NA 4.11).\n"
        "  For example VpaReviewed to cheshire-cares, when the risk is medium and consent is given.\n"
        "  Rule cheshire-cares-standard answers. It does so in other cases, too: 1.\n"
        "  To mend: let the rule ask for that risk.\n"
    ) in said


def test_a_school_that_an_event_names_is_told_nothing_of_it() -> None:
    """Found by the check: what was for everybody named was for a school, too."""
    named = {case.verdict.permit for case in strict().of("school:any", EventType.REFERRED_ON)}

    assert named == {False}
