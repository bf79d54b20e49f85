"""Is a practitioner who is allocated one of the registered staff? (NA 4.9; decision 0021)"""

from collections.abc import Iterator

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Registered, Submission
from services.runtime.pointers import pointer
from services.vocabulary.events import ALLOCATIONS


def defects(submission: Submission, registered: Registered) -> Iterator[Reason]:
    """Yield a reason where nobody is registered under the id: both sides are kept apart by it.

    The allocation counts all the same, and a correction of the id is asked for.
    """
    if submission.type not in ALLOCATIONS:
        return
    practitioner = text(submission.section("facts"), "practitioner")
    if practitioner is not None and practitioner not in registered.staff:
        yield Reason(
            pointer=pointer("facts", "practitioner"),
            rule="unknown-person",
            detail="nobody is registered under this id: it keeps no worker from the other side of the case",
            fix="send the allocation again with the id of a registered person, such as `p-dafsu-1`",
        )
