"""What a recipient is sent, given what it holds and what it may see now (design 5). Only differences."""

from dataclasses import dataclass
from enum import Enum

from services.consent.state.entities import Held
from services.vocabulary.grounds import CAN_END, Reason, ReleaseKind


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
DOWNGRADES = frozenset({Reason.NOT_OWED, Reason.NO_GROUND})
"""Denials that come from the grades alone."""


def for_permit(occasion: Occasion, held: Held | None, *, same: bool) -> Difference:
    """Return what somebody permitted is sent. `same`: ground and sections are as they hold it."""
    if held is None:
        return Difference(kind=ReleaseKind.NEW)
    if occasion is Occasion.CORRECTION:
        return Difference(kind=ReleaseKind.CORRECTED)
    if occasion is Occasion.NEWS and same:
        return NOTHING
    return Difference(kind=ReleaseKind.CHANGED)


def for_denial(occasion: Occasion, held: Held | None, reason: Reason, *, open_case: bool) -> Difference:
    """Return what somebody denied is sent: nothing unless they hold the form.

    A downgrade never recalls from a recipient with an open case. A correction takes it back from
    whoever may not have had it.
    """
    if held is None:
        return NOTHING
    if occasion is Occasion.CORRECTION:
        return Difference(kind=ReleaseKind.RECALLED, reason=reason)
    if open_case and (reason in DOWNGRADES or held.ground not in CAN_END):
        return KEPT if occasion is Occasion.NEWS else Difference(kind=ReleaseKind.CHANGED, keeps=True)
    return Difference(kind=ReleaseKind.RECALLED, reason=_ended(occasion, reason))


def _ended(occasion: Occasion, reason: Reason) -> Reason:
    """Name why a release was recalled: its ground ended, unless it was withdrawn or the form owes nothing."""
    if reason is Reason.NO_GROUND or (occasion is Occasion.NEWS and reason is Reason.NOT_OWED):
        return Reason.ENDED
    return reason
