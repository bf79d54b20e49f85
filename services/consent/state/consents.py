"""Which answer of the adult victim stands, which override, and until when (NA 4.21, 4.22; design 4, 5).

Consent is per incident, and for what is about the person who gave it. Answers are ordered by when they were
given, not by when they arrived; a withdrawal wins a tie; `could_not_ask` never replaces an answer. So the
order of arrival changes nothing about what stands in the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce

from services.consent.state.entities import EVERYONE, NOTHING, Incident, Marac, Override, Person, Said
from services.vocabulary.agencies import CHILDRENS_SERVICES, HUB
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType

Answers = Mapping[str, Said]
"""One person's answers in an incident, by recipient."""

FAR = datetime(9999, 12, 31, tzinfo=UTC)

_TIE = {
    ConsentAnswer.COULD_NOT_ASK: 0,
    ConsentAnswer.GIVEN: 1,
    ConsentAnswer.EXPIRED: 2,
    ConsentAnswer.REFUSED: 3,
    ConsentAnswer.WITHDRAWN: 4,
}
"""At the same moment the more protective answer stands."""


def later(known: Said | None, heard: Said) -> Said:
    """Return which of two answers stands. A form's keeps what it took the place of."""
    if known is None:
        return heard
    stands, other = (heard, known) if _weight(heard) > _weight(known) else (known, heard)
    return replace(stands, before=later(stands.before, other)) if stands.by_form else stands


def ends(recorded: Said | Override | Marac, lasts: timedelta | None) -> datetime | None:
    """Return when what was recorded ends: as it says itself, else `lasts` after it was recorded."""
    said = None if isinstance(recorded, Marac) else recorded.expires_at
    return said or (recorded.recorded_at + lasts if lasts is not None else None)


def answers_of(incident: Incident, them: Iterable[str]) -> Answers:
    """Return the answers by recipient of one human being, whoever of the record they are."""
    found = [incident.consents[person] for person in them if person in incident.consents]
    return reduce(together, found) if found else NOTHING


def together(one: Answers, other: Answers) -> Answers:
    """Return by recipient which of two people's answers stands, who are one."""
    return {**one, **{to: later(one.get(to), said) for to, said in other.items()}}


def standing(
    answers: Answers, victim: Person | None, recipient: str, now: datetime, lasts: timedelta | None
) -> ConsentAnswer | None:
    """Return the answer that stands for a recipient at the gate's time, or None if none was recorded.

    `lasts`: how long one without an end of its own serves; None: for ever.
    """
    said = answers.get(recipient)
    if said is None or said.answer is not ConsentAnswer.GIVEN:
        return said.answer if said is not None else None
    withdrawn = withdrawn_until(answers, victim, recipient)
    if withdrawn is not None and withdrawn >= said.at:
        return ConsentAnswer.WITHDRAWN
    end = ends(said, lasts)
    return ConsentAnswer.EXPIRED if end is not None and end <= now else ConsentAnswer.GIVEN


def withdrawn_until(answers: Answers, victim: Person | None, recipient: str) -> datetime | None:
    """Return the last withdrawal that names everyone, or all of this person's incidents."""
    everyone = answers.get(EVERYONE)
    moments = [everyone.at] if everyone is not None else []
    if victim is not None:
        moments += [victim.withdrawn[to] for to in (recipient, EVERYONE) if to in victim.withdrawn]
    return max(moments, default=None)


def may_override(by: str, recipient: str | None) -> bool:
    """Say whether somebody's override is heard: the Hub's; children's services' for themselves."""
    return by == HUB or (by in CHILDRENS_SERVICES and recipient == by)


def counts_alone(event_type: str, by: str) -> bool:
    """Say whether one person's word is enough, as the Hub's override is; else a second has to confirm it."""
    return event_type == EventType.OVERRIDE_RECORDED and by == HUB


def with_override(known: Iterable[Override], made: Override) -> tuple[Override, ...]:
    """Return the overrides that stand for a recipient once another is known: the last of each who made any.

    Neither ends nor shortens the other's: the ground holds while one of them lasts.
    """
    rows = {row.by: row for row in known}
    rows[made.by] = later_override(rows.get(made.by), made)
    return tuple(rows[by] for by in sorted(rows))


def later_override(known: Override | None, made: Override) -> Override:
    """Return which of two of one maker stands: the later made, whatever came first; the shorter at a tie."""
    if known is None or _made(made) > _made(known):
        return made
    return known


def _weight(said: Said) -> tuple[bool, datetime, int, timedelta, str]:
    asked = said.answer is not ConsentAnswer.COULD_NOT_ASK
    return (asked, said.at, _TIE[said.answer], _shortness(said.expires_at), said.event_id)


def _made(override: Override) -> tuple[datetime, timedelta, str]:
    return (override.at, _shortness(override.expires_at), override.event_id)


def _shortness(expires_at: datetime | None) -> timedelta:
    """Return more the sooner something ends: at the same moment the more protective answer stands."""
    return FAR - expires_at if expires_at is not None else timedelta()
