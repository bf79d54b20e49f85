"""The names of everything that can happen."""

from services.vocabulary.words import Word


class EventType(Word):
    """An event is a fact in the past; each has a schema of the same name."""

    VPA_RAISED = "VpaRaised"
    VPA_REVIEWED = "VpaReviewed"
    VPA_CORRECTED = "VpaCorrected"
    DASH_REDONE = "DashRedone"
    ROLES_REVIEWED = "RolesReviewed"
    CONSENT_RECORDED = "ConsentRecorded"
    CONSENT_WITHDRAWN = "ConsentWithdrawn"
    OVERRIDE_RECORDED = "OverrideRecorded"
    DECIDED_NOT_TO_SHARE = "DecidedNotToShare"
    EVENT_RETRACTED = "EventRetracted"
    ACCESS_RESTRICTED = "AccessRestricted"
    ACCESS_RESTORED = "AccessRestored"
    REFERRAL_RECEIVED = "ReferralReceived"
    REFERRAL_TRIAGED = "ReferralTriaged"
    REFERRAL_ALLOCATED = "ReferralAllocated"
    REFERRED_ON = "ReferredOn"
    CONTACT_ATTEMPTED = "ContactAttempted"
    CONSULTATION_GIVEN = "ConsultationGiven"
    REFERRAL_CLOSED = "ReferralClosed"
    CASE_OPENED = "CaseOpened"
    CASE_CLOSED = "CaseClosed"
    PRACTITIONER_ALLOCATED = "PractitionerAllocated"
    CHILD_CASE_STATUS = "ChildCaseStatus"
    SAFETY_PLAN_RECORDED = "SafetyPlanRecorded"
    SUPPORT_STARTED = "SupportStarted"
    SUPPORT_FINISHED = "SupportFinished"
    MARAC_REFERRED = "MaracReferred"
    MARAC_ACCEPTED = "MaracAccepted"
    RESEARCH_CONTRIBUTED = "ResearchContributed"
    MARAC_ENDED = "MaracEnded"
    MARAC_LISTED = "MaracListed"
    MARAC_HEARD = "MaracHeard"
    REPEAT_IDENTIFIED = "RepeatIdentified"
    MARAC_ACTION_AGREED = "MaracActionAgreed"
    MARAC_ACTION_COMPLETED = "MaracActionCompleted"
    MARAC_TRANSFERRED = "MaracTransferred"
    ACCOMMODATION_REQUESTED = "AccommodationRequested"
    ACCOMMODATION_PROVIDED = "AccommodationProvided"
    ACCOMMODATION_DECLINED = "AccommodationDeclined"
    DVDS_REQUESTED = "DvdsRequested"
    DVDS_DECIDED = "DvdsDecided"
    DVPN_ISSUED = "DvpnIssued"
    DVPO_GRANTED = "DvpoGranted"
    MEETING_LISTED = "MeetingListed"
    MEETING_DISCUSSED = "MeetingDiscussed"
    PUPIL_MOVED = "PupilMoved"
    SCHOOL_NOTIFICATION_PLANNED = "SchoolNotificationPlanned"
    SCHOOL_NOTIFICATION_SENT = "SchoolNotificationSent"
    SCHOOL_NOTIFICATION_DELIVERED = "SchoolNotificationDelivered"
    SCHOOL_NOTIFICATION_FAILED = "SchoolNotificationFailed"
    SCHOOL_NOTIFICATION_OPENED = "SchoolNotificationOpened"
    SCHOOL_NOTIFICATION_ACKNOWLEDGED = "SchoolNotificationAcknowledged"
    SCHOOL_NOTIFICATION_ESCALATED = "SchoolNotificationEscalated"
    SAMPLE_DRAWN = "SampleDrawn"
    CASE_AUDITED = "CaseAudited"
    ACTION_RAISED = "ActionRaised"
    ACTION_COMPLETED = "ActionCompleted"
    REVIEW_COMMISSIONED = "ReviewCommissioned"
    POLICY_ADOPTED = "PolicyAdopted"
    AGREEMENT_SIGNED = "AgreementSigned"
    AGREEMENT_ENDED = "AgreementEnded"
    RECIPIENT_JOINED = "RecipientJoined"
    RECIPIENT_SUSPENDED = "RecipientSuspended"
    RECIPIENT_RESUMED = "RecipientResumed"
    BACKFILL_ORDERED = "BackfillOrdered"
    PERSONS_LINKED = "PersonsLinked"
    PERSONS_UNLINKED = "PersonsUnlinked"
    LEGAL_HOLD_PLACED = "LegalHoldPlaced"
    LEGAL_HOLD_LIFTED = "LegalHoldLifted"
    ERASURE_ORDERED = "ErasureOrdered"
    ERASURE_STOPPED = "ErasureStopped"
    PERSON_ERASED = "PersonErased"
    TIME_PASSED = "TimePassed"
    EXPECTATION_MET = "ExpectationMet"


VPA_FAMILY = frozenset({EventType.VPA_RAISED, EventType.VPA_REVIEWED, EventType.VPA_CORRECTED})
"""Whole forms about an incident; only these are routed, everything else is evidence for routing them."""

NAMES_BOTH_SIDES = frozenset(
    {
        EventType.REFERRAL_RECEIVED,
        EventType.REFERRED_ON,
        EventType.MARAC_REFERRED,
        EventType.MARAC_TRANSFERRED,
    }
)
"""What partners send that may name an adult victim and a person causing harm, beside the forms."""

ALLOCATIONS = frozenset({EventType.PRACTITIONER_ALLOCATED, EventType.REFERRAL_ALLOCATED})
"""What names a worker of one side of a case, who is kept from the other (decision 0021)."""

SCHOOL_NOTIFICATIONS = frozenset(t for t in EventType if t.value.startswith("SchoolNotification"))
"""The life of one message to one school (NA 4.15)."""

LINKS = frozenset({EventType.PERSONS_LINKED, EventType.PERSONS_UNLINKED})
"""What says of two known persons that they are one, and that they are not (decision 0023)."""

ERASING = frozenset(
    {
        EventType.LEGAL_HOLD_PLACED,
        EventType.LEGAL_HOLD_LIFTED,
        EventType.ERASURE_ORDERED,
        EventType.ERASURE_STOPPED,
        EventType.PERSON_ERASED,
    }
)
"""What says that a person is to be made unreadable, what keeps them, and that they are (decision 0027)."""

ABOUT_PERSONS = LINKS | ERASING
"""What the partnership says of known persons, each named as a release to its publisher named them."""

PLATFORM = ABOUT_PERSONS | frozenset(
    {
        EventType.POLICY_ADOPTED,
        EventType.AGREEMENT_SIGNED,
        EventType.AGREEMENT_ENDED,
        EventType.RECIPIENT_JOINED,
        EventType.RECIPIENT_SUSPENDED,
        EventType.RECIPIENT_RESUMED,
        EventType.BACKFILL_ORDERED,
        EventType.TIME_PASSED,
    }
)
"""How the partnership itself runs: what it adopted and agreed, who joined, was suspended, gets history."""

LEARNING = frozenset(
    {
        EventType.SAMPLE_DRAWN,
        EventType.CASE_AUDITED,
        EventType.ACTION_RAISED,
        EventType.ACTION_COMPLETED,
        EventType.REVIEW_COMMISSIONED,
    }
)
"""What the partnership looks into and learns (NA section 8)."""

RETRACTABLE = VPA_FAMILY | frozenset(
    {
        EventType.DASH_REDONE,
        EventType.REFERRAL_RECEIVED,
        EventType.REFERRAL_TRIAGED,
        EventType.REFERRAL_ALLOCATED,
        EventType.REFERRED_ON,
        EventType.CONTACT_ATTEMPTED,
        EventType.CONSULTATION_GIVEN,
        EventType.REFERRAL_CLOSED,
        EventType.CASE_OPENED,
        EventType.CASE_CLOSED,
        EventType.PRACTITIONER_ALLOCATED,
        EventType.CHILD_CASE_STATUS,
        EventType.SAFETY_PLAN_RECORDED,
        EventType.SUPPORT_STARTED,
        EventType.SUPPORT_FINISHED,
        EventType.MARAC_REFERRED,
        EventType.MARAC_ACCEPTED,
        EventType.RESEARCH_CONTRIBUTED,
        EventType.MARAC_ENDED,
        EventType.MARAC_LISTED,
        EventType.MARAC_HEARD,
        EventType.REPEAT_IDENTIFIED,
        EventType.MARAC_ACTION_AGREED,
        EventType.MARAC_ACTION_COMPLETED,
        EventType.MARAC_TRANSFERRED,
        EventType.ACCOMMODATION_REQUESTED,
        EventType.ACCOMMODATION_PROVIDED,
        EventType.ACCOMMODATION_DECLINED,
        EventType.DVDS_REQUESTED,
        EventType.DVDS_DECIDED,
        EventType.DVPN_ISSUED,
        EventType.DVPO_GRANTED,
        EventType.MEETING_LISTED,
        EventType.MEETING_DISCUSSED,
    }
)
"""What its publisher may take back. Whatever else there is, the next word on the same replaces (0039)."""

STATUSES = frozenset({EventType.CASE_CLOSED, EventType.CHILD_CASE_STATUS, EventType.PRACTITIONER_ALLOCATED})
"""What says how something is now: taken back, it still counts until it is said how it is instead."""

NAME_NO_INCIDENT = PLATFORM | LEARNING | {EventType.PUPIL_MOVED}
"""Platform and learning events and pupil moves, which belong to no incident."""

MAY_NAME_NO_INCIDENT = frozenset({EventType.CONSULTATION_GIVEN})
"""Demand that need be about nobody in particular (NA 6.26)."""

FIRST_RESPONDERS = frozenset({EventType.VPA_RAISED, EventType.CONSENT_RECORDED, EventType.CONSENT_WITHDRAWN})
"""What a first responder publishes in their own name."""

HUB_ALONE = frozenset(EventType) - FIRST_RESPONDERS
"""What police publish from the Vulnerability Hub and never from a first responder (NA 4.22, 6.63)."""
