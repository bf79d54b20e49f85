"""Which releases notify has something to do about; every other it only counts past (design 2, 7)."""

from services.notify.state import Arrival
from services.vocabulary.agencies import is_school
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import ReleaseKind

PARTNERSHIP = "partnership"
EDUCATION = "education"
OPENINGS = "openings"
TOPICS = ("to.schools", "to.education", "to.partnership", OPENINGS)


def concerns(arrival: Arrival) -> bool:
    """Say whether a release waits to be taken in: forms for all three, a school's own acknowledgement, and
    for the count that something was taken back.
    """
    if is_acknowledgement(arrival) or is_retraction(arrival):
        return True
    if arrival.event_type not in VPA_FAMILY:
        return False
    return arrival.recipient != PARTNERSHIP or arrival.kind is not ReleaseKind.RECALLED


def is_acknowledgement(arrival: Arrival) -> bool:
    """Say whether a school has acknowledged what it holds about one incident."""
    acknowledged = arrival.event_type == EventType.SCHOOL_NOTIFICATION_ACKNOWLEDGED
    return acknowledged and is_school(arrival.recipient) and arrival.kind is ReleaseKind.NEW


def is_retraction(arrival: Arrival) -> bool:
    """Say whether the partnership, who counts, is told that an event was taken back."""
    return arrival.event_type == EventType.EVENT_RETRACTED and arrival.recipient == PARTNERSHIP


def is_recall(arrival: Arrival) -> bool:
    """Say whether a release takes an earlier one back."""
    return arrival.kind is ReleaseKind.RECALLED


def is_correction(arrival: Arrival) -> bool:
    """Say whether a release is of a form that puts an earlier one right, told before or not."""
    return arrival.event_type == EventType.VPA_CORRECTED


def keeps_order(arrival: Arrival) -> bool:
    """Say whether later releases to the same recipient wait for this one. Counts need no order."""
    return arrival.recipient != PARTNERSHIP
