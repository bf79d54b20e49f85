"""What an accepted event lacks, so that it is mended and not bounced (promise 10, NA 3.20)."""

from collections.abc import Iterator

from services.ingest.rules.contact import unstated
from services.ingest.rules.people import is_nhs_number, nhs_numbers
from services.ingest.rules.placement import place
from services.ingest.rules.reading import flag, text
from services.ingest.state import Reason, Record, Registered, Sender, Submission
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.placement import Placement
from services.vocabulary.risk import ChildrenLevel, Risk

NAMED = ("given_name", "family_name", "date_of_birth")
REVIEWED = frozenset({EventType.VPA_REVIEWED, EventType.VPA_CORRECTED})


def defects(submission: Submission, sender: Sender, registered: Registered) -> tuple[Reason, ...]:
    """Return everything that wants mending in an event that is otherwise accepted."""
    found = [*_people(submission), *_children(submission, registered), *_confirmation(submission, sender)]
    if submission.type in VPA_FAMILY:
        found += [*_form(submission), *_grades(submission)]
    if submission.type is EventType.REFERRAL_RECEIVED:
        found += _referral(submission)
    if submission.type is EventType.CONSENT_RECORDED and not submission.consent:
        found.append(
            _missing("/consent", "no answer is recorded", "give an answer for each recipient asked about")
        )
    return tuple(found)


def _form(submission: Submission) -> Iterator[Reason]:
    if submission.incident is None:
        yield _missing("/incident", "the VPA has no reference", "give your own reference for the incident")
    if submission.consent is None:
        yield _missing("/consent", "no consent is recorded", "record given, refused or could_not_ask")
    for name in ("victim", "contact", "narrative"):
        if name not in submission.sections:
            yield _missing(f"/{name}", f"the VPA has no {name}", f"send a correction with {name}")
    yield from _contact(submission)
    if "dash" not in submission.sections and text(submission.section("facts"), "risk") != Risk.NOT_COMPLETED:
        yield _missing("/dash", "the risk is graded without a checklist", "send a correction with dash")
    if not submission.children and text(submission.section("facts"), "children") != ChildrenLevel.NONE:
        yield _missing("/children", "facts name children, none is listed", "list each child in children")


def _contact(submission: Submission) -> Iterator[Reason]:
    contact = submission.section("contact")
    if contact and contact.get("safe") is None:
        yield Reason(
            pointer="/contact/safe",
            rule="safe-contact",
            detail="nothing says whether contact is safe: do not contact is set",
            fix="set contact.safe.phone, .post and .email to yes, no or not_known",
        )
    elif contact:
        yield from unstated(contact)


def _grades(submission: Submission) -> Iterator[Reason]:
    facts = submission.section("facts")
    risk, before = text(facts, "risk"), text(facts, "previous_risk")
    if submission.type not in REVIEWED:
        return
    if risk == Risk.NOT_COMPLETED:
        yield Reason(
            pointer="/facts/risk",
            rule="review-unfinished",
            detail="a review may not end with the risk not completed",
            fix="complete the checklist and review again",
        )
    if before is None:
        yield _missing("/facts/previous_risk", "the grade before the review is missing", "give previous_risk")
    elif before != risk and "rationale" not in submission.sections:
        yield _missing("/rationale", "the risk changed without a rationale", "say why in rationale.text")


def _people(submission: Submission) -> Iterator[Reason]:
    for name in ("victim", "person_causing_harm"):
        if name in submission.sections:
            yield from _person(f"/{name}", submission.section(name))
    for index, child in enumerate(submission.children):
        yield from _person(f"/children/{index}", child)


def _person(pointer: str, person: Record) -> Iterator[Reason]:
    for name in NAMED:
        if text(person, name) is None:
            yield _missing(f"{pointer}/{name}", f"{name} is missing", "give it once it is known")
    if not all(map(is_nhs_number, nhs_numbers(person))):
        yield Reason(
            pointer=f"{pointer}/identifiers",
            rule="nhs-number",
            detail="an NHS number has the wrong length or check digit: it is not used to recognise anyone",
            fix="check the number with the person or the record",
        )


def _children(submission: Submission, registered: Registered) -> Iterator[Reason]:
    for index, child in enumerate(submission.children):
        at = f"/children/{index}"
        placement = place(child, submission.occurred_at.date(), registered)
        if placement is Placement.UNKNOWN_SCHOOL:
            yield Reason(
                pointer=f"{at}/school_urn",
                rule="unknown-school",
                detail="no registered school has this number: the child goes to the education officer",
                fix="check the school's URN",
            )
        if placement is Placement.NO_SCHOOL and submission.type in VPA_FAMILY:
            yield _missing(f"{at}/school_urn", "no school is given", "give the URN, or set home_educated")
        if flag(child, "home_educated") and text(child, "school_urn") is not None:
            yield Reason(
                pointer=f"{at}/school_urn",
                rule="school-and-home-educated",
                detail="both a school and home-educated: taken as home-educated, no school is told",
                fix="give one or the other",
            )


def _confirmation(submission: Submission, sender: Sender) -> Iterator[Reason]:
    confirmed = text(submission.section("facts"), "confirmed_by")
    if confirmed is not None and confirmed == sender.person:
        yield Reason(
            pointer="/facts/confirmed_by",
            rule="second-person",
            detail="the sender confirmed their own record: it counts as recorded only",
            fix="have a second named person confirm it",
        )


def _referral(submission: Submission) -> list[Reason]:
    found = []
    if text(submission.section("facts"), "referral_source") is None:
        found.append(_missing("/facts/referral_source", "the source is missing", "name the organisation"))
    for name in ("victim", "referral"):
        if name not in submission.sections:
            found.append(_missing(f"/{name}", f"the referral has no {name}", f"send {name}"))
    return found


def _missing(pointer: str, detail: str, fix: str) -> Reason:
    return Reason(pointer=pointer, rule="missing", detail=detail, fix=fix)
