"""What takes two people of the partnership: a policy, a joining, history for who joined (decision 0019).

A policy besides has lawful grounds alone (NA 4.21-4.26).
"""

import tomllib
from collections.abc import Iterator
from typing import Any

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Registered, Sender, Submission
from services.vocabulary.events import EventType
from services.vocabulary.grounds import LAWFUL, Ground

UNLAWFUL = frozenset(Ground) - LAWFUL
SECOND = "/facts/confirmed_by"

ALONE = {
    EventType.POLICY_ADOPTED: "one person alone adopts no policy",
    EventType.RECIPIENT_JOINED: "one person alone lets nobody join",
    EventType.BACKFILL_ORDERED: "one person alone orders no history",
}
"""What one person may not do, by the event that takes two."""


def refusals(submission: Submission, sender: Sender, registered: Registered) -> Iterator[Reason]:
    """Yield each reason to refuse what takes two people.

    What else a policy may not be, the gate says: it passes over it.
    """
    if submission.type in ALONE:
        yield from _by_two(submission, sender, registered)
    if submission.type is EventType.POLICY_ADOPTED:
        yield from _unlawful(submission.policy or "")


def _by_two(submission: Submission, sender: Sender, registered: Registered) -> Iterator[Reason]:
    if sender.person is None:
        yield _refused("", "nobody is named who does it", "put the person in the token, as `sub`")
    second = text(submission.section("facts"), "confirmed_by")
    if second is None:
        yield _refused(SECOND, ALONE[submission.type], "have a second person confirm it")
    elif second == sender.person:
        yield _refused(SECOND, "the sender confirmed their own", "have a second, other person confirm it")
    elif second not in registered.adopters:
        yield _refused(
            SECOND, "the second is no person of the partnership", "give the id of one who is registered"
        )


def _refused(pointer: str, detail: str, fix: str) -> Reason:
    return Reason(pointer=pointer, rule="two-persons", detail=detail, fix=fix)


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
