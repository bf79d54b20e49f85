"""Codes as these pages say them. A code without words is shown as it is, never hidden."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.consent.flow import words
from services.consent.pages.desk import Row, text_of
from services.vocabulary.erasure import Objection, Order
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Looked
from services.vocabulary.titles import SECTIONS, TYPES

GROUNDS: Final[Mapping[str, str]] = {ground.value: text for ground, text in words.GROUNDS.items()}
REASONS: Final[Mapping[str, str]] = {reason.value: text for reason, text in words.REASONS.items()}

RISKS: Final[Mapping[str, str]] = {
    Risk.HIGH: "High",
    Risk.MEDIUM: "Medium",
    Risk.STANDARD: "Standard",
    Risk.NOT_COMPLETED: "Not completed",
}
CHILDREN: Final[Mapping[str, str]] = {
    ChildrenLevel.NONE: "None",
    ChildrenLevel.BELOW_THRESHOLD: "Below the early help threshold",
    ChildrenLevel.EARLY_HELP: "Early help",
    ChildrenLevel.SAFEGUARDING: "Safeguarding",
}
ORDERS: Final[Mapping[str, str]] = {
    Order.NONE: "nothing is ordered",
    Order.REFUSED: "refused",
    Order.STANDS: "nothing of them opens; their key is kept for now",
    Order.STOPPED: "stopped",
    Order.DUE: "their key is being destroyed",
    Order.ERASED: "erased: nothing sealed for them can be read",
}
OBJECTIONS: Final[Mapping[str, str]] = {
    Objection.LEGAL_HOLD: "a legal hold",
    Objection.OPEN_CASE: "an open case",
    Objection.RECENT_MARAC: "at MARAC within 12 months",
    Objection.HEARD_OF_AGAIN: "heard of again after the order",
    Objection.LINKED_MEANWHILE: "linked with somebody, or parted, after the order",
    Objection.NOT_ALL_READ: "an event after the order cannot be read",
}
HOLDS: Final[Mapping[str, str]] = {
    "death_review": "a death review",
    "court": "a court",
    "inquiry": "an inquiry",
    "complaint": "a complaint",
}
LOOKED: Final[Mapping[str, str]] = {
    Looked.WAITS: "Waits for the Hub",
    Looked.FOUND_RIGHT: "Found right",
    Looked.FOUND_WRONG: "Found wrong",
}
NO_PART: Final[Mapping[str, str]] = {
    "restricted": "it is suspended",
    "ended": "no agreement with it is in force",
}
"""Why a recipient takes no part just now."""

WHAT: Final[Mapping[str, str]] = {**TYPES, "unreadable": "No event"}
"""A record of the log, which may be none of an event."""

UNDECIDED: Final[Mapping[str, str]] = {
    "unreadable": "it cannot be read: look at its schema and at the door",
    "no-policy": "no policy was adopted when it came",
    "rule-error": "a rule failed: look at the rule",
}
BECAME: Final[Mapping[str, str]] = {
    "stands": "Holds it",
    "superseded": "A later release took its place",
    "corrected": "A correction took its place",
    "recalled": "Recalled",
}


def sentence(text: str) -> str:
    """Return a text that begins with a capital letter."""
    return f"{text[:1].upper()}{text[1:]}"


def sections(row: Row) -> str:
    """Return what people call the sections of a row, those of one kind once; the empty text for none."""
    names = row.get("sections")
    listed = [str(name).partition("[")[0] for name in names] if isinstance(names, Sequence) else []
    return ", ".join(dict.fromkeys(SECTIONS.get(name, name) for name in listed))


def why(row: Row) -> str:
    """Return the reason of a denial or a recall, or the ground of what was told."""
    reason, ground = text_of(row, "reason"), text_of(row, "ground")
    return sentence(REASONS.get(reason, reason) if reason else GROUNDS.get(ground, ground or "not recorded"))
