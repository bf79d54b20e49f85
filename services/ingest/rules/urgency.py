"""Is this urgent? Then no defect may delay it (promise 10, NA 3.20)."""

from services.ingest.rules.reading import text
from services.ingest.rules.victim_age import victim_age
from services.ingest.state import Submission
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import VictimAge

ALWAYS = VPA_FAMILY | {
    EventType.MARAC_REFERRED,
    EventType.MARAC_ACCEPTED,
    EventType.MARAC_LISTED,
    EventType.MARAC_ACTION_AGREED,
    EventType.MARAC_TRANSFERRED,
    EventType.DVDS_DECIDED,
    EventType.DVPN_ISSUED,
    EventType.DVPO_GRANTED,
    EventType.OVERRIDE_RECORDED,
    EventType.DECIDED_NOT_TO_SHARE,
    EventType.EVENT_RETRACTED,
    EventType.CHILD_CASE_STATUS,
    EventType.CONSENT_WITHDRAWN,
    EventType.ROLES_REVIEWED,
    EventType.ACCESS_RESTRICTED,
}
"""About high risk, about a child's safety, or what ends a sharing that must not go on."""

REFERRALS = frozenset({EventType.REFERRAL_RECEIVED, EventType.REFERRED_ON})


def is_urgent(submission: Submission) -> bool:
    """Say whether an event is urgent by its type, about high risk, or about a child's safety.

    A referral that lists a child, or whose adult victim is one, is about that child's safety, whatever it
    says of a grade.
    """
    facts = submission.section("facts")
    return (
        submission.type in ALWAYS
        or text(facts, "risk") == Risk.HIGH
        or text(facts, "children") == ChildrenLevel.SAFEGUARDING
        or (submission.type in REFERRALS and _is_about_a_child(submission))
    )


def _is_about_a_child(submission: Submission) -> bool:
    return bool(submission.children) or victim_age(submission) is VictimAge.UNDER_16
