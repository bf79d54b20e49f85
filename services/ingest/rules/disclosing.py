"""Is there anybody to tell of a decision to disclose? (Domestic Violence Disclosure Scheme)

Whom a decision names is told who causes the harm, and what is known of them, on the ground that the police
decided so. Where they did not, there is no such ground.
"""

from collections.abc import Iterator
from dataclasses import replace

from services.ingest.rules.reading import flag, is_empty
from services.ingest.state import Reason, Submission
from services.vocabulary.events import EventType


def defects(submission: Submission) -> Iterator[Reason]:
    """Yield a reason where a decision names whom to tell and does not say that it is disclosed."""
    if _discloses(submission) or is_empty(submission.section("facts").get("to")):
        return
    if flag(submission.section("facts"), "disclose") is None:
        detail = "nothing says whether it is disclosed: nobody it names is told"
    else:
        detail = "it is decided not to disclose, and somebody is named to tell: nobody is told"
    fix = "leave `to` empty, or, where it is disclosed, send the decision under a new id with disclose true"
    yield Reason(pointer="/facts/to", rule="not-disclosed", detail=detail, fix=fix)


def reached(submission: Submission) -> Submission:
    """Return the event for nobody, where it is a decision that does not say that it is disclosed."""
    if _discloses(submission) or "facts" not in submission.sections:
        return submission
    facts = {**submission.section("facts"), "to": []}
    return replace(submission, sections={**submission.sections, "facts": facts})


def _discloses(submission: Submission) -> bool:
    """Say whether an event may go to whom it names: any but a decision that says no, or nothing."""
    return submission.type is not EventType.DVDS_DECIDED or bool(
        flag(submission.section("facts"), "disclose")
    )
