"""Does a case say whose help it is, where its agency works with both sides? (decision 0021)"""

from collections.abc import Iterator

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Sender, Submission
from services.runtime.pointers import pointer
from services.vocabulary.agencies import WORKS_WITH_BOTH
from services.vocabulary.events import EventType

CASES = frozenset({EventType.CASE_OPENED, EventType.CASE_CLOSED})


def defects(submission: Submission, sender: Sender) -> Iterator[Reason]:
    """Yield a reason where such an agency does not say for whom: then it counts as the adult victim's.

    Closed without a word, it ends the work with both sides, and what keeps their workers apart.
    """
    if submission.type not in CASES or sender.agency not in WORKS_WITH_BOTH:
        return
    if text(submission.section("facts"), "client") is None:
        yield Reason(
            pointer=pointer("facts", "client"),
            rule="missing",
            detail="the case does not say whose it is, and your agency works with both sides",
            fix="say for whom: adult_victim, person_causing_harm or child",
        )
