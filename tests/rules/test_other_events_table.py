"""Who is told of events that are no forms, every recipient in every combination that matters (design 5).

The rows are literal. An event that stands in no row reaches its publisher and the partnership alone.
"""

import itertools
import random
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import pytest

from services.consent.rules.circumstances import Circumstances
from services.consent.rules.reading import PolicyError, parse
from services.consent.rules.route import NOT_OWED, Rulebook
from services.vocabulary.agencies import SINGLE_CONTROLLERS
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import NAMES_BOTH_SIDES, VPA_FAMILY, EventType
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult
from tests.gate_builders import STRICT
from tests.policy_flips import as_toml, flips, unseen
from tests.system import sized

EVERYBODY = "*"
USUAL = "high-risk child-safeguarding adult-safeguarding consent override marac"
HELD = "high-risk child-safeguarding open-child-case adult-safeguarding consent override marac"
PEOPLE = "facts victim contact children person_causing_harm"
CASES = (
    "CaseOpened CaseClosed PractitionerAllocated ReferralAllocated ReferralClosed ContactAttempted"
    " SafetyPlanRecorded SupportStarted SupportFinished"
)
AT_A_MEETING = (
    "ResearchContributed MaracEnded MaracHeard RepeatIdentified MaracActionAgreed MaracActionCompleted"
)
PLATFORM = (
    "AgreementSigned AgreementEnded RecipientJoined RecipientSuspended RecipientResumed BackfillOrdered"
)


class Row(NamedTuple):
    """Whom events of these types are owed to when, by which rule, on what ground, and what they get."""

    rule: str
    to: str
    on: str
    when: Mapping[str, object]
    grounds: str
    sections: str


TABLE = (
    Row(
        "dafsu-high-risk-referral",
        "dafsu",
        "ReferralReceived ReferralTriaged ReferredOn",
        {"risk": "high"},
        "high-risk",
        f"{PEOPLE} dash referral",
    ),
    Row(
        "checs-safeguarding-referred-on",
        "checs",
        "ReferredOn",
        {"children": "safeguarding", "named": True},
        "high-risk child-safeguarding",
        f"{PEOPLE} dash referral",
    ),
    Row(
        "checs-safeguarding-referral",
        "checs",
        "ReferralReceived ReferralTriaged ReferredOn",
        {"children": "safeguarding"},
        "high-risk child-safeguarding",
        f"{PEOPLE} referral",
    ),
    Row("dafsu-dash-redone", "dafsu", "DashRedone", {"risk": "high"}, "high-risk", "facts victim dash"),
    Row(
        "cedah-dash-redone",
        "cedah",
        "DashRedone",
        {"risk": "medium"},
        "child-safeguarding consent override marac",
        "facts victim dash",
    ),
    Row(
        "hub-high-risk-found",
        "police",
        "DashRedone",
        {"risk": "high"},
        "high-risk",
        "facts victim dash rationale",
    ),
    Row(
        "hub-child-risk-found",
        "police",
        "DashRedone",
        {"risk": "not_completed", "children": "safeguarding"},
        "child-safeguarding",
        "facts victim dash rationale",
    ),
    Row(
        "checs-child-risk-found",
        "checs",
        "DashRedone",
        {"risk": "not_completed", "children": "safeguarding"},
        "child-safeguarding",
        "facts victim dash",
    ),
    Row(
        "cheshire-cares-referred-on",
        "cheshire-cares",
        "ReferredOn",
        {"named": True},
        "consent",
        f"{PEOPLE} referral",
    ),
    Row("referred-on", EVERYBODY, "ReferredOn", {"named": True}, USUAL, f"{PEOPLE} dash referral"),
    Row(
        "hub-counter-allegation",
        "police",
        "ReferralReceived ReferredOn MaracTransferred",
        {"counter_allegation": True},
        "high-risk child-safeguarding consent override marac",
        f"{PEOPLE} dash referral rationale",
    ),
    Row("roles-reviewed-told", EVERYBODY, "RolesReviewed", {"named": True}, USUAL, "facts"),
    Row("cheshire-cares-who-holds", "cheshire-cares", CASES, {"holds": True}, "consent", "facts"),
    Row("who-holds", EVERYBODY, CASES, {"holds": True}, HELD, "facts"),
    Row(
        "cedah-child-case",
        "cedah",
        "ChildCaseStatus",
        {"holds": True},
        "high-risk child-safeguarding consent override marac",
        "facts",
    ),
    Row(
        "mycwa-child-case",
        "mycwa",
        "ChildCaseStatus",
        {"holds": True},
        "high-risk child-safeguarding consent override marac",
        "facts",
    ),
    Row("meeting", EVERYBODY, "MeetingListed MeetingDiscussed", {"holds": True}, HELD, "facts"),
    Row(
        "hub-marac-referral",
        "police",
        "MaracReferred",
        {"marac": True},
        "high-risk marac",
        f"{PEOPLE} dash referral rationale",
    ),
    Row(
        "dafsu-high-risk-marac-referral",
        "dafsu",
        "MaracReferred",
        {"risk": "high"},
        "high-risk",
        f"{PEOPLE} dash referral rationale",
    ),
    Row(
        "checs-safeguarding-marac-referral",
        "checs",
        "MaracReferred",
        {"children": "safeguarding", "marac": False},
        "high-risk child-safeguarding",
        f"{PEOPLE} referral",
    ),
    Row(
        "marac-referral",
        EVERYBODY,
        "MaracReferred",
        {"marac": True},
        "marac",
        f"{PEOPLE} dash referral rationale",
    ),
    Row(
        "dafsu-every-marac",
        "dafsu",
        "MaracAccepted MaracListed",
        {"marac": True},
        "marac",
        "facts victim rationale",
    ),
    Row(
        "marac-meeting",
        EVERYBODY,
        "MaracAccepted MaracListed",
        {"marac": True},
        "marac",
        "facts victim rationale",
    ),
    Row("marac-owner", EVERYBODY, "MaracActionAgreed", {"named": True}, USUAL, "facts victim referral"),
    Row(
        "marac-attendee",
        EVERYBODY,
        AT_A_MEETING,
        {"marac": True},
        "marac",
        "facts victim research rationale referral",
    ),
    Row(
        "dafsu-marac-transfer",
        "dafsu",
        "MaracTransferred",
        {"marac": True},
        "marac",
        f"{PEOPLE} dash referral rationale",
    ),
    Row(
        "marac-transfer",
        EVERYBODY,
        "MaracTransferred",
        {"named": True},
        "marac",
        f"{PEOPLE} dash referral rationale",
    ),
    Row("accommodation-asked", EVERYBODY, "AccommodationRequested", {"named": True}, USUAL, "facts victim"),
    Row(
        "accommodation-answered",
        EVERYBODY,
        "AccommodationProvided AccommodationDeclined",
        {"named": True},
        USUAL,
        "facts victim",
    ),
    Row(
        "disclosure",
        EVERYBODY,
        "DvdsDecided",
        {"named": True},
        "disclosure",
        "facts victim person_causing_harm narrative",
    ),
    Row(
        "protection-order",
        EVERYBODY,
        "DvpnIssued DvpoGranted",
        {"named": True},
        "disclosure",
        "facts victim contact person_causing_harm narrative",
    ),
    Row("outcome", "police", "ExpectationMet DecidedNotToShare", {}, "partnership", "facts"),
    Row("outcome-to-sender", EVERYBODY, "ExpectationMet", {"named": True}, "partnership", "facts"),
    Row(
        "action-owner", EVERYBODY, "ActionRaised ReviewCommissioned", {"named": True}, "partnership", "facts"
    ),
    Row("platform", EVERYBODY, PLATFORM, {"named": True}, "partnership", "facts"),
)

WORDS: Mapping[str, tuple[str, str, str | None]] = {
    "dafsu-high-risk-referral": (
        "NA 3.8-3.31",
        "support an adult victim at high risk",
        "offer an independent adviser at once: a high-risk referral never waits",
    ),
    "checs-safeguarding-referred-on": (
        "NA 4.11",
        "safeguard the children",
        "decide within 1 working day what the children need",
    ),
    "checs-safeguarding-referral": (
        "NA 4.11",
        "safeguard the children",
        "decide within 1 working day what the children need",
    ),
    "dafsu-dash-redone": (
        "NA 3.74-3.79",
        "support an adult victim at high risk",
        "offer an independent adviser within 1 working day, checking first who already holds the family",
    ),
    "cedah-dash-redone": (
        "NA 3.74-3.79",
        "triage and support at medium risk",
        "make contact within 5 working days, checking first who already holds the family",
    ),
    "hub-high-risk-found": (
        "NA 3.74-3.79, 4.10",
        "review a risk that somebody else found",
        "review the risk within 4 hours, or say that it stands as reviewed",
    ),
    "hub-child-risk-found": (
        "NA 3.74-3.79, 4.10",
        "review a risk that somebody else found",
        "review the risk within 4 hours, or say that it stands as reviewed",
    ),
    "checs-child-risk-found": (
        "NA 3.74-3.79, 4.11",
        "safeguard the children",
        "decide within 1 working day what the children need",
    ),
    "cheshire-cares-referred-on": (
        "NA 4.13",
        "offer support at standard risk",
        "try the telephone three times, then write, where those channels are safe",
    ),
    "referred-on": (
        "NA 3.8-3.31",
        "take up the referral",
        "make contact within 5 working days, checking first who already holds the family",
    ),
    "hub-counter-allegation": (
        "NA 4.10",
        "look at who harms whom before anybody else is told",
        "say within 4 hours whether the roles stand, harm goes both ways, or the report has them wrong",
    ),
    "roles-reviewed-told": (
        "NA 6.184",
        "know what the Hub found of a report it sent",
        None,
    ),
    "cheshire-cares-who-holds": (
        "NA 4.13",
        "see who already holds or has contacted the family before acting",
        None,
    ),
    "who-holds": (
        "NA 4.6, 4.7, 4.14, 4.29",
        "see who already holds or has contacted the family before acting",
        None,
    ),
    "cedah-child-case": (
        "NA 3.12, 4.6",
        "know whether a child has a plan: a family with one may go to MyCWA",
        None,
    ),
    "mycwa-child-case": (
        "NA 3.12, 4.6",
        "know whether a child has a plan: a family with one may go to MyCWA",
        None,
    ),
    "meeting": (
        "NA 4.17-4.20",
        "prepare the daily meeting, where each hears only what it may hold",
        None,
    ),
    "hub-marac-referral": (
        "NA 3.32-3.36",
        "decide on the referral, on any criterion",
        "accept it, or end it with the reason, within 1 working day",
    ),
    "dafsu-high-risk-marac-referral": (
        "NA 3.8-3.31",
        "support an adult victim at high risk",
        "offer an independent adviser at once: a high-risk referral never waits",
    ),
    "checs-safeguarding-marac-referral": (
        "NA 4.11",
        "safeguard the children",
        "decide within 1 working day what the children need",
    ),
    "marac-referral": (
        "NA 6.54",
        "prepare the meeting",
        "contribute what is known before the meeting",
    ),
    "dafsu-every-marac": (
        "NA 3.32-3.36",
        "support every adult victim whom a meeting is about",
        "offer support within 1 working day: it is offered in every case",
    ),
    "marac-meeting": (
        "NA 6.54",
        "prepare the meeting",
        "contribute what is known before the meeting",
    ),
    "marac-owner": (
        "NA 3.32-3.36",
        "carry out the action agreed",
        "complete it by its date and say so",
    ),
    "marac-attendee": (
        "NA 6.54",
        "hold the meeting and see its actions through",
        None,
    ),
    "dafsu-marac-transfer": (
        "NA 3.32-3.36, 6.46",
        "support every adult victim whom a meeting is about",
        "offer support within 1 working day: it is offered in every case",
    ),
    "marac-transfer": (
        "NA 6.46",
        "go on with the case where the family lives now",
        "list it at the next meeting there",
    ),
    "accommodation-asked": (
        "ST outcome 2",
        "find a safe place to stay",
        "answer within 24 hours",
    ),
    "accommodation-answered": (
        "ST outcome 2",
        "know whether there is a safe place to stay",
        None,
    ),
    "disclosure": (
        "Domestic Violence Disclosure Scheme",
        "tell the person at risk what the police decided to disclose, and nobody else",
        "do so within 2 working days, in person, with the police, where it is safe",
    ),
    "protection-order": (
        "Domestic Abuse Act 2021 part 3",
        "enforce the notice or order",
        "act on a breach at once",
    ),
    "outcome": (
        "NA 6.184",
        "know what came of what was shared, or why it was not",
        None,
    ),
    "outcome-to-sender": (
        "NA 6.184",
        "know what came of what it sent",
        None,
    ),
    "action-owner": (
        "NA section 8",
        "carry out the action, or take part in the review",
        "complete it by its date and say so",
    ),
    "platform": (
        "NA 4.22",
        "know how it takes part",
        None,
    ),
}
"""What each rule cites, what its release may be used for, and what is expected by when."""

GROUNDS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("high-risk", {"risk": "high"}),
    ("child-safeguarding", {"children": "safeguarding"}),
    ("open-child-case", {"open_child_case": True}),
    ("adult-safeguarding", {"vulnerable_adults": True, "adult_safeguarding_concern": True}),
    ("consent", {"consent": "given"}),
    ("override", {"override": True}),
    ("marac", {"marac": True}),
    ("disclosure", {"named": True}),
    ("partnership", {}),
)
AS_LITTLE = Circumstances(risk=Risk.STANDARD, children=ChildrenLevel.NONE)
"""Where nothing could change the answer, one combination shows it."""

TOLD = tuple(name for name in SINGLE_CONTROLLERS if name != "partnership")
BUT_CARES = tuple(name for name in TOLD if name != "cheshire-cares")
SERVES = {
    "child-safeguarding": BUT_CARES,
    "override": BUT_CARES,
    "adult-safeguarding": ("adult-social-care",),
}
"""Whom a ground may serve, where that is not everybody owed (design 5, last column of the grounds)."""

OTHER_TYPES = [each for each in EventType if each not in VPA_FAMILY]


@cache
def every_combination() -> tuple[Circumstances, ...]:
    """Return every combination, in an order in which a changed cell is soon met."""
    yes_or_no = (False, True)
    asked = (None, ConsentAnswer.GIVEN, ConsentAnswer.WITHDRAWN)
    adult = frozenset({VulnerableAdult.VICTIM})
    every = [
        Circumstances(
            risk=risk,
            children=children,
            vulnerable_adults=adult if concern else frozenset(),
            adult_safeguarding_concern=concern,
            consent=consent,
            override=override,
            open_child_case=case,
            marac=marac,
            named=named,
            holds=holds,
        )
        for risk, children, concern, consent, override, case, marac, named, holds in itertools.product(
            Risk,
            (ChildrenLevel.NONE, ChildrenLevel.SAFEGUARDING),
            yes_or_no,
            asked,
            yes_or_no,
            yes_or_no,
            yes_or_no,
            yes_or_no,
            yes_or_no,
        )
    ]
    random.Random(4).shuffle(every)
    return tuple(every)


@cache
def combinations_of(event_type: EventType) -> tuple[Circumstances, ...]:
    """Return every combination of an event that may turn roles round, or may not."""
    if event_type not in NAMES_BOTH_SIDES:
        return every_combination()
    return tuple(
        at._replace(counter_allegation=turns) for at in every_combination() for turns in (True, False)
    )


def true_of(conditions: Mapping[str, object], at: Circumstances) -> bool:
    said = {name: getattr(at, name) for name in conditions}
    return all(
        (bool(said[name]) if wanted is True else said[name]) == wanted for name, wanted in conditions.items()
    )


@cache
def expected(recipient: str, event_type: EventType, at: Circumstances) -> tuple[str, str | None, set[str]]:
    """Return the rule by which it is owed, or that it is not; on which ground it is told, and what."""
    own = [row for row in TABLE if event_type in row.on.split()]
    for row in sorted(own, key=lambda row: row.to == EVERYBODY):
        if row.to in (recipient, EVERYBODY) and true_of(row.when, at):
            serving = [
                name
                for name, when in GROUNDS
                if name in row.grounds.split() and true_of(when, at) and recipient in SERVES.get(name, TOLD)
            ]
            return row.rule, serving[0] if serving else None, set(row.sections.split()) if serving else set()
    return NOT_OWED, None, set()


def differences(book: Rulebook, event_type: EventType, most: int | None = None) -> Iterator[str]:
    """Yield where a policy answers otherwise than the table, in all combinations or the first `most`."""
    told_of = any(event_type in row.on.split() for row in TABLE)
    changing = {to for to in TOLD if told_of or book.settled(to, event_type) is None}
    for recipient in sorted(
        TOLD, key=lambda to: to not in ("dafsu", "checs", "cedah", "police", "cheshire-cares")
    ):
        for at in combinations_of(event_type)[:most] if recipient in changing else (AS_LITTLE,):
            said = book.verdict(recipient, event_type, at)
            if (said.rule, said.ground, set(said.sections)) != expected(recipient, event_type, at):
                yield f"{recipient} of {event_type} at {at}: {said}"


@pytest.mark.parametrize("event_type", OTHER_TYPES)
def test_every_recipient_is_told_of_other_events_as_the_table_says(event_type: EventType) -> None:
    book = Rulebook(parse(STRICT.read_text()))

    assert list(itertools.islice(differences(book, event_type), 3)) == []


def mismatches(text: str, before: frozenset[str]) -> Iterator[str]:
    """Yield where a policy's text says anything but the rows and words here, of rules on these types."""
    try:
        policy = parse(text)
    except PolicyError as error:
        yield str(error)
        return
    rules = [rule for rule in policy.rules if not ("*" in rule.on or rule.on & VPA_FAMILY)]
    if {rule.id: (rule.source, rule.purpose, rule.expects) for rule in rules} != WORDS:
        yield "words of rules"
    book = Rulebook(policy)
    for event_type in sorted(before):
        yield from differences(book, EventType(event_type), most=500)


def is_seen(changed: tuple[str, frozenset[str]]) -> bool:
    return next(mismatches(*changed), None) is not None


def test_changing_any_one_cell_of_the_rules_on_other_events_is_seen() -> None:
    shipped = tomllib.loads(STRICT.read_text())
    types = {row["id"]: frozenset(row["on"]) for row in shipped["rule"]}

    changed: list[tuple[str, tuple[str, frozenset[str]]]] = []
    for what, policy in flips(shipped, concerns=of_other_events):
        if what.startswith("rule."):
            before = types[shipped["rule"][int(what.split(".")[1])]["id"]]
        elif whom_it_serves(what):
            before = frozenset({"AccommodationRequested"})
        else:
            continue
        changed.append((what, (as_toml(policy), before)))

    assert unseen(changed[:: sized(4, 1)], is_seen) == []
    assert len(changed) > 200


def whom_it_serves(what: str) -> bool:
    """Say whether a changed cell is one that says whom a ground serves: no rule on forms shows it."""
    return what.startswith("ground.") and (".never " in what or ".only " in what)


def of_other_events(rule: Mapping[str, Any]) -> bool:
    return not ("*" in rule["on"] or VPA_FAMILY & set(rule["on"]))


def test_every_row_is_of_events_there_are() -> None:
    named = {name for row in TABLE for name in row.on.split()}

    assert named <= set(EventType)
    assert all(row.to in (*SINGLE_CONTROLLERS, EVERYBODY) for row in TABLE)
