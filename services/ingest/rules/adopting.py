"""What takes two people of the partnership: a policy, a joining, history for who joined (decision 0019).

A policy besides has lawful grounds alone (NA 4.21-4.26).
"""

import tomllib
from collections.abc import Iterator
from typing import Any

from services.ingest.rules import two_persons
from services.ingest.state import Reason, Registered, Sender, Submission
from services.vocabulary.events import EventType
from services.vocabulary.grounds import LAWFUL, Ground

UNLAWFUL = frozenset(Ground) - LAWFUL

BY_TWO = {
    EventType.POLICY_ADOPTED: "adopts a policy",
    EventType.RECIPIENT_JOINED: "lets anybody join",
    EventType.BACKFILL_ORDERED: "orders history",
}
"""What nobody does alone, by the event."""


def refusals(submission: Submission, sender: Sender, registered: Registered) -> Iterator[Reason]:
    """Yield each reason to refuse what takes two people.

    What else a policy may not be, the gate says: it passes over it.
    """
    if submission.type in BY_TWO:
        yield from two_persons.refusals(submission, sender, registered, BY_TWO[submission.type])
    if submission.type is EventType.POLICY_ADOPTED:
        yield from _unlawful(submission.policy or "")


def _unlawful(policy: str) -> Iterator[Reason]:
    try:
        document = tomllib.loads(policy)
    except (ValueError, RecursionError):
        return
    rows: Any = document.get("ground")
    for row in rows if isinstance(rows, list) else ():
        ground = row.get("id") if isinstance(row, dict) else None
        if ground in UNLAWFUL:
            yield Reason(
                pointer="/policy/text",
                rule="unlawful-ground",
                detail=f"`{ground}` is no lawful ground: a policy that has it may be compared, never adopted",
                fix="take the ground out, from every rule too: sightline policy check says which",
            )
