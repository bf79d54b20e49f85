"""Which answer of the adult victim stands (NA 4.21; design 4, 5).

Consent is per incident. Answers are ordered by when they were given, not by when they arrived;
a withdrawal wins a tie; `could_not_ask` never replaces an answer. So the order of arrival changes
nothing about what stands in the end.
"""

from datetime import datetime

from services.consent.state.entities import EVERYONE, Incident, Person, Said
from services.vocabulary.consent import ConsentAnswer

_TIE = {
    ConsentAnswer.COULD_NOT_ASK: 0,
    ConsentAnswer.GIVEN: 1,
    ConsentAnswer.EXPIRED: 2,
    ConsentAnswer.REFUSED: 3,
    ConsentAnswer.WITHDRAWN: 4,
}
"""At the same moment the more protective answer stands."""


def later(known: Said | None, heard: Said) -> Said:
    """Return which of two answers stands."""
    if known is None or _weight(heard) > _weight(known):
        return heard
    return known


def standing(
    incident: Incident, victim: Person | None, recipient: str, now: datetime
) -> ConsentAnswer | None:
    """Return the answer that stands for a recipient at the gate's time, or None if none was recorded."""
    said = incident.consents.get(recipient)
    if said is None or said.answer is not ConsentAnswer.GIVEN:
        return said.answer if said is not None else None
    withdrawn = withdrawn_until(incident, victim, recipient)
    if withdrawn is not None and withdrawn >= said.at:
        return ConsentAnswer.WITHDRAWN
    if said.expires_at is not None and said.expires_at <= now:
        return ConsentAnswer.EXPIRED
    return ConsentAnswer.GIVEN


def withdrawn_until(incident: Incident, victim: Person | None, recipient: str) -> datetime | None:
    """Return the last withdrawal that names everyone, or all of this person's incidents."""
    everyone = incident.consents.get(EVERYONE)
    moments = [everyone.at] if everyone is not None else []
    if victim is not None:
        moments += [victim.withdrawn[to] for to in (recipient, EVERYONE) if to in victim.withdrawn]
    return max(moments, default=None)


def _weight(said: Said) -> tuple[bool, datetime, int]:
    return (said.answer is not ConsentAnswer.COULD_NOT_ASK, said.at, _TIE[said.answer])
