"""Plain words for the codes in a row. A code without words is shown as it is, never hidden."""

from collections.abc import Mapping
from typing import Final

from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Reason, ReleaseKind

TYPES: Final[Mapping[str, str]] = {
    EventType.VPA_RAISED: "VPA raised",
    EventType.VPA_REVIEWED: "VPA reviewed",
    EventType.VPA_CORRECTED: "VPA corrected",
    EventType.DASH_REDONE: "DASH done again",
    EventType.CONSENT_RECORDED: "Consent recorded",
    EventType.CONSENT_WITHDRAWN: "Consent withdrawn",
    EventType.OVERRIDE_RECORDED: "Override recorded",
    EventType.DECIDED_NOT_TO_SHARE: "Decided not to share",
    EventType.REFERRAL_RECEIVED: "Referral received",
    EventType.REFERRAL_TRIAGED: "Referral triaged",
    EventType.REFERRAL_ALLOCATED: "Referral allocated",
    EventType.REFERRED_ON: "Referred on",
    EventType.CONTACT_ATTEMPTED: "Contact attempted",
    EventType.CONSULTATION_GIVEN: "Consultation given",
    EventType.REFERRAL_CLOSED: "Referral closed",
    EventType.CASE_OPENED: "Case opened",
    EventType.CASE_CLOSED: "Case closed",
    EventType.PRACTITIONER_ALLOCATED: "Practitioner allocated",
    EventType.CHILD_CASE_STATUS: "Status of a child's case",
    EventType.SAFETY_PLAN_RECORDED: "Safety plan recorded",
    EventType.SUPPORT_STARTED: "Support started",
    EventType.SUPPORT_FINISHED: "Support finished",
    EventType.MARAC_REFERRED: "Referred to MARAC",
    EventType.MARAC_ACCEPTED: "Accepted for MARAC",
    EventType.RESEARCH_CONTRIBUTED: "Research for MARAC",
    EventType.MARAC_ENDED: "Ended at eMARAC",
    EventType.MARAC_LISTED: "Listed for MARAC",
    EventType.MARAC_HEARD: "Heard at MARAC",
    EventType.REPEAT_IDENTIFIED: "MARAC repeat identified",
    EventType.MARAC_ACTION_AGREED: "MARAC action agreed",
    EventType.MARAC_ACTION_COMPLETED: "MARAC action completed",
    EventType.MARAC_TRANSFERRED: "Transferred between MARACs",
    EventType.ACCOMMODATION_REQUESTED: "Safe accommodation requested",
    EventType.ACCOMMODATION_PROVIDED: "Safe accommodation provided",
    EventType.ACCOMMODATION_DECLINED: "Safe accommodation declined",
    EventType.DVDS_REQUESTED: "Disclosure requested (Clare's Law)",
    EventType.DVDS_DECIDED: "Disclosure decided (Clare's Law)",
    EventType.DVPN_ISSUED: "Protection notice issued",
    EventType.DVPO_GRANTED: "Protection order granted",
    EventType.MEETING_LISTED: "Listed for the daily meeting",
    EventType.MEETING_DISCUSSED: "Discussed at the daily meeting",
    EventType.PUPIL_MOVED: "Pupil moved",
    EventType.SCHOOL_NOTIFICATION_PLANNED: "School notification planned",
    EventType.SCHOOL_NOTIFICATION_SENT: "School notification sent",
    EventType.SCHOOL_NOTIFICATION_DELIVERED: "School notification delivered",
    EventType.SCHOOL_NOTIFICATION_FAILED: "School notification failed",
    EventType.SCHOOL_NOTIFICATION_OPENED: "School notification opened",
    EventType.SCHOOL_NOTIFICATION_ACKNOWLEDGED: "School notification acknowledged",
    EventType.SCHOOL_NOTIFICATION_ESCALATED: "School notification escalated",
    EventType.SAMPLE_DRAWN: "Sample drawn",
    EventType.CASE_AUDITED: "Case audited",
    EventType.ACTION_RAISED: "Action raised",
    EventType.ACTION_COMPLETED: "Action completed",
    EventType.REVIEW_COMMISSIONED: "Review commissioned",
    EventType.POLICY_ADOPTED: "Policy adopted",
    EventType.AGREEMENT_SIGNED: "Agreement signed",
    EventType.AGREEMENT_ENDED: "Agreement ended",
    EventType.RECIPIENT_JOINED: "Recipient joined",
    EventType.RECIPIENT_SUSPENDED: "Recipient suspended",
    EventType.RECIPIENT_RESUMED: "Recipient resumed",
    EventType.BACKFILL_ORDERED: "Backfill ordered",
    EventType.TIME_PASSED: "Time passed",
    EventType.EXPECTATION_MET: "Expectation met",
}
KINDS: Final[Mapping[str, str]] = {
    ReleaseKind.NEW: "New",
    ReleaseKind.CHANGED: "Changed",
    ReleaseKind.RECALLED: "Recalled",
    ReleaseKind.CORRECTED: "Corrected",
}
GROUNDS: Final[Mapping[str, str]] = {
    Ground.HIGH_RISK: "the adult victim's reviewed risk is high",
    Ground.CHILD_SAFEGUARDING: "there is a child safeguarding concern",
    Ground.OPEN_CHILD_CASE: "children's services have an open case",
    Ground.ADULT_SAFEGUARDING: "there is a safeguarding concern for a vulnerable adult",
    Ground.CONSENT: "the adult victim consented",
    Ground.OVERRIDE: "the Hub recorded an override with its rationale",
    Ground.MARAC: "the Hub accepted the case for MARAC",
    Ground.OPERATION_ENCOMPASS: "Operation Encompass: a pupil may be a victim",
    Ground.CHILDS_WELFARE: "a child may be a victim and no school is told",
    Ground.DISCLOSURE: "of a police decision to disclose",
    Ground.PARTNERSHIP: "the partnership keeps the facts",
    Ground.OWN: "your agency published it",
    Ground.PRACTICE: "that is how it is done, with no lawful basis recorded",
}
REASONS: Final[Mapping[str, str]] = {
    Reason.NOT_OWED: "not owed this",
    Reason.NO_GROUND: "owed it, but there is no ground",
    Reason.AWAITING_REVIEW: "waiting for the Hub's review",
    Reason.WITHDRAWN: "consent was withdrawn",
    Reason.ENDED: "the ground ended",
    Reason.RESTRICTED: "it is restricted",
    Reason.RULE_ERROR: "withheld: a rule failed",
    Reason.UNCLASSIFIED: "nothing in it is classified for this recipient",
}
SECTIONS: Final[Mapping[str, str]] = {
    "facts": "Facts",
    "incident": "Incident reference",
    "victim": "Adult victim",
    "contact": "Contact and what is safe",
    "children": "Child",
    "person_causing_harm": "Person causing harm",
    "narrative": "Narrative",
    "dash": "DASH",
    "health": "Health",
    "referral": "Referral",
    "referrer": "Referrer",
    "research": "Research",
    "rationale": "Rationale",
}
FIELDS: Final[Mapping[str, str]] = {
    "urn": "school number",
    "school_urn": "School number",
    "date_of_birth": "Date of birth",
    "identifiers": "Identifiers",
}


def section(name: str) -> str:
    """Return what people call a section: `children[1]` is "Child 2"."""
    base, _, index = name.partition("[")
    words = SECTIONS.get(base, sentence(base))
    return f"{words} {int(index.rstrip(']')) + 1}" if index.rstrip("]").isdigit() else words


def sentence(code: str) -> str:
    """Return a code as words: `adult_safeguarding_concern` is "Adult safeguarding concern"."""
    words = FIELDS.get(code, code.replace("_", " ").replace("-", " "))
    return words[:1].upper() + words[1:]
