"""Are the recipients an event names known? (design 11: a category is never a recipient)"""

from collections.abc import Iterator

from services.ingest.state import Json, Reason, Record, Registered, Submission
from services.runtime.pointers import pointer
from services.vocabulary.agencies import is_recipient, is_school
from services.vocabulary.events import VPA_FAMILY, EventType

NEEDS_RATIONALE = {
    EventType.OVERRIDE_RECORDED: "an override without its rationale gives nobody a legal basis",
    EventType.ROLES_REVIEWED: "what the Hub finds of who harms whom is recorded with why, or not at all",
    EventType.ACCESS_RESTRICTED: "an incident is restricted with the reason why, or not at all",
    EventType.EVENT_RETRACTED: "what is taken back is taken back with the reason why, or not at all",
    EventType.DECIDED_NOT_TO_SHARE: "a decision not to share is recorded with its rationale, or not at all",
}
"""What is refused without its reasons in words, and why."""


def refusals(submission: Submission, registered: Registered) -> tuple[Reason, ...]:
    """Return a reason for each unknown name that an event is for.

    The answers of a VPA and the attendees of a MARAC are no reason: unknown ones are dropped and flagged.
    """
    named = list(_named(submission))
    if submission.type not in VPA_FAMILY:
        named += [(pointer("consent", name), name) for name in submission.consent or ()]
    return tuple(_unknown(place) for place, name in named if not is_known(name, registered))


def defects(submission: Submission, registered: Registered) -> tuple[Reason, ...]:
    """Return a reason for each dropped answer of a VPA, and for each unknown attendee of a MARAC.

    Defects are kept with the receipt, so the name itself, which may be anything, is not in them.
    """
    answered = [_unknown("/consent") for _ in _dropped(submission, registered)]
    attending = enumerate(_attendees(submission.section("facts")))
    return (
        *answered,
        *(_unknown(f"/facts/attendees/{n}") for n, name in attending if not is_known(name, registered)),
    )


def is_known(name: str, registered: Registered) -> bool:
    """Say whether a name is a recipient: registered, or by instance (`hospital:RJN`) where none is listed.

    Schools are listed, every one of the area.
    """
    by_instance = ":" in name and not is_school(name) and is_recipient(name)
    return name in registered.recipients or by_instance


def kept(submission: Submission, registered: Registered) -> dict[str, str]:
    """Return the answers about known recipients."""
    dropped = set(_dropped(submission, registered))
    return {name: answer for name, answer in (submission.consent or {}).items() if name not in dropped}


def facts(submission: Submission, registered: Registered) -> Record:
    """Return an event's facts with the known attendees alone.

    Where nobody of those named is known they all stay: none named would mean the meeting's usual attendees,
    who were not meant.
    """
    given = submission.section("facts")
    known: list[Json] = [name for name in _attendees(given) if is_known(name, registered)]
    return {**given, "attendees": known} if known else given


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
    recipient = submission.section("facts").get("recipient")
    if isinstance(recipient, str):
        yield "/facts/recipient", recipient


def _attendees(facts: Record) -> list[str]:
    named = facts.get("attendees")
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def _dropped(submission: Submission, registered: Registered) -> list[str]:
    if submission.type not in VPA_FAMILY:
        return []
    return [name for name in submission.consent or () if not is_known(name, registered)]


def _unknown(place: str) -> Reason:
    return Reason(
        pointer=place,
        rule="unknown-recipient",
        detail="no registered recipient has this name",
        fix="use a recipient's own name, such as `dafsu`; a category is never a recipient",
    )
