"""Plain words for why somebody is phoned, and why no school is told of a child."""

from collections.abc import Mapping
from typing import Final

from services.notify.rules.placement import Reason

CALLS: Final[Mapping[str, str]] = {
    "not-acknowledged": "The school has not said that it read the message.",
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
