"""Is everyone who alone may look somebody registered? (decision 0022)"""

from collections.abc import Iterator

from services.ingest.state import Reason, Registered, Submission
from services.runtime.pointers import pointer
from services.vocabulary.events import EventType


def defects(submission: Submission, registered: Registered) -> Iterator[Reason]:
    """Yield a reason for each person nobody is registered as. The incident is restricted all the same."""
    if submission.type is not EventType.ACCESS_RESTRICTED:
        return
    named = submission.section("facts").get("people")
    for index, person in enumerate(named if isinstance(named, list) else ()):
        if person not in registered.staff:
            yield Reason(
                pointer=pointer("facts", "people", index),
                rule="unknown-person",
                detail="nobody is registered under this id: it lets nobody look",
                fix="give the id of a registered person, such as `p-dafsu-1`",
            )
