"""What is not clear about a child, so that no child is silently dropped (promise 7, NA 4.15)."""

from collections.abc import Iterator

from services.ingest.rules.placement import place
from services.ingest.rules.reading import flag, text
from services.ingest.state import Reason, Record, Registered, Submission, missing
from services.vocabulary.calendar import local_date
from services.vocabulary.events import VPA_FAMILY
from services.vocabulary.placement import Placement


def defects(submission: Submission, registered: Registered) -> Iterator[Reason]:
    """Yield what wants mending about each child of an event."""
    on = local_date(submission.occurred_at)
    for index, child in enumerate(submission.children):
        placement = place(child, on, registered)
        yield from _school(f"/children/{index}", child, placement)
        if submission.type in VPA_FAMILY:
            yield from _unsaid(f"/children/{index}", child, placement)


def _school(at: str, child: Record, placement: Placement) -> Iterator[Reason]:
    if placement is Placement.UNKNOWN_SCHOOL:
        yield Reason(
            pointer=f"{at}/school_urn",
            rule="unknown-school",
            detail="no registered school has this number: the child goes to the education officer",
            fix="check the school's URN",
        )
    if flag(child, "home_educated") and text(child, "school_urn") is not None:
        yield Reason(
            pointer=f"{at}/school_urn",
            rule="school-and-home-educated",
            detail="both a school and home-educated: taken as home-educated, no school is told",
            fix="give one or the other",
        )


def _unsaid(at: str, child: Record, placement: Placement) -> Iterator[Reason]:
    """Yield what a VPA does not say of a child: silence is neither a yes nor a no."""
    if placement is Placement.NO_SCHOOL:
        yield missing(f"{at}/school_urn", "no school is given", "give the URN, or set home_educated")
    if flag(child, "home_educated") is None:
        yield missing(
            f"{at}/home_educated", "nothing says whether they are home-educated", "say true or false"
        )
    if flag(child, "present") is None:
        yield missing(f"{at}/present", "nothing says whether they were there", "say true or false")
    if text(child, "school_conflict") is None:
        why = "nothing says whether a parent works at the school"
        yield missing(f"{at}/school_conflict", why, "say yes, no or unknown")
