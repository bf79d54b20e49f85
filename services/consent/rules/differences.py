"""What a recipient is sent, given what it holds and what it may see now (design 5). Only differences."""

from dataclasses import dataclass
from enum import Enum

from services.consent.state.entities import Held
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.grounds import Ground, Reason, ReleaseKind


class Occasion(Enum):
    """What made the gate decide: a whole form, a form that corrects one, or news about a form it has."""

    FORM = "form"
    CORRECTION = "correction"
    NEWS = "news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Say what to send, if anything. `keeps`: it stays permitted on the ground it is held on."""

    kind: ReleaseKind | None = None
    reason: Reason | None = None
    keeps: bool = False


NOTHING = Difference()
KEPT = Difference(keeps=True)


def for_permit(occasion: Occasion, held: Held | None, *, same: bool) -> Difference:
    """Return what somebody permitted is sent. `same`: form, ground, sections and end are as they hold it."""
    if held is None:
        return Difference(kind=ReleaseKind.NEW)
    if occasion is Occasion.CORRECTION:
        return Difference(kind=ReleaseKind.CORRECTED)
    if occasion is Occasion.NEWS and same:
        return NOTHING
    return Difference(kind=ReleaseKind.CHANGED)


def for_kept(occasion: Occasion, *, same: bool) -> Difference:
    """Return what somebody is sent who keeps the form because of an open case: what changed of it."""
    return KEPT if occasion is Occasion.NEWS and same else Difference(kind=ReleaseKind.CHANGED, keeps=True)


def for_denial(
    occasion: Occasion, held: Held | None, reason: Reason, consent: ConsentAnswer | None
) -> Difference:
    """Return what somebody denied is sent who keeps nothing: nothing unless they hold the form.

    A correction takes it back from whoever may not have had it.
    """
    if held is None:
        return NOTHING
    if occasion is Occasion.CORRECTION:
        return Difference(kind=ReleaseKind.RECALLED, reason=reason)
    return Difference(kind=ReleaseKind.RECALLED, reason=_ended(occasion, held, reason, consent))


def _ended(occasion: Occasion, held: Held, reason: Reason, consent: ConsentAnswer | None) -> Reason:
    """Name why a release was recalled: its ground ended, unless it was withdrawn or the form owes nothing."""
    ended = reason is Reason.NO_GROUND or (occasion is Occasion.NEWS and reason is Reason.NOT_OWED)
    if ended and held.ground == Ground.CONSENT and consent is ConsentAnswer.WITHDRAWN:
        return Reason.WITHDRAWN
    return Reason.ENDED if ended else reason
