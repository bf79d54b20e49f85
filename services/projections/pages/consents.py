"""What is recorded now of an adult victim's consent, as far as the visitor's agency may know it.

The Hub knows it of every agency. Any other knows its own alone: by the ground of what it was told, and by the
reason for which that was recalled. What was answered about another agency is not released to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from services.projections.pages.desk import Desk
from services.projections.pages.holding import Row, objects
from services.projections.pages.questions import recipients
from services.projections.pages.told import sharing
from services.vocabulary.grounds import Ground, Reason, ReleaseKind

CONSENTED: Final = "You are told because the adult victim consented"
ENDED: Final[Mapping[str, str]] = {
    Reason.WITHDRAWN: "The adult victim withdrew the consent you were told by",
    Reason.ENDED: "The consent you were told by has ended",
}
UNKNOWN: Final = "No consent was needed, or none is recorded: you were told nothing because of one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is recorded about one agency, in words."""

    recipient: str
    said: str


async def known(desk: Desk, request: Request, alias: str, row: Row) -> tuple[Known, ...]:
    """Return what is recorded of an incident, a line for each agency that the visitor may know it of."""
    asked = recipients(desk.title_of)
    told = await sharing(desk, request, alias)
    if told is not None:
        return tuple(Known(recipient=line.recipient, said=line.why) for line in told if line.code in asked)
    own = desk.visitor(request).agency
    return (Known(recipient=desk.title_of(own), said=of_own(objects(row.get("releases")))),)


def of_own(releases: Sequence[Row]) -> str:
    """Return what an agency's own releases of an incident say of the consent to itself: the last says it."""
    said = UNKNOWN
    was_by_consent = False
    for row in sorted(releases, key=_place):
        if row.get("kind") == ReleaseKind.RECALLED:
            said = ENDED.get(str(row.get("reason")), said) if was_by_consent else said
        elif row.get("ground") != Ground.OWN:
            was_by_consent = row.get("ground") == Ground.CONSENT
            said = CONSENTED if was_by_consent else UNKNOWN
    return said


def _place(row: Row) -> int:
    seq = row.get("seq")
    return seq if isinstance(seq, int) else 0
