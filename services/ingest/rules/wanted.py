"""What does an event of each family have to say? What it does not is flagged, and mended (design 4)."""

from collections.abc import Iterator, Mapping

from services.ingest.rules.contact import unstated
from services.ingest.rules.reading import flag, is_empty, text
from services.ingest.state import Reason, Submission, missing
from services.runtime.pointers import pointer
from services.vocabulary.events import EventType

_ACTION = ("facts.action", "facts.to", "facts.due_at", "facts.code")
_DONE = ("facts.action", "facts.outcome")
_ORDER = ("facts.to", "facts.starts_at", "facts.ends_at", "person_causing_harm")

WANTED: Mapping[EventType, tuple[str, ...]] = {
    EventType.DASH_REDONE: ("facts.risk", "dash"),
    EventType.ACCESS_RESTRICTED: ("facts.people", "facts.reason"),
    EventType.CONSENT_RECORDED: ("facts.purpose", "facts.method", "facts.taken_by"),
    EventType.OVERRIDE_RECORDED: ("facts.rank", "facts.reviewed_by"),
    EventType.DECIDED_NOT_TO_SHARE: (
        "facts.reason",
        "facts.review_on",
        "facts.rank",
        "facts.reviewed_by",
        "facts.confirmed_by",
    ),
    EventType.REFERRAL_TRIAGED: ("facts.outcome",),
    EventType.REFERRAL_ALLOCATED: ("facts.practitioner",),
    EventType.REFERRED_ON: ("facts.to", "facts.risk", "facts.children", "victim", "referral"),
    EventType.CONTACT_ATTEMPTED: ("facts.channel", "facts.outcome", "facts.attempt"),
    EventType.CONSULTATION_GIVEN: ("facts.referral_source",),
    EventType.REFERRAL_CLOSED: (
        "facts.contact_made",
        "facts.risk_at_closure",
        "facts.onward_referral",
        "facts.safety_planning",
        "facts.childrens_needs_discussed",
        "facts.children_known",
    ),
    EventType.SUPPORT_STARTED: ("facts.programme", "facts.supported"),
    EventType.SUPPORT_FINISHED: ("facts.programme", "facts.supported", "facts.outcome"),
    EventType.MARAC_REFERRED: ("facts.criterion", "victim", "person_causing_harm"),
    EventType.MARAC_ACCEPTED: ("facts.criterion", "facts.meeting_on"),
    EventType.RESEARCH_CONTRIBUTED: ("facts.meeting_on", "facts.held"),
    EventType.MARAC_ENDED: ("facts.meeting_on",),
    EventType.MARAC_HEARD: ("facts.meeting_on",),
    EventType.REPEAT_IDENTIFIED: ("facts.last_referral_on",),
    EventType.MARAC_ACTION_AGREED: _ACTION,
    EventType.MARAC_ACTION_COMPLETED: _DONE,
    EventType.MARAC_TRANSFERRED: ("facts.direction",),
    EventType.ACCOMMODATION_REQUESTED: ("facts.requested_at",),
    EventType.ACCOMMODATION_PROVIDED: ("facts.requested_at", "facts.provided_at", "facts.to"),
    EventType.ACCOMMODATION_DECLINED: ("facts.requested_at", "facts.declined_by", "facts.to"),
    EventType.DVDS_REQUESTED: ("facts.right", "person_causing_harm"),
    EventType.DVDS_DECIDED: ("facts.right", "facts.disclose"),
    EventType.DVPN_ISSUED: _ORDER,
    EventType.DVPO_GRANTED: _ORDER,
    EventType.MEETING_LISTED: ("facts.meeting_on", "facts.selected_by"),
    EventType.MEETING_DISCUSSED: ("facts.meeting_on",),
    EventType.SAMPLE_DRAWN: ("facts.kind", "facts.events"),
    EventType.CASE_AUDITED: ("facts.event", "facts.outcome"),
    EventType.ACTION_RAISED: _ACTION,
    EventType.ACTION_COMPLETED: _DONE,
    EventType.REVIEW_COMMISSIONED: ("facts.kind", "facts.due_at"),
    EventType.AGREEMENT_SIGNED: ("facts.version", "facts.between", "facts.ends_on"),
    EventType.AGREEMENT_ENDED: ("facts.reason",),
    EventType.RECIPIENT_SUSPENDED: ("facts.reason",),
}
"""Facts and sections by event. A grade, a time or an owner that is missing is what reviews found missing."""

NEVER_SENT_BACK = frozenset(
    {
        EventType.MARAC_REFERRED,
        EventType.MARAC_TRANSFERRED,
        EventType.DVPN_ISSUED,
        EventType.DVPO_GRANTED,
    }
)
"""What carries contact details and is too dangerous to return: do-not-contact is set instead (NA 3.20)."""


def defects(submission: Submission) -> tuple[Reason, ...]:
    """Return everything an event of these families should say and does not."""
    lacking = [name for name in WANTED.get(submission.type, ()) if not _says(submission, name)]
    return (
        *(_missing(name) for name in (*lacking, *_because(submission))),
        *_ended_too_soon(submission),
        *_contact(submission),
    )


def _because(submission: Submission) -> Iterator[str]:
    """Yield what is wanted because of what else the event says, and is missing."""
    for name in _then(submission):
        if not _says(submission, name):
            yield name


def _then(submission: Submission) -> Iterator[str]:
    facts, kind = submission.section("facts"), submission.type
    if kind is EventType.DASH_REDONE and text(facts, "previous_risk") not in (None, text(facts, "risk")):
        yield "rationale"
    if kind is EventType.MARAC_REFERRED and text(facts, "criterion") == "professional_judgement":
        yield "rationale"
    if kind is EventType.RESEARCH_CONTRIBUTED and flag(facts, "held"):
        yield "research"
    if kind is EventType.DVDS_DECIDED and flag(facts, "disclose"):
        yield "facts.to"
    if kind is EventType.MARAC_TRANSFERRED and text(facts, "direction") is not None:
        yield "facts.to" if text(facts, "direction") == "out" else "facts.from_area"


def _ended_too_soon(submission: Submission) -> Iterator[Reason]:
    """Yield a reason for each condition of ending at eMARAC that is not met (NA 3.32-3.36)."""
    if submission.type is not EventType.MARAC_ENDED:
        return
    for name in ("support_under_way", "risk_mitigated"):
        if not flag(submission.section("facts"), name):
            yield Reason(
                pointer=f"/facts/{name}",
                rule="ended-too-soon",
                detail="a case ends at eMARAC where support is under way and the risk is mitigated",
                fix="list it for the full meeting, or say that both hold",
            )


def _contact(submission: Submission) -> Iterator[Reason]:
    """Yield a reason for contact details not marked safe, in an event that is not sent back for them."""
    if submission.type in NEVER_SENT_BACK and "contact" in submission.sections:
        yield from unstated(submission.section("contact"))


def _says(submission: Submission, name: str) -> bool:
    section, _, fact = name.partition(".")
    return not is_empty(submission.section(section).get(fact) if fact else submission.section(section))


def _missing(name: str) -> Reason:
    return missing(pointer(*name.split(".")), f"{name} is missing", f"give {name}")
