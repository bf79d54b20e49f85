"""Is a policy adopted by two people of the partnership? (issue 4: a policy governs every later decision)"""

from collections.abc import Iterator

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Registered, Sender, Submission
from services.vocabulary.events import EventType

SECOND = "/facts/confirmed_by"


def refusals(submission: Submission, sender: Sender, registered: Registered) -> Iterator[Reason]:
    """Yield each reason why a policy is not adopted by two different persons of the partnership's office."""
    if submission.type is not EventType.POLICY_ADOPTED:
        return
    if sender.person is None:
        yield _refused("", "nobody is named who adopts it", "put the person in the token, as `sub`")
    second = text(submission.section("facts"), "confirmed_by")
    if second is None:
        yield _refused(SECOND, "one person alone adopts no policy", "have a second person confirm it")
    elif second == sender.person:
        yield _refused(SECOND, "the sender confirmed their own", "have a second, other person confirm it")
    elif second not in registered.adopters:
        yield _refused(
            SECOND, "the second is no person of the partnership", "give the id of one who is registered"
        )


def _refused(pointer: str, detail: str, fix: str) -> Reason:
    return Reason(pointer=pointer, rule="two-persons", detail=detail, fix=fix)
