"""Grades that decide where a VPA goes (NA 4.9-4.14)."""

from services.vocabulary.words import Word


class Risk(Word):
    """The adult victim's risk. After the Hub's secondary assessment it is the reviewed risk."""

    HIGH = "high"
    MEDIUM = "medium"
    STANDARD = "standard"
    NOT_COMPLETED = "not_completed"
    """The DASH was not completed: counts for no risk column, and a review may not end here."""


class ChildrenLevel(Word):
    """What the VPA says about the children of the household."""

    NONE = "none"
    BELOW_THRESHOLD = "below_threshold"
    EARLY_HELP = "early_help"
    SAFEGUARDING = "safeguarding"


class VulnerableAdult(Word):
    """Which adult has care and support needs: the victim, the person causing harm or another."""

    VICTIM = "victim"
    PERSON_CAUSING_HARM = "person_causing_harm"
    OTHER = "other"


class ChildCase(Word):
    """Status of a child's case with children's services; anything but closed is an open case."""

    CIN = "CIN"
    CP = "CP"
    LAC = "LAC"
    CLOSED = "closed"
