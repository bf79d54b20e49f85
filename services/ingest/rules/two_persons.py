"""Did two people of the partnership's own office do it? (decision 0019)"""

from collections.abc import Iterator

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Registered, Sender, Submission
from services.vocabulary.people import is_second

SECOND = "/facts/confirmed_by"


def refusals(submission: Submission, sender: Sender, registered: Registered, does: str) -> Iterator[Reason]:
    """Yield each reason why it was not done by two. `does`: what is done, such as `adopts a policy`."""
    if sender.person is None:
        yield _refused("", f"nobody is named who {does}", "put the person in the token, as `sub`")
    second = text(submission.section("facts"), "confirmed_by")
    if second is None:
        yield _refused(SECOND, f"no one person alone {does}", "have a second person confirm it")
    elif sender.person is not None and not is_second(second, sender.person):
        yield _refused(SECOND, "the sender confirmed their own", "have a second, other person confirm it")
    elif second not in registered.adopters:
        yield _refused(
            SECOND, "the second is no person of the partnership", "give the id of one who is registered"
        )


def _refused(pointer: str, detail: str, fix: str) -> Reason:
    return Reason(pointer=pointer, rule="two-persons", detail=detail, fix=fix)
