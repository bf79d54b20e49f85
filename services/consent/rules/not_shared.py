"""A decision not to share although it is owed: it would do a child more harm (Children Act 2004 s16LA)."""

from services.consent.state.entities import Incident
from services.vocabulary.agencies import HUB

NOT_SHARED = "decided-not-to-share"
"""What a denial names in place of a rule where somebody decided so, with a rationale."""


def is_decided_against(incident: Incident, recipient: str, publisher: str) -> bool:
    """Say whether a decision not to share with a recipient stands for what a publisher sent.

    The Hub decides for every event of an incident, anybody else for what it published itself. It holds until
    the Hub records an override for that recipient that was made later: a date to look at it again alone
    ends nothing, nor does the recipient's own override.
    """
    override = next((row for row in incident.overrides.get(recipient, ()) if row.by == HUB), None)
    return any(
        row.recipient == recipient
        and row.by in (HUB, publisher)
        and (override is None or override.at <= row.at)
        for row in incident.not_shared
    )
