"""Say whom an event is owed to and what they see: the routing table and the grounds, written out again.

Transcribed from the design's tables and the policy's rows, and judged by code of its own: nothing here
reads the policy or asks the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

EVERYBODY = "*"
GRADED = frozenset({"high-risk", "child-safeguarding", "adult-safeguarding"})
"""Grounds that a form's grades give: what an open case keeps when they fall."""

CAN_END = frozenset({"consent", "override", "marac"})


class Facts(NamedTuple):
    """What is known about one recipient of one event, just now."""

    risk: str
    children: str
    adults: frozenset[str]
    concern: bool
    consent: str | None
    """given, refused, could_not_ask, withdrawn or expired; None: nobody asked."""
    override: bool
    child_case: bool
    marac: bool
    named: bool
    holds: bool
    overdue: bool
    out_of_hours: bool
    counter: bool = False
    """The event turned round who was known to harm whom."""


class Row(NamedTuple):
    """Whom events of these types are owed to and when, on which grounds, and what they see."""

    rule: str
    to: str
    on: frozenset[str]
    owed: Callable[[Facts], bool]
    grounds: frozenset[str]
    sections: frozenset[str]


class Verdict(NamedTuple):
    """What somebody may see: on which grounds that hold, the named one first; none: why not."""

    rule: str | None
    grounds: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()
    reason: str = ""

    @property
    def permit(self) -> bool:
        """Say whether they may see it."""
        return bool(self.grounds)


GROUNDS: Mapping[str, Callable[[Facts, str], bool]] = {
    "high-risk": lambda facts, to: facts.risk == "high",
    "child-safeguarding": lambda facts, to: facts.children == "safeguarding" and to != "cheshire-cares",
    "open-child-case": lambda facts, to: facts.child_case,
    "adult-safeguarding": lambda facts, to: (
        to == "adult-social-care" and bool(facts.adults) and facts.concern
    ),
    "consent": lambda facts, to: facts.consent == "given",
    "override": lambda facts, to: facts.override and to != "cheshire-cares",
    "marac": lambda facts, to: facts.marac,
    "disclosure": lambda facts, to: facts.named,
}
"""When each is there for a recipient, in the order they are named (design 5)."""


def _row(rule: str, to: str, on: str, owed: Callable[[Facts], bool], grounds: str, sections: str) -> Row:
    return Row(rule, to, frozenset(on.split()), owed, frozenset(grounds.split()), frozenset(sections.split()))


REVIEWED = "VpaReviewed VpaCorrected"
CONSENTED = "child-safeguarding consent override marac"
USUAL = "high-risk child-safeguarding adult-safeguarding consent override marac"
HELD = f"{USUAL} open-child-case"
PEOPLE = "victim contact children person_causing_harm"
WHOLE = f"incident facts {PEOPLE} narrative"
CASES = (
    "CaseOpened CaseClosed PractitionerAllocated ReferralAllocated ReferralClosed ContactAttempted"
    " SafetyPlanRecorded SupportStarted SupportFinished"
)
AT_A_MEETING = (
    "ResearchContributed MaracEnded MaracHeard RepeatIdentified MaracActionAgreed MaracActionCompleted"
)

TABLE = (
    _row(
        "dafsu-unreviewed",
        "dafsu",
        "VpaRaised",
        lambda f: f.risk == "high" and f.overdue,
        "high-risk",
        f"{WHOLE} dash",
    ),
    _row(
        "checs-unreviewed",
        "checs",
        "VpaRaised",
        lambda f: f.children == "safeguarding" and f.overdue,
        "high-risk child-safeguarding",
        WHOLE,
    ),
    _row(
        "emergency-duty-team-high-risk",
        "emergency-duty-team",
        "VpaRaised",
        lambda f: f.risk == "high" and f.overdue and f.out_of_hours,
        "high-risk",
        f"{WHOLE} dash",
    ),
    _row(
        "emergency-duty-team-safeguarding",
        "emergency-duty-team",
        "VpaRaised",
        lambda f: f.children == "safeguarding" and f.overdue and f.out_of_hours,
        "child-safeguarding",
        WHOLE,
    ),
    _row("dafsu-high-risk", "dafsu", REVIEWED, lambda f: f.risk == "high", "high-risk", f"{WHOLE} dash"),
    _row("cedah-medium-risk", "cedah", REVIEWED, lambda f: f.risk == "medium", CONSENTED, f"{WHOLE} dash"),
    _row(
        "checs-open-case",
        "checs",
        REVIEWED,
        lambda f: f.child_case,
        "high-risk child-safeguarding open-child-case",
        WHOLE,
    ),
    _row(
        "checs-safeguarding",
        "checs",
        REVIEWED,
        lambda f: f.children == "safeguarding",
        "high-risk child-safeguarding",
        WHOLE,
    ),
    _row(
        "family-help-open-case",
        "family-help",
        REVIEWED,
        lambda f: f.child_case,
        "high-risk child-safeguarding open-child-case",
        WHOLE,
    ),
    _row(
        "family-help-early-help",
        "family-help",
        REVIEWED,
        lambda f: f.children == "early_help",
        "high-risk consent override marac",
        WHOLE,
    ),
    _row(
        "adult-social-care-vulnerable-adult",
        "adult-social-care",
        REVIEWED,
        lambda f: bool(f.adults),
        USUAL,
        "incident facts victim contact narrative dash",
    ),
    _row(
        "cheshire-cares-standard",
        "cheshire-cares",
        REVIEWED,
        lambda f: f.risk == "standard",
        "consent",
        "incident facts victim contact dash",
    ),
    _row(
        "dafsu-high-risk-referral",
        "dafsu",
        "ReferralReceived ReferralTriaged ReferredOn",
        lambda f: f.risk == "high",
        "high-risk",
        f"facts {PEOPLE} dash referral",
    ),
    _row(
        "checs-safeguarding-referred-on",
        "checs",
        "ReferredOn",
        lambda f: f.children == "safeguarding" and f.named,
        "high-risk child-safeguarding",
        f"facts {PEOPLE} dash referral",
    ),
    _row(
        "checs-safeguarding-referral",
        "checs",
        "ReferralReceived ReferralTriaged ReferredOn",
        lambda f: f.children == "safeguarding",
        "high-risk child-safeguarding",
        f"facts {PEOPLE} referral",
    ),
    _row(
        "dafsu-dash-redone",
        "dafsu",
        "DashRedone",
        lambda f: f.risk == "high",
        "high-risk",
        "facts victim dash",
    ),
    _row(
        "cedah-dash-redone",
        "cedah",
        "DashRedone",
        lambda f: f.risk == "medium",
        CONSENTED,
        "facts victim dash",
    ),
    _row(
        "hub-high-risk-found",
        "police",
        "DashRedone",
        lambda f: f.risk == "high",
        "high-risk",
        "facts victim dash rationale",
    ),
    _row(
        "hub-child-risk-found",
        "police",
        "DashRedone",
        lambda f: f.risk == "not_completed" and f.children == "safeguarding",
        "child-safeguarding",
        "facts victim dash rationale",
    ),
    _row(
        "checs-child-risk-found",
        "checs",
        "DashRedone",
        lambda f: f.risk == "not_completed" and f.children == "safeguarding",
        "child-safeguarding",
        "facts victim dash",
    ),
    _row(
        "cheshire-cares-referred-on",
        "cheshire-cares",
        "ReferredOn",
        lambda f: f.named,
        "consent",
        f"facts {PEOPLE} referral",
    ),
    _row("referred-on", EVERYBODY, "ReferredOn", lambda f: f.named, USUAL, f"facts {PEOPLE} dash referral"),
    _row(
        "hub-counter-allegation",
        "police",
        "ReferralReceived ReferredOn MaracTransferred",
        lambda f: f.counter,
        "high-risk child-safeguarding consent override marac",
        f"facts {PEOPLE} dash referral rationale",
    ),
    _row("roles-reviewed-told", EVERYBODY, "RolesReviewed", lambda f: f.named, USUAL, "facts"),
    _row("cheshire-cares-who-holds", "cheshire-cares", CASES, lambda f: f.holds, "consent", "facts"),
    _row("who-holds", EVERYBODY, CASES, lambda f: f.holds, HELD, "facts"),
    _row(
        "cedah-child-case",
        "cedah",
        "ChildCaseStatus",
        lambda f: f.holds,
        "high-risk child-safeguarding consent override marac",
        "facts",
    ),
    _row(
        "mycwa-child-case",
        "mycwa",
        "ChildCaseStatus",
        lambda f: f.holds,
        "high-risk child-safeguarding consent override marac",
        "facts",
    ),
    _row("meeting", EVERYBODY, "MeetingListed MeetingDiscussed", lambda f: f.holds, HELD, "facts"),
    _row(
        "hub-marac-referral",
        "police",
        "MaracReferred",
        lambda f: f.marac,
        "high-risk marac",
        f"facts {PEOPLE} dash referral rationale",
    ),
    _row(
        "dafsu-high-risk-marac-referral",
        "dafsu",
        "MaracReferred",
        lambda f: f.risk == "high",
        "high-risk",
        f"facts {PEOPLE} dash referral rationale",
    ),
    _row(
        "checs-safeguarding-marac-referral",
        "checs",
        "MaracReferred",
        lambda f: f.children == "safeguarding" and not f.marac,
        "high-risk child-safeguarding",
        f"facts {PEOPLE} referral",
    ),
    _row(
        "marac-referral",
        EVERYBODY,
        "MaracReferred",
        lambda f: f.marac,
        "marac",
        f"facts {PEOPLE} dash referral rationale",
    ),
    _row(
        "dafsu-every-marac",
        "dafsu",
        "MaracAccepted MaracListed",
        lambda f: f.marac,
        "marac",
        "facts victim rationale",
    ),
    _row(
        "marac-meeting",
        EVERYBODY,
        "MaracAccepted MaracListed",
        lambda f: f.marac,
        "marac",
        "facts victim rationale",
    ),
    _row("marac-owner", EVERYBODY, "MaracActionAgreed", lambda f: f.named, USUAL, "facts victim referral"),
    _row(
        "marac-attendee",
        EVERYBODY,
        AT_A_MEETING,
        lambda f: f.marac,
        "marac",
        "facts victim research rationale referral",
    ),
    _row(
        "dafsu-marac-transfer",
        "dafsu",
        "MaracTransferred",
        lambda f: f.marac,
        "marac",
        f"facts {PEOPLE} dash referral rationale",
    ),
    _row(
        "marac-transfer",
        EVERYBODY,
        "MaracTransferred",
        lambda f: f.named,
        "marac",
        f"facts {PEOPLE} dash referral rationale",
    ),
    _row(
        "accommodation-asked",
        EVERYBODY,
        "AccommodationRequested",
        lambda f: f.named,
        USUAL,
        "facts victim",
    ),
    _row(
        "accommodation-answered",
        EVERYBODY,
        "AccommodationProvided AccommodationDeclined",
        lambda f: f.named,
        USUAL,
        "facts victim",
    ),
    _row(
        "protection-order",
        EVERYBODY,
        "DvpnIssued DvpoGranted",
        lambda f: f.named,
        "disclosure",
        "facts victim contact person_causing_harm narrative",
    ),
    _row(
        "disclosure",
        EVERYBODY,
        "DvdsDecided",
        lambda f: f.named,
        "disclosure",
        "facts victim person_causing_harm narrative",
    ),
)

ABOUT = {"victim": "victim contact narrative dash", "person_causing_harm": "person_causing_harm"}
"""What adult safeguarding alone shows of each adult, beside the incident and the facts."""

CORE = frozenset(["police", "housing", "adult-social-care", "checs", "dafsu", "health-0-19"])
FULL = CORE | {"probation", "cgl"}
"""Who attends where nobody is named: what the Hub accepted, and the full meeting (NA 3.32-3.36)."""

EVERY_CASE = frozenset(["dafsu"])
"""Who supports every case of a meeting, whoever is named to attend it (NA 3.32-3.36)."""

ROUTED = frozenset(event_type for row in TABLE for event_type in row.on)
"""What is routed at all; everything else reaches its publisher and the partnership alone."""


ASKS_NOTHING = frozenset(
    [
        "roles-reviewed-told",
        "cheshire-cares-who-holds",
        "who-holds",
        "cedah-child-case",
        "mycwa-child-case",
        "meeting",
        "marac-attendee",
        "accommodation-answered",
    ]
)
"""Rows of which a recipient is not expected to do anything: nothing comes back of them to who sent it."""


@cache
def judge(without: str | None, to: str, event_type: str, facts: Facts) -> Verdict:
    """Return what a recipient may see of an event: their own rows first, then those for everybody."""
    for row in rows(without, to, event_type):
        if row.owed(facts):
            return _on_its_grounds(row, to, facts)
    return Verdict(None, reason="awaiting-review" if event_type == "VpaRaised" else "not-owed")


@cache
def rows(without: str | None, to: str, event_type: str) -> tuple[Row, ...]:
    """Return the rows that may owe a recipient events of a type, the first of which decides."""
    on = [row for row in TABLE if event_type in row.on and row.rule != without]
    return tuple(row for name in (to, EVERYBODY) for row in on if row.to == name)


def keep(without: str | None, to: str, rule: str, ground: str, facts: Facts) -> Verdict | None:
    """Return what an open case keeps of what was seen by a rule on a ground, once nothing permits it.

    A grade that fell takes nothing from an open case. Every other ground has ended where it has: what is
    kept is what another ground of the same rule still serves.
    """
    row = next((row for row in TABLE if row.rule == rule and row.rule != without), None)
    if row is None:
        return None
    if ground in GRADED:
        return Verdict(rule, (ground,), _seen(row, (ground,), facts))
    verdict = _on_its_grounds(row, to, facts)
    return verdict if verdict.permit else None


def naming(verdict: Verdict, facts: Facts) -> Verdict:
    """Return what of a verdict rests on consent or an override, which name their recipient: all that anybody
    is owed of what was recorded before they joined. What was not owed at all is so for the same reason.
    """
    row = next((row for row in TABLE if row.rule == verdict.rule), None)
    if row is None:
        return verdict
    grounds = tuple(ground for ground in verdict.grounds if ground in ("consent", "override"))
    if not grounds:
        return Verdict(row.rule, reason="not-owed")
    return Verdict(row.rule, grounds, _seen(row, grounds, facts))


def can_end(verdict: Verdict, facts: Facts) -> bool:
    """Say whether some of what is seen rests on consent, an override or a meeting, which can end."""
    lasting = tuple(ground for ground in verdict.grounds if ground not in CAN_END)
    row = next(row for row in TABLE if row.rule == verdict.rule)
    return not lasting or not verdict.sections <= _seen(row, lasting, facts)


def _on_its_grounds(row: Row, to: str, facts: Facts) -> Verdict:
    grounds = tuple(name for name, holds in GROUNDS.items() if name in row.grounds and holds(facts, to))
    if grounds:
        return Verdict(row.rule, grounds, _seen(row, grounds, facts))
    reason = {"withdrawn": "withdrawn", "expired": "ended"}.get(facts.consent or "", "no-ground")
    return Verdict(row.rule, reason=reason)


def _seen(row: Row, grounds: tuple[str, ...], facts: Facts) -> frozenset[str]:
    if row.rule != "adult-social-care-vulnerable-adult" or grounds != ("adult-safeguarding",):
        return row.sections
    about = " ".join(sections for adult, sections in ABOUT.items() if adult in facts.adults)
    return frozenset({"incident", "facts", *about.split()})
