"""What was shared, with whom and on what ground, and what was not: counted from decisions (NA 4.13)."""

from typing import Any

from services.consent.keyring.unanswered import counted, unanswered
from services.consent.store.days import Days
from services.consent.store.ledger import Ledger
from services.consent.store.tables import VPA
from services.vocabulary.risk import ChildrenLevel, Risk


def summary(ledger: Ledger, recipients: tuple[str, ...], days: Days) -> dict[str, Any]:
    """Return releases by recipient and ground, what was owed and withheld, and what reached nobody.

    A VPA is an incident whose form was reviewed; it is counted once, as it stands now. Shared with
    nobody: no recipient but police, partnership, schools and education may see it (decision 0011).
    """
    released = ledger.releases_by_ground(days)
    named = (*recipients, *sorted(set(released).difference(recipients)))
    nobody = (VPA.c.reviewed, ~VPA.c.shared)
    nothing_else = (VPA.c.children == ChildrenLevel.NONE.value, ~VPA.c.vulnerable_adult)
    return {
        "recipients": [
            {
                "recipient": recipient,
                "releases": sum(released.get(recipient, {}).values()),
                "by_ground": released.get(recipient, {}),
            }
            for recipient in named
        ],
        "owed_withheld": {
            recipient: dict(sorted(reasons.items()))
            for recipient, reasons in sorted(ledger.withheld(days).items())
        },
        "not_answered": counted(unanswered(ledger, days)),
        "vpas": ledger.count_vpas(days, VPA.c.reviewed),
        "awaiting_review": ledger.count_vpas(days, ~VPA.c.reviewed),
        "shared_with_nobody": {
            "total": ledger.count_vpas(days, *nobody),
            "standard_no_children_no_adult": ledger.count_vpas(
                days, *nobody, VPA.c.risk == Risk.STANDARD.value, *nothing_else
            ),
            "with_children_below_threshold": ledger.count_vpas(
                days, *nobody, VPA.c.children == ChildrenLevel.BELOW_THRESHOLD.value
            ),
        },
    }
