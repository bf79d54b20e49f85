"""What finds where a policy answers as it may not, one function an invariant (`invariants` says which)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from services.consent.rules.answers import ANY_SCHOOL, ASKED, ERRED, Answers, Case
from services.consent.rules.breaches import (
    FORMS,
    OTHERS,
    REVIEWED,
    Broken,
    Example,
    but,
    cases,
    every_case,
    example,
    permits,
)
from services.consent.rules.combinations import CHILDRENS_SERVICES, SETS, always
from services.consent.rules.policy import ANY, EDUCATION, PARTNERSHIP, PUBLISHER, Policy, Rule
from services.consent.rules.route import ROUTING
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.grounds import LAWFUL, Ground
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk

HIGH, SAFEGUARDING, GIVEN = Risk.HIGH, ChildrenLevel.SAFEGUARDING, ConsentAnswer.GIVEN
CARES, CHECS, DAFSU, CEDAH = "cheshire-cares", "checs", "dafsu", "cedah"
FAMILY_HELP, ADULT_SOCIAL_CARE = "family-help", "adult-social-care"
EMERGENCY_DUTY_TEAM = "emergency-duty-team"
FACTS, CHILDREN = "facts", "children"

MEANS: Mapping[Ground, Mapping[str, frozenset[Any]]] = {
    Ground.HIGH_RISK: {"risk": frozenset({HIGH})},
    Ground.CHILD_SAFEGUARDING: {"children": frozenset({SAFEGUARDING})},
    Ground.OPEN_CHILD_CASE: {"open_child_case": frozenset({True})},
    Ground.ADULT_SAFEGUARDING: {
        "vulnerable_adults": SETS["vulnerable_adults"] - {frozenset()},
        "adult_safeguarding_concern": frozenset({True}),
    },
    Ground.CONSENT: {"consent": frozenset({GIVEN})},
    Ground.OVERRIDE: {"override": frozenset({True})},
    Ground.MARAC: {"marac": frozenset({True})},
    Ground.DISCLOSURE: {"named": frozenset({True})},
}
"""When each ground is there (design 5). One that is not here is there whenever its event is."""

SERVES = {
    Ground.OPEN_CHILD_CASE: CHILDRENS_SERVICES,
    Ground.ADULT_SAFEGUARDING: frozenset({ADULT_SOCIAL_CARE}),
    Ground.OPERATION_ENCOMPASS: frozenset({ANY_SCHOOL}),
    Ground.CHILDS_WELFARE: frozenset({EDUCATION}),
    Ground.OWN: frozenset({PUBLISHER}),
}
"""Whom alone a ground may serve, where that is not everybody owed (design 5, the last column)."""

BELOW = frozenset(
    {Ground.CONSENT, Ground.OVERRIDE, Ground.MARAC, Ground.OPEN_CHILD_CASE, Ground.ADULT_SAFEGUARDING}
)
"""On what a form may be shared below high risk and child safeguarding (NA 4.21, 4.22, 4.26)."""

COLUMNS = {DAFSU: Risk.HIGH, CEDAH: Risk.MEDIUM, CARES: Risk.STANDARD}
"""Whose forms are those of one risk alone (NA 4.11)."""

BY_WHEN = re.compile(
    r"within \d+ |at once|before |by its date|at the next|three times, then", re.ASCII | re.IGNORECASE
)
"""How an expectation says until when, or how often."""

PROVISIONALLY: Mapping[str, tuple[str, ...]] = {
    DAFSU: ("overdue",),
    CHECS: ("overdue",),
    EMERGENCY_DUTY_TEAM: ("overdue", "out_of_hours"),
}
"""Who may be sent a raised form, and what has to be so then."""

ORDERS = (EventType.DVDS_REQUESTED, EventType.DVDS_DECIDED, EventType.DVPN_ISSUED, EventType.DVPO_GRANTED)


MEETINGS = (EventType.MARAC_ACCEPTED, EventType.MARAC_LISTED)
"""What makes a case one for a meeting, and says who attends."""


def unanswered(answers: Answers) -> Iterator[Example]:
    """Find who has no whole answer: a rule errs, or what is permitted has no ground or no sections."""
    for question, case in every_case(answers):
        verdict = case.verdict
        whole = verdict.ground is not None and verdict.sections if verdict.permit else verdict.reason
        if verdict.rule == ERRED.rule or not whole:
            yield example(question, case)


def without_ground(answers: Answers) -> Iterator[Example]:
    """Find what is released on a ground that does not hold then, or may not serve that recipient."""
    for question, case in every_case(answers):
        rows = {row.ground: row for row in answers.policy.grounds}
        for ground in case.verdict.holding:
            row = rows.get(ground)
            serves = row is not None and row.serves(question.recipient)
            if row is None or not serves or not all(always(each, case.values) for each in row.when):
                yield example(question, case)


def unlawful(answers: Answers) -> Iterator[Example]:
    """Find what is released on a ground that is none; else a rule that names one."""
    shown = set()
    for question, case in every_case(answers):
        if case.verdict.permit and case.verdict.ground not in LAWFUL:
            shown.add(case.verdict.rule)
            yield example(question, case)
    for rule in answers.policy.rules:
        if rule.id not in shown and not rule.grounds <= LAWFUL:
            yield Example(rule.to, min(_types(rule)), rule.id)


def otherwise_than_meant(answers: Answers) -> Iterator[Example]:
    """Find grounds that are there although the facts are others."""
    for question, case in every_case(answers):
        for ground in case.verdict.holding:
            for fact, values in MEANS.get(ground, {}).items():
                if not case.must(fact, *values):
                    yield example(question, case, but(case, fact, *values))


def serving_others(answers: Answers) -> Iterator[Example]:
    """Find grounds that serve whom they may not, and the partnership's where it releases more than facts."""
    for question, case in every_case(answers):
        for ground in case.verdict.holding:
            if question.recipient not in SERVES.get(ground, {question.recipient}):
                yield example(question, case)
            if ground is Ground.PARTNERSHIP and case.verdict.sections != {FACTS}:
                yield example(question, case)


def below_thresholds(answers: Answers) -> Iterator[Example]:
    """Find reviewed forms shared below the thresholds on a ground that is for above them."""
    others = [name for name in OTHERS if name not in (EDUCATION, ANY_SCHOOL)]
    for question, case in permits(answers, others, REVIEWED):
        risk, children = but(case, "risk", HIGH), but(case, "children", SAFEGUARDING)
        ground = case.verdict.ground
        if risk["risk"] and children["children"] and ground in LAWFUL - BELOW:
            yield example(question, case, {**risk, **children})


def cares_without_consent(answers: Answers) -> Iterator[Example]:
    """Find what Cheshire Cares may be told at standard risk without consent."""
    for question, case in permits(answers, [CARES], EventType):
        meets = case.verdict.ground is Ground.MARAC and question.event_type not in FORMS
        others = case.verdict.ground in (Ground.PARTNERSHIP, Ground.DISCLOSURE)
        standard = case.may("risk", Risk.STANDARD)
        if standard and not (meets or others or case.must("consent", GIVEN)):
            yield example(question, case, {"risk": {Risk.STANDARD}, **but(case, "consent", GIVEN)})


def cares_overridden(answers: Answers) -> Iterator[Example]:
    """Find what an override or a child safeguarding concern releases to Cheshire Cares."""
    for question, case in permits(answers, [CARES], EventType):
        if not {Ground.OVERRIDE, Ground.CHILD_SAFEGUARDING}.isdisjoint(case.verdict.holding):
            yield example(question, case)


def out_of_column(answers: Answers) -> Iterator[Example]:
    """Find forms sent at a risk that is another service's."""
    for recipient, risk in COLUMNS.items():
        for question, case in permits(answers, [recipient], FORMS):
            if not case.must("risk", risk):
                yield example(question, case, but(case, "risk", risk))


def school_sees_more(answers: Answers) -> Iterator[Example]:
    """Find what a school is sent beside its own pupils."""
    for question, case in permits(answers, [ANY_SCHOOL], EventType):
        children = question.event_type in FORMS and case.verdict.sections == {CHILDREN}
        if not children or not case.must("placement", Placement.SCHOOL):
            yield example(question, case)


def officer_sees_more(answers: Answers) -> Iterator[Example]:
    """Find what the education officer is sent beside the children no school is told of."""
    for question, case in permits(answers, [EDUCATION], FORMS):
        if case.verdict.sections != {CHILDREN} or case.may("placement", Placement.SCHOOL):
            yield example(question, case)


def child_dropped(answers: Answers) -> Iterator[Example]:
    """Find where a child may stand of whom nobody is told."""
    for event_type in FORMS:
        told = [case for _, case in permits(answers, (ANY_SCHOOL, EDUCATION), [event_type])]
        for question, case in cases(answers, [EDUCATION], [event_type]):
            if not any(case.values("placement") <= each.values("placement") for each in told):
                yield example(question, case)


def everything_to_another(answers: Answers) -> Iterator[Example]:
    """Find who is sent every section, or what only the gate needs."""
    for question, case in every_case(answers):
        everything = ANY in case.verdict.sections and question.recipient != PUBLISHER
        if everything or ROUTING in case.verdict.sections:
            yield example(question, case)


def before_review(answers: Answers) -> Iterator[Example]:
    """Find who is sent a raised form that the Hub may still review in time."""
    others = [name for name in OTHERS if name not in (EDUCATION, ANY_SCHOOL)]
    for question, case in permits(answers, others, [EventType.VPA_RAISED]):
        needed = PROVISIONALLY.get(question.recipient)
        lacking = [fact for fact in needed or ("overdue",) if not case.must(fact, True)]
        if lacking or needed is None:
            shown = {fact: values for each in lacking[:1] for fact, values in but(case, each, True).items()}
            yield example(question, case, shown)


def not_counted(answers: Answers) -> Iterator[Example]:
    """Find events that their publisher or the partnership's office does not get as it should."""
    for question, case in cases(answers, (PARTNERSHIP,), EventType):
        if not case.verdict.permit or case.verdict.sections != {FACTS}:
            yield example(question, case)
    for question, case in cases(answers, (PUBLISHER,), EventType):
        if not case.verdict.permit or case.verdict.sections != {ANY}:
            yield example(question, case)


def disclosed_to_others(answers: Answers) -> Iterator[Example]:
    """Find police decisions that reach whom they do not name, or on another ground."""
    for question, case in permits(answers, OTHERS, EventType):
        disclosed = case.verdict.ground is Ground.DISCLOSURE
        if disclosed != (question.event_type in ORDERS) or (disclosed and not case.must("named", True)):
            yield example(question, case)


def owed(recipient: str, types: tuple[EventType, ...], **when: object) -> Broken:
    """Return what finds combinations with these facts in which a recipient is not told."""
    values = {fact: frozenset(v if isinstance(v, set | frozenset) else {v}) for fact, v in when.items()}

    def broken(answers: Answers) -> Iterator[Example]:
        for question, case in cases(answers, [recipient], types):
            if not case.verdict.permit and all(case.may(fact, *v) for fact, v in values.items()):
                yield example(question, case, values)

    return broken


def marac_left_out(recipient: str) -> Broken:
    """Return what finds that a recipient attends only where it is named, or nobody is."""

    def broken(answers: Answers) -> Iterator[Example]:
        row = answers.policy.ground(Ground.MARAC)
        if row is not None and recipient not in row.always_attend:
            for question, case in permits(answers, [recipient], MEETINGS):
                yield example(question, case)

    return broken


def any_of(*broken: Broken) -> Broken:
    """Return what finds what any of these find."""

    def each(answers: Answers) -> Iterator[Example]:
        for one in broken:
            yield from one(answers)

    return each


def correction_routed_otherwise(answers: Answers) -> Iterator[Example]:
    """Find who is answered otherwise about a correction than about a review."""
    for recipient in OTHERS:
        reviewed, corrected = (answers.of(recipient, event_type) for event_type in REVIEWED)
        if reviewed is not corrected:
            differing = [one for one in corrected if not _is_among(one, reviewed)] or list(corrected)
            yield Example(recipient, REVIEWED[1], differing[0].verdict.rule, differing[0].box)


def _is_among(case: Case, others: tuple[Case, ...]) -> bool:
    return any((case.box, case.verdict) == (other.box, other.verdict) for other in others)


def dead(answers: Answers) -> Iterator[Example]:
    """Find rules, events of rules and grounds of rules that never come to answer."""
    answered: set[tuple[str, str]] = set()
    served: set[tuple[str, str]] = set()
    for question, case in cases(answers, ASKED, EventType):
        rule_id = case.verdict.rule
        answered.add((rule_id, question.event_type))
        served.update((rule_id, ground) for ground in case.verdict.holding)
    for rule in answers.policy.rules:
        for event_type in sorted(_types(rule)):
            if (rule.id, event_type) not in answered:
                yield Example(rule.to, event_type, rule.id)
        if any((rule.id, ground) not in served for ground in rule.grounds):
            yield Example(rule.to, min(_types(rule)), rule.id)


def _types(rule: Rule) -> frozenset[str]:
    return frozenset(EventType) if ANY in rule.on else rule.on


def nothing_expected(answers: Answers) -> Iterator[Example]:
    """Find who is sent a form and not told what to do with it, and by when."""
    for question, case in permits(answers, OTHERS, FORMS):
        if not says_by_when(_expectation(answers.policy, case)):
            yield example(question, case)


def _expectation(policy: Policy, case: Case) -> str:
    rule = policy.rule(case.verdict.rule)
    return rule.expects or "" if rule is not None else ""


def says_by_when(expectation: str) -> bool:
    """Say whether an expectation has an end: a time, or a number of attempts."""
    return BY_WHEN.search(expectation) is not None
