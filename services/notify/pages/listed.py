"""Plain words for why somebody is phoned, what came of it, and why no school is told of a child."""

from collections.abc import Mapping
from typing import Final

from services.notify.rules.placement import Reason
from services.notify.state import Reached, SpokenTo

CALLS: Final[Mapping[str, str]] = {
    "not-acknowledged": "Nobody at the school has seen who it is about and acknowledged the message.",
    "heard-too-late": "The message came too late for the school to read it before the bell.",
    Reason.CONFLICT: "A parent works at the child's school: the school is not told.",
}
"""Why somebody is phoned."""

LISTED: Final[Mapping[str, str]] = {
    Reason.HOME_EDUCATED: "Educated at home",
    Reason.TOO_YOUNG: "Too young for school",
    Reason.TOO_OLD: "Too old for the school named",
    Reason.NO_SCHOOL: "No school named",
    Reason.OUT_OF_AREA: "School in another area",
    Reason.UNKNOWN_SCHOOL: "School not known",
    Reason.CONFLICT: "A parent works at the school",
    Reason.NOT_TO_BE_TOLD: "Their school is not to be told",
    Reason.NOT_OPENED: "Not yet known why",
}
"""Why no school is told of a child."""

CAME_OF: Final[Mapping[str, str]] = {
    SpokenTo.KEY_ADULT: "the key adult was told",
    SpokenTo.DEPUTY: "the deputy was told",
    SpokenTo.HEAD: "the head teacher was told",
    SpokenTo.COUNCIL_LEAD: "the council lead was told",
    Reached.NO_MESSAGE: "no message was left",
    Reached.NO_ANSWER: "nobody answered",
}
"""What came of a call: who was told, by role, or that nobody was."""


def came_of(attempt: Mapping[str, object]) -> str:
    """Return what came of a call, as notify answers it."""
    code = str(attempt.get("spoken_to") or attempt.get("reached"))
    return CAME_OF.get(code, "the school was told")


def unanswered(message: Mapping[str, object]) -> str:
    """Return what a message still wants of its school."""
    if message.get("opened_at"):
        return "seen, not yet acknowledged"
    if message.get("acknowledged_at"):
        return "acknowledged, but nobody there has seen who it is about"
    return "not yet seen"
