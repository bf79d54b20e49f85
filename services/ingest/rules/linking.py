"""Are two known persons named as one, by two people of the partnership? (decision 0023)"""

from collections.abc import Iterator

from services.ingest.rules import two_persons
from services.ingest.state import Known, Reason, Registered, Sender, Submission, pointer
from services.vocabulary.events import LINKS

PERSONS = "persons"
DOES = "says that two persons are one, or are not"


def named(submission: Submission) -> tuple[str, ...]:
    """Return the aliases of the persons an event names as one, or as two after all; else none."""
    persons = submission.section("facts").get(PERSONS) if submission.type in LINKS else None
    return tuple(map(str, persons)) if isinstance(persons, list) else ()


def refusals(submission: Submission, sender: Sender, registered: Registered) -> Iterator[Reason]:
    """Yield each reason to refuse a link that needs nothing looked up."""
    if submission.type not in LINKS:
        return
    yield from two_persons.refusals(submission, sender, registered, DOES)
    if len(set(named(submission))) != 2 or len(named(submission)) != 2:
        yield Reason(
            pointer=pointer("facts", PERSONS),
            rule="two-named",
            detail="a link names exactly two persons, and two different ones",
            fix="give the `person` of a release to you about each of them",
        )


def unknown(submission: Submission, known: Known) -> tuple[Reason, ...]:
    """Return a reason for each alias that was never given to the sender, whoever it may be for others."""
    found = dict(enumerate(known.persons))
    return tuple(
        Reason(
            pointer=pointer("facts", PERSONS, place),
            rule="unknown-person",
            detail="no release to you names a person so",
            fix="give the `person` of a release to you",
        )
        for place, _ in enumerate(named(submission))
        if found.get(place) is None
    )
