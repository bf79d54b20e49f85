"""How long what is shown lasts, if nothing but time passes (decision 0016)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.consent.rules.route import Verdict

Later = tuple[datetime, Verdict]
"""A moment at which time ends a ground, and what is permitted from then on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """Say whether a release rests on grounds that can end, and when time alone takes some of it away."""

    can_end: bool = False
    not_after: datetime | None = None


FOR_GOOD = Until()


def until(now: Verdict, later: Iterable[Later]) -> Until:
    """Return how long a verdict's sections last. `later` is in order, each with all that ended until then."""
    shrinks = (moment for moment, verdict in later if not _shows_as_much(now, verdict))
    return Until(can_end=now.can_end, not_after=next(shrinks, None))


def _shows_as_much(now: Verdict, later: Verdict) -> bool:
    return later.permit and now.sections <= later.sections
