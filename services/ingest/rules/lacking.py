"""Which parts of a form are not filled in? An empty part is a missing one (design 4; NA 3.20, 4.9)."""

from collections.abc import Iterator

from services.ingest.rules.contact import unstated
from services.ingest.rules.reading import flag, is_empty, text
from services.ingest.state import Reason, Submission, missing
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk

REVIEWED = frozenset({EventType.VPA_REVIEWED, EventType.VPA_CORRECTED})


def vpa(submission: Submission) -> Iterator[Reason]:
    """Yield what a VPA does not say: its parts, its facts, its grades and what they rest on."""
    yield from _parts(submission)
    yield from _contact(submission)
    yield from _dash(submission)
    yield from _adults(submission)
    yield from _children(submission)
    if submission.type in REVIEWED:
        yield from _review(submission)


def referral(submission: Submission) -> Iterator[Reason]:
    """Yield what a referral does not say."""
    if text(submission.section("facts"), "referral_source") is None:
        yield missing("/facts/referral_source", "the source is missing", "name the organisation")
    if submission.children:
        yield from _grades(submission)
    for name in ("victim", "referral"):
        if is_empty(submission.section(name)):
            yield missing(f"/{name}", f"the referral has no {name}", f"send {name}")


def marac(submission: Submission) -> Iterator[Reason]:
    """Yield what the listing of a case at MARAC does not say (NA 6.61-6.70).

    Where it names no attendees the meeting's usual ones are meant: that lacks nothing.
    """
    for name in ("criterion", "meeting_on"):
        if text(submission.section("facts"), name) is None:
            yield missing(f"/facts/{name}", f"{name} is missing", "send the listing again, with it")


def consent(submission: Submission) -> Iterator[Reason]:
    """Yield a reason where a consent records no answer."""
    if not submission.consent:
        yield missing("/consent", "no answer is recorded", "give an answer for each recipient asked about")


def _grades(submission: Submission) -> Iterator[Reason]:
    """Yield a reason for each grade missing where children are listed: how urgent it is nobody can see."""
    for name in ("risk", "children"):
        if text(submission.section("facts"), name) is None:
            yield missing(f"/facts/{name}", f"children are listed without {name}", f"give facts.{name}")


def _parts(submission: Submission) -> Iterator[Reason]:
    if submission.incident is None:
        yield missing("/incident", "the VPA has no reference", "give your own reference for the incident")
    if not submission.consent and _asks_for_consent(submission):
        yield missing("/consent", "no consent is recorded", "record given, refused or could_not_ask")
    for name in ("victim", "narrative"):
        if is_empty(submission.section(name)):
            yield missing(f"/{name}", f"the VPA has no {name}", f"send a correction with {name}")


def _asks_for_consent(submission: Submission) -> bool:
    """Say whether consent is the question: below high risk and child safeguarding (NA 4.21, 4.26).

    At standard risk it is, whatever the children: Cheshire Cares is told by consent alone (domain 1). As it
    is raised it always is: what it will come to nobody knows yet, and the officer is there to ask.
    """
    if submission.type not in REVIEWED:
        return True
    facts = submission.section("facts")
    risk, children = text(facts, "risk"), text(facts, "children")
    return risk != Risk.HIGH and (children != ChildrenLevel.SAFEGUARDING or risk == Risk.STANDARD)


def _contact(submission: Submission) -> Iterator[Reason]:
    if "contact" not in submission.sections:
        yield missing("/contact", "the VPA has no contact", "send a correction with contact")
    else:
        yield from unstated(submission.section("contact"))


def _dash(submission: Submission) -> Iterator[Reason]:
    graded = text(submission.section("facts"), "risk") != Risk.NOT_COMPLETED
    dash = submission.section("dash")
    if graded and is_empty(dash.get("answers")) and is_empty(dash.get("score")):
        yield missing("/dash", "the risk is graded without a checklist", "send a correction with dash")


def _adults(submission: Submission) -> Iterator[Reason]:
    """Yield a reason where nothing is said of vulnerable adults: silence is not a no (NA 4.11)."""
    facts = submission.section("facts")
    if not isinstance(facts.get("vulnerable_adults"), list):
        why = "nothing says whether an adult is vulnerable: taken as not known, and none is listed"
        yield missing("/facts/vulnerable_adults", why, "list each, or give an empty list where there is none")
    if flag(facts, "adult_safeguarding_concern") is None:
        why = "nothing says whether there is an adult safeguarding concern: none is recorded"
        yield missing("/facts/adult_safeguarding_concern", why, "set it to true or false")


def _children(submission: Submission) -> Iterator[Reason]:
    none = text(submission.section("facts"), "children") == ChildrenLevel.NONE
    if none and submission.children:
        yield Reason(
            pointer="/facts/children",
            rule="children-listed",
            detail="facts say there are no children, and children are listed: those listed are not dropped",
            fix="grade the concern for the children, or correct the list",
        )
    if not none and not submission.children:
        yield missing("/children", "facts name children, none is listed", "list each child in children")


def _review(submission: Submission) -> Iterator[Reason]:
    facts = submission.section("facts")
    risk, before = text(facts, "risk"), text(facts, "previous_risk")
    if risk == Risk.NOT_COMPLETED:
        yield Reason(
            pointer="/facts/risk",
            rule="review-unfinished",
            detail="a review may not end with the risk not completed",
            fix="complete the checklist and review again",
        )
    if before is None:
        yield missing("/facts/previous_risk", "the grade before the review is missing", "give previous_risk")
    elif before != risk and is_empty(submission.section("rationale")):
        yield missing("/rationale", "the risk changed without a rationale", "say why in rationale.text")
