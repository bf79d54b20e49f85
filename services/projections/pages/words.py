"""Plain words for the codes in a row. A code without words is shown as it is, never hidden."""

from collections.abc import Mapping
from typing import Final

from services.vocabulary.consent import SafeToUse
from services.vocabulary.grounds import Ground, Reason, ReleaseKind
from services.vocabulary.titles import SECTIONS, TYPES

__all__ = [
    "ANSWERS",
    "CHANNELS",
    "GROUNDS",
    "KINDS",
    "REASONS",
    "RECALLED",
    "SECTIONS",
    "TYPES",
    "section",
    "sentence",
]

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
    Ground.OVERRIDE: "an override is recorded with its rationale",
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
RECALLED: Final[Mapping[str, str]] = {
    Reason.NOT_OWED: "your agency is not owed it after all: it was corrected or taken back, or what it was"
    " owed for is so no longer",
    Reason.NO_GROUND: "there is no ground any more to share it with your agency",
    Reason.AWAITING_REVIEW: "it waits for the Hub's review",
    Reason.WITHDRAWN: "consent was withdrawn",
    Reason.ENDED: "the ground ended",
    Reason.RESTRICTED: "it is restricted",
    Reason.RULE_ERROR: "a rule failed",
}
"""Why somebody is asked to give something back, as a clause; of no other reason is anything recalled."""

CHANNELS: Final[Mapping[str, str]] = {"phone": "Phone", "post": "Post", "email": "Email"}
ANSWERS: Final[Mapping[str, str]] = {
    SafeToUse.YES: "Yes",
    SafeToUse.NO: "No",
    SafeToUse.NOT_KNOWN: "Not known",
}
FIELDS: Final[Mapping[str, str]] = {
    "urn": "school number",
    "school_urn": "School",
    "school_conflict": "A parent works at the school",
    "present": "In the household, or there when police attended",
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
