"""The routing table, every cell, over every combination of facts, against rows written here (NA 4.9-4.26).

The rows below are literal: nothing of the shipped policy is imported to make them. Changing any one cell of
the shipped policy is seen: every cell under make test-long, every fourth otherwise.
"""

import itertools
import random
import tomllib
from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from functools import cache
from typing import Any, NamedTuple

import holidays
import pytest

from services.consent.rules.circumstances import Circumstances
from services.consent.rules.reading import PolicyError, parse
from services.consent.rules.route import Rulebook, grounds_that_hold
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.calendar import OfficeHours
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult
from tests.gate_builders import HILLSIDE, START, STRICT, Story, a_child, a_form, an_event, answer, grades
from tests.policy_flips import as_toml, flips, unseen
from tests.system import sized

WHOLE = "incident facts victim contact children person_causing_harm narrative dash"
LESS_DASH = "incident facts victim contact children person_causing_harm narrative"
ADULT = "incident facts victim contact narrative dash"
CARES = "incident facts victim contact dash"


class Row(NamedTuple):
    """One line of the table of design 5: who is owed a form when, on which grounds, and what it then gets."""

    to: str
    rule: str
    owed: Mapping[str, object]
    grounds: str
    sections: str


TABLE = (
    Row("dafsu", "dafsu-high-risk", {"risk": "high"}, "high-risk", WHOLE),
    Row("cedah", "cedah-medium-risk", {"risk": "medium"}, "child-safeguarding consent override marac", WHOLE),
    Row(
        "checs",
        "checs-open-case",
        {"open_child_case": True},
        "high-risk child-safeguarding open-child-case",
        LESS_DASH,
    ),
    Row(
        "checs", "checs-safeguarding", {"children": "safeguarding"}, "high-risk child-safeguarding", LESS_DASH
    ),
    Row(
        "family-help",
        "family-help-open-case",
        {"open_child_case": True},
        "high-risk child-safeguarding open-child-case",
        LESS_DASH,
    ),
    Row(
        "family-help",
        "family-help-early-help",
        {"children": "early_help"},
        "high-risk consent override marac",
        LESS_DASH,
    ),
    Row(
        "adult-social-care",
        "adult-social-care-vulnerable-adult",
        {"vulnerable_adult": True},
        "high-risk child-safeguarding adult-safeguarding consent override marac",
        ADULT,
    ),
    Row("cheshire-cares", "cheshire-cares-standard", {"risk": "standard"}, "consent", CARES),
)

GROUNDS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("high-risk", {"risk": "high"}),
    ("child-safeguarding", {"children": "safeguarding"}),
    ("open-child-case", {"open_child_case": True}),
    ("adult-safeguarding", {"vulnerable_adult": True, "adult_safeguarding_concern": True}),
    ("consent", {"consent": "given"}),
    ("override", {"override": True}),
    ("marac", {"marac": True}),
    ("operation-encompass", {}),
    ("childs-welfare", {}),
    ("disclosure", {"named": True}),
    ("partnership", {}),
    ("own", {}),
)
"""Every ground, in the order in which the first that holds is named, and when it holds."""

AS_NARROWED = {"victim": "victim contact narrative dash", "person_causing_harm": "person_causing_harm"}
"""What adult safeguarding alone releases beside incident and facts: the sections about that adult."""

ENDING = {"consent", "override", "marac"}

WORDS: Mapping[str, tuple[str, str, str | None]] = {
    "own": ("NA 4.10", "keep what it published itself", None),
    "partnership-facts": ("NA 4.13", "count what happened and how it was shared", None),
    "school-encompass": (
        "NA 4.15",
        "support the child at school",
        "read it before the start of the next school day, acknowledge it, and tell neither parent",
    ),
    "school-conflict": ("NA 4.15", "", None),
    "school-child-causing-harm": ("Domestic Abuse Act 2021 s49A: a child who may be a victim", "", None),
    "education-childs-welfare": (
        "NA 4.16",
        "see that a child whom no school is told of is not left alone",
        "decide within 1 working day who supports the child; no letter or visit without a safe route",
    ),
    "dafsu-unreviewed": (
        "NA 4.10, 4.26",
        "support an adult victim whose high risk the Hub has not reviewed in time",
        "act on it as provisional, within 1 working day: the Hub's review may change it",
    ),
    "checs-unreviewed": (
        "NA 4.10, 4.26",
        "safeguard children whose danger the Hub has not reviewed in time",
        "act on it as provisional, within 1 working day: the Hub's review may change it",
    ),
    "emergency-duty-team-high-risk": (
        "NA 4.10, 4.26",
        "protect an adult victim, and the children, until offices open",
        "act on it as provisional, at once: the Hub's review may change it",
    ),
    "emergency-duty-team-safeguarding": (
        "NA 4.10, 4.26",
        "protect the children until offices open",
        "act on it as provisional, at once: the Hub's review may change it",
    ),
    "awaiting-review": ("NA 4.10", "", None),
    "dafsu-high-risk": (
        "NA 4.11",
        "support an adult victim at high risk",
        "offer an independent adviser within 1 working day, checking first who already holds the family",
    ),
    "cedah-medium-risk": (
        "NA 4.11",
        "triage and support at medium risk",
        "make contact within 5 working days, checking first who already holds the family",
    ),
    "checs-safeguarding": (
        "NA 4.11",
        "safeguard the children",
        "decide within 1 working day what the children need",
    ),
    "checs-open-case": (
        "NA 4.11, note",
        "inform the allocated practitioner of an open case",
        "pass it to the allocated practitioner within 1 working day",
    ),
    "family-help-early-help": (
        "NA 4.11",
        "offer early help to the family",
        "make contact within 5 working days, checking first who already holds the family",
    ),
    "family-help-open-case": (
        "NA 4.11, note",
        "inform the allocated practitioner of an open case",
        "pass it to the allocated practitioner within 1 working day",
    ),
    "adult-social-care-vulnerable-adult": (
        "NA 4.11",
        "assess care and support needs",
        "decide within 2 working days whether an enquiry is needed",
    ),
    "cheshire-cares-standard": (
        "NA 4.11, 4.13",
        "offer support at standard risk",
        "try the telephone three times, then write, where those channels are safe",
    ),
}
"""What each rule cites, what its release may be used for, and what is expected by when."""

GROUND_WORDS: Mapping[str, tuple[str, int | None]] = {
    "high-risk": ("NA 4.26", None),
    "child-safeguarding": ("NA 4.26", None),
    "open-child-case": ("NA 4.11, note", None),
    "adult-safeguarding": ("Care Act 2014 s42", None),
    "consent": ("NA 4.21", 365),
    "override": ("NA 4.22", 365),
    "marac": ("NA 6.54", 365),
    "operation-encompass": ("Domestic Abuse Act 2021 s49A", None),
    "childs-welfare": ("Children Act 2004 s16LA", None),
    "disclosure": ("Domestic Violence Disclosure Scheme; Domestic Abuse Act 2021 part 3", None),
    "partnership": ("NA 4.13", None),
    "own": ("NA 4.10", None),
}

CORE = ("police", "housing", "adult-social-care", "checs", "dafsu", "health-0-19")
ATTENDEES = "police housing adult-social-care checs dafsu health-0-19 probation cgl"
BANK_HOLIDAYS = frozenset(holidays.country_holidays("GB", subdiv="ENG", years=range(2022, 2031)))
SECTIONS = f"{WHOLE} referral referrer rationale research"


class Expected(NamedTuple):
    """What the rows above say about one recipient in one combination of facts."""

    permit: bool
    owed: bool
    rule: str
    ground: str | None
    reason: str | None
    sections: frozenset[str]


def every_combination() -> Iterator[Circumstances]:
    adults = [frozenset(c) for n in range(4) for c in itertools.combinations(VulnerableAdult, n)]
    yes_or_no = (False, True)
    for risk, children, who, concern, consent, override, case, marac in itertools.product(
        Risk, ChildrenLevel, adults, yes_or_no, (None, *ConsentAnswer), yes_or_no, yes_or_no, yes_or_no
    ):
        yield Circumstances(
            risk=risk,
            children=children,
            vulnerable_adults=who,
            adult_safeguarding_concern=concern,
            consent=consent,
            override=override,
            open_child_case=case,
            marac=marac,
        )


def fact(at: Circumstances, name: str) -> object:
    return bool(at.vulnerable_adults) if name == "vulnerable_adult" else getattr(at, name)


def holds(conditions: Mapping[str, object], at: Circumstances) -> bool:
    return all(fact(at, name) == value for name, value in conditions.items())


def grounds_of(at: Circumstances) -> list[str]:
    return [ground for ground, conditions in GROUNDS if holds(conditions, at)]


@cache
def expected(recipient: str, at: Circumstances) -> Expected:
    for row in TABLE:
        if row.to == recipient and holds(row.owed, at):
            return owed(row, at)
    return Expected(False, False, "not-owed", None, "not-owed", frozenset())


def owed(row: Row, at: Circumstances) -> Expected:
    serving = [ground for ground in grounds_of(at) if ground in row.grounds.split()]
    if not serving:
        reason = {"withdrawn": "withdrawn", "expired": "ended"}.get(at.consent or "", "no-ground")
        return Expected(False, True, row.rule, None, reason, frozenset())
    sections = set(row.sections.split())
    if serving == ["adult-safeguarding"]:
        about = [AS_NARROWED.get(adult, "") for adult in at.vulnerable_adults]
        sections = {"incident", "facts", *" ".join(about).split()}
    return Expected(True, True, row.rule, serving[0], None, frozenset(sections))


@cache
def combinations() -> tuple[Circumstances, ...]:
    """Every combination, in an order in which a changed cell is soon met."""
    every = list(every_combination())
    random.Random(4).shuffle(every)
    return tuple(every)


def mismatches(text: str) -> Iterator[str]:
    """Yield where a policy's text says anything but the rows above."""
    try:
        policy = parse(text)
    except PolicyError as error:
        yield str(error)
        return
    yield from wrong_words(text)
    yield from wrong_events(text)
    yield from wrong_unreviewed(text)
    book = Rulebook(policy)
    yield from wrong_out_of_hours(book)
    for at in combinations():
        if [ground.value for ground in grounds_that_hold(policy, at)] != grounds_of(at):
            yield f"grounds at {at}"
        for event_type in (EventType.VPA_REVIEWED, EventType.VPA_CORRECTED):
            for recipient in ROUTED:
                said = book.verdict(recipient, event_type, at)
                if Expected(
                    said.permit, said.owed, said.rule, said.ground, said.reason, said.sections
                ) != expected(recipient, at):
                    yield f"{recipient} of {event_type} at {at}"


ROUTED = tuple(name for name in RECIPIENTS if name not in ("police", "partnership", "education"))


NOT_TOLD = {
    Placement.CONFLICT: ("school-conflict", "restricted"),
    Placement.CAUSING_HARM: ("school-child-causing-harm", "restricted"),
}
"""By which rule a child's own school is not told, and why, where it is not that they have none."""


def wrong_events(text: str) -> Iterator[str]:
    """Yield what is wrong before the table applies: raised forms, schools, other events (NA 4.10, 4.15)."""
    for event_type in (EventType.VPA_RAISED, EventType.VPA_REVIEWED, EventType.VPA_CORRECTED):
        for placement in Placement:
            told = Story(policy=text).tell(a_form(event_type, pupils=[a_child("one", HILLSIDE, placement)]))
            at_school = placement is Placement.SCHOOL
            yield from wrong(told, "police", "own", "own", f"facts {WHOLE}")
            yield from wrong(told, "partnership", "partnership-facts", "partnership", "facts")
            if at_school:
                school = f"school:{HILLSIDE}"
                yield from wrong(told, school, "school-encompass", "operation-encompass", "children")
                yield from wrong_denial(told, "education", "not-owed", "not-owed")
            else:
                yield from wrong(told, "education", "education-childs-welfare", "childs-welfare", "children")
                rule, reason = NOT_TOLD.get(placement, ("not-owed", "not-owed"))
                yield from wrong_denial(told, f"school:{HILLSIDE}", rule, reason)
    raised = Story(policy=text).tell(a_form(EventType.VPA_RAISED, grades(Risk.HIGH)))
    for recipient in ROUTED:
        yield from wrong_denial(raised, recipient, "awaiting-review", "awaiting-review")
    opened = Story(policy=text).tell(an_event(EventType.CASE_OPENED, publisher="cedah"))
    yield from wrong(opened, "cedah", "own", "own", "facts")
    yield from wrong(opened, "partnership", "partnership-facts", "partnership", "facts")
    for recipient in ("police", *ROUTED):
        if recipient != "cedah":
            yield from wrong_denial(opened, recipient, "not-owed", "not-owed")


UNREVIEWED = (
    # initial risk, children, what dafsu then gets on which ground, what checs gets
    (Risk.HIGH, ChildrenLevel.NONE, ("high-risk", WHOLE), None),
    (Risk.HIGH, ChildrenLevel.SAFEGUARDING, ("high-risk", WHOLE), ("high-risk", LESS_DASH)),
    (Risk.MEDIUM, ChildrenLevel.SAFEGUARDING, None, ("child-safeguarding", LESS_DASH)),
    (Risk.MEDIUM, ChildrenLevel.EARLY_HELP, None, None),
    (Risk.NOT_COMPLETED, ChildrenLevel.NONE, None, None),
)
"""What an initial grade that nobody reviewed within 4 hours releases provisionally (design 5)."""


def wrong_unreviewed(text: str) -> Iterator[str]:
    for risk, children, to_dafsu, to_checs in UNREVIEWED:
        story = Story(policy=text)
        pupils = [a_child("one", placement=Placement.CONFLICT)]
        story.tell(a_form(EventType.VPA_RAISED, grades(risk, children), pupils=pupils))
        for hours, expected_now in ((3.99, (None, None)), (4, (to_dafsu, to_checs))):
            at = START + timedelta(hours=hours)
            told = story.tell(an_event(EventType.TIME_PASSED, publisher="ingest", recorded_at=at))
            sent = {emit.recipient: emit for emit in told.emits if emit.ground not in ("own", "partnership")}
            for recipient, wanted in zip(("dafsu", "checs"), expected_now, strict=True):
                emit = sent.pop(recipient, None)
                names = {name.partition("[")[0] for name in emit.sections} if emit is not None else set()
                said = (emit.ground, names) if emit is not None else None
                if said != ((wanted[0], set(wanted[1].split())) if wanted is not None else None):
                    yield f"{recipient} of a raised form at {risk}, {children} after {hours} h: {said}"
            yield from (f"{recipient} of a raised form" for recipient in sent)
            owed_now = {a.recipient for form in told.again for a in form.answers if a.owed}
            if owed_now != {
                to for to, wanted in zip(("dafsu", "checs"), expected_now, strict=True) if wanted
            }:
                yield f"owed a raised form at {risk}, {children} after {hours} h: {owed_now}"


TEAM = "emergency-duty-team"


def wrong_out_of_hours(book: Rulebook) -> Iterator[str]:
    """Yield what is wrong about whom danger nobody reviewed in time goes to while offices are closed."""
    yes_or_no = (False, True)
    for risk, children, overdue, closed in itertools.product(Risk, ChildrenLevel, yes_or_no, yes_or_no):
        at = Circumstances(risk=risk, children=children, overdue=overdue, out_of_hours=closed)
        said = book.verdict(TEAM, EventType.VPA_RAISED, at)
        wanted: tuple[str, str | None, frozenset[str]] = ("awaiting-review", None, frozenset())
        if overdue and closed and children is ChildrenLevel.SAFEGUARDING:
            wanted = (f"{TEAM}-safeguarding", "child-safeguarding", frozenset(LESS_DASH.split()))
        if overdue and closed and risk is Risk.HIGH:
            wanted = (f"{TEAM}-high-risk", "high-risk", frozenset(WHOLE.split()))
        if (said.rule, said.ground, said.sections) != wanted:
            yield f"{TEAM} of a raised form at {at}: {said}"
        if book.verdict(TEAM, EventType.VPA_REVIEWED, at._replace(overdue=False)).owed:
            yield f"{TEAM} of a reviewed form at {at}"


def wrong(decision: Any, recipient: str, rule: str, ground: str, sections: str) -> Iterator[str]:
    said = answer(decision, recipient)
    names = {name.partition("[")[0] for name in said.sections}
    if (said.rule, said.ground, names) != (rule, ground, set(sections.split())):
        yield f"{recipient} of {decision.event_type}: {said}"


def wrong_denial(decision: Any, recipient: str, rule: str, reason: str) -> Iterator[str]:
    said = answer(decision, recipient)
    if (said.rule, said.reason, said.sections) != (rule, reason, ()):
        yield f"{recipient} of {decision.event_type}: {said}"


def wrong_words(text: str) -> Iterator[str]:
    policy = parse(text)
    if (policy.name, policy.version) != ("strict", 6):
        yield "name and version"
    weekdays = {day for day in BANK_HOLIDAYS if day.weekday() < 5}
    if policy.hours != OfficeHours(opens=time(8, 30), closes=time(17), bank_holidays=weekdays):
        yield "office hours"
    if policy.sections != {"facts/2", *(f"{name}/1" for name in SECTIONS.split())}:
        yield "sections"
    of_form = [rule for rule in policy.rules if "*" in rule.on or rule.on & VPA_FAMILY]
    if {rule.id: (rule.source, rule.purpose, rule.expects) for rule in of_form} != WORDS:
        yield "words of rules"
    if {row.ground.value: (row.source, row.lasts_days) for row in policy.grounds} != GROUND_WORDS:
        yield "words of grounds"
    usual = (policy.attendees((), listed=True), policy.attendees((), listed=False))
    named = policy.attendees(("housing",), listed=True)
    if (*usual, named) != (tuple(ATTENDEES.split()), CORE, ("housing", "dafsu")):
        yield "attendees"


def test_every_recipient_is_answered_as_the_table_says_in_every_combination_of_facts() -> None:
    found = list(itertools.islice(mismatches(STRICT.read_text()), 10))

    assert found == []
    assert len(combinations()) == 4 * 4 * 8 * 2 * 6 * 2 * 2 * 2


def test_what_rests_on_a_ground_that_can_end_is_known_to_rest_on_it() -> None:
    book = Rulebook(parse(STRICT.read_text()))

    for at in combinations()[::7]:
        without = Circumstances(
            risk=at.risk,
            children=at.children,
            vulnerable_adults=at.vulnerable_adults,
            adult_safeguarding_concern=at.adult_safeguarding_concern,
            open_child_case=at.open_child_case,
        )
        for recipient in ROUTED:
            said = book.verdict(recipient, EventType.VPA_REVIEWED, at)
            lasting = expected(recipient, without)
            assert said.can_end == (said.permit and not said.sections <= lasting.sections)


SHIPPED = tomllib.loads(STRICT.read_text())


def whom_a_ground_serves(what: str) -> bool:
    """Say whether a cell says whom a ground serves, which no rule on forms shows; held with the others."""
    return what.startswith("ground.") and (".never " in what or ".only " in what)


def of_forms(rule: Mapping[str, Any]) -> bool:
    """Say whether a rule is about forms; tests/rules/test_other_events_table.py holds the others."""
    return "*" in rule["on"] or bool(VPA_FAMILY & set(rule["on"]))


def test_writing_the_shipped_policy_again_changes_nothing() -> None:
    again = parse(as_toml(SHIPPED))

    shipped = parse(STRICT.read_text())
    assert (again.rules, again.grounds, again.sections) == (shipped.rules, shipped.grounds, shipped.sections)


def is_seen(text: str) -> bool:
    return next(mismatches(text), None) is not None


def test_changing_any_one_cell_of_the_shipped_policy_is_seen() -> None:
    changed = [each for each in flips(SHIPPED, concerns=of_forms) if not whom_a_ground_serves(each[0])]
    asked = changed[:: sized(4, 1)]

    assert unseen([(what, as_toml(policy)) for what, policy in asked], is_seen) == []
    assert len(changed) > 200


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rule = 1", "[[ground]]"),
        ("nonsense", "not TOML"),
        (STRICT.read_text().replace('id = "own"\nsource = "NA 4.10"\nto', 'id = "x"\nwhy = 1\nto'), "`why`"),
        (STRICT.read_text().replace('risk = ["high"]', 'mood = ["low"]'), "`mood`"),
        (STRICT.read_text().replace("facts = [1, 2]", "facts = [1, 2]\nrouting = [1]"), "routing"),
        (STRICT.read_text().replace('to = "dafsu"', 'to = "everybody"'), "everybody"),
    ],
)
def test_a_policy_that_says_what_cannot_be_is_refused_with_reasons(text: str, says: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse(text)

    assert says in str(refused.value)
