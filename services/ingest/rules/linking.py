"""Does two people's word on known persons name them as it must? (decisions 0023, 0027)"""

from collections.abc import Iterator

from services.ingest.rules import two_persons
from services.ingest.state import Known, Reason, Registered, Sender, Submission
from services.runtime.pointers import pointer
from services.vocabulary.events import ABOUT_PERSONS, LINKS, EventType

PERSONS = "persons"
DOES = {
    EventType.LEGAL_HOLD_PLACED: "places a legal hold",
    EventType.LEGAL_HOLD_LIFTED: "lifts a legal hold",
    EventType.ERASURE_ORDERED: "orders that a person is erased",
    EventType.ERASURE_STOPPED: "takes back an order to erase",
    EventType.PERSONS_LINKED: "says that two persons are one, or are not",
    EventType.PERSONS_UNLINKED: "says that two persons are one, or are not",
}
"""What two people do. That somebody was erased, the keyring says alone."""


def named(submission: Submission) -> tuple[str, ...]:
    """Return the aliases of the known persons an event is about; else none."""
    persons = submission.section("facts").get(PERSONS) if submission.type in ABOUT_PERSONS else None
    return tuple(map(str, persons)) if isinstance(persons, list) else ()


def refusals(submission: Submission, sender: Sender, registered: Registered) -> Iterator[Reason]:
    """Yield each reason to refuse what is said of known persons that needs nothing looked up."""
    if submission.type not in ABOUT_PERSONS:
        return
    if submission.type is EventType.PERSON_ERASED and not named(submission):
        yield Reason(
            pointer=pointer("facts", PERSONS),
            rule="one-named",
            detail="nobody is named who is erased",
            fix="give every name of the person whose keys are retired",
        )
    if submission.type in DOES:
        yield from two_persons.refusals(submission, sender, registered, DOES[submission.type])
    if submission.type in LINKS and not _are(2, named(submission)):
        yield Reason(
            pointer=pointer("facts", PERSONS),
            rule="two-named",
            detail="a link names exactly two persons, and two different ones",
            fix="give the `person` of a release to you about each of them",
        )
    if submission.type in DOES and submission.type not in LINKS and not _are(1, named(submission)):
        yield Reason(
            pointer=pointer("facts", PERSONS),
            rule="one-named",
            detail="a hold, an order to erase or the end of either names exactly one person",
            fix="give the `person` of a release to you about them; send an event for each person",
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


def _are(many: int, names: tuple[str, ...]) -> bool:
    return len(names) == len(set(names)) == many
