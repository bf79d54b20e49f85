"""What a recipient is sent, given what it holds and what it may see now (design 5). Only differences."""

from collections.abc import Sequence
from enum import Enum

from services.consent.state.entities import Held
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.grounds import Ground, Reason, ReleaseKind


class Occasion(Enum):
    """What made the gate decide: a whole form, a form that corrects one, or news about a form it has."""

    FORM = "form"
    CORRECTION = "correction"
    NEWS = "news"


def kind_of_permit(occasion: Occasion, held: Held | None, *, same: bool) -> ReleaseKind | None:
    """Return what somebody permitted is sent, or who keeps a form because of an open case; None: nothing.

    `same`: form, ground, sections and end are as they hold it.
    """
    if held is None:
        return ReleaseKind.NEW
    if occasion is Occasion.CORRECTION:
        return ReleaseKind.CORRECTED
    return None if occasion is Occasion.NEWS and same else ReleaseKind.CHANGED


def exceeds(held: Held, occasion: Occasion, event_id: str, shown: Sequence[int]) -> bool:
    """Say whether somebody who is sent nothing just now holds what it may not see any more.

    `shown`: the leaves of the event it may see. A correction takes the place of whatever was held; an older
    form stands beside one that waits.
    """
    if occasion is Occasion.CORRECTION:
        return True
    return held.event_id == event_id and not set(held.leaves) <= set(shown)


def reason_of_recall(occasion: Occasion, held: Held, reason: Reason, consent: ConsentAnswer | None) -> Reason:
    """Name why what somebody holds is recalled, who is denied for `reason` and keeps nothing.

    Its ground ended, unless it was withdrawn or the form owes nothing. A correction takes it back from
    whoever may not have had it, for the reason it gives.
    """
    ended = reason is Reason.NO_GROUND or (occasion is Occasion.NEWS and reason is Reason.NOT_OWED)
    if occasion is Occasion.CORRECTION or not ended:
        return reason
    withdrawn = held.ground == Ground.CONSENT and consent is ConsentAnswer.WITHDRAWN
    return Reason.WITHDRAWN if withdrawn else Reason.ENDED
