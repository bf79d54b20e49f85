"""What an accepted event lacks, so that it is mended and not bounced (promise 10, NA 3.20)."""

from collections.abc import Iterator

from services.ingest.rules import children, lacking
from services.ingest.rules.people import is_nhs_number, nhs_numbers
from services.ingest.rules.reading import text
from services.ingest.state import Reason, Record, Registered, Sender, Submission, missing
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.people import is_second

NAMED = ("given_name", "family_name", "date_of_birth")

BY_A_SECOND = {
    "confirmed_by": ("confirmed", "it counts as recorded only"),
    "reviewed_by": ("reviewed", "it counts, and nobody else is known to have looked at it"),
}
"""Facts that name a second person, with what they did and what comes of it where it is no other."""


def defects(submission: Submission, sender: Sender, registered: Registered) -> tuple[Reason, ...]:
    """Return everything that wants mending in an event that is otherwise accepted."""
    return (
        *_people(submission),
        *children.defects(submission, registered),
        *_second_persons(submission, sender),
        *_form(submission),
    )


def _form(submission: Submission) -> Iterator[Reason]:
    if submission.type in VPA_FAMILY:
        yield from lacking.vpa(submission)
    elif submission.type is EventType.REFERRAL_RECEIVED:
        yield from lacking.referral(submission)
    elif submission.type is EventType.MARAC_LISTED:
        yield from lacking.marac(submission)
    elif submission.type is EventType.CONSENT_RECORDED:
        yield from lacking.consent(submission)


def _people(submission: Submission) -> Iterator[Reason]:
    for name in ("victim", "person_causing_harm"):
        if name in submission.sections:
            yield from _person(f"/{name}", submission.section(name))
    for index, child in enumerate(submission.children):
        yield from _person(f"/children/{index}", child)


def _person(pointer: str, person: Record) -> Iterator[Reason]:
    for name in NAMED:
        if text(person, name) is None:
            yield missing(f"{pointer}/{name}", f"{name} is missing", "give it once it is known")
    if not all(map(is_nhs_number, nhs_numbers(person))):
        yield Reason(
            pointer=f"{pointer}/identifiers",
            rule="nhs-number",
            detail="an NHS number has the wrong length or check digit: it is not used to recognise anyone",
            fix="check the number with the person or the record",
        )


def _second_persons(submission: Submission, sender: Sender) -> Iterator[Reason]:
    """Yield a reason for each second person who is the sender, or is named beside no sender (NA 4.22)."""
    for name, (did, so) in BY_A_SECOND.items():
        second = text(submission.section("facts"), name)
        if second is None or is_second(second, sender.person):
            continue
        if sender.person is None:
            detail, fix = "nobody is named who sent it", "put the person who sends it in the token, as `sub`"
        else:
            detail, fix = f"the sender {did} their own record", f"name the other person who {did} it"
        yield Reason(pointer=f"/facts/{name}", rule="second-person", detail=f"{detail}: {so}", fix=fix)
