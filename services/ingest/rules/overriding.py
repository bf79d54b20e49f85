"""Is an override by children's services for their own duty, and did two people make it? (decision 0019)"""

from collections.abc import Iterator

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Sender, Submission
from services.vocabulary.agencies import CHILDRENS_SERVICES
from services.vocabulary.events import EventType


def refusals(submission: Submission, sender: Sender) -> Iterator[Reason]:
    """Yield a reason where children's services override for somebody else: that is the Hub's (NA 4.22)."""
    if not _is_theirs(submission, sender):
        return
    if text(submission.section("facts"), "recipient") != sender.agency:
        yield Reason(
            pointer="/facts/recipient",
            rule="authority",
            detail=f"`{sender.agency}` overrides for its own duty alone, and this is for somebody else",
            fix=f"give `{sender.agency}` as the recipient, or have the Vulnerability Hub record the override",
        )


def defects(submission: Submission, sender: Sender) -> Iterator[Reason]:
    """Yield a reason where nobody confirmed it: their own word for themselves needs a second (design 4)."""
    if _is_theirs(submission, sender) and text(submission.section("facts"), "confirmed_by") is None:
        yield Reason(
            pointer="/facts/confirmed_by",
            rule="second-person",
            detail="nobody else confirmed the override of an agency for itself: it counts as recorded only",
            fix="have a second named person confirm it, and send it again with their staff id",
        )


def _is_theirs(submission: Submission, sender: Sender) -> bool:
    return submission.type is EventType.OVERRIDE_RECORDED and sender.agency in CHILDRENS_SERVICES
