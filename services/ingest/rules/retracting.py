"""May this be taken back? Its publisher alone may, and only what a later word on the same would not mend.

Somebody else's event and one that there is not are refused alike: an event is found by the id its publisher
gave it, or by the log's, among that publisher's own (decision 0039).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from services.ingest.rules.reading import text
from services.ingest.state import Accepted, Known, Original, Reason, Refused, Scope, Submission
from services.vocabulary.events import RETRACTABLE, STATUSES, EventType

MISDIRECTED: Final = "misdirected"
"""The reason that is about somebody it went to, and not about the event."""


def refusals(submission: Submission) -> Iterator[Reason]:
    """Yield a reason where what went to the wrong one is taken back from nobody in particular: from all."""
    facts = submission.section("facts")
    if submission.type is not EventType.EVENT_RETRACTED or text(facts, "reason") != MISDIRECTED:
        return
    if not (isinstance(facts, Mapping) and facts.get("to")):
        yield Reason(
            pointer="/facts/to",
            rule="missing",
            detail="a misdirected event names whom it is taken back from, and this names nobody",
            fix="name them in to, or give another reason to take it back from everybody",
        )


def resolve(known: Known) -> Accepted | Refused:
    """Return the incident of what is taken back, or the refusal."""
    original = known.original
    if original is None:
        return Refused(reasons=(_unknown(),))
    if original.type not in RETRACTABLE or original.incident is None:
        return Refused(reasons=(_not_retractable(original),))
    return Accepted(scope=Scope.KNOWN, incident=original.incident, defects=_still_counts(original))


def _unknown() -> Reason:
    return Reason(
        pointer="/corrects",
        rule="unknown-original",
        detail="you have published no event of this id",
        fix="let corrects be the id you gave the event that is taken back, or the event id of its receipt",
    )


def _not_retractable(original: Original) -> Reason:
    return Reason(
        pointer="/corrects",
        rule="not-retractable",
        detail=f"`{original.type}` is not taken back: the next word on the same takes its place",
        fix="publish what is so now: withdraw a consent, decide again, or say the roles as they are",
    )


def _still_counts(original: Original) -> tuple[Reason, ...]:
    if original.type not in STATUSES:
        return ()
    return (
        Reason(
            pointer="/corrects",
            rule="still-counts",
            detail=f"nobody is shown the `{original.type}` any more, and what it says of a case still counts",
            fix="publish how the case is now",
        ),
    )
