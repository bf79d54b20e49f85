"""What a recipient that joined is owed of what was recorded before (design 5: only by a backfill)."""

from services.consent.rules.circumstances import Circumstances
from services.consent.rules.policy import Policy
from services.consent.rules.route import Verdict, resting_on
from services.vocabulary.grounds import Ground, Reason

BEFORE_IT_JOINED = "before-it-joined"
"""What a denial names in place of a rule where only the recipient's joining came too late."""

NAMING = frozenset({Ground.CONSENT, Ground.OVERRIDE})
"""Grounds that name their recipient: whoever gave one meant it, however late it joined."""

TOO_EARLY = Verdict(permit=False, owed=False, rule=BEFORE_IT_JOINED, reason=Reason.NOT_OWED)


def of_the_past(policy: Policy, verdict: Verdict, at: Circumstances) -> Verdict:
    """Return what a verdict comes to for an event recorded before its recipient joined.

    What consent or an override that names it gives, and no more; where a rule owes it nothing, that.
    """
    if not verdict.permit and not verdict.owed:
        return verdict
    return resting_on(policy, verdict, NAMING, at) or TOO_EARLY
