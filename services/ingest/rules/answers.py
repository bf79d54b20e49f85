"""Are the recipients an event names registered? (design 11: a category is never a recipient)"""

from collections.abc import Iterable, Iterator

from services.ingest.state import Reason, Registered, Submission
from services.vocabulary.agencies import is_recipient, is_school
from services.vocabulary.events import VPA_FAMILY, EventType

NOTIFY = "notify"

NEEDS_RATIONALE = {
    EventType.OVERRIDE_RECORDED: "an override without its rationale gives nobody a legal basis",
    EventType.DECIDED_NOT_TO_SHARE: "a decision not to share is recorded with its rationale, or not at all",
}
"""What is refused without its reasons in words, and why."""


def refusals(submission: Submission, registered: Registered) -> tuple[Reason, ...]:
    """Return a reason for each unknown name; a VPA's unknown answers are a defect and are dropped."""
    named = list(_named(submission))
    if submission.type not in VPA_FAMILY:
        named += [(f"/consent/{name}", name) for name in submission.consent or ()]
    return tuple(_unknown(pointer) for pointer, name in named if not is_known(name, registered))


def defects(submission: Submission, registered: Registered) -> tuple[Reason, ...]:
    """Return a reason for each answer of a VPA that is about nobody registered.

    Defects are kept with the receipt, so the name itself, which may be anything, is not in them.
    """
    return tuple(_unknown("/consent") for _ in _dropped(submission, registered))


def is_known(name: str, registered: Registered) -> bool:
    """Say whether a name is a recipient: registered, or by instance (`hospital:RJN`) where none is listed.

    Schools are listed, every one of the area.
    """
    by_instance = ":" in name and not is_school(name) and is_recipient(name)
    return name in registered.recipients or by_instance


def kept(submission: Submission, registered: Registered) -> dict[str, str]:
    """Return the answers about registered recipients."""
    dropped = set(_dropped(submission, registered))
    return {name: answer for name, answer in (submission.consent or {}).items() if name not in dropped}


def without_rationale(submission: Submission) -> tuple[Reason, ...]:
    """Return the refusal of a decision that does not say why: nobody could act on it (NA 4.22)."""
    rationale = submission.section("rationale").get("text")
    stated = isinstance(rationale, str) and rationale.strip()
    why = NEEDS_RATIONALE.get(submission.type)
    if why is None or stated:
        return ()
    return (Reason(pointer="/rationale/text", rule="rationale", detail=why, fix="say why in rationale.text"),)


def _named(submission: Submission) -> Iterator[tuple[str, str]]:
    if submission.recipient is not None:
        yield "/recipient", submission.recipient
    facts = submission.section("facts")
    recipient, attendees = facts.get("recipient"), facts.get("attendees")
    if isinstance(recipient, str):
        yield "/facts/recipient", recipient
    for index, name in enumerate(attendees if isinstance(attendees, list) else ()):
        if isinstance(name, str):
            yield f"/facts/attendees/{index}", name


def _dropped(submission: Submission, registered: Registered) -> Iterable[str]:
    if submission.type not in VPA_FAMILY:
        return ()
    return [name for name in submission.consent or () if not is_known(name, registered)]


def _unknown(pointer: str) -> Reason:
    return Reason(
        pointer=pointer,
        rule="unknown-recipient",
        detail="no registered recipient has this name",
        fix="use a recipient's own name, such as `dafsu`; a category is never a recipient",
    )
