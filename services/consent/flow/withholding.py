"""What denies a recipient beside the rules of a policy: a rule that errs, and words that stand above them."""

from collections.abc import Callable
from typing import TypeVar

from services.consent.flow.decision import Answer
from services.consent.flow.release import denied
from services.consent.rules.not_shared import NOT_SHARED
from services.consent.rules.route import TAKEN_BACK, Verdict
from services.consent.rules.two_sides import COUNTER_ALLEGATION
from services.vocabulary.grounds import Reason

Given = TypeVar("Given", Answer, Answer | None)

RULE_ERROR = "rule-error"
STOPS = {Reason.RESTRICTED: "suspended", Reason.ENDED: "agreement-ended"}
"""What a denial names in place of a rule where its recipient takes no part just now."""

NOT_TO_BE_SHARED = Verdict(permit=False, owed=True, rule=NOT_SHARED, reason=Reason.RESTRICTED)
"""The verdict where what is owed, or kept, was decided not to be shared."""

NOT_BEFORE_THE_HUB = Verdict(permit=False, owed=True, rule=COUNTER_ALLEGATION, reason=Reason.AWAITING_REVIEW)
"""The verdict where the Hub has not looked yet at who harms whom."""

NOT_THEIRS = Verdict(permit=False, owed=False, rule=TAKEN_BACK, reason=Reason.NOT_OWED)
"""The verdict where the publisher took the event back from its recipient."""


def withholding(recipient: str, answer: Callable[[str], Given]) -> Given:
    """Answer, or withhold where the rule errs: nothing is sent on a rule that raised (design 1)."""
    try:
        return answer(recipient)
    except Exception:
        return denied(recipient, rule=RULE_ERROR, reason=Reason.RULE_ERROR)
