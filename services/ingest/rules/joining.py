"""Who joins is registered to join by an event, and history has a scope (design 5)."""

from collections.abc import Iterator
from datetime import datetime

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Registered, Submission
from services.vocabulary.events import EventType
from services.vocabulary.times import time_in


def refusals(submission: Submission, registered: Registered) -> Iterator[Reason]:
    """Yield the reason to refuse a joining, or an order of history, that could bring nobody anything."""
    facts = submission.section("facts")
    if submission.type is EventType.RECIPIENT_JOINED:
        yield from _founding(text(facts, "recipient"), registered)
    if submission.type is EventType.BACKFILL_ORDERED:
        yield from _backwards(time_in(text(facts, "since")), time_in(text(facts, "until")))


def _founding(recipient: str | None, registered: Registered) -> Iterator[Reason]:
    """Yield a reason for one who takes part anyhow. Whom nobody registered, another rule refuses."""
    if recipient in registered.recipients and recipient not in registered.joiners:
        yield Reason(
            pointer="/facts/recipient",
            rule="joins-by-event",
            detail="this recipient takes part from the start, and joins by no event",
            fix='leave it out; only an agency registered with joins = "by event" joins so',
        )


def _backwards(since: datetime | None, until: datetime | None) -> Iterator[Reason]:
    if since is not None and until is not None and since > until:
        yield Reason(
            pointer="/facts/until",
            rule="scope",
            detail="the scope ends before it begins",
            fix="give the earlier moment as since and the later as until",
        )
