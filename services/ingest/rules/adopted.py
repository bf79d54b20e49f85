"""May a policy be adopted at all? Not one that releases on what is no lawful ground (NA 4.21-4.26)."""

import tomllib
from collections.abc import Iterator
from typing import Any

from services.ingest.state import Reason, Submission
from services.vocabulary.events import EventType
from services.vocabulary.grounds import LAWFUL, Ground

UNLAWFUL = frozenset(Ground) - LAWFUL


def refusals(submission: Submission) -> tuple[Reason, ...]:
    """Return a reason for each ground of a policy that is none.

    What else a policy may not be is the gate's to say: it passes over one that it cannot apply.
    """
    if submission.type is not EventType.POLICY_ADOPTED:
        return ()
    return tuple(_unlawful(submission.policy or ""))


def _unlawful(policy: str) -> Iterator[Reason]:
    try:
        document = tomllib.loads(policy)
    except tomllib.TOMLDecodeError:
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
